#ifndef JOB_BATCH_H
#define JOB_BATCH_H

#include "job/job.h"

/// All trajectories of a plan: what is finished is recognised, the rest runs side by side, and a summary
/// is left in OUT.

/// Where one trajectory of a batch stands in the end.
typedef struct {
    bool ran;         ///< false: finished earlier, or never begun
    QmtStatus status; ///< QMT_STOPPED also for those that were never begun
    int signal;       ///< that killed its process, 0: none
    JobResult result;
    char message[RUNNER_NOTE_SIZE];
} BatchOutcome;

/// What the surroundings show meanwhile. Each may be NULL.
typedef struct {
    void *user;
    void (*start)(void *user, size_t task);
    void (*progress)(void *user, size_t task, const RunnerProgress *progress);
    void (*note)(void *user, size_t task, QmtLogLevel level, const char *sentence);
    void (*end)(void *user, size_t task, const BatchOutcome *outcome);
    void (*stop)(void *user, int signal);
} BatchHooks;

/// For tests: "NAME:STEP" of the trajectory that is to fail or crash; NULL: none. It crashes once, or
/// again when it is tried once more.
typedef struct {
    const char *fail, *crash;
    bool crash_again;
} BatchFaults;

/// Bytes that the trajectories of a plan take on the disk, about; those in reused [n_tasks] excepted
/// (NULL: none).
uint64_t batch_bytes(const JobPlan *plan, const bool *reused);

/// Looks whether batch_run() would begin, and touches nothing: what lies in OUT, and room on the disk. Fails as
/// batch_run() before its first trajectory.
QmtStatus batch_look(QmtContext *ctx, const JobPlan *plan, const JobSettings *settings);

/// Runs a plan.
///
/// @param settings  out, n_workers, fresh, max_s
/// @param outcomes  [plan->n_tasks]
/// Fails before anything is touched with QMT_ERR_CHECKPOINT (what is finished or interrupted
/// differs from what is wanted), QMT_ERR_IO (no room on the disk). Then as runner_run(), and with
/// QMT_ERR_LOCKED if all that was left to do is held by other processes.
QmtStatus batch_run(QmtContext *ctx, const JobPlan *plan, const JobSettings *settings,
                    const BatchFaults *faults, const BatchHooks *hooks, BatchOutcome *outcomes);

#endif
