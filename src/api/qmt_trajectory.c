// include/qmtraj/trajectory.h
#include "qmtraj/trajectory.h"

#include <cjson/cJSON.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "api/argument.h"
#include "data/element.h"
#include "io/archive_mount.h"
#include "io/text.h"
#include "run/partial.h"
#include "trajectory/convert.h"
#include "trajectory/sink.h"
#include "trajectory/trajectory_reader.h"
#include "trajectory/trajectory_schema.h"

enum { CONVERT_FIRST_SIZE = 24 };
_Static_assert(sizeof(QmtConvertOptions) == CONVERT_FIRST_SIZE, "it has not grown yet");

struct QmtReader {
    TrajectoryReader *inner;
};

struct QmtWriter {
    Sink *sink;
    size_t n_atoms;
    uint64_t n_frames; ///< announced
};

QmtStatus qmt_array(QmtContext *ctx, size_t i, QmtArray *array)
{
    static const char *const TYPES[] = {[TYPE_REAL] = "float32",
                                        [TYPE_FLOAT32] = "float32",
                                        [TYPE_FLOAT64] = "float64",
                                        [TYPE_INT32] = "int32",
                                        [TYPE_TEXT] = "unicode"};
    NEEDS(ctx, array != NULL, "trajectory: array is NULL");
    NEEDS(ctx, i < N_TRAJECTORY_ARRAYS, "trajectory: array %zu of %d", i, (int)N_TRAJECTORY_ARRAYS);
    const TrajectoryArray row = trajectory_array(i);
    *array = (QmtArray){.name = row.name,
                        .type = TYPES[row.type],
                        .follows_precision = row.type == TYPE_REAL,
                        .is_property = i >= N_ARRAYS,
                        .unit = row.unit,
                        .help = row.help};
    snprintf(array->axes, sizeof array->axes, "%s", row.axes);
    return QMT_OK;
}

size_t qmt_array_count(void)
{
    return N_TRAJECTORY_ARRAYS;
}

int qmt_path_is_unfinished(const char *path)
{
    return path != NULL && partial_is(path);
}

QmtStatus qmt_reader_open(QmtContext *ctx, const char *path, QmtReader **reader)
{
    NEEDS(ctx, path != NULL && reader != NULL, "trajectory: path or reader is NULL");
    QmtReader *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for a reader");
    ArchiveMount *archives = NULL; // the path may lead into one
    QmtStatus status = archives_mount_above(ctx, path, &archives);
    if (status == QMT_OK)
        status = partial_is(path) ? partial_open(ctx, path, &made->inner)
                                  : trajectory_reader_open(ctx, path, &made->inner);
    archives_unmount(&archives);
    if (status != QMT_OK)
        free(made);
    else
        *reader = made;
    return status;
}

void qmt_reader_close(QmtReader **reader)
{
    if (reader == NULL || *reader == NULL)
        return;
    trajectory_reader_close(&(*reader)->inner);
    free(*reader);
    *reader = NULL;
}

QmtStatus qmt_reader_info(QmtContext *ctx, const QmtReader *reader, QmtTrajectoryInfo *info)
{
    NEEDS(ctx, reader != NULL && info != NULL, "trajectory: reader or info is NULL");
    const TrajectoryReader *inner = reader->inner;
    *info = (QmtTrajectoryInfo){.n_frames = inner->n_frames,
                                .n_atoms = inner->n_atoms,
                                .numbers = inner->numbers,
                                .masses = inner->masses,
                                .metadata = inner->metadata,
                                .name = inner->name,
                                .property_set = inner->properties,
                                .has_charge = inner->has_state,
                                .charge = inner->charge,
                                .multiplicity = inner->multiplicity};
    return QMT_OK;
}

QmtStatus qmt_reader_frame(QmtContext *ctx, QmtReader *reader, uint64_t f,
                           QmtTrajectoryFrame *frame)
{
    const TrajectoryFrame *read;
    NEEDS(ctx, reader != NULL && frame != NULL, "trajectory: reader or frame is NULL");
    NEEDS(ctx, f < reader->inner->n_frames, "trajectory: frame %llu of %llu", (unsigned long long)f,
          (unsigned long long)reader->inner->n_frames);
    TRY(trajectory_reader_frame(ctx, reader->inner, f, &read));
    *frame = (QmtTrajectoryFrame){.time_ps = read->time,
                                  .kinetic_kjmol = read->kinetic,
                                  .potential_kjmol = read->potential,
                                  .total_kjmol = read->total,
                                  .pos_nm = &read->pos[0][0],
                                  .vel_nm_ps = &read->vel[0][0],
                                  .forces_kjmol_nm = &read->forces[0][0],
                                  .properties =
                                      reader->inner->properties != 0 ? read->properties : NULL};
    return QMT_OK;
}

QmtStatus qmt_reader_verify(QmtContext *ctx, QmtReader *reader)
{
    NEEDS(ctx, reader != NULL, "trajectory: reader is NULL");
    return trajectory_reader_verify(ctx, reader->inner);
}

QmtStatus qmt_format(QmtContext *ctx, size_t i, QmtFormat *format)
{
    NEEDS(ctx, format != NULL, "trajectory: format is NULL");
    NEEDS(ctx, i < N_SINKS, "trajectory: format %zu of %zu", i, N_SINKS);
    *format = (QmtFormat){.name = SINKS[i]->name,
                          .ending = SINKS[i]->ending,
                          .help = SINKS[i]->help,
                          .has_momenta = SINKS[i]->has_momenta,
                          .is_trajectory = SINKS[i]->is_trajectory};
    return QMT_OK;
}

const char *qmt_format_name(size_t i)
{
    return i < N_SINKS ? SINKS[i]->name : NULL;
}

const char *qmt_format_help(size_t i)
{
    return i < N_SINKS ? SINKS[i]->help : NULL;
}

size_t qmt_format_count(void)
{
    return N_SINKS;
}

void qmt_convert_options_init(QmtConvertOptions *options, size_t struct_size)
{
    const QmtConvertOptions initial = {.struct_size = sizeof initial, .every = 1};
    if (options == NULL || struct_size < sizeof struct_size)
        return;
    memset(options, 0, struct_size);
    memcpy(options, &initial, struct_size < sizeof initial ? struct_size : sizeof initial);
    options->struct_size = struct_size;
}

QmtStatus qmt_reader_convert(QmtContext *ctx, QmtReader *reader, const char *format, const char *to,
                             const QmtConvertOptions *options, uint64_t *n_frames)
{
    QmtConvertOptions own = qmt_convert_options_default();
    uint64_t written = 0;
    NEEDS(ctx, reader != NULL && format != NULL && to != NULL,
          "trajectory: reader, format or to is NULL");
    if (options != NULL)
        TRY(struct_take(ctx, "QmtConvertOptions", options, CONVERT_FIRST_SIZE, &own, sizeof own));
    NEEDS(ctx, own.every > 0, "trajectory: options.every is 0");
    const SinkType *const type = sink_find(format);
    NEEDS(ctx, type != NULL, "trajectory: there is no format %.60s; qmt_format() lists them",
          format);
    NEEDS(ctx, !own.momenta || type->has_momenta, "trajectory: the format %.60s has no momenta",
          format);
    const ConvertOptions inner = {.every = own.every, .momenta = own.momenta != 0};
    TRY(trajectory_convert(ctx, reader->inner, type, to, &inner, &written));
    if (n_frames != NULL)
        *n_frames = written;
    return QMT_OK;
}

static QmtStatus sink_make(QmtContext *ctx, const char *path, size_t n_atoms, const int *numbers,
                           uint64_t n_frames, Sink **sink)
{
    double *const masses = malloc(n_atoms * sizeof *masses);
    if (masses == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu masses", n_atoms);
    for (size_t a = 0; a < n_atoms; a++)
        masses[a] = element_mass_da(numbers[a]);
    const SinkSpec spec = {
        .layout = {.n_atoms = n_atoms, .n_frames = n_frames, .numbers = numbers, .masses = masses},
        .every = 1};
    const QmtStatus status = SINK_NPZ.open(ctx, path, &spec, sink);
    free(masses);
    return status;
}

QmtStatus qmt_writer_create(QmtContext *ctx, const char *path, size_t n_atoms, const int *numbers,
                            uint64_t n_frames, QmtWriter **writer)
{
    static const uint64_t atoms_max = 1000000, frames_max = UINT64_C(1) << 40;
    NEEDS(ctx, path != NULL && numbers != NULL && writer != NULL,
          "trajectory: path, numbers or writer is NULL");
    NEEDS(ctx, n_atoms >= 1 && n_atoms <= atoms_max && n_frames >= 1 && n_frames <= frames_max,
          "trajectory: %zu atoms in %llu frames cannot be written", n_atoms,
          (unsigned long long)n_frames);
    for (size_t a = 0; a < n_atoms; a++)
        if (numbers[a] < 1 || numbers[a] > ELEMENT_MAX)
            return FAIL(ctx, QMT_ERR_INPUT, "atom %zu has atomic number %d, 1 to %d are possible",
                        a + 1, numbers[a], ELEMENT_MAX);
    // The name is given at the end, which is too late to learn that it cannot be.
    struct stat about;
    NEEDS(ctx, path[0] != '\0', "trajectory: path is empty");
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return FAIL(ctx, QMT_ERR_IO, "%s: is a folder, a file is to be written", path);
    QmtWriter *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for a writer");
    made->n_atoms = n_atoms;
    made->n_frames = n_frames;
    const QmtStatus status = sink_make(ctx, path, n_atoms, numbers, n_frames, &made->sink);
    if (status != QMT_OK)
        free(made);
    else
        *writer = made;
    return status;
}

/// An array of a frame: numbers that are finite in single precision, as the file has them.
static QmtStatus vectors_check(QmtContext *ctx, const Sink *sink, const char *name,
                               const double *numbers, size_t n_atoms)
{
    for (size_t i = 0; i < 3 * n_atoms; i++)
        if (!(fabs(numbers[i]) <= FLT_MAX))
            return FAIL(ctx, QMT_ERR_INPUT,
                        "trajectory: frame %llu, atom %zu: %s has %g, finite numbers of single "
                        "precision are expected",
                        (unsigned long long)sink->n_frames, i / 3 + 1, name, numbers[i]);
    return QMT_OK;
}

static QmtStatus frame_check(QmtContext *ctx, const QmtWriter *writer,
                             const QmtTrajectoryFrame *frame)
{
    if (!isfinite(frame->time_ps) || !isfinite(frame->kinetic_kjmol) ||
        !isfinite(frame->potential_kjmol) || !isfinite(frame->total_kjmol))
        return FAIL(ctx, QMT_ERR_INPUT,
                    "trajectory: frame %llu: its time or an energy is not finite",
                    (unsigned long long)writer->sink->n_frames);
    TRY(vectors_check(ctx, writer->sink, "pos_nm", frame->pos_nm, writer->n_atoms));
    TRY(vectors_check(ctx, writer->sink, "vel_nm_ps", frame->vel_nm_ps, writer->n_atoms));
    return vectors_check(ctx, writer->sink, "forces_kjmol_nm", frame->forces_kjmol_nm,
                         writer->n_atoms);
}

QmtStatus qmt_writer_append(QmtContext *ctx, QmtWriter *writer, const QmtTrajectoryFrame *frame)
{
    NEEDS(ctx, writer != NULL && frame != NULL, "trajectory: writer or frame is NULL");
    NEEDS(ctx, frame->pos_nm != NULL && frame->vel_nm_ps != NULL && frame->forces_kjmol_nm != NULL,
          "trajectory: pos_nm, vel_nm_ps or forces_kjmol_nm is NULL");
    NEEDS(ctx, writer->sink->n_frames < writer->n_frames, "trajectory: all %llu frames are written",
          (unsigned long long)writer->n_frames);
    TRY(frame_check(ctx, writer, frame));
    const TrajectoryFrame inner = {.pos = (const double(*)[3])frame->pos_nm,
                                   .vel = (const double(*)[3])frame->vel_nm_ps,
                                   .forces = (const double(*)[3])frame->forces_kjmol_nm,
                                   .kinetic = frame->kinetic_kjmol,
                                   .potential = frame->potential_kjmol,
                                   .total = frame->total_kjmol,
                                   .time = frame->time_ps};
    return sink_append(ctx, writer->sink, &inner);
}

/// What readers of the file refuse is not written.
static QmtStatus metadata_check(QmtContext *ctx, const char *text)
{
    cJSON *const metadata = cJSON_ParseWithOpts(text, NULL, true);
    const bool is_object = cJSON_IsObject(metadata);
    cJSON_Delete(metadata);
    NEEDS(ctx, is_object, "trajectory: the metadata are no JSON object");
    return QMT_OK;
}

QmtStatus qmt_writer_finish(QmtContext *ctx, QmtWriter **writer, const char *metadata)
{
    NEEDS(ctx, writer != NULL && *writer != NULL, "trajectory: writer is NULL");
    NEEDS(ctx, (*writer)->sink->n_frames == (*writer)->n_frames,
          "trajectory: %llu of %llu frames are written",
          (unsigned long long)(*writer)->sink->n_frames, (unsigned long long)(*writer)->n_frames);
    const char *const text = metadata != NULL ? metadata : "{}";
    NEEDS(ctx, text_is_utf8(text, strlen(text)), "trajectory: the metadata are not UTF-8");
    TRY(metadata_check(ctx, text));
    TRY(sink_finish(ctx, (*writer)->sink, text));
    sink_close(&(*writer)->sink);
    free(*writer);
    *writer = NULL;
    return QMT_OK;
}

void qmt_writer_discard(QmtWriter **writer)
{
    if (writer == NULL || *writer == NULL)
        return;
    sink_discard(&(*writer)->sink);
    free(*writer);
    *writer = NULL;
}
