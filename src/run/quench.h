#ifndef RUN_QUENCH_H
#define RUN_QUENCH_H

#include "run/options.h"
#include "run/spec.h"

/// Copies of frames: from a frame of a finished trajectory the molecule is relaxed by a few steps, gets new velocities
/// and moves on at another temperature, as a trajectory of its own beside the other:
///
///     OUT/NAME/trajectory.npz         a frame every save_interval_steps, which knows nothing of its copies
///     OUT/NAME.q001/trajectory.npz    from frame 0; start.xyz is that frame
///     OUT/NAME.q002/trajectory.npz    from the frame quench.every_ps later, ...
///
/// Start and configuration of a copy follow from the finished file, so its bytes do not depend on when, where and by
/// whom it is made. What acts beside the method stays away, but for the wall that keeps a cluster together.

/// Copy number 1, 2, ... of a trajectory, planned; it has its atoms when the other is finished.
void quench_task(const RunSpec *hot, int number, RunSpec *copy);

/// Makes a task known as a copy of a frame of the trajectory with this label: its label, its variant, and whose copy it is.
/// Which frame that was stays open.
void quench_mark(const char *from, int number, RunSpec *copy);

/// Label of the trajectory that a copy comes from, its own of any other.
void quench_label(const RunSpec *task, char label[SPEC_LABEL_SIZE]);

/// True if a label or a name is that of a copy: "glycine/c01.q002" is one of "glycine/c01". origin [strlen(label) + 1]
/// may be NULL.
bool quench_origin(const char *label, char *origin);

/// The structure of a copy in place of its origin's: the positions become those of the frame.
///
/// @param structure  of the origin, with atoms that it owns
/// Fails with QMT_ERR_LOCKED if another process works on the origin, QMT_ERR_INPUT if that is not finished or has no
/// such frame, QMT_ERR_CHECKPOINT if it has other atoms, and as reading fails.
QmtStatus quench_start(QmtContext *ctx, const RunOptions *settings, const RunSpec *copy,
                       Structure *structure);

#endif
