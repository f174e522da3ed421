#ifndef STRUCTURE_INPUT_TEXT_H
#define STRUCTURE_INPUT_TEXT_H

#include "io/text.h"

/// Files of molecules as text: from disk, from standard input, compressed or not.

/// Reads a whole input of at most limit bytes (of text); "-" is standard input, what begins like a gzip file is
/// decompressed. *data has a terminating zero that *n does not count and is freed by the caller.
///
/// Fails with QMT_ERR_IO (also for a named pipe into which nobody writes) or QMT_ERR_FORMAT (damaged gzip file, too
/// large).
QmtStatus input_read(QmtContext *ctx, const char *path, size_t limit, char **data, size_t *n);

#endif
