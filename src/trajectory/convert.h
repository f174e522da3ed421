#ifndef TRAJECTORY_CONVERT_H
#define TRAJECTORY_CONVERT_H

#include "trajectory/sink.h"
#include "trajectory/trajectory_reader.h"

typedef struct {
    uint64_t every; ///< frames 0, every, 2 every, ...; at least 1
    bool momenta;   ///< momenta and masses too; of formats that have_momenta
} ConvertOptions;

/// Reads a trajectory and writes it in another format, to a file or folder that must not exist yet. Everything
/// in it is verified first.
///
/// @param n_frames  frames written
/// Fails with QMT_ERR_FORMAT (damaged, or without what the format needs), QMT_ERR_USAGE (`to` exists),
/// QMT_ERR_IO or QMT_ERR_MEMORY; nothing is left then.
QmtStatus trajectory_convert(QmtContext *ctx, TrajectoryReader *reader, const SinkType *type,
                             const char *to, const ConvertOptions *options, uint64_t *n_frames);

#endif
