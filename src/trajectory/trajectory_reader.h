#ifndef TRAJECTORY_TRAJECTORY_READER_H
#define TRAJECTORY_TRAJECTORY_READER_H

#include "base/context.h"
#include "io/npz_read.h"
#include "structure/structure.h"
#include "trajectory/trajectory.h"

/// The reader of trajectories: NPZ files of this program, complete or partial, those of 0.1.0 (whose NVE
/// windows are a text), and the trajectory.npz.part of one that is not finished. Frames are read as they
/// are asked for, so that memory does not depend on their number.

typedef struct {
    Npz npz;                                    ///< the file, with the arrays that are in it
    const NpzArray *array[N_TRAJECTORY_ARRAYS]; ///< by place in the schema; NULL: not in the file
    uint64_t n_frames;
    size_t n_atoms;
    bool float64;
    unsigned properties; ///< set of Property
    unsigned further;    ///< frame arrays that not every trajectory has, bits of TrajectoryArrayId
    int *numbers;        ///< [n_atoms]
    double *masses;      ///< [n_atoms] Da
    char *metadata;      ///< JSON; NULL: none in the file
    bool has_state;      ///< the metadata say charge and multiplicity
    int charge, multiplicity;
    char name[STRUCTURE_NAME_SIZE]; ///< "" if the metadata have none
    char velocity_unit[32];         ///< likewise
    TrajectoryWindowStep *windows;  ///< [n_window_steps]
    size_t n_window_steps;

    unsigned char *raw[N_TRAJECTORY_ARRAYS]; ///< [capacity] rows as in the file
    double *place[N_TRAJECTORY_ARRAYS];      ///< of the numbers of one frame
    size_t capacity;
    uint64_t first; ///< of the n_held frames in raw
    size_t n_held;
    TrajectoryFrame frame;
    double *vectors; ///< [properties_size() + 12 n_atoms] of one frame
} TrajectoryReader;

/// Opens an NPZ file.
///
/// Fails with QMT_ERR_FORMAT (no trajectory: an array is missing, or its type or shape does not fit),
/// QMT_ERR_IO or QMT_ERR_MEMORY; *reader is then NULL.
QmtStatus trajectory_reader_open(QmtContext *ctx, const char *path, TrajectoryReader **reader);
/// Opens FOLDER/trajectory.npz.part with the frames of a checkpoint, whose CRC-32 is compared. Another process
/// may work on it meanwhile.
///
/// @param metadata  JSON, copied
/// Fails with QMT_ERR_CHECKPOINT if these are not its frames, QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus trajectory_reader_of_part(QmtContext *ctx, const char *folder,
                                    const TrajectoryLayout *layout, const TrajectoryState *state,
                                    const char *metadata, TrajectoryReader **reader);
/// Closes and sets the pointer to NULL; accepts NULL.
void trajectory_reader_close(TrajectoryReader **reader);

/// Compares the CRC-32 of every array; an unfinished file was compared when it was opened. QMT_ERR_FORMAT
/// names the one that differs.
QmtStatus trajectory_reader_verify(QmtContext *ctx, TrajectoryReader *reader);
/// Reads frame f; *frame stays valid until the next call. Frames that follow one another are read many at
/// a time.
QmtStatus trajectory_reader_frame(QmtContext *ctx, TrajectoryReader *reader, uint64_t f,
                                  const TrajectoryFrame **frame);

/// True if an array is a text where the schema says so, else numbers that can be read, in the shape of row i.
bool trajectory_array_has_shape(size_t i, const NpzArray *array, const TrajectorySizes *sizes);
/// True if an array has the type of row i, in either precision where there is a choice.
bool trajectory_array_has_type(size_t i, const NpzArray *array);
/// The steps of the NVE windows of an NPZ file: from its arrays, or from the text of older files.
///
/// @param steps  malloc'ed; NULL if there are none
/// @param found  false: the file says nothing about windows
/// Fails with QMT_ERR_FORMAT if they contradict themselves, QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus trajectory_windows_read(QmtContext *ctx, Npz *npz, TrajectoryWindowStep **steps,
                                  size_t *n_steps, bool *found);

#endif
