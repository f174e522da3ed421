#ifndef RUN_PARTIAL_EXPORT_H
#define RUN_PARTIAL_EXPORT_H

#include "base/context.h"

/// Makes the frames of a trajectory that is not finished readable: those up to the last checkpoint beside
/// FOLDER/trajectory.npz.part, checked against it, as an NPZ file whose metadata say "partial". Nothing in the
/// folder is touched, and a process may be working on it meanwhile.
///
/// @param part      path of trajectory.npz.part
/// @param path      the file to make; whoever sees it sees it whole
/// @param n_frames  how many there are; none is possible
/// Fails with QMT_ERR_INPUT if part has another name, QMT_ERR_CHECKPOINT if there is no whole checkpoint or the
/// frames are not those of it, QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus partial_export(QmtContext *ctx, const char *part, const char *path, uint64_t *n_frames);

/// True if a path has the name of an unfinished trajectory.
bool partial_is(const char *path);

#endif
