#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/text.h"
#include "io/trajectory_parts.h"

/// A text on its way into a member: UTF-8 in, UCS-4 out, through the block of the trajectory. It runs
/// twice: first only counting, because the length stands in front of the text.
typedef struct {
    QmtContext *ctx;
    Trajectory *t;
    bool counting;
    uint64_t n_characters;
    uint64_t offset; ///< in the file, of the next block
    uint32_t crc;
    size_t used; ///< characters in the block
} Sink;

static QmtStatus sink_flush(Sink *sink)
{
    const size_t n = sink->used * sizeof(uint32_t);
    TRY(file_write_at(sink->ctx, &sink->t->file, sink->t->block, n, sink->offset));
    sink->crc = zip_crc(sink->crc, sink->t->block, n);
    sink->offset += n;
    sink->used = 0;
    return QMT_OK;
}

static QmtStatus sink_character(Sink *sink, uint32_t code)
{
    sink->n_characters++;
    if (sink->counting)
        return QMT_OK;
    // Half of the block: the other half holds the window records that are being read.
    ((uint32_t *)sink->t->block)[sink->used++] = code;
    return sink->used == BLOCK_BYTES / 2 / sizeof(uint32_t) ? sink_flush(sink) : QMT_OK;
}

static QmtStatus sink_text(Sink *sink, const char *utf8)
{
    while (*utf8 != '\0')
        TRY(sink_character(sink, npy_utf8_next(&utf8)));
    return QMT_OK;
}

/// Window records, read forwards through the other half of the block.
typedef struct {
    Sink *sink;
    uint64_t first; ///< of the records in memory
    size_t n;
} Records;

static QmtStatus record_at(Records *r, uint64_t index, const double **record)
{
    Trajectory *t = r->sink->t;
    double *memory = (double *)(t->block + BLOCK_BYTES / 2);
    const size_t capacity = BLOCK_BYTES / 2 / (WINDOW_COLUMNS * sizeof(double));
    if (index < r->first || index >= r->first + r->n) {
        const uint64_t left = t->state.n_window_records - index;
        const size_t n = (size_t)(left < capacity ? left : capacity);
        TRY(file_read_at(r->sink->ctx, &t->window_file, memory, n * WINDOW_COLUMNS * sizeof(double),
                         index * WINDOW_COLUMNS * sizeof(double)));
        r->first = index;
        r->n = n;
    }
    *record = memory + (index - r->first) * WINDOW_COLUMNS;
    return QMT_OK;
}

/// One column of the window that begins at record `first`; *end becomes the first record after it.
static QmtStatus sink_column(Records *r, uint64_t first, int column, uint64_t *end)
{
    const uint64_t n = r->sink->t->state.n_window_records;
    const double *record;
    char number[TEXT_DOUBLE_SIZE];
    TRY(record_at(r, first, &record));
    const double window = record[0];
    uint64_t i = first;
    for (; i < n; i++) {
        TRY(record_at(r, i, &record));
        if (record[0] != window)
            break;
        text_format_double(record[column], number);
        if (i > first)
            TRY(sink_text(r->sink, ", "));
        TRY(sink_text(r->sink, number));
    }
    *end = i;
    return QMT_OK;
}

static QmtStatus sink_windows(Sink *sink)
{
    Records r = {.sink = sink};
    const uint64_t n = sink->t->state.n_window_records;
    uint64_t end = 0;
    TRY(sink_text(sink, "["));
    for (uint64_t first = 0; first < n; first = end) {
        TRY(sink_text(sink, first == 0 ? "{\"kinetic\": [" : ", {\"kinetic\": ["));
        TRY(sink_column(&r, first, 1, &end));
        TRY(sink_text(sink, "], \"potential\": ["));
        TRY(sink_column(&r, first, 2, &end));
        TRY(sink_text(sink, "], \"total\": ["));
        TRY(sink_column(&r, first, 3, &end));
        TRY(sink_text(sink, "]}"));
    }
    return sink_text(sink, "]");
}

static QmtStatus sink_content(Sink *sink, const char *text)
{
    return text != NULL ? sink_text(sink, text) : sink_windows(sink);
}

/// Writes a text member at *offset, which moves behind it; text NULL stands for the NVE windows.
static QmtStatus write_text(QmtContext *ctx, Trajectory *t, size_t member, const char *text,
                            uint64_t *offset)
{
    unsigned char header[NPY_HEADER_MAX];
    Sink sink = {.ctx = ctx, .t = t, .counting = true};
    TRY(sink_content(&sink, text));

    ZipMember *m = &t->members[member];
    const size_t n_header = npy_string_header(sink.n_characters, header);
    m->size = n_header + npy_string_length(sink.n_characters) * sizeof(uint32_t);
    *offset = zip_place(m, *offset);
    TRY(file_write_at(ctx, &t->file, header, n_header, m->data_offset));

    sink = (Sink){.ctx = ctx,
                  .t = t,
                  .offset = m->data_offset + n_header,
                  .crc = zip_crc(0, header, n_header)};
    TRY(sink_content(&sink, text));
    if (sink.n_characters == 0)
        TRY(sink_character(&sink, 0));
    TRY(sink_flush(&sink));
    m->crc = sink.crc;
    return QMT_OK;
}

/// One of the members that are made at the end: header, then n_items times the same kind of item, which
/// fill(items) writes into the block.
static QmtStatus write_made(QmtContext *ctx, Trajectory *t, size_t member, uint64_t n_frames,
                            uint64_t n_items, size_t item_bytes,
                            void (*fill)(const Trajectory *t, uint64_t first, size_t n,
                                         void *items))
{
    unsigned char header[NPY_HEADER_MAX];
    const size_t n_header = trajectory_npy_header(t, member, n_frames, header);
    uint64_t offset = t->members[member].data_offset;
    TRY(file_write_at(ctx, &t->file, header, n_header, offset));
    uint32_t crc = zip_crc(0, header, n_header);
    offset += n_header;
    const size_t per_block = BLOCK_BYTES / item_bytes;
    for (uint64_t first = 0; first < n_items; first += per_block) {
        const size_t n = (size_t)(n_items - first < per_block ? n_items - first : per_block);
        fill(t, first, n, t->block);
        TRY(file_write_at(ctx, &t->file, t->block, n * item_bytes, offset));
        crc = zip_crc(crc, t->block, n * item_bytes);
        offset += n * item_bytes;
    }
    t->members[member].crc = crc;
    return QMT_OK;
}

static void fill_masses(const Trajectory *t, uint64_t first, size_t n, void *items)
{
    for (size_t i = 0; i < n; i++)
        ((float *)items)[i] = (float)t->layout.masses[first + i];
}

static void fill_atom_types(const Trajectory *t, uint64_t first, size_t n, void *items)
{
    for (size_t i = 0; i < n; i++)
        ((int32_t *)items)[i] = t->layout.numbers[first + i];
}

/// Identity, because loaders ask for a box; nothing here is periodic.
static void fill_box(const Trajectory *t, uint64_t first, size_t n, void *items)
{
    (void)t;
    (void)first;
    for (size_t i = 0; i < 9 * n; i++)
        ((float *)items)[i] = i % 9 % 4 == 0 ? 1.0f : 0.0f;
}

/// Local headers of all members, and .npy headers of the streams.
static QmtStatus write_headers(QmtContext *ctx, Trajectory *t, uint64_t n_frames)
{
    unsigned char header[NPY_HEADER_MAX];
    _Static_assert((int)NPY_HEADER_MAX >= (int)ZIP_LOCAL_MAX, "one block for both headers");
    for (size_t m = 0; m < t->n_streams + N_REST; m++) {
        const size_t n = zip_local_header(&t->members[m], header);
        TRY(file_write_at(ctx, &t->file, header, n, t->members[m].header_offset));
    }
    for (size_t s = 0; s < t->n_streams; s++) {
        const size_t n = trajectory_npy_header(t, s, n_frames, header);
        TRY(file_write_at(ctx, &t->file, header, n, t->members[s].data_offset));
    }
    return QMT_OK;
}

/// Everything after the frames, and what stands in front of them.
static QmtStatus write_rest(QmtContext *ctx, Trajectory *t, uint64_t n_frames,
                            const char *metadata_json)
{
    const uint64_t n = t->layout.n_atoms;
    const size_t rest = t->n_streams;
    TRY(write_made(ctx, t, rest + REST_MASSES, n_frames, n, sizeof(float), fill_masses));
    TRY(write_made(ctx, t, rest + REST_ATOM_TYPES, n_frames, n, sizeof(int32_t), fill_atom_types));
    TRY(write_made(ctx, t, rest + REST_BOX, n_frames, n_frames, 9 * sizeof(float), fill_box));
    uint64_t offset = t->members[rest + REST_BOX].data_offset + t->members[rest + REST_BOX].size;
    TRY(write_text(ctx, t, rest + REST_METADATA, metadata_json, &offset));
    TRY(write_text(ctx, t, rest + REST_NVE_WINDOWS, NULL, &offset));
    TRY(write_headers(ctx, t, n_frames));

    const size_t n_directory = zip_directory_size(t->members, rest + N_REST);
    assert(n_directory <= BLOCK_BYTES);
    zip_directory(t->members, rest + N_REST, offset, t->block);
    TRY(file_write_at(ctx, &t->file, t->block, n_directory, offset));
    TRY(file_truncate(ctx, &t->file, offset + n_directory));
    TRY(file_sync(ctx, &t->file));
    return file_close(ctx, &t->file);
}

/// The file is complete: takes the leftovers of the run away. Failing here loses nothing.
static void clean(QmtContext *ctx, Trajectory *t, bool complete)
{
    char partial[FILE_PATH_SIZE];
    file_abandon(&t->window_file);
    QmtStatus status = file_remove(ctx, t->windows);
    if (status == QMT_OK && complete) {
        status = file_join(ctx, t->folder, "trajectory.partial.npz", partial);
        if (status == QMT_OK)
            status = file_remove(ctx, partial);
    }
    if (status != QMT_OK)
        context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
}

/// An attempt that failed at the very end has closed the file.
static QmtStatus reopen(QmtContext *ctx, Trajectory *t)
{
    return t->file.fd >= 0 ? QMT_OK : file_open(ctx, t->part, FILE_UPDATE, &t->file);
}

QmtStatus trajectory_finish(QmtContext *ctx, Trajectory *t, const char *metadata_json)
{
    assert(trajectory_n_frames(t) == t->layout.n_frames);
    assert(text_is_utf8(metadata_json, strlen(metadata_json)));
    char path[FILE_PATH_SIZE];
    TRY(file_join(ctx, t->folder, "trajectory.npz", path));
    TRY(reopen(ctx, t));
    TRY(trajectory_flush(ctx, t));
    for (size_t s = 0; s < t->n_streams; s++)
        t->members[s].crc = t->state.crc[s];
    TRY(write_rest(ctx, t, t->layout.n_frames, metadata_json));
    TRY(file_rename(ctx, t->part, path));
    clean(ctx, t, true);
    return QMT_OK;
}

/// Moves a stream to its place in a file of fewer frames, which is never behind the old one, so that
/// copying forwards overwrites only what was copied before. Where source is another file it just copies.
static QmtStatus move_stream(QmtContext *ctx, Trajectory *t, File *source, size_t stream,
                             uint64_t old_offset, uint64_t n_frames)
{
    unsigned char header[NPY_HEADER_MAX];
    const size_t n_header = trajectory_npy_header(t, stream, n_frames, header);
    uint64_t offset = t->members[stream].data_offset + n_header;
    uint64_t left = n_frames * t->frame_bytes[stream];
    uint32_t crc = zip_crc(0, header, n_header);
    assert(offset <= old_offset);
    while (left > 0) {
        const size_t now = left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES;
        TRY(file_read_at(ctx, source, t->block, now, old_offset));
        TRY(file_write_at(ctx, &t->file, t->block, now, offset));
        crc = zip_crc(crc, t->block, now);
        old_offset += now;
        offset += now;
        left -= now;
    }
    t->members[stream].crc = crc;
    return QMT_OK;
}

/// The frames so far as a whole NPZ in t->file; source has them where a complete file would.
static QmtStatus write_partial(QmtContext *ctx, Trajectory *t, File *source,
                               const char *metadata_json)
{
    uint64_t old_offset[TRAJECTORY_STREAMS_MAX];
    const uint64_t n_frames = t->state.n_frames;
    for (size_t s = 0; s < t->n_streams; s++)
        old_offset[s] = t->members[s].data_offset + t->npy_size[s];
    trajectory_place(t, n_frames);
    for (size_t s = 0; s < t->n_streams; s++)
        TRY(move_stream(ctx, t, source, s, old_offset[s], n_frames));
    return write_rest(ctx, t, n_frames, metadata_json);
}

QmtStatus trajectory_finish_partial(QmtContext *ctx, Trajectory *t, const char *metadata_json)
{
    char path[FILE_PATH_SIZE];
    TRY(file_join(ctx, t->folder, "trajectory.partial.npz", path));
    assert(text_is_utf8(metadata_json, strlen(metadata_json)));
    TRY(reopen(ctx, t));
    if (trajectory_flush(ctx, t) != QMT_OK) {
        // What is in the buffers cannot be saved; what is in the files can.
        context_log(ctx, QMT_LOG_WARNING, "%s; %zu frames are lost", qmt_context_message(ctx),
                    t->n_buffered);
        t->n_buffered = t->n_window_buffered = 0;
    }

    TRY(write_partial(ctx, t, &t->file, metadata_json));
    TRY(file_rename(ctx, t->part, path));
    clean(ctx, t, false);
    return QMT_OK;
}

QmtStatus trajectory_copy_partial(QmtContext *ctx, Trajectory *t, const char *path,
                                  const char *metadata_json)
{
    char made[FILE_PATH_SIZE];
    const int length = snprintf(made, sizeof made, "%s.tmp", path);
    if (length < 0 || (size_t)length >= sizeof made)
        return FAIL(ctx, QMT_ERR_IO, "%.60s...: the path is too long; choose a shorter one", path);
    assert(text_is_utf8(metadata_json, strlen(metadata_json)));

    File source = t->file;
    t->file = file_none();
    QmtStatus status = file_open(ctx, made, FILE_CREATE, &t->file);
    const bool begun = status == QMT_OK;
    if (begun)
        status = write_partial(ctx, t, &source, metadata_json);
    file_abandon(&source);
    file_abandon(&t->file);
    if (status == QMT_OK)
        status = file_rename(ctx, made, path);
    if (status != QMT_OK && begun)
        unlink(made);
    return status;
}
