#ifndef CAMPAIGN_SUMMARY_H
#define CAMPAIGN_SUMMARY_H

#include "campaign/outcomes.h"
#include "campaign/plan.h"
#include "run/options.h"

/// OUT/summary.json: the figures of all trajectories in OUT, from the journals of all jobs. It is written as a
/// stream, so no size is too large.

/// Writes it at the end of a job: the trajectories of the plan in their order, then all others by name. A job
/// that did a small part of a large folder leaves it as it is, or a hundred thousand small jobs would write it a
/// hundred thousand times; summary_renew() does it then, and the log says so.
///
/// Fails with QMT_ERR_IO, QMT_ERR_LOCKED or QMT_ERR_MEMORY.
QmtStatus summary_write(QmtContext *ctx, const Plan *plan, const RunOptions *settings,
                        const Outcomes *outcomes);

/// Writes it anew from the journals, by name.
///
/// @param n  how many trajectories it holds
/// Fails with QMT_ERR_INPUT if OUT is no folder of a job, QMT_ERR_IO, QMT_ERR_LOCKED or QMT_ERR_MEMORY.
QmtStatus summary_renew(QmtContext *ctx, const char *out, size_t *n);

/// Whether OUT has one.
bool summary_exists(QmtContext *ctx, const char *out);

#endif
