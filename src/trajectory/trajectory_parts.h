#ifndef TRAJECTORY_TRAJECTORY_PARTS_H
#define TRAJECTORY_TRAJECTORY_PARTS_H

#include "base/arena.h"
#include "io/file.h"
#include "io/npy.h"
#include "io/zip.h"
#include "trajectory/trajectory.h"

/// What the writer's files share: trajectory_members.c (what is where in the file), trajectory.c (frames
/// in), trajectory_extend.c, trajectory_finish.c and trajectory_texts.c (a readable file out); nobody else's but the reader
/// of unfinished files.

enum {
    WINDOW_BUFFER = 512,   ///< steps
    BLOCK_BYTES = 1 << 18, ///< of the block for copies
};

/// An array of the file. First the streams, which grow by a row with each frame, the times last; then what
/// is made at the end.
typedef struct {
    size_t id; ///< in the schema
    TrajectoryArray array;
    size_t npy_size;       ///< bytes of the .npy header
    size_t frame_bytes;    ///< of a stream: bytes of one frame
    unsigned char *buffer; ///< of a stream: [buffer_frames][frame_bytes]
    uint32_t crc;          ///< of a stream: CRC-32 of what is in the file, header included
} Member;

/// The names that a trajectory goes by.
typedef struct {
    char path[FILE_PATH_SIZE];    ///< trajectory.npz
    char partial[FILE_PATH_SIZE]; ///< trajectory.partial.npz, "" if there is no such thing
    char part[FILE_PATH_SIZE];    ///< trajectory.npz.part
    char windows[FILE_PATH_SIZE]; ///< nve_windows.part
} TrajectoryFiles;

struct Trajectory {
    TrajectoryLayout layout; ///< its pointers point into the arena
    Arena arena;
    TrajectoryFiles files;
    FileMode mode; ///< how an earlier process's files are opened
    File file;
    File window_file; ///< opened when the first step is written
    Member members[N_TRAJECTORY_ARRAYS];
    ZipMember zip[N_TRAJECTORY_ARRAYS]; ///< their places
    size_t n_streams, n_members;
    size_t n_placed; ///< members whose places follow from the layout; the others come behind them
    size_t buffer_frames;
    size_t n_buffered;
    TrajectoryWindowStep *window_buffer; ///< [WINDOW_BUFFER]
    size_t n_window_buffered;
    unsigned char *block;    ///< [BLOCK_BYTES]
    uint64_t n_frames;       ///< in the file, without the buffer
    uint64_t n_window_steps; ///< likewise
    uint32_t window_crc;
};

/// The stream of the times, the last one.
static inline size_t trajectory_times(const Trajectory *t)
{
    return t->n_streams - 1;
}

/// Members and sizes of their frames; t->layout is set.
void trajectory_describe(Trajectory *t);
/// The .npy header of a member that is no text for n_frames frames, into out [NPY_HEADER_MAX].
size_t trajectory_npy_header(const Trajectory *t, size_t member, uint64_t n_frames,
                             unsigned char *out);
/// Places a member that is no text behind offset; returns where the next one begins.
uint64_t trajectory_place_member(Trajectory *t, size_t member, uint64_t n_frames, uint64_t offset);
/// Places the members that follow from the layout, for n_frames frames; returns where the next one begins.
uint64_t trajectory_place(Trajectory *t, uint64_t n_frames);
/// Space for what comes behind the placed members.
uint64_t trajectory_tail_bytes(const Trajectory *t);
/// Where the row of a frame is in the file.
uint64_t trajectory_offset(const Trajectory *t, size_t stream, uint64_t frame);
/// What the files hold, without the buffers.
TrajectoryState trajectory_state(const Trajectory *t);
/// Writes the buffers of frames and windows. After a failure nothing counts as written.
QmtStatus trajectory_flush(QmtContext *ctx, Trajectory *t);
/// Writes a text member at *offset; text NULL stands for the NVE windows.
QmtStatus trajectory_write_text(QmtContext *ctx, Trajectory *t, size_t member, const char *text,
                                uint64_t *offset);

#endif
