#include <stdlib.h>
#include <string.h>

#include "trajectory/trajectory_parts.h"

/// Copies the frames of one stream from where they are in the shorter file; counts their CRC as either file
/// sees it.
static QmtStatus copy_stream(QmtContext *ctx, Trajectory *t, File *source, Trajectory *shorter,
                             size_t stream, uint64_t n_frames)
{
    unsigned char header[NPY_HEADER_MAX];
    uint64_t from = trajectory_offset(shorter, stream, 0), to = trajectory_offset(t, stream, 0);
    uint64_t left = n_frames * t->members[stream].frame_bytes;
    size_t n = trajectory_npy_header(shorter, stream, shorter->layout.n_frames, header);
    uint32_t crc_shorter = zip_crc(0, header, n);
    n = trajectory_npy_header(t, stream, t->layout.n_frames, header);
    uint32_t crc = zip_crc(0, header, n);
    while (left > 0) {
        const size_t now = left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES;
        TRY(file_read_at(ctx, source, t->block, now, from));
        TRY(file_write_at(ctx, &t->file, t->block, now, to));
        crc_shorter = zip_crc(crc_shorter, t->block, now);
        crc = zip_crc(crc, t->block, now);
        from += now;
        to += now;
        left -= now;
    }
    shorter->members[stream].crc = crc_shorter;
    t->members[stream].crc = crc;
    return QMT_OK;
}

static QmtStatus copy_all(QmtContext *ctx, Trajectory *t, File *source, Trajectory *shorter,
                          const TrajectoryState *state)
{
    for (size_t s = 0; s < t->n_streams; s++)
        TRY(copy_stream(ctx, t, source, shorter, s, state->n_frames));
    if (trajectory_state(shorter).crc != state->crc)
        return FAIL(ctx, QMT_ERR_CHECKPOINT, "%s: its frames are not those of the checkpoint",
                    source->path);
    t->n_frames = state->n_frames;
    return QMT_OK;
}

static QmtStatus take_windows(QmtContext *ctx, Trajectory *t, const TrajectoryState *state,
                              const void *windows, size_t windows_size)
{
    if (windows_size != state->n_window_steps * sizeof *t->window_buffer ||
        zip_crc(0, windows, windows_size) != state->window_crc)
        return FAIL(ctx, QMT_ERR_CHECKPOINT, "%s: the checkpoint does not have its NVE windows",
                    t->files.part);
    if (windows_size == 0)
        return QMT_OK;
    TRY(file_open(ctx, t->files.windows, FILE_CREATE, &t->window_file));
    TRY(file_write_at(ctx, &t->window_file, windows, windows_size, 0));
    t->n_window_steps = state->n_window_steps;
    t->window_crc = state->window_crc;
    return QMT_OK;
}

QmtStatus trajectory_extend(QmtContext *ctx, const char *folder, const TrajectoryLayout *layout,
                            uint64_t n_frames_before, const TrajectoryState *state,
                            const void *windows, size_t windows_size, Trajectory **trajectory)
{
    char path[FILE_PATH_SIZE];
    TRY(file_join(ctx, folder, "trajectory.npz", path));
    if (n_frames_before > layout->n_frames || state->n_frames > n_frames_before)
        return FAIL(ctx, QMT_ERR_CHECKPOINT, "%s: is longer than what is wanted", path);
    File source = file_none();
    TRY(file_open(ctx, path, FILE_READ, &source));

    Trajectory *t = NULL;
    Trajectory *const shorter = malloc(sizeof *shorter);
    QmtStatus status = shorter == NULL
                           ? FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory to go on with it", path)
                           : trajectory_create(ctx, folder, layout, &t);
    if (status == QMT_OK) {
        *shorter = *t; // names and sizes; only the places differ
        shorter->layout.n_frames = n_frames_before;
        trajectory_place(shorter, n_frames_before);
        status = copy_all(ctx, t, &source, shorter, state);
    }
    if (status == QMT_OK)
        status = take_windows(ctx, t, state, windows, windows_size);
    free(shorter);
    file_abandon(&source);
    if (status != QMT_OK)
        trajectory_discard(&t);
    else
        *trajectory = t;
    return status;
}
