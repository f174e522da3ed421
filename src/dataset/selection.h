#ifndef DATASET_SELECTION_H
#define DATASET_SELECTION_H

#include "dataset/split.h"
#include "qmtraj/dataset.h"

/// Which frames of a trajectory are taken.

/// True if two ways of choosing are asked for, or a number makes no sense; QMT_ERR_USAGE says which.
QmtStatus selection_check(QmtContext *ctx, const QmtDatasetOptions *options);

/// Frames between the two of a pair, of a trajectory with these intervals; 0: single frames. Fails with QMT_ERR_INPUT if
/// the interval does not divide it.
QmtStatus selection_lag(QmtContext *ctx, const Source *source, double lag_fs, uint64_t *lag);

/// Chooses frames of one trajectory, part by part: fills correlation (where it is needed), gap_ps, frames, n_chosen and
/// the numbers of frames left out. The second frame of a pair is in the same block as the first.
///
/// Fails with QMT_ERR_INPUT, QMT_ERR_IO, QMT_ERR_FORMAT or QMT_ERR_MEMORY.
QmtStatus selection_make(QmtContext *ctx, TrajectoryReader *reader, const SplitPlan *plan,
                         const QmtDatasetOptions *options, Source *source);

#endif
