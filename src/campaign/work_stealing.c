#include "campaign/work_stealing.h"

#include <stdlib.h>

#include "base/clock.h"
#include "campaign/journal.h"
#include "io/lock.h"

/// How many trajectories a batch made.
static size_t made_count(const Outcomes *outcomes)
{
    size_t n = 0;
    for (size_t i = 0; i < outcomes->n; i++) {
        BatchOutcome outcome;
        outcomes_get(outcomes, i, &outcome);
        n += outcome.ran && outcome.status == QMT_OK && !outcome.result.reused;
    }
    return n;
}

/// What is left of one part. *n_made: trajectories that were finished here.
static QmtStatus part_run(QmtContext *ctx, Plan *plan, const Shard *shard,
                          const RunOptions *settings, const BatchHooks *hooks, size_t *n_made)
{
    Plan part;
    Outcomes outcomes = {0};
    const BatchHooks own = {
        .user = hooks->user, .stop = hooks->stop, .should_stop = hooks->should_stop};
    *n_made = 0;
    TRY(plan_part(ctx, plan, shard, &part));
    QmtStatus status = outcomes_create(ctx, part.n_tasks, &outcomes);
    if (status == QMT_OK)
        status = batch_run(ctx, &part, settings, &own, &outcomes);
    if (outcomes.kept != NULL)
        *n_made = made_count(&outcomes);
    outcomes_release(&outcomes);
    plan_part_release(&part);
    return status;
}

/// The next part, in the order of a circle behind our own, that has not ended and was not visited; false: there is none.
static bool part_choose(const Shard *own, const bool *ended, const bool *visited, Shard *part)
{
    *part = *own;
    for (uint64_t k = 1; k < own->count; k++) {
        part->index = (own->index + k) % own->count;
        if (!ended[part->index] && !visited[part->index])
            return true;
    }
    return false;
}

/// @param state  [2 * count] zeros: which parts have ended, and which were visited
static QmtStatus parts_run(QmtContext *ctx, Plan *plan, const RunOptions *settings,
                           const BatchHooks *hooks, bool *state)
{
    const Shard *const own = &plan->shard;
    bool *const ended = state, *const visited = state + own->count;
    const double begun_s = clock_s();
    QmtStatus worst = QMT_OK;
    Shard part;
    TRY(journal_shards_ended(ctx, settings->out, own->count, ended));
    while (part_choose(own, ended, visited, &part)) {
        RunOptions rest = *settings;
        size_t n_made;
        rest.steals = true;
        if (settings->max_s > 0.0)
            rest.max_s = settings->max_s - (clock_s() - begun_s);
        if (rest.max_s < 0.0)
            return FAIL(ctx, QMT_STOPPED, "stopped, as its time is up");
        const QmtStatus status = part_run(ctx, plan, &part, &rest, hooks, &n_made);
        visited[part.index] = true;
        if (status == QMT_STOPPED || status == QMT_ERR_MEMORY || status == QMT_ERR_IO)
            return status;
        if (status == QMT_ERR_PARTIAL)
            worst = status;
        if (n_made == 0)
            continue;
        context_log(ctx, QMT_LOG_INFO, "%zu trajector%s of part %llu/%llu made, which was not done",
                    n_made, n_made == 1 ? "y" : "ies", (unsigned long long)part.index,
                    (unsigned long long)part.count);
        TRY(journal_shards_ended(ctx, settings->out, own->count, ended));
    }
    return worst == QMT_OK
               ? QMT_OK
               : FAIL(ctx, worst, "some trajectories of other parts of the list failed");
}

QmtStatus work_stealing_run(QmtContext *ctx, Plan *plan, const RunOptions *settings,
                            const BatchHooks *hooks)
{
    const Shard *const own = &plan->shard;
    if (!shard_is_part(own) || plan->config.conformers > 0 || config_is_quenched(&plan->config) ||
        settings->fresh || !lock_is_shared(settings->out))
        return QMT_OK;
    bool *const state = calloc(2 * own->count, sizeof *state);
    if (state == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %llu parts",
                    (unsigned long long)own->count);
    const QmtStatus status = parts_run(ctx, plan, settings, hooks, state);
    free(state);
    return status;
}
