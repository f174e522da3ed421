#include "campaign/tally.h"
#include "base/clock.h"

#include <math.h>
#include <stdlib.h>

QmtStatus tally_open(QmtContext *ctx, const Plan *plan, size_t n_workers, Tally *tally)
{
    const RejectionList *const rejected = plan->structures.rejected;
    const size_t n = plan->n_tasks;
    *tally = (Tally){.plan = plan,
                     .began_at = malloc((n + 1) * sizeof *tally->began_at),
                     .left_s = malloc((n + 1) * sizeof *tally->left_s),
                     .running = malloc((n + 1) * sizeof *tally->running),
                     .n_workers = n_workers < n ? n_workers : n};
    if (tally->began_at == NULL || tally->left_s == NULL || tally->running == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu trajectories", n);
    tally->counts.n_rejected = rejected != NULL ? rejected->n : 0;
    tally->counts.n = n + tally->counts.n_rejected;
    tally->counts.n_waiting = n;
    for (size_t t = 0; t < n; t++) {
        tally->waiting_cost += plan->tasks[t].cost;
        tally->began_at[t] = tally->left_s[t] = NAN;
    }
    return QMT_OK;
}

void tally_close(Tally *tally)
{
    free(tally->began_at);
    free(tally->left_s);
    free(tally->running);
    *tally = (Tally){0};
}

static void waiting_drop(Tally *tally, size_t task)
{
    tally->counts.n_waiting--;
    tally->waiting_cost -= tally->plan->tasks[task].cost;
}

void tally_reused(Tally *tally, size_t task)
{
    waiting_drop(tally, task);
    tally->counts.n_complete++;
}

void tally_start(Tally *tally, size_t task)
{
    if (!isnan(tally->began_at[task]))
        return; // again, after its process crashed
    waiting_drop(tally, task);
    tally->running[tally->n_running++] = task;
    tally->counts.n_running++;
    tally->began_at[task] = clock_s();
    tally->left_s[task] = NAN;
}

void tally_progress(Tally *tally, size_t task, const RunProgress *progress)
{
    tally->left_s[task] = progress_left_s(progress);
}

void tally_end(Tally *tally, size_t task, const BatchOutcome *outcome)
{
    QmtTotals *const counts = &tally->counts;
    const double took_s = clock_s() - tally->began_at[task];
    counts->n_running--;
    for (size_t r = 0; r < tally->n_running; r++)
        if (tally->running[r] == task) {
            tally->running[r] = tally->running[--tally->n_running];
            break;
        }
    tally->began_at[task] = tally->left_s[task] = NAN;
    if (outcome->status == QMT_OK)
        counts->n_complete++;
    else if (outcome->rejected)
        counts->n_rejected++;
    else if (outcome->status == QMT_STOPPED)
        counts->n_interrupted++;
    else if (outcome->status != QMT_ERR_LOCKED)
        counts->n_failed++;
    if (outcome->status == QMT_OK && !outcome->result.reused)
        forecast_add(&tally->forecast, tally->plan->tasks[task].cost, took_s);
}

QmtTotals tally_now(const Tally *tally)
{
    QmtTotals counts = tally->counts;
    Forecast forecast = tally->forecast;
    JobRest rest = {.n_waiting = counts.n_waiting,
                    .waiting_cost = tally->waiting_cost,
                    .n_at_a_time = tally->n_workers};
    const double now = clock_s();
    // What runs counts as far as it has come.
    for (size_t r = 0; r < tally->n_running; r++) {
        const size_t t = tally->running[r];
        const double left = tally->left_s[t];
        if (isnan(left))
            continue;
        rest.running_s += left;
        rest.longest_running_s = fmax(rest.longest_running_s, left);
        forecast_add(&forecast, tally->plan->tasks[t].cost, now - tally->began_at[t] + left);
    }
    counts.left_s = forecast_left_s(&forecast, &rest);
    return counts;
}

double progress_left_s(const RunProgress *progress)
{
    if (!(progress->ms_per_step > 0.0))
        return NAN;
    return 1e-3 * progress->ms_per_step * (double)(progress->n_steps - progress->step);
}
