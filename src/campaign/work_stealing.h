#ifndef CAMPAIGN_WORK_STEALING_H
#define CAMPAIGN_WORK_STEALING_H

#include "campaign/batch.h"

/// Work stealing (Blumofe, Leiserson, J. ACM 46, 720 (1999), 10.1145/324133.324234) without messages: a process that is
/// done with its part of a list goes on with what nobody has begun of the parts that have not ended, the longest first.
/// The locks of the trajectories (run/folder.c) keep two processes apart; archives and rejections stay
/// those of the part, and a line in the journal is written by who made it.

/// Runs what is left of the other parts, if locks in OUT hold for all who see it (io/lock.h).
///
/// @param plan   of a part that is done; nothing if there are conformers, which only their own part knows, or copies of frames
/// @param hooks  should_stop and stop are asked and told
/// Fails with QMT_STOPPED, or with QMT_ERR_PARTIAL if some of these trajectories failed.
QmtStatus work_stealing_run(QmtContext *ctx, Plan *plan, const RunOptions *settings,
                            const BatchHooks *hooks);

#endif
