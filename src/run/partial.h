#ifndef RUN_PARTIAL_H
#define RUN_PARTIAL_H

#include "trajectory/trajectory_reader.h"

/// Opens a trajectory that is not finished: the frames up to the last checkpoint beside
/// FOLDER/trajectory.npz.part, checked against it, with metadata that say "partial". Nothing in the folder is
/// touched, and a process may be working on it meanwhile.
///
/// @param part  path of trajectory.npz.part
/// Fails with QMT_ERR_INPUT if part has another name or no frames yet, QMT_ERR_CHECKPOINT if there is no whole
/// checkpoint or the frames are not those of it, QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus partial_open(QmtContext *ctx, const char *part, TrajectoryReader **reader);

/// True if a path has the name of an unfinished trajectory.
bool partial_is(const char *path);

#endif
