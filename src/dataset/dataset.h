#ifndef DATASET_DATASET_H
#define DATASET_DATASET_H

#include "base/context.h"
#include "qmtraj/dataset.h"

typedef void (*DatasetProgressFunction)(void *user, const QmtDatasetProgress *progress);

/// Makes a training set: finds the trajectories, plans the division, chooses frames side by side in processes, writes
/// them, compares the parts, and describes it all. Arguments and failures as qmt_dataset_make(); options->n_workers is
/// at least 1, and the options are checked here.
QmtStatus dataset_make(QmtContext *ctx, const char *const *paths, size_t n_paths, const char *out,
                       const QmtDatasetOptions *options, DatasetProgressFunction progress,
                       void *user, char **summary);

#endif
