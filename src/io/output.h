#ifndef IO_OUTPUT_H
#define IO_OUTPUT_H

#include "io/file.h"

/// A new file that is written from its beginning to its end, through a buffer. A failure is remembered, so that whoever
/// writes many small pieces need not ask after each: output_check() says it, what comes behind is dropped.

typedef struct {
    File file;
    unsigned char *buffer;
    size_t used;
    uint64_t offset; ///< of the buffer in the file
    bool failed;
    Message failure;
} Output;

/// Begins a file; a Output of zeros that was never opened may be abandoned. Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus output_open(QmtContext *ctx, const char *path, Output *output);
/// Likewise FOLDER/NAME.
QmtStatus output_open_in(QmtContext *ctx, const char *folder, const char *name, Output *output);
void output_bytes(QmtContext *ctx, Output *output, const void *data, size_t n);
/// Up to a few thousand bytes of text. Numbers have a decimal point only within text_enter_c_locale().
void output_text(QmtContext *ctx, Output *output, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/// The first failure so far.
QmtStatus output_check(QmtContext *ctx, const Output *output);
/// Writes what is left, brings it to the disk and closes. The output is then to be used no more.
QmtStatus output_finish(QmtContext *ctx, Output *output);
/// Likewise, and puts other bytes at the beginning, such as a header whose numbers were not known then.
QmtStatus output_finish_with(QmtContext *ctx, Output *output, const void *begin, size_t n);
/// Closes a file whose content does not matter any more.
void output_abandon(Output *output);

#endif
