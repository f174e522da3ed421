#ifndef LABEL_LABEL_FILE_H
#define LABEL_LABEL_FILE_H

#include "config/config.h"
#include "qmtraj/label.h"

/// Labels all frames of a file; see qmt_label_file(). options->n_workers is at least 1. Where the configuration does not
/// say how tight the SCF is, it is the faster one of 1e-7.
QmtStatus label_file(QmtContext *ctx, const Config *config, const char *path, const char *out,
                     const QmtLabelOptions *options,
                     void (*progress)(void *user, const QmtLabelCounts *counts), void *user,
                     QmtLabelCounts *counts);

#endif
