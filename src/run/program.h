#ifndef RUN_PROGRAM_H
#define RUN_PROGRAM_H

#include "base/context.h"
#include "io/json.h"

/// The program that writes a trajectory and the machine it runs on, as the files of a run name them, and
/// whether another one may continue what it began.
///
/// In a checkpoint it is a text, a line each:
///
///     version 0.2.0            for people
///     build v0.2.0-3-g1a2b3c4  for people
///     numerics 0123456789abcdef
///     compiler 12.2.0          for people; part of the numerics, as are the parameters
///     libc glibc 2.36
///     instruction set avx2
///     processor NAME
///     earlier processor NAME (INSTRUCTION SET, LIBC)     of each machine before this one
///
/// Other numerics are another program. Another libc, instruction set or processor is another machine, on which
/// the last digits differ.

enum { PROGRAM_TEXT_SIZE = 768, PROGRAM_EARLIER_SIZE = 1024, PROGRAM_DIFFERENCES_SIZE = 700 };

/// Appends "; what" to a list of differences, as far as there is room.
void difference_add(char list[PROGRAM_DIFFERENCES_SIZE], const char *what);

/// The program and machine of now. Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus program_text(QmtContext *ctx, char text[PROGRAM_TEXT_SIZE]);
/// Compares two texts: what makes another program goes to list, what makes another machine to machine.
void program_text_compare(const char *before, const char *now, char list[PROGRAM_DIFFERENCES_SIZE],
                          char machine[PROGRAM_DIFFERENCES_SIZE]);
/// The lines of earlier processors in a text, "" if there are none.
const char *program_text_earlier(const char *text);
/// Those lines with one more for the machine of the text itself if it is no longer the same.
///
/// Fails with QMT_ERR_CHECKPOINT if there were too many.
QmtStatus program_text_earlier_add(QmtContext *ctx, const char *folder, const char *text,
                                   bool moved, char earlier[PROGRAM_EARLIER_SIZE]);

/// Adds program, version, build, numerics, parameter_checksum and isa to the JSON of an output.
void program_json_add(const QmtContext *ctx, cJSON *object);
/// Compares those of an earlier output with the program of now.
void program_json_compare(const cJSON *object, char list[PROGRAM_DIFFERENCES_SIZE]);

#endif
