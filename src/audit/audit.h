#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include "audit/report.h"

/// Proof that a trajectory file is what it says: reads an NPZ of the layout of trajectory/trajectory.h, whoever
/// wrote it, and says of each of its checks whether it passes. Nothing is written.

typedef struct {
    uint64_t n_frames; ///< frames computed again for CHECK_LABELS; 0: none, UINT64_MAX: all
    uint64_t seed;     ///< which ones
    CheckConserved
        conserved; ///< called for each frame in order, where steps are made again; NULL: not wanted
    void *user;    ///< of it
} CheckOptions;

/// Checks one file. The same file and options give the same report. A damaged file is a report with
/// CHECK_FAIL, not a failure of this function.
///
/// Fails with QMT_ERR_IO (the file cannot be read) or QMT_ERR_MEMORY; *report is then untouched.
QmtStatus check_file(QmtContext *ctx, const char *path, const CheckOptions *options,
                     CheckReport *report);

#endif
