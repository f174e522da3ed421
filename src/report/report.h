#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/context.h"

/// One page of HTML, complete in itself, about the trajectories of a folder or one file.

typedef struct {
    uint64_t n_frames; ///< of each trajectory computed again for its verdict
    size_t n_workers;  ///< at least 1
    unsigned reload_s; ///< the page loads itself again; 0: never
} ReportOptions;

/// Writes the page, which is replaced as a whole. The same files give the same bytes.
///
/// @param path       a folder of trajectories, as `run` makes, or an NPZ file or trajectory.npz.part
/// @param n_running  trajectories that a process works on
/// Fails with QMT_ERR_FORMAT (a single file that is none), QMT_ERR_IO or QMT_ERR_MEMORY; what a folder lacks, and a file of
/// it that cannot be read, the page says.
QmtStatus report_write(QmtContext *ctx, const char *path, const char *to,
                       const ReportOptions *options, size_t *n_running);

#endif
