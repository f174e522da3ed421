#ifndef RUN_RUN_PARTS_H
#define RUN_RUN_PARTS_H

#include <time.h>

#include "base/arena.h"
#include "engine/engine.h"
#include "io/file.h"
#include "md/md.h"
#include "run/hooks.h"
#include "run/resume.h"
#include "run/run.h"
#include "run/watch.h"
#include "trajectory/sink.h"

/// What the files of this floor share; nobody else's. run.c holds the sequence of a trajectory.

/// The format that a run writes.
static inline const SinkRunType *run_format(void)
{
    return SINK_NPZ.run;
}

/// A trajectory in the making.
typedef struct {
    const RunOptions *settings;
    const RunSpec *task;
    const RunHooks *hooks; ///< NULL for none
    char folder[FILE_PATH_SIZE];
    File lock;
    Found found; ///< what was there
    char program[PROGRAM_TEXT_SIZE +
                 PROGRAM_EARLIER_SIZE]; ///< of the checkpoints: what decides the bytes
    double *masses;                     ///< [n_atoms] Da
    Engine *xtb;
    Engine *bias;   ///< around it; NULL: there is none
    Engine *engine; ///< the recorder around all
    Sink *sink; ///< of the trajectory; NULL if its file is finished and only run.json is missing
    Md *md;
    Watch watch;                ///< what happens to the molecule
    const WatchEvent *ended_by; ///< of stop_when, in the watch; NULL: it goes on to its end
    Arena arena;
    double (*pos)[3], (*vel)[3], (*forces)[3],
        (*bias_forces)[3]; ///< [n_atoms] of one frame, in the units of the file
    double *properties;    ///< of one frame, likewise

    double started_s, started_cpu_s; ///< of this process; monotonic clock
    CheckpointNumbers before;        ///< where this process began, zeros if at the start
    MdProgress now;
    bool begun;            ///< the atoms move
    double begun_s;        ///< since when
    double last_message_s; ///< to the parent
    double next_checkpoint_s;
    uint64_t n_safe; ///< frames of the last checkpoint
    bool texts_wait; ///< some of config.yaml, start.xyz and relaxed.xyz may not be on the disk
} Run;

// setup.c: a configuration as the options of engine and motion.

MdOptions run_md_options(const RunSpec *task);

// frames.c: what motion gives, in the units of the file; these are MdHooks, user is the Run.

QmtStatus run_take_frame(QmtContext *ctx, void *user, const MdFrame *frame);
QmtStatus run_take_window(QmtContext *ctx, void *user, const NveWindowPoint *point);

// ending.c: what becomes of a trajectory that did not complete.

/// Ends a trajectory that failed. The sentence of the failure stays the one in the context, with what became
/// of the frames behind it; the frames of the result are those that are safe.
void run_interrupt(QmtContext *ctx, Run *run, QmtStatus failure, RunResult *result);

// run_warnings.c: what is to be known about a trajectory that completed.

/// Adds what the figures say. It follows from the trajectory alone.
void run_warnings_collect(const Run *run, const MdReport *report, RunWarnings *warnings);
/// Tells the log what the relaxation made of the SMILES, if that is another molecule.
void run_smiles_say(QmtContext *ctx, const Watch *watch);
/// Tells the log what was not told when it happened.
void run_warnings_say(QmtContext *ctx, const RunWarnings *warnings);

// checkpoint_keep.c: whether the checkpoint of a finished trajectory stays.

/// True if a trajectory is made again in less than a minute of processor time.
bool run_is_cheap(const RunResult *result);
/// What keep_checkpoint says about a trajectory that is finished.
bool run_checkpoint_is_dropped(const Run *run, const RunResult *result);

// relaxed.c: the geometry that the motion starts from.

/// Writes relaxed.xyz: the state is that of the molecule at rest.
QmtStatus run_relaxed_write(QmtContext *ctx, Run *run, const MdState *state);

// figures.c: clocks and the figures of a result.

void run_result_fill(const Run *run, RunResult *result);
/// Seconds of a clock.
double run_clock_s(clockid_t id);
/// Seconds of motion of this and earlier processes, and what a step costs.
double run_motion_s(const Run *run);
double run_ms_per_step(const Run *run, uint64_t evaluations);

/// The largest drift of the NVE windows by magnitude, of their shadow or total energy; NAN: no windows.
double run_window_drift(const MdReport *report, bool shadow);

/// Writes a text of the folder as a whole; text NULL is QMT_ERR_MEMORY.
QmtStatus run_text_write(QmtContext *ctx, const char *folder, const char *name, const char *text);
/// Likewise one that describes the run; it is on the disk before the first checkpoint or the finished file, which are
/// worth nothing without it (run_texts_sync()).
QmtStatus run_text_write_later(QmtContext *ctx, Run *run, const char *name, const char *text);

// folder.c: lock, checkpoints and small files of OUT/LABEL.

/// [n_atoms] Da, of the elements, isotopes and hydrogen_mass_Da.
void run_masses_fill(const RunSpec *task, double *masses);

/// Makes and locks the folder and looks what is in it.
///
/// Fails with QMT_ERR_LOCKED, with QMT_ERR_CHECKPOINT if something else is there, with QMT_ERR_IO or
/// QMT_ERR_MEMORY.
QmtStatus run_folder_enter(QmtContext *ctx, Run *run);
/// Opens the trajectory file where it goes on, and brings run->md there; md and masses are made.
QmtStatus run_folder_begin(QmtContext *ctx, Run *run);
/// Brings the texts that describe the run to the disk.
QmtStatus run_texts_sync(QmtContext *ctx, Run *run);
/// Removes the checkpoints of a trajectory that cannot be continued.
QmtStatus run_folder_forget(QmtContext *ctx, const Run *run);
/// The trajectory is complete: only its last checkpoint stays. What cannot be removed does no harm and is
/// named in a warning.
void run_folder_tidy(QmtContext *ctx, const Run *run);

/// True if there is a checkpoint to go on from: the folder may have vanished meanwhile.
bool run_folder_has_checkpoint(QmtContext *ctx, const Run *run);

/// Brings all frames to the disk and writes a checkpoint.
QmtStatus run_checkpoint(QmtContext *ctx, Run *run);

#endif
