#ifndef CAMPAIGN_TALLY_H
#define CAMPAIGN_TALLY_H

#include "campaign/forecast.h"
#include "campaign/outcome.h"
#include "campaign/plan.h"
#include "qmtraj/campaign.h"

/// Where a campaign stands while it runs: how many of its molecules are where, and how long it still takes.

typedef struct {
    const Plan *plan;
    QmtTotals counts; ///< without left_s
    double *began_at; ///< [plan->n_tasks] seconds, monotonic; NAN: it does not run
    double *left_s;   ///< [plan->n_tasks] that those that run still take, NAN if not known
    size_t *running;  ///< [n_running] tasks
    size_t n_running, n_workers;
    Forecast forecast;
    double waiting_cost;
} Tally;

/// Fails with QMT_ERR_MEMORY; to be closed either way.
QmtStatus tally_open(QmtContext *ctx, const Plan *plan, size_t n_workers, Tally *tally);
void tally_close(Tally *tally);

/// What a batch tells of its trajectories.
void tally_reused(Tally *tally, size_t task);
void tally_start(Tally *tally, size_t task);
void tally_progress(Tally *tally, size_t task, const RunProgress *progress);
void tally_end(Tally *tally, size_t task, const BatchOutcome *outcome);

/// Where it stands now.
QmtTotals tally_now(const Tally *tally);

/// Seconds that a trajectory still takes; NAN if it is not known.
double progress_left_s(const RunProgress *progress);

#endif
