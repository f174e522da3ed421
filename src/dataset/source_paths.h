#ifndef DATASET_SOURCE_PATHS_H
#define DATASET_SOURCE_PATHS_H

#include "base/context.h"

/// The files of trajectories that paths name.

typedef struct {
    char *path;
    bool in_folder; ///< found below a folder that was named, not named itself
} SourcePath;

typedef struct {
    SourcePath *items; ///< [n]
    size_t n, room;
} SourcePathList;

/// @param partial  in folders also trajectory.npz.part
/// Fails with QMT_ERR_INPUT (a folder without one, the same file twice), QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus source_paths_find(QmtContext *ctx, const char *const *paths, size_t n_paths, bool partial,
                            SourcePathList *list);
void source_paths_release(SourcePathList *list);

#endif
