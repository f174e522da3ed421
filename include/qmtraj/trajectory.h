#ifndef QMTRAJ_TRAJECTORY_H
#define QMTRAJ_TRAJECTORY_H

/// Trajectory files: read frame by frame, written frame by frame, converted. Numbers are in the units of the file,
/// which the names say; docs/file-format.md describes it.
///
/// Threads: a reader or writer is in one call at a time; between two calls it may move to another thread and be used
/// with another context.

#include <stddef.h>
#include <stdint.h>

#include <qmtraj/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/// An array of trajectory files. Filled by the library.
typedef struct {
    const char *name; ///< "pos"
    char axes
        [8]; ///< a character per axis: 'F' frames, 'N' atoms, 'W' steps of NVE windows, or a digit
    const char *type;      ///< as NumPy calls it: "float32", "float64", "int32", "unicode"
    int follows_precision; ///< 1: float64 if the configuration wants `precision: float64`
    int is_property;       ///< 1: there if the configuration names it among its `properties`
    const char *unit;      ///< "nm"; "" if it has none
    const char *help;      ///< one sentence, Markdown
} QmtArray;

/// Array i = 0, 1, ... of the table. Fails with QMT_ERR_ARGUMENT after the last one.
QMT_API QmtStatus qmt_array(QmtContext *ctx, size_t i, QmtArray *array);
/// How many arrays there are.
QMT_API size_t qmt_array_count(void);

/// One instant of a file. Arrays are flat, [3 n_atoms]. This struct does not grow.
typedef struct {
    double time_ps;
    double kinetic_kjmol, potential_kjmol, total_kjmol;
    const double *pos_nm;
    const double *vel_nm_ps;
    const double *forces_kjmol_nm;
    const double *properties; ///< those of the file one after another, in its units; NULL: none
} QmtTrajectoryFrame;

/// 1 if a path has the name of a trajectory that is not finished, trajectory.npz.part; 0 otherwise, also for NULL.
QMT_API int qmt_path_is_unfinished(const char *path);

/// An open file.
typedef struct QmtReader QmtReader;

/// Opens a trajectory: an NPZ file, complete or partial, or the trajectory.npz.part of one that is not finished, up to
/// its last checkpoint.
///
/// @param reader  to be destroyed with qmt_reader_close(); untouched after a failure
/// Fails with QMT_ERR_FORMAT (no trajectory), QMT_ERR_CHECKPOINT (an unfinished one without a whole checkpoint),
/// QMT_ERR_IO, QMT_ERR_ARGUMENT or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_reader_open(QmtContext *ctx, const char *path, QmtReader **reader);
/// Closes a file and sets the pointer to NULL; accepts NULL.
QMT_API void qmt_reader_close(QmtReader **reader);

/// What a file holds. Filled by the library, valid as long as the reader.
typedef struct {
    uint64_t n_frames;
    size_t n_atoms;
    const int *numbers;    ///< [n_atoms] atomic numbers
    const double *masses;  ///< [n_atoms] dalton
    const char *metadata;  ///< JSON; NULL: none
    const char *name;      ///< of the molecule; "" if it is not known
    unsigned property_set; ///< bit 1 << p for property p of qmt_property_name()
    int has_charge;        ///< 1: charge and multiplicity are known
    int charge;            ///< e
    int multiplicity;      ///< unpaired electrons + 1
} QmtTrajectoryInfo;

/// Tells what a file holds. Fails with QMT_ERR_ARGUMENT.
QMT_API QmtStatus qmt_reader_info(QmtContext *ctx, const QmtReader *reader,
                                  QmtTrajectoryInfo *info);
/// Reads frame f = 0, 1, ...; its arrays are valid until the next call. Fails with QMT_ERR_IO or QMT_ERR_ARGUMENT.
QMT_API QmtStatus qmt_reader_frame(QmtContext *ctx, QmtReader *reader, uint64_t f,
                                   QmtTrajectoryFrame *frame);
/// Compares the checksums of all arrays. Fails with QMT_ERR_FORMAT, which names the array, QMT_ERR_IO or
/// QMT_ERR_ARGUMENT.
QMT_API QmtStatus qmt_reader_verify(QmtContext *ctx, QmtReader *reader);

/// A format that trajectories can be written in, texts valid for ever. Filled by the library.
typedef struct {
    const char *name;   ///< "extxyz"
    const char *ending; ///< of its files or folders, ".extxyz"
    const char *help;   ///< what it is, a few words
    int has_momenta;    ///< 1: can hold momenta and masses besides the velocities
    int is_trajectory;  ///< 1: qmt_reader_open() reads it
} QmtFormat;

/// Format i = 0, 1, ... of the table. Fails with QMT_ERR_ARGUMENT after the last one.
QMT_API QmtStatus qmt_format(QmtContext *ctx, size_t i, QmtFormat *format);
/// Name of format i = 0, 1, ..., "extxyz"; NULL after the last one.
QMT_API const char *qmt_format_name(size_t i);
/// What format i is, a few words; NULL after the last one.
QMT_API const char *qmt_format_help(size_t i);
/// How many formats there are.
QMT_API size_t qmt_format_count(void);

/// What to write of a file. Start from qmt_convert_options_default().
typedef struct {
    size_t struct_size; ///< sizeof(QmtConvertOptions), set by qmt_convert_options_default()
    uint64_t every;     ///< frames 0, every, 2 every, ...; at least 1
    int momenta;        ///< 1: momenta and masses too, in formats that have_momenta
    int reserved;       ///< 0
} QmtConvertOptions;

/// Sets every option to its default, as far as options of that size reach; NULL is ignored.
QMT_API void qmt_convert_options_init(QmtConvertOptions *options, size_t struct_size);

/// All frames, without momenta.
static inline QmtConvertOptions qmt_convert_options_default(void)
{
    QmtConvertOptions options;
    qmt_convert_options_init(&options, sizeof options);
    return options;
}

/// Writes the frames of a file in another format, to a file or folder that must not exist yet.
///
/// @param options   NULL: the defaults
/// @param n_frames  how many were written; may be NULL
/// Fails with QMT_ERR_FORMAT (damaged, or without what the format needs), QMT_ERR_USAGE (`to` exists), QMT_ERR_IO,
/// QMT_ERR_ARGUMENT (an unknown format, every 0, momenta in a format that has none) or QMT_ERR_MEMORY; nothing is left then.
QMT_API QmtStatus qmt_reader_convert(QmtContext *ctx, QmtReader *reader, const char *format,
                                     const char *to, const QmtConvertOptions *options,
                                     uint64_t *n_frames);

/// A file in the making.
typedef struct QmtWriter QmtWriter;

/// Begins an NPZ file of a known number of frames. It gets its name when it is finished.
///
/// @param numbers  [n_atoms] atomic numbers; the masses are the standard atomic weights
/// @param writer   to be finished with qmt_writer_finish() or given up with qmt_writer_discard()
/// Fails with QMT_ERR_INPUT (an element), QMT_ERR_IO (also a path that is a folder), QMT_ERR_ARGUMENT or QMT_ERR_MEMORY; nothing is
/// left then.
QMT_API QmtStatus qmt_writer_create(QmtContext *ctx, const char *path, size_t n_atoms,
                                    const int *numbers, uint64_t n_frames, QmtWriter **writer);
/// Appends a frame; its properties are ignored. Fails with QMT_ERR_INPUT (a number that is not finite in the precision of the
/// file), QMT_ERR_ARGUMENT (NULL, more frames than announced) or QMT_ERR_IO; the frame is then not there and can be given again.
QMT_API QmtStatus qmt_writer_append(QmtContext *ctx, QmtWriter *writer,
                                    const QmtTrajectoryFrame *frame);
/// Completes the file, gives it its name, destroys the writer and sets the pointer to NULL.
///
/// @param metadata  a JSON object in UTF-8; NULL: {}
/// Fails with QMT_ERR_ARGUMENT (fewer frames than announced, metadata that are no such object; the writer lives on), or QMT_ERR_IO, which leaves
/// the writer, too.
QMT_API QmtStatus qmt_writer_finish(QmtContext *ctx, QmtWriter **writer, const char *metadata);
/// Removes what was written, destroys the writer and sets the pointer to NULL; accepts NULL.
QMT_API void qmt_writer_discard(QmtWriter **writer);

#ifdef __cplusplus
}
#endif
#endif
