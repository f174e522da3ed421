#ifndef CAMPAIGN_RECOGNISE_PACKED_H
#define CAMPAIGN_RECOGNISE_PACKED_H

#include "campaign/outcomes.h"
#include "campaign/plan.h"
#include "io/archive_mount.h"
#include "run/options.h"

/// Recognises finished trajectories in archives by the journals. A hundred thousand run.json lie here and there in
/// gigabytes of an archive, the lines of the journals one behind the other in a twentieth of that. A line counts if the index of
/// the archive has the run.json that its process wrote (CRC-32), and trajectory.npz with its size; input and program have to be those
/// of the task. What is not recognised here may still be by resume_recognise().
///
/// @param archives  of OUT; NULL: none
/// @param outcomes  of plan->n_tasks: what is recognised is put; NULL: not wanted
/// @param known     [plan->n_tasks] set where a trajectory is finished just so
/// Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus recognise_packed(QmtContext *ctx, const Plan *plan, const RunOptions *settings,
                           const ArchiveMount *archives, Outcomes *outcomes, bool *known);

#endif
