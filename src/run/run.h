#ifndef RUN_RUN_H
#define RUN_RUN_H

#include "engine/engine.h"
#include "md/md.h"
#include "qmtraj/engine.h"
#include "run/files.h"
#include "run/hooks.h"
#include "run/options.h"
#include "run/result.h"
#include "run/spec.h"

/// One trajectory, from its specification to finished files (run/files.h).

/// Runs one trajectory, from its checkpoint if there is one. Its bytes depend on the task and the
/// program, on nothing else: not on interruptions, nor on when checkpoints are written.
///
/// @param hooks   progress, and whether to stop; NULL for none
/// @param result  filled as far as it came, also after a failure
/// Fails with QMT_ERR_LOCKED if another process works on the folder, with QMT_ERR_CHECKPOINT if it holds
/// something else (nothing is touched then); as engine and files fail; and with QMT_STOPPED. The sentence
/// says how to go on.
QmtStatus run_trajectory(QmtContext *ctx, const RunOptions *settings, const RunSpec *task,
                         const RunHooks *hooks, RunResult *result);

/// Saves the frames that a killed worker left on the disk as a partial file; none: no file.
///
/// @param reason    goes into its metadata
/// @param n_frames  how many there are
QmtStatus run_recover(QmtContext *ctx, const RunOptions *settings, const RunSpec *task,
                      const char *reason, int64_t *n_frames);

/// Engine options of a task, of single geometries and of motion.
QmtEngineOptions run_engine_options(const RunSpec *task);
QmtEngineOptions run_motion_engine_options(const RunSpec *task);

#endif
