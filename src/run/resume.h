#ifndef RUN_RESUME_H
#define RUN_RESUME_H

#include "md/md.h"
#include "run/files.h"
#include "run/options.h"
#include "run/program.h"
#include "run/result.h"
#include "run/spec.h"
#include "trajectory/checkpoint.h"

/// What an earlier run left in the folder of a trajectory, so that nothing is computed twice and nothing
/// finished is lost by accident.

typedef enum {
    EXISTING_NONE,        ///< nothing that can be used: to be computed
    EXISTING_SAME,        ///< finished with the same configuration, start and program
    EXISTING_INTERRUPTED, ///< a checkpoint of the same trajectory, which goes on from there
    EXISTING_SHORTER,     ///< finished, the same but for a shorter length_ps; goes on from its end
    EXISTING_SHORTER_DROPPED, ///< likewise, but without its checkpoint, as keep_checkpoint asked for
    EXISTING_DIFFERENT        ///< finished or interrupted, but not this
} Existing;

/// What was found.
typedef struct {
    Existing kind;
    RunResult result;      ///< figures of the earlier run, with EXISTING_SAME and _SHORTER_DROPPED
    Checkpoint checkpoint; ///< with EXISTING_INTERRUPTED and EXISTING_SHORTER
    bool from_previous; ///< it is checkpoint.previous, because the newest one is damaged or missing
    char note[512];     ///< about a checkpoint that was passed over, "" if none was
    char moved[512]; ///< how the machine of the checkpoint differs from this one, "" if it does not
    /// Lines of the machines before this one, see program.h.
    char earlier[PROGRAM_EARLIER_SIZE];
} Found;

/// True if a trajectory is finished just as it is wanted, by run.json and the stamp of trajectory.npz alone:
/// input, size, time and program. Says no where more has to be read, which is no answer yet. The task needs no
/// atoms; task->input_digest counts.
///
/// Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus resume_recognise(QmtContext *ctx, const RunOptions *settings, const RunSpec *task,
                           bool *same, RunResult *result);

/// Compares. With EXISTING_DIFFERENT the context holds a sentence that lists what differs, or what is
/// wrong with the checkpoints. *found is to be released.
///
/// Fails with QMT_ERR_IO or QMT_ERR_MEMORY; what cannot be read just now is no difference. *found is to be
/// released then, too.
QmtStatus resume_look(QmtContext *ctx, const RunOptions *settings, const RunSpec *task,
                      Found *found);
void found_release(Found *found);

/// Appends to list what config.yaml and start.xyz of a folder say otherwise than a task; a longer length_ps is no
/// difference. Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus resume_compare(QmtContext *ctx, const char *folder, const RunSpec *task,
                         char list[PROGRAM_DIFFERENCES_SIZE]);

/// A single trajectory lies in OUT/NAME, replicas in OUT/NAME/r01, ...: fails with QMT_ERR_CHECKPOINT if a task
/// would put one beside the other.
QmtStatus resume_replicas(QmtContext *ctx, const RunOptions *settings, const RunSpec *task);

#endif
