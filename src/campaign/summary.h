#ifndef CAMPAIGN_SUMMARY_H
#define CAMPAIGN_SUMMARY_H

#include "campaign/outcome.h"
#include "campaign/plan.h"
#include "run/options.h"

/// What a batch came to: a table for the screen and OUT/summary.json.

/// The table for the screen, a line per trajectory. The caller frees it; NULL if there is no memory.
char *summary_table(const Plan *plan, const BatchOutcome *outcomes);

/// Fails as summary_write() would for want of permission or a lock; nothing is left in OUT.
QmtStatus summary_check(QmtContext *ctx, const RunOptions *settings);

/// Writes OUT/summary.json. Trajectories of earlier runs in it that the plan does not have stay.
QmtStatus summary_write(QmtContext *ctx, const Plan *plan, const RunOptions *settings,
                        const BatchOutcome *outcomes);

#endif
