#ifndef IO_EXPORT_NPY_H
#define IO_EXPORT_NPY_H

#include "base/context.h"

/// A trajectory as a folder of plain arrays, FOLDER/pos.npy and so on, which numpy.load(path,
/// mmap_mode="r") maps into memory: a loader that draws single frames reads only these. Types, shapes
/// and units are those of the trajectory; metadata and NVE windows become metadata.json and
/// nve_windows.json.

/// Writes the trajectory `from` to the folder `to` through TO.part, which gets its name when it is whole
/// and on the disk. The CRC-32 of every array is checked first.
///
/// @param every     frames 0, every, 2 every, ... of the arrays that have frames; at least 1
/// @param n_frames  frames written
/// Fails with QMT_ERR_FORMAT (no trajectory, damaged), QMT_ERR_USAGE (`to` exists), QMT_ERR_IO or
/// QMT_ERR_MEMORY; what was written to TO.part is then gone.
QmtStatus export_npy(QmtContext *ctx, const char *from, const char *to, uint64_t every,
                     uint64_t *n_frames);

#endif
