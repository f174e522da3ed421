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

/// Whether the blocks of a division are those of another trajectory: a copy of a frame is as a whole in the part of that frame.
bool selection_follows(const SplitPlan *plan, const Source *source);
/// The block of such a copy, which needs the correlation of the other trajectory: all of it, or none (0) where the frame is in a
/// gap.
size_t selection_copy_block(const SplitPlan *plan, const Source *source, Block *block);

/// Chooses frames of one trajectory, part by part; of copies after those that they follow. Fills correlation (where it is needed), gap_ps, frames, n_chosen and
/// the numbers of frames left out. The second frame of a pair is in the same block as the first.
///
/// Fails with QMT_ERR_INPUT, QMT_ERR_IO, QMT_ERR_FORMAT or QMT_ERR_MEMORY.
QmtStatus selection_make(QmtContext *ctx, TrajectoryReader *reader, const SplitPlan *plan,
                         const QmtDatasetOptions *options, Source *source);

#endif
