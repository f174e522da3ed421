#ifndef DATASET_SOURCE_PATHS_H
#define DATASET_SOURCE_PATHS_H

#include "io/archive_mount.h"

/// The files of trajectories that paths name, in folders and in the archives of folders.

typedef struct {
    char *path;
    bool in_folder; ///< found below a folder that was named, not named itself
} SourcePath;

typedef struct {
    SourcePath *items; ///< [n]
    size_t n, room;
    ArchiveMount **archives; ///< [n_archives] open as long as the list is there
    size_t n_archives;
} SourcePathList;

/// @param partial  in folders also trajectory.npz.part
/// Fails with QMT_ERR_INPUT (a folder without one, the same file twice), QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus source_paths_find(QmtContext *ctx, const char *const *paths, size_t n_paths, bool partial,
                            SourcePathList *list);
void source_paths_release(SourcePathList *list);

#endif
