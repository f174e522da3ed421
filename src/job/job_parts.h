#ifndef JOB_JOB_PARTS_H
#define JOB_JOB_PARTS_H

#include "base/arena.h"
#include "io/file.h"
#include "job/existing.h"

/// What job.c (the sequence of a trajectory) and job_folder.c (its folder: lock, checkpoints, what is there
/// already) share; nobody else's.

/// A trajectory in the making.
typedef struct {
    const JobSettings *settings;
    const JobTask *task;
    RunnerLink *link;
    char folder[FILE_PATH_SIZE];
    File lock;
    Found found; ///< what was there
    char program[PROGRAM_TEXT_SIZE +
                 EARLIER_TEXT_SIZE]; ///< of the checkpoints: what decides the bytes
    double *masses;                  ///< [n_atoms] Da
    Engine *xtb;
    Engine *engine;         ///< the witness around it
    Trajectory *trajectory; ///< NULL if its file is finished and only run.json is missing
    Md *md;
    Arena arena;
    double (*pos)[3], (*vel)[3], (*forces)[3]; ///< [n_atoms] of one frame, in the units of the file
    double *properties;                        ///< of one frame, likewise

    double started_s, started_cpu_s; ///< of this process; monotonic clock
    CheckpointNumbers before;        ///< where this process began, zeros if at the start
    MdProgress now;
    bool begun;            ///< the atoms move
    double begun_s;        ///< since when
    double last_message_s; ///< to the parent
    double next_checkpoint_s;
    uint64_t n_safe; ///< frames of the last checkpoint
} Job;

/// Seconds of a clock.
double job_clock_s(clockid_t id);
/// Seconds of motion of this and earlier processes, and what a step costs.
double job_motion_s(const Job *job);
double job_ms_per_step(const Job *job, uint64_t evaluations);

/// The largest drift of the NVE windows by magnitude, of their shadow or total energy; NAN: no windows.
double job_window_drift(const MdReport *report, bool shadow);

/// Writes a text of the folder as a whole; text NULL is QMT_ERR_MEMORY.
QmtStatus job_text_write(QmtContext *ctx, const char *folder, const char *name, const char *text);

/// Makes and locks the folder and looks what is in it.
///
/// Fails with QMT_ERR_LOCKED, with QMT_ERR_CHECKPOINT if something else is there, with QMT_ERR_IO or
/// QMT_ERR_MEMORY.
QmtStatus job_folder_enter(QmtContext *ctx, Job *job);
/// Opens the trajectory file where it goes on, and brings job->md there; md and masses are made.
QmtStatus job_folder_begin(QmtContext *ctx, Job *job);
/// Removes the checkpoints of a trajectory that cannot be continued.
QmtStatus job_folder_forget(QmtContext *ctx, const Job *job);
/// The trajectory is complete: only its last checkpoint stays. What cannot be removed does no harm and is
/// named in a warning.
void job_folder_tidy(QmtContext *ctx, const Job *job);

/// True if there is a checkpoint to go on from: the folder may have vanished meanwhile.
bool job_folder_has_checkpoint(QmtContext *ctx, const Job *job);

/// Brings all frames to the disk and writes a checkpoint.
QmtStatus job_checkpoint(QmtContext *ctx, Job *job);

#endif
