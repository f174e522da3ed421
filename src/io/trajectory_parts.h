#ifndef IO_TRAJECTORY_PARTS_H
#define IO_TRAJECTORY_PARTS_H

#include "base/arena.h"
#include "io/file.h"
#include "io/npy.h"
#include "io/trajectory.h"
#include "io/zip.h"

/// What trajectory.c (frames in) and trajectory_finish.c (a readable file out) share; nobody else's.

typedef enum {
    MEMBER_POS,
    MEMBER_VEL,
    MEMBER_FORCES,
    MEMBER_EKIN,
    MEMBER_EPOT,
    MEMBER_ETOT,
    MEMBER_TIME,
    MEMBER_MASSES,
    MEMBER_ATOM_TYPES,
    MEMBER_BOX,
    MEMBER_METADATA,
    MEMBER_NVE_WINDOWS,
    N_MEMBERS
} Member;

enum {
    /// Members whose places follow from the layout; the texts after them have lengths of their own.
    N_PLACED = MEMBER_METADATA,
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
    ZipMember members[N_MEMBERS];
    size_t npy_size[N_MEMBERS];                  ///< bytes of the .npy headers
    size_t frame_bytes[TRAJECTORY_N_STREAMS];    ///< of one frame in each stream
    unsigned char *buffer[TRAJECTORY_N_STREAMS]; ///< [buffer_frames][frame_bytes]
    size_t buffer_frames;
    size_t n_buffered;
    double (*window_buffer)[WINDOW_COLUMNS]; ///< [WINDOW_BUFFER]
    size_t n_window_buffered;
    unsigned char *block;  ///< [BLOCK_BYTES]
    TrajectoryState state; ///< what is in the files, without the buffers
};

/// The .npy header of a placed member for n_frames frames, into out [NPY_HEADER_MAX].
size_t trajectory_npy_header(const Trajectory *t, Member member, uint64_t n_frames,
                             unsigned char *out);
/// Places the first N_PLACED members for n_frames frames; returns where the next one begins.
uint64_t trajectory_place(Trajectory *t, uint64_t n_frames);
/// Writes the buffers of frames and windows. After a failure nothing counts as written.
QmtStatus trajectory_flush(QmtContext *ctx, Trajectory *t);

#endif
