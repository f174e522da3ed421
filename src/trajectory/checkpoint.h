#ifndef TRAJECTORY_CHECKPOINT_H
#define TRAJECTORY_CHECKPOINT_H

#include "base/arena.h"
#include "trajectory/trajectory.h"

/// FOLDER/checkpoint, from which an interrupted trajectory goes on, and FOLDER/checkpoint.previous, the
/// one before it:
///
///     "QMTRAJCP"  uint32 version  uint32 0  eight sections  uint32 CRC-32 of all before it
///
/// A section is its length as uint64 and its bytes, filled with zeros to a multiple of 8: program, config
/// and start as texts with their terminating zero, the numbers, the snapshot, the window records, the record of
/// events, the warnings as text. Plain bytes of this machine; another one is recognised by the text of the program.

#define CHECKPOINT_FILE "checkpoint"
#define CHECKPOINT_FILE_PREVIOUS "checkpoint.previous"
#define CHECKPOINT_FILE_DAMAGED "checkpoint.damaged"

/// Where the trajectory stands. What follows n_frames is for people who look at it.
typedef struct {
    TrajectoryState trajectory;
    uint64_t n_frames;                ///< F of the layout of the file
    double wall_s, cpu_s;             ///< spent so far
    double motion_s;                  ///< of wall_s, after the relaxation
    double written_at;                ///< seconds since 1970
    int32_t phase;                    ///< of the caller's choice
    int32_t done;                     ///< all steps are behind; what is left is to finish the file
    uint64_t total_step, total_steps; ///< of all phases
    double time_ps;                   ///< within the phase
    double ms_per_step, mean_temperature_k;
    double shadow_drift_kjmol_ps; ///< in NVE windows if there are any
} CheckpointNumbers;

typedef struct {
    const char *program; ///< what else decides the bytes: version, parameters, instruction set, ...
    const char *config;  ///< YAML
    const char *start;   ///< XYZ
    CheckpointNumbers numbers;
    const void *snapshot; ///< or, of what is saved, its pieces in their order
    size_t snapshot_size;
    const Span *pieces; ///< NULL: it is in one piece
    size_t n_pieces;
    const void
        *windows; ///< bytes of the window records, in the checkpoint of a finished trajectory
    size_t windows_size;
    const void *events; ///< what happened to the molecule so far, run/watch.h
    size_t events_size;
    const char *warnings; ///< lines of run/warnings.h, for people who look at it
    void *block;          ///< where all of it lies after loading
} Checkpoint;

/// Replaces FOLDER/checkpoint: a new file, fsync, the old one becomes checkpoint.previous, rename, fsync of
/// the folder. Whenever the process is killed, one of the two is there and whole. Fails with QMT_ERR_IO
/// or QMT_ERR_MEMORY; an earlier checkpoint is then still there under one of its names.
QmtStatus checkpoint_save(QmtContext *ctx, const char *folder, const Checkpoint *checkpoint);

/// Reads one checkpoint, to be released. Fails with QMT_ERR_CHECKPOINT and a sentence that says whether it
/// is no checkpoint, one of another version, cut off or damaged; with QMT_ERR_IO or QMT_ERR_MEMORY.
/// *checkpoint is then untouched.
QmtStatus checkpoint_load(QmtContext *ctx, const char *path, Checkpoint *checkpoint);
void checkpoint_release(Checkpoint *checkpoint);

/// Removes both; none there is fine.
QmtStatus checkpoint_remove(QmtContext *ctx, const char *folder);

#endif
