#ifndef DATASET_FOLDER_H
#define DATASET_FOLDER_H

#include "io/file.h"

/// The folder of a set: OUT.part while it is written, OUT when it is whole.

typedef struct {
    char path[FILE_PATH_SIZE], part[FILE_PATH_SIZE];
} Folder;

/// Makes OUT.part; one that an interrupted call left is removed first. Fails with QMT_ERR_USAGE if OUT exists, or OUT.part
/// is something else, or QMT_ERR_IO.
QmtStatus folder_begin(QmtContext *ctx, const char *out, Folder *folder);
/// Gives it its name. Fails with QMT_ERR_IO.
QmtStatus folder_finish(QmtContext *ctx, const Folder *folder);
/// True if a folder is a set, or one that is being written: its files are none of trajectories.
bool folder_is_dataset(const char *path);
/// Removes OUT.part with all that is in it.
void folder_discard(const Folder *folder);

#endif
