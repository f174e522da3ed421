#ifndef DATASET_RELABEL_H
#define DATASET_RELABEL_H

#include <stdint.h>

#include "base/context.h"

/// Collects the results of a folder of inputs (dataset/format_relabel.h) into a training set; see
/// qmt_dataset_collect().
QmtStatus relabel_collect(QmtContext *ctx, const char *folder, const char *out, uint64_t *n_found,
                          uint64_t *n_missing);

#endif
