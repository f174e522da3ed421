#ifndef DATASET_FORMAT_RELABEL_H
#define DATASET_FORMAT_RELABEL_H

#include "dataset/format_extxyz.h"

/// Inputs of another program, one a frame, for labels of a higher level:
///
///     train.extxyz, ...     the frames, with the labels at hand as xtb_energy and xtb_forces
///     train/000000.dat      the input of frame 0 of that file; its result will stand beside it, 000000.json
///     run.sh                computes what has no result yet
///     relabel.json          program and level of theory, for dataset/relabel.h
///
/// A program is a file format_NAME.c with its input.

enum { RELABEL_ID_SIZE = 32, RELABEL_PART_SIZE = 64 };

/// What is computed.
typedef struct {
    const char *id; ///< "000000", also the name of the files
    char method[RELABEL_PART_SIZE], basis[RELABEL_PART_SIZE];
    const SetFrame *frame;
} RelabelJob;

/// More of SetFormat.
typedef struct {
    ExtxyzDialect dialect; // first: the functions of dataset/format_extxyz.h find it
    const char *program;
    const char *ending;  ///< of an input, ".dat"
    const char *result;  ///< of a result, ".json"
    const char *command; ///< of the shell: computes $id in the folder of its input
    void (*input_write)(const RelabelJob *job, FILE *out);
} RelabelProgram;

/// The lines "C x y z" of a frame, in angstrom.
void relabel_atoms_print(const RelabelJob *job, const char *before, FILE *out);

QmtStatus relabel_open(QmtContext *ctx, const SetFormat *format, const Set *set, const char *folder,
                       Split split, SetWriter **writer);
QmtStatus relabel_system(QmtContext *ctx, SetWriter *face, const System *system);
QmtStatus relabel_append(QmtContext *ctx, SetWriter *face, const SetFrame *frame);
QmtStatus relabel_finish(QmtContext *ctx, SetWriter *face);
void relabel_close(SetWriter *face);
QmtStatus relabel_extras(QmtContext *ctx, const SetFormat *format, const Set *set,
                         const char *folder);
void relabel_contents(const SetFormat *format, const Set *set, FILE *out);
void relabel_training(const SetFormat *format, const Set *set, FILE *out);

#define RELABEL_DIALECT                                                                            \
    {                                                                                              \
        .files = {"train.extxyz", "valid.extxyz", "test.extxyz"}, .energy = "xtb_energy",          \
        .forces = "xtb_forces", .more = ""                                                         \
    }

#define RELABEL_FORMAT(word, text, of_program)                                                     \
    {                                                                                              \
        .name = word, .help = text, .place = extxyz_place, .open = relabel_open,                   \
        .system = relabel_system, .append = relabel_append, .finish = relabel_finish,              \
        .close = relabel_close, .extras = relabel_extras, .contents = relabel_contents,            \
        .training = relabel_training, .more = of_program                                           \
    }

#endif
