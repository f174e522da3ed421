#ifndef JOB_EXISTING_H
#define JOB_EXISTING_H

#include "job/job.h"

/// What an earlier run left in the folder of a trajectory, so that nothing is computed twice and nothing
/// finished is lost by accident.

typedef enum {
    EXISTING_NONE,     ///< nothing that is finished: to be computed
    EXISTING_SAME,     ///< finished with the same configuration, start and program
    EXISTING_DIFFERENT ///< finished, but not this
} Existing;

/// Compares. With EXISTING_SAME the figures of the earlier run go to *result; with EXISTING_DIFFERENT
/// the context holds a sentence that lists what differs.
///
/// Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus existing_look(QmtContext *ctx, const JobSettings *settings, const JobTask *task,
                        Existing *existing, JobResult *result);

#endif
