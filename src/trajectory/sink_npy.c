#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "io/npy.h"
#include "trajectory/sink.h"

/// A folder of plain arrays, FOLDER/pos.npy and so on, which numpy.load(path, mmap_mode="r") maps into
/// memory: a loader that draws single frames reads only these. Types, shapes and units are those of the
/// trajectory; the metadata become metadata.json.

extern const SinkType SINK_NPY; // at the end of this file

enum { BUFFER_BYTES = 1 << 16 };

/// One array on its way to its file.
typedef struct {
    size_t id;
    TrajectoryArray array;
    size_t row_bytes, item_bytes;
    File file;
    unsigned char *buffer; ///< at least a row
    size_t size, used;
    uint64_t offset;
} Column;

typedef struct {
    Sink face; // first: a Sink * is an NpySink *
    SinkSpec spec;
    char path[FILE_PATH_SIZE], part[FILE_PATH_SIZE];
    Column columns[N_TRAJECTORY_ARRAYS];
    size_t n_columns;
    uint64_t n_window_steps;
    bool made; ///< the folder
} NpySink;

static QmtStatus column_flush(QmtContext *ctx, Column *column)
{
    TRY(file_write_at(ctx, &column->file, column->buffer, column->used, column->offset));
    column->offset += column->used;
    column->used = 0;
    return QMT_OK;
}

/// The next row, in the type of the array.
static QmtStatus row_append(QmtContext *ctx, Column *column, const double *from)
{
    if (column->size - column->used < column->row_bytes)
        TRY(column_flush(ctx, column));
    unsigned char *const to = column->buffer + column->used;
    const size_t n = column->row_bytes / column->item_bytes;
    for (size_t i = 0; i < n; i++)
        if (column->item_bytes == sizeof(double))
            memcpy(to + i * sizeof(double), &from[i], sizeof(double));
        else if (column->array.type == TYPE_INT32)
            ((int32_t *)to)[i] = (int32_t)from[i];
        else
            ((float *)to)[i] = (float)from[i];
    column->used += column->row_bytes;
    return QMT_OK;
}

/// The header, at the front: of the windows' arrays again when their length is known.
static QmtStatus header_write(QmtContext *ctx, const NpySink *sink, Column *column, size_t *length)
{
    unsigned char header[NPY_HEADER_MAX];
    uint64_t shape[TRAJECTORY_AXES_MAX];
    const TrajectoryLayout *layout = &sink->spec.layout;
    const TrajectorySizes sizes = {.n_frames = layout->n_frames,
                                   .n_atoms = layout->n_atoms,
                                   .n_window_steps = sink->n_window_steps};
    const size_t n_axes = trajectory_array_shape(&column->array, &sizes, shape);
    *length =
        npy_header(trajectory_array_descr(&column->array, layout->float64), n_axes, shape, header);
    return file_write_at(ctx, &column->file, header, *length, 0);
}

static QmtStatus column_open(QmtContext *ctx, NpySink *sink, size_t id)
{
    const TrajectoryLayout *layout = &sink->spec.layout;
    char name[64], path[FILE_PATH_SIZE];
    Column *const column = &sink->columns[sink->n_columns++];
    *column = (Column){.id = id, .array = trajectory_array(id), .file = file_none()};
    column->item_bytes = trajectory_array_item_bytes(&column->array, layout->float64);
    column->row_bytes = trajectory_array_row(&column->array, layout->n_atoms) * column->item_bytes;
    column->size = column->row_bytes > BUFFER_BYTES ? column->row_bytes : BUFFER_BYTES;
    column->buffer = malloc(column->size);
    if (column->buffer == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %s", sink->path, column->array.name);
    snprintf(name, sizeof name, "%s.npy", column->array.name);
    TRY(file_join(ctx, sink->part, name, path));
    TRY(file_open(ctx, path, FILE_CREATE, &column->file));
    size_t length;
    TRY(header_write(ctx, sink, column, &length));
    column->offset = length;
    return QMT_OK;
}

/// The arrays whose rows do not come with frames or windows.
static QmtStatus constants_append(QmtContext *ctx, const NpySink *sink, Column *column)
{
    static const double BOX[9] = {1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0};
    const TrajectoryLayout *layout = &sink->spec.layout;
    if (column->id == ARRAY_BOX)
        for (uint64_t f = 0; f < layout->n_frames; f++)
            TRY(row_append(ctx, column, BOX));
    for (size_t a = 0; a < layout->n_atoms; a++) {
        const double number = layout->numbers[a];
        if (column->id == ARRAY_MASSES)
            TRY(row_append(ctx, column, &layout->masses[a]));
        else if (column->id == ARRAY_TYPES)
            TRY(row_append(ctx, column, &number));
    }
    return QMT_OK;
}

static QmtStatus columns_open(QmtContext *ctx, NpySink *sink)
{
    TRY(file_make_directories(ctx, sink->part));
    sink->made = true;
    for (size_t i = 0; i < N_TRAJECTORY_ARRAYS; i++) {
        if (trajectory_array(i).type == TYPE_TEXT ||
            !trajectory_array_is_there(i, sink->spec.layout.further, sink->spec.layout.properties))
            continue;
        TRY(column_open(ctx, sink, i));
        TRY(constants_append(ctx, sink, &sink->columns[sink->n_columns - 1]));
    }
    return QMT_OK;
}

static void npy_close(Sink *face)
{
    NpySink *const sink = (NpySink *)face;
    for (size_t i = 0; i < sink->n_columns; i++) {
        file_abandon(&sink->columns[i].file);
        free(sink->columns[i].buffer);
    }
    free(sink);
}

/// Nothing can be done about what cannot be removed.
static void npy_discard(Sink *face)
{
    const NpySink *const sink = (NpySink *)face;
    char path[FILE_PATH_SIZE + 64];
    for (size_t i = 0; i < sink->n_columns; i++) {
        snprintf(path, sizeof path, "%s/%s.npy", sink->part, sink->columns[i].array.name);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/metadata.json", sink->part);
    unlink(path);
    if (sink->made)
        rmdir(sink->part);
    npy_close(face);
}

static QmtStatus npy_open(QmtContext *ctx, const char *path, const SinkSpec *spec, Sink **sink)
{
    NpySink *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory to write it", path);
    made->face.type = &SINK_NPY;
    made->spec = *spec;
    snprintf(made->path, sizeof made->path, "%s", path);
    const int n = snprintf(made->part, sizeof made->part, "%s.part", path);
    QmtStatus status =
        n < 0 || (size_t)n >= sizeof made->part
            ? FAIL(ctx, QMT_ERR_IO, "%.60s...: the path is too long; choose a shorter one", path)
            : columns_open(ctx, made);
    if (status != QMT_OK)
        npy_discard(&made->face);
    else
        *sink = &made->face;
    return status;
}

static QmtStatus npy_append(QmtContext *ctx, Sink *face, const TrajectoryFrame *frame)
{
    NpySink *const sink = (NpySink *)face;
    const TrajectoryLayout *layout = &sink->spec.layout;
    for (size_t i = 0; i < sink->n_columns; i++) {
        Column *const column = &sink->columns[i];
        if (column->array.role == ROLE_FRAME)
            TRY(row_append(
                ctx, column,
                trajectory_frame_numbers(frame, column->id, layout->properties, layout->n_atoms)));
    }
    return QMT_OK;
}

static QmtStatus npy_window(QmtContext *ctx, Sink *face, const TrajectoryWindowStep *step)
{
    NpySink *const sink = (NpySink *)face;
    for (size_t i = 0; i < sink->n_columns; i++) {
        Column *const column = &sink->columns[i];
        double value;
        if (column->array.role != ROLE_WINDOW)
            continue;
        memcpy(&value, (const char *)step + column->array.offset, sizeof value);
        TRY(row_append(ctx, column, &value));
    }
    sink->n_window_steps++;
    return QMT_OK;
}

static QmtStatus metadata_write(QmtContext *ctx, const NpySink *sink, const char *metadata)
{
    char path[FILE_PATH_SIZE];
    TRY(file_join(ctx, sink->part, "metadata.json", path));
    return file_write_whole(ctx, path, metadata, strlen(metadata));
}

static QmtStatus npy_finish(QmtContext *ctx, Sink *face, const char *metadata)
{
    NpySink *const sink = (NpySink *)face;
    for (size_t i = 0; i < sink->n_columns; i++) {
        Column *const column = &sink->columns[i];
        size_t length;
        TRY(column_flush(ctx, column));
        TRY(header_write(ctx, sink, column, &length));
        TRY(file_sync(ctx, &column->file));
        TRY(file_close(ctx, &column->file));
    }
    if (metadata != NULL)
        TRY(metadata_write(ctx, sink, metadata));
    return file_rename(ctx, sink->part, sink->path);
}

const SinkType SINK_NPY = {.name = "npy",
                           .ending = "_npy",
                           .help = "a folder of plain arrays that numpy.load(..., mmap_mode=\"r\") "
                                   "maps into memory, in the units of FILE",
                           .open = npy_open,
                           .append = npy_append,
                           .window = npy_window,
                           .finish = npy_finish,
                           .close = npy_close,
                           .discard = npy_discard};
