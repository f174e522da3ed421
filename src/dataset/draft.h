#ifndef DATASET_DRAFT_H
#define DATASET_DRAFT_H

#include <stdio.h>

#include "io/text.h"

/// A text in the making. Numbers have a decimal point from its beginning to its end.
typedef struct {
    FILE *file; ///< to print to
    char *data;
    size_t n;
    locale_t locale;
} Draft;

/// Fails with QMT_ERR_MEMORY.
QmtStatus draft_begin(QmtContext *ctx, Draft *draft);
/// Ends it, also where nobody wants it any more.
///
/// @param text  malloc'ed; untouched after a failure
QmtStatus draft_end(QmtContext *ctx, Draft *draft, char **text);

#endif
