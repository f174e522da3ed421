#ifndef IO_TRAJECTORY_PARTS_H
#define IO_TRAJECTORY_PARTS_H

#include "base/arena.h"
#include "io/file.h"
#include "io/npy.h"
#include "io/trajectory.h"
#include "io/zip.h"

/// What trajectory.c (frames in) and trajectory_finish.c (a readable file out) share; nobody else's.

/// The members of the file: first the streams, which grow by a piece with each frame, then the rest.
enum {
    STREAM_POS,
    STREAM_VEL,
    STREAM_FORCES,
    STREAM_EKIN,
    STREAM_EPOT,
    STREAM_ETOT,
    STREAM_EXTRA, ///< the first of n_extras; behind them the times
};

/// Places behind the last stream.
enum {
    REST_MASSES,
    REST_ATOM_TYPES,
    REST_BOX,
    REST_METADATA,
    REST_NVE_WINDOWS,
    N_REST,
};

enum {
    MEMBERS_MAX = TRAJECTORY_STREAMS_MAX + N_REST,
    WINDOW_COLUMNS = 4,    ///< window number, kinetic, potential, total
    WINDOW_BUFFER = 512,   ///< records
    BLOCK_BYTES = 1 << 18, ///< of the block for copies
};

struct Trajectory {
    TrajectoryLayout layout; ///< its pointers point into the arena
    Arena arena;
    char folder[FILE_PATH_SIZE];
    char part[FILE_PATH_SIZE];    ///< trajectory.npz.part
    char windows[FILE_PATH_SIZE]; ///< nve_windows.part
    FileMode mode;                ///< how an earlier process's files are opened
    File file;
    File window_file; ///< opened when the first record is written
    size_t n_streams; ///< 7 + n_extras
    ZipMember members[MEMBERS_MAX];
    size_t npy_size[MEMBERS_MAX];                  ///< bytes of the .npy headers
    size_t frame_bytes[TRAJECTORY_STREAMS_MAX];    ///< of one frame in each stream
    unsigned char *buffer[TRAJECTORY_STREAMS_MAX]; ///< [buffer_frames][frame_bytes]
    size_t buffer_frames;
    size_t n_buffered;
    double (*window_buffer)[WINDOW_COLUMNS]; ///< [WINDOW_BUFFER]
    size_t n_window_buffered;
    unsigned char *block;  ///< [BLOCK_BYTES]
    TrajectoryState state; ///< what is in the files, without the buffers
};

/// The stream of the times, the last one.
static inline size_t trajectory_times(const Trajectory *t)
{
    return t->n_streams - 1;
}

/// Members with places that follow from the layout; the texts after them have lengths of their own.
static inline size_t trajectory_n_placed(const Trajectory *t)
{
    return t->n_streams + REST_METADATA;
}

/// The .npy header of a placed member for n_frames frames, into out [NPY_HEADER_MAX].
size_t trajectory_npy_header(const Trajectory *t, size_t member, uint64_t n_frames,
                             unsigned char *out);
/// Places the members before the texts for n_frames frames; returns where the next one begins.
uint64_t trajectory_place(Trajectory *t, uint64_t n_frames);
/// Writes the buffers of frames and windows. After a failure nothing counts as written.
QmtStatus trajectory_flush(QmtContext *ctx, Trajectory *t);

#endif
