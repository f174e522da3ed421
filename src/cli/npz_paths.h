#ifndef CLI_NPZ_PATHS_H
#define CLI_NPZ_PATHS_H

#include <qmtraj/archive.h>

#include <stddef.h>

#include "cli/fail.h"

/// The .npz files that a command line names: files, and folders with all that are below them.

typedef struct {
    char **path; ///< [n], each malloc'ed
    size_t n, room;
    QmtArchives *archives[64]; ///< [n_archives] open as long as the paths
    size_t n_archives;
} NpzPaths;

/// Adds a file, or the .npz files of a folder and of those below it in the order of their bytes, without what
/// `run --fresh` put aside (trajectory.old.npz) and the files of training sets. A file need not be there. Fails with QMT_ERR_INPUT (a trajectory that is not finished), QMT_ERR_IO (no .npz file in a folder) or
/// QMT_ERR_MEMORY.
QmtStatus npz_paths_add(QmtContext *ctx, const char *path, NpzPaths *paths);
void npz_paths_release(NpzPaths *paths);

#endif
