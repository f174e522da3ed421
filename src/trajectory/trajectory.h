#ifndef TRAJECTORY_TRAJECTORY_H
#define TRAJECTORY_TRAJECTORY_H

#include "base/context.h"
#include "trajectory/trajectory_schema.h"

/// The writer of FOLDER/trajectory.npz, whose arrays are those of trajectory/trajectory_schema.h.
///
/// The number of frames is known from the start, so that every member has its place at once: frames go
/// to trajectory.npz.part through a buffer of a few hundred frames, and memory does not depend on their
/// number. What the NVE windows bring goes to nve_windows.part and becomes arrays at the end. Bytes depend
/// on what is given and on nothing else.

/// What decides the places of everything in the file.
typedef struct {
    size_t n_atoms;
    uint64_t n_frames;    ///< of the complete trajectory, at least 1
    bool float64;         ///< pos, vel, forces and properties in double precision
    unsigned properties;  ///< set of Property
    unsigned further;     ///< frame arrays that not every trajectory has: bits of TrajectoryArrayId
    const int *numbers;   ///< [n_atoms], copied
    const double *masses; ///< [n_atoms] Da, copied
    uint64_t n_window_steps; ///< of all NVE windows together; a guess, for the space to reserve
    bool window_text;        ///< the NVE windows as JSON text, too
} TrajectoryLayout;

/// All that a checkpoint must keep to go on with a file: what is on the disk and how to know it again.
typedef struct {
    uint64_t n_frames;
    uint64_t n_window_steps;
    uint32_t crc;        ///< CRC-32 of the CRC-32 of each array so far, header included
    uint32_t window_crc; ///< of nve_windows.part
} TrajectoryState;

typedef struct Trajectory Trajectory;

enum { TRAJECTORY_METADATA_BYTES = 1 << 20 }; ///< reserved for metadata and directory

/// Bytes that the trajectory takes on the disk while it is written, metadata and windows included: for
/// the check of the disk before anything is computed.
uint64_t trajectory_bytes(const TrajectoryLayout *layout);

/// Makes FOLDER/trajectory.npz.part (an older one is lost) and reserves its space on the disk. The folder
/// must exist. Fails with QMT_ERR_IO or QMT_ERR_MEMORY and leaves no file.
QmtStatus trajectory_create(QmtContext *ctx, const char *folder, const TrajectoryLayout *layout,
                            Trajectory **trajectory);
/// The same for a file of any name: through PATH.part and PATH.nve_windows.part to PATH.
QmtStatus trajectory_create_file(QmtContext *ctx, const char *path, const TrajectoryLayout *layout,
                                 Trajectory **trajectory);
/// Goes on with a .part file after the frames of the state; what the file holds beyond them is written
/// again. QMT_ERR_CHECKPOINT if the file is not the one that the state was taken from: missing, cut off,
/// or other bytes.
QmtStatus trajectory_open_for_append(QmtContext *ctx, const char *folder,
                                     const TrajectoryLayout *layout, const TrajectoryState *state,
                                     Trajectory **trajectory);
/// The same for trajectory_reader_of_part(): the files are only read, so another process may work on them.
QmtStatus trajectory_open_for_reading(QmtContext *ctx, const char *folder,
                                      const TrajectoryLayout *layout, const TrajectoryState *state,
                                      Trajectory **trajectory);
/// Begins the .part file of a longer trajectory with the frames of FOLDER/trajectory.npz, which stays.
///
/// @param n_frames_before  F of trajectory.npz
/// @param state            of its writer before it was finished
/// @param windows          [windows_size] the bytes of nve_windows.part at that time
/// QMT_ERR_CHECKPOINT if these are not its frames, QMT_ERR_IO or QMT_ERR_MEMORY; no .part file is left.
QmtStatus trajectory_extend(QmtContext *ctx, const char *folder, const TrajectoryLayout *layout,
                            uint64_t n_frames_before, const TrajectoryState *state,
                            const void *windows, size_t windows_size, Trajectory **trajectory);
/// Opens the .part file that a killed process left, with the frames found in it (the buffer is lost), so
/// that trajectory_finish_partial() can save them. Steps of windows that are whole are kept.
QmtStatus trajectory_recover(QmtContext *ctx, const char *folder, const TrajectoryLayout *layout,
                             Trajectory **trajectory);

/// Adds one frame. Allocates nothing; writes when the buffer is full. After a failure (QMT_ERR_IO) the
/// frame is not taken and the call can be repeated.
QmtStatus trajectory_append(QmtContext *ctx, Trajectory *trajectory, const TrajectoryFrame *frame);
/// Frames taken so far.
uint64_t trajectory_n_frames(const Trajectory *trajectory);
/// Adds one step of an NVE window, whose number is never less than the one before.
QmtStatus trajectory_window_add(QmtContext *ctx, Trajectory *trajectory,
                                const TrajectoryWindowStep *step);

/// Brings everything to the disk (write and fsync) and says what is there.
QmtStatus trajectory_flush_state(QmtContext *ctx, Trajectory *trajectory, TrajectoryState *state);

/// Writes what is left and renames to trajectory.npz. With fewer frames than planned the members move together, and
/// the .part file cannot be resumed afterwards, as with trajectory_finish_partial(). A partial file of an
/// earlier run is removed.
///
/// @param metadata_json  UTF-8
/// After a failure the .part file is still there and the call can be repeated.
QmtStatus trajectory_finish(QmtContext *ctx, Trajectory *trajectory, const char *metadata_json);
/// The same with the frames so far (none is possible) as trajectory.partial.npz. Members move together in
/// place, so that this works on a full disk; the .part file cannot be resumed afterwards, not even after
/// a failure. Frames in the buffer that the disk does not take are lost, with a warning.
QmtStatus trajectory_finish_partial(QmtContext *ctx, Trajectory *trajectory,
                                    const char *metadata_json);

/// Closes without writing the buffer and keeps the .part files, for a later resume.
void trajectory_close(Trajectory **trajectory);
/// Closes and removes the .part files.
void trajectory_discard(Trajectory **trajectory);

#endif
