#ifndef CAMPAIGN_BATCH_H
#define CAMPAIGN_BATCH_H

#include "campaign/outcomes.h"
#include "campaign/plan.h"
#include "campaign/worker_pool.h"
#include "run/run.h"

/// All trajectories of a plan: what is finished is recognised, the rest runs side by side, and a summary
/// is left in OUT.

/// What the surroundings show meanwhile. Each may be NULL.
typedef struct {
    void *user;
    /// A trajectory that is finished already, before any starts.
    void (*reused)(void *user, size_t task, const BatchOutcome *outcome);
    void (*start)(void *user, size_t task);
    void (*progress)(void *user, size_t task, const RunProgress *progress);
    void (*note)(void *user, size_t task, QmtLogLevel level, const char *sentence);
    void (*end)(void *user, size_t task, const BatchOutcome *outcome);
    void (*stop)(void *user, int signal);
    bool (*should_stop)(void *user); ///< true: as after a signal; asked at least once a second
} BatchHooks;

/// Bytes that the trajectories of a plan take on the disk, about; those in reused [n_tasks] excepted
/// (NULL: none).
uint64_t batch_bytes(const Plan *plan, const bool *reused);

/// Looks whether batch_run() would begin, and touches nothing: what lies in OUT, and room on the disk. Fails as
/// batch_run() before its first trajectory.
QmtStatus batch_look(QmtContext *ctx, const Plan *plan, const RunOptions *settings);

/// Marks the trajectories of a plan that are finished in OUT, done [plan->n_tasks]; fails as batch_look().
QmtStatus batch_finished(QmtContext *ctx, const Plan *plan, const RunOptions *settings, bool *done);

/// Runs a plan. What cannot be computed is noted in plan->structures.rejected, if there is one, and in
/// OUT/rejected.tsv; every end in OUT/.journal; figures of all in OUT/summary.json.
///
/// @param settings  out, n_workers, fresh, max_s
/// @param outcomes  of plan->n_tasks
/// Fails before anything is touched with QMT_ERR_CHECKPOINT (what is finished or interrupted
/// differs from what is wanted), QMT_ERR_IO (no room on the disk). Then as worker_pool_run(); with
/// QMT_ERR_PARTIAL if a molecule cannot be computed; and with QMT_ERR_LOCKED if all that was left to do is held
/// by other processes. Trouble with the files about the whole job is a warning.
QmtStatus batch_run(QmtContext *ctx, const Plan *plan, const RunOptions *settings,
                    const BatchHooks *hooks, Outcomes *outcomes);

#endif
