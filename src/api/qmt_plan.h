#ifndef API_QMT_PLAN_H
#define API_QMT_PLAN_H

#include "campaign/batch.h"
#include "campaign/tally.h"
#include "qmtraj/campaign.h"

struct QmtPlan {
    Plan plan;
    Outcomes outcomes;      ///< of plan.n_tasks
    RejectionList rejected; ///< plan.structures.rejected points here if its list was tolerant
    const Tally *tally;     ///< of the campaign that runs; NULL: none does
};

/// Fails with QMT_ERR_ARGUMENT if there is no plan, or no trajectory i in it.
QmtStatus plan_place_check(QmtContext *ctx, const QmtPlan *plan, size_t i);

/// How a trajectory ended, as callers see it; the message lives as long as the outcome.
QmtOutcome outcome_shown(const BatchOutcome *outcome);

#endif
