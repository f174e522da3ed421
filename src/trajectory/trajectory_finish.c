#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/text.h"
#include "trajectory/trajectory_parts.h"

/// Rows that are made at the end, n from `first` on, into items; they fill at most half of the block, and
/// the other half is free.
typedef QmtStatus RowsMake(QmtContext *ctx, Trajectory *t, const Member *member, uint64_t first,
                           size_t n, void *items);

static QmtStatus masses_make(QmtContext *ctx, Trajectory *t, const Member *member, uint64_t first,
                             size_t n, void *items)
{
    (void)ctx, (void)member;
    for (size_t i = 0; i < n; i++)
        ((float *)items)[i] = (float)t->layout.masses[first + i];
    return QMT_OK;
}

static QmtStatus atom_types_make(QmtContext *ctx, Trajectory *t, const Member *member,
                                 uint64_t first, size_t n, void *items)
{
    (void)ctx, (void)member;
    for (size_t i = 0; i < n; i++)
        ((int32_t *)items)[i] = t->layout.numbers[first + i];
    return QMT_OK;
}

/// Identity, because loaders ask for a box; nothing here is periodic.
static QmtStatus box_make(QmtContext *ctx, Trajectory *t, const Member *member, uint64_t first,
                          size_t n, void *items)
{
    (void)ctx, (void)t, (void)member, (void)first;
    for (size_t i = 0; i < 9 * n; i++)
        ((float *)items)[i] = i % 9 % 4 == 0 ? 1.0f : 0.0f;
    return QMT_OK;
}

/// One column of nve_windows.part.
static QmtStatus window_make(QmtContext *ctx, Trajectory *t, const Member *member, uint64_t first,
                             size_t n, void *items)
{
    TrajectoryWindowStep *const steps = (TrajectoryWindowStep *)(t->block + BLOCK_BYTES / 2);
    TRY(file_read_at(ctx, &t->window_file, steps, n * sizeof *steps, first * sizeof *steps));
    for (size_t i = 0; i < n; i++) {
        double value;
        memcpy(&value, (const char *)&steps[i] + member->array.offset, sizeof value);
        if (member->array.type == TYPE_INT32)
            ((int32_t *)items)[i] = (int32_t)value;
        else
            ((double *)items)[i] = value;
    }
    return QMT_OK;
}

static RowsMake *rows_make(const Member *member)
{
    switch (member->id) {
    case ARRAY_MASSES:
        return masses_make;
    case ARRAY_TYPES:
        return atom_types_make;
    case ARRAY_BOX:
        return box_make;
    default:
        assert(member->array.role == ROLE_WINDOW);
        return window_make;
    }
}

/// One of the members that are made at the end, at its place.
static QmtStatus write_made(QmtContext *ctx, Trajectory *t, size_t m, uint64_t n_frames)
{
    unsigned char header[NPY_HEADER_MAX];
    const Member *member = &t->members[m];
    const size_t row_bytes = trajectory_array_row(&member->array, t->layout.n_atoms) *
                             trajectory_array_item_bytes(&member->array, t->layout.float64);
    const size_t n_header = trajectory_npy_header(t, m, n_frames, header);
    const uint64_t n_rows = (t->zip[m].size - n_header) / row_bytes;
    const size_t widest =
        row_bytes > sizeof(TrajectoryWindowStep) ? row_bytes : sizeof(TrajectoryWindowStep);
    const size_t per_block = BLOCK_BYTES / 2 / widest;
    uint64_t offset = t->zip[m].data_offset;
    TRY(file_write_at(ctx, &t->file, header, n_header, offset));
    uint32_t crc = zip_crc(0, header, n_header);
    offset += n_header;
    for (uint64_t first = 0; first < n_rows; first += per_block) {
        const size_t n = (size_t)(n_rows - first < per_block ? n_rows - first : per_block);
        TRY(rows_make(member)(ctx, t, member, first, n, t->block));
        TRY(file_write_at(ctx, &t->file, t->block, n * row_bytes, offset));
        crc = zip_crc(crc, t->block, n * row_bytes);
        offset += n * row_bytes;
    }
    t->zip[m].crc = crc;
    return QMT_OK;
}

/// Local headers of all members, and .npy headers of the streams.
static QmtStatus write_headers(QmtContext *ctx, Trajectory *t, uint64_t n_frames)
{
    unsigned char header[NPY_HEADER_MAX];
    _Static_assert((int)NPY_HEADER_MAX >= (int)ZIP_LOCAL_MAX, "one block for both headers");
    for (size_t m = 0; m < t->n_members; m++) {
        const size_t n = zip_local_header(&t->zip[m], header);
        TRY(file_write_at(ctx, &t->file, header, n, t->zip[m].header_offset));
    }
    for (size_t s = 0; s < t->n_streams; s++) {
        const size_t n = trajectory_npy_header(t, s, n_frames, header);
        TRY(file_write_at(ctx, &t->file, header, n, t->zip[s].data_offset));
    }
    return QMT_OK;
}

/// Everything after the frames, and what stands in front of them.
static QmtStatus write_rest(QmtContext *ctx, Trajectory *t, uint64_t n_frames,
                            const char *metadata_json)
{
    const ZipMember *const last = &t->zip[t->n_placed - 1];
    uint64_t offset = last->data_offset + last->size;
    for (size_t m = t->n_streams; m < t->n_members; m++) {
        if (t->members[m].array.type == TYPE_TEXT) {
            const char *const text = t->members[m].id == ARRAY_METADATA ? metadata_json : NULL;
            TRY(trajectory_write_text(ctx, t, m, text, &offset));
            continue;
        }
        if (m >= t->n_placed)
            offset = trajectory_place_member(t, m, n_frames, offset);
        TRY(write_made(ctx, t, m, n_frames));
    }
    TRY(write_headers(ctx, t, n_frames));

    const size_t n_directory = zip_directory_size(t->zip, t->n_members);
    assert(n_directory <= BLOCK_BYTES);
    zip_directory(t->zip, t->n_members, offset, t->block);
    TRY(file_write_at(ctx, &t->file, t->block, n_directory, offset));
    TRY(file_truncate(ctx, &t->file, offset + n_directory));
    TRY(file_sync(ctx, &t->file));
    return file_close(ctx, &t->file);
}

/// The file is complete: takes the leftovers of the run away. Failing here loses nothing.
static void clean(QmtContext *ctx, Trajectory *t, bool complete)
{
    file_abandon(&t->window_file);
    QmtStatus status = file_remove(ctx, t->files.windows);
    if (status == QMT_OK && complete && t->files.partial[0] != '\0')
        status = file_remove(ctx, t->files.partial);
    if (status != QMT_OK)
        context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
}

/// An attempt that failed at the very end has closed the file.
static QmtStatus reopen(QmtContext *ctx, Trajectory *t)
{
    return t->file.fd >= 0 ? QMT_OK : file_open(ctx, t->files.part, FILE_UPDATE, &t->file);
}

/// Moves a stream to its place in a file of fewer frames, which is never behind the old one, so that
/// copying forwards overwrites only what was copied before.
static QmtStatus move_stream(QmtContext *ctx, Trajectory *t, size_t stream, uint64_t old_offset,
                             uint64_t n_frames)
{
    unsigned char header[NPY_HEADER_MAX];
    const size_t n_header = trajectory_npy_header(t, stream, n_frames, header);
    uint64_t offset = t->zip[stream].data_offset + n_header;
    uint64_t left = n_frames * t->members[stream].frame_bytes;
    uint32_t crc = zip_crc(0, header, n_header);
    assert(offset <= old_offset);
    while (left > 0) {
        const size_t now = left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES;
        TRY(file_read_at(ctx, &t->file, t->block, now, old_offset));
        TRY(file_write_at(ctx, &t->file, t->block, now, offset));
        crc = zip_crc(crc, t->block, now);
        old_offset += now;
        offset += now;
        left -= now;
    }
    t->zip[stream].crc = crc;
    return QMT_OK;
}

/// The frames so far as a whole NPZ.
static QmtStatus write_partial(QmtContext *ctx, Trajectory *t, const char *metadata_json)
{
    uint64_t old_offset[N_TRAJECTORY_ARRAYS];
    for (size_t s = 0; s < t->n_streams; s++)
        old_offset[s] = trajectory_offset(t, s, 0);
    trajectory_place(t, t->n_frames);
    for (size_t s = 0; s < t->n_streams; s++)
        TRY(move_stream(ctx, t, s, old_offset[s], t->n_frames));
    return write_rest(ctx, t, t->n_frames, metadata_json);
}

QmtStatus trajectory_finish(QmtContext *ctx, Trajectory *t, const char *metadata_json)
{
    assert(trajectory_n_frames(t) > 0 && trajectory_n_frames(t) <= t->layout.n_frames);
    assert(text_is_utf8(metadata_json, strlen(metadata_json)));
    TRY(reopen(ctx, t));
    TRY(trajectory_flush(ctx, t));
    if (t->n_frames < t->layout.n_frames) {
        TRY(write_partial(ctx, t, metadata_json));
    } else {
        for (size_t s = 0; s < t->n_streams; s++)
            t->zip[s].crc = t->members[s].crc;
        TRY(write_rest(ctx, t, t->layout.n_frames, metadata_json));
    }
    TRY(file_rename(ctx, t->files.part, t->files.path));
    clean(ctx, t, true);
    return QMT_OK;
}

QmtStatus trajectory_finish_partial(QmtContext *ctx, Trajectory *t, const char *metadata_json)
{
    assert(text_is_utf8(metadata_json, strlen(metadata_json)));
    TRY(reopen(ctx, t));
    if (trajectory_flush(ctx, t) != QMT_OK) {
        // What is in the buffers cannot be saved; what is in the files can.
        context_log(ctx, QMT_LOG_WARNING, "%s; %zu frames are lost", qmt_context_message(ctx),
                    t->n_buffered);
        t->n_buffered = t->n_window_buffered = 0;
    }

    TRY(write_partial(ctx, t, metadata_json));
    TRY(file_rename(ctx, t->files.part, t->files.partial));
    clean(ctx, t, false);
    return QMT_OK;
}
