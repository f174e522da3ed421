#include "trajectory/trajectory.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trajectory/trajectory_parts.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "arrays are written as they are in memory");

static void layout_arena(Trajectory *t, int **numbers, double **masses)
{
    *numbers = arena_ints(&t->arena, t->layout.n_atoms);
    *masses = arena_doubles(&t->arena, t->layout.n_atoms);
    for (size_t s = 0; s < t->n_streams; s++)
        t->members[s].buffer = arena_bytes(&t->arena, t->buffer_frames * t->members[s].frame_bytes);
    t->window_buffer = arena_bytes(&t->arena, WINDOW_BUFFER * sizeof *t->window_buffer);
    t->block = arena_bytes(&t->arena, BLOCK_BYTES);
}

/// The names in the folder of a run.
static QmtStatus folder_files(QmtContext *ctx, const char *folder, TrajectoryFiles *files)
{
    TRY(file_join(ctx, folder, "trajectory.npz", files->path));
    TRY(file_join(ctx, folder, "trajectory.partial.npz", files->partial));
    TRY(file_join(ctx, folder, "trajectory.npz.part", files->part));
    return file_join(ctx, folder, "nve_windows.part", files->windows);
}

/// The names beside a file of any name.
static QmtStatus path_files(QmtContext *ctx, const char *path, TrajectoryFiles *files)
{
    const size_t size = sizeof files->path;
    const int n = snprintf(files->windows, size, "%s.nve_windows.part", path);
    if (n < 0 || (size_t)n >= size)
        return FAIL(ctx, QMT_ERR_IO, "%.60s...: the path is too long; choose a shorter one", path);
    snprintf(files->path, size, "%s", path);
    snprintf(files->part, size, "%.*s.part", (int)(size - sizeof ".part"), path);
    return QMT_OK;
}

/// Everything but the files.
static QmtStatus make(QmtContext *ctx, const TrajectoryFiles *files, const TrajectoryLayout *layout,
                      Trajectory **made)
{
    assert(layout->n_atoms > 0 && layout->n_frames > 0);
    Trajectory *t = calloc(1, sizeof *t);
    if (t == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for the trajectory writer", files->path);
    t->layout = *layout;
    t->files = *files;
    t->file = t->window_file = file_none();
    t->mode = FILE_UPDATE;
    trajectory_describe(t);

    int *numbers;
    double *masses;
    layout_arena(t, &numbers, &masses);
    const QmtStatus status = arena_reserve(ctx, &t->arena);
    if (status != QMT_OK) {
        trajectory_close(&t);
        return status;
    }
    layout_arena(t, &numbers, &masses);
    memcpy(numbers, layout->numbers, layout->n_atoms * sizeof *numbers);
    memcpy(masses, layout->masses, layout->n_atoms * sizeof *masses);
    t->layout.numbers = numbers;
    t->layout.masses = masses;
    trajectory_place(t, layout->n_frames);
    *made = t;
    return QMT_OK;
}

/// CRC of the .npy header alone, with which the CRC of each stream begins.
static uint32_t header_crc(const Trajectory *t, size_t stream)
{
    unsigned char header[NPY_HEADER_MAX];
    const size_t n = trajectory_npy_header(t, stream, t->layout.n_frames, header);
    return zip_crc(0, header, n);
}

static QmtStatus create(QmtContext *ctx, const TrajectoryFiles *files,
                        const TrajectoryLayout *layout, Trajectory **trajectory)
{
    Trajectory *t = NULL;
    TRY(make(ctx, files, layout, &t));
    const ZipMember *last = &t->zip[t->n_placed - 1];
    const uint64_t end = last->data_offset + last->size;

    QmtStatus status = file_open(ctx, t->files.part, FILE_CREATE, &t->file);
    if (status == QMT_OK)
        status = file_reserve(ctx, &t->file, end + trajectory_tail_bytes(t));
    if (status == QMT_OK)
        status = file_remove(ctx, t->files.windows);
    if (status != QMT_OK) {
        // A file that could not be opened is an earlier run's.
        if (t->file.fd < 0)
            trajectory_close(&t);
        else
            trajectory_discard(&t);
        return status;
    }
    for (size_t s = 0; s < t->n_streams; s++)
        t->members[s].crc = header_crc(t, s);
    *trajectory = t;
    return QMT_OK;
}

QmtStatus trajectory_create(QmtContext *ctx, const char *folder, const TrajectoryLayout *layout,
                            Trajectory **trajectory)
{
    TrajectoryFiles files = {.path = ""};
    TRY(folder_files(ctx, folder, &files));
    return create(ctx, &files, layout, trajectory);
}

QmtStatus trajectory_create_file(QmtContext *ctx, const char *path, const TrajectoryLayout *layout,
                                 Trajectory **trajectory)
{
    TrajectoryFiles files = {.path = ""};
    TRY(path_files(ctx, path, &files));
    return create(ctx, &files, layout, trajectory);
}

/// CRC of n bytes of a file from offset on, after those that gave *crc.
static QmtStatus crc_of_file(QmtContext *ctx, Trajectory *t, File *file, uint64_t offset,
                             uint64_t n, uint32_t *crc)
{
    while (n > 0) {
        const size_t now = n < BLOCK_BYTES ? (size_t)n : BLOCK_BYTES;
        TRY(file_read_at(ctx, file, t->block, now, offset));
        *crc = zip_crc(*crc, t->block, now);
        offset += now;
        n -= now;
    }
    return QMT_OK;
}

TrajectoryState trajectory_state(const Trajectory *t)
{
    TrajectoryState state = {
        .n_frames = t->n_frames, .n_window_steps = t->n_window_steps, .window_crc = t->window_crc};
    for (size_t s = 0; s < t->n_streams; s++)
        state.crc = zip_crc(state.crc, &t->members[s].crc, sizeof t->members[s].crc);
    return state;
}

/// The state of the files with this many frames and steps of windows, from their bytes.
static QmtStatus read_state(QmtContext *ctx, Trajectory *t, uint64_t n_frames, uint64_t n_steps)
{
    t->n_frames = n_frames;
    t->n_window_steps = n_steps;
    t->window_crc = 0;
    for (size_t s = 0; s < t->n_streams; s++) {
        Member *member = &t->members[s];
        member->crc = header_crc(t, s);
        TRY(crc_of_file(ctx, t, &t->file, trajectory_offset(t, s, 0),
                        n_frames * member->frame_bytes, &member->crc));
    }
    if (n_steps > 0)
        TRY(crc_of_file(ctx, t, &t->window_file, 0, n_steps * sizeof *t->window_buffer,
                        &t->window_crc));
    return QMT_OK;
}

/// Opens the files that an earlier process left; a missing or short one does not fit.
static QmtStatus open_left(QmtContext *ctx, Trajectory *t, uint64_t n_steps)
{
    uint64_t size;
    const uint64_t end = trajectory_offset(t, trajectory_times(t), t->layout.n_frames);
    if (!file_exists(t->files.part))
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "%s: is missing, so the trajectory cannot be continued", t->files.part);
    TRY(file_open(ctx, t->files.part, t->mode, &t->file));
    TRY(file_size(ctx, &t->file, &size));
    if (size < end)
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "%s: has %" PRIu64 " bytes, at least %" PRIu64 " are "
                    "needed: it belongs to another run or was cut off",
                    t->files.part, size, end);
    if (n_steps == 0)
        return QMT_OK;
    if (!file_exists(t->files.windows))
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "%s: is missing, so the trajectory cannot be continued", t->files.windows);
    TRY(file_open(ctx, t->files.windows, t->mode, &t->window_file));
    TRY(file_size(ctx, &t->window_file, &size));
    if (size / sizeof *t->window_buffer < n_steps)
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "%s: has %" PRIu64 " bytes, %" PRIu64 " steps of windows "
                    "are needed: it was cut off",
                    t->files.windows, size, n_steps);
    return QMT_OK;
}

static QmtStatus check_state(QmtContext *ctx, Trajectory *t, const TrajectoryState *wanted)
{
    if (wanted->n_frames > t->layout.n_frames)
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "%s: the checkpoint knows %" PRIu64 " frames, the run has "
                    "only %" PRIu64,
                    t->files.part, wanted->n_frames, t->layout.n_frames);
    TRY(open_left(ctx, t, wanted->n_window_steps));
    TRY(read_state(ctx, t, wanted->n_frames, wanted->n_window_steps));
    const TrajectoryState found = trajectory_state(t);
    if (found.crc != wanted->crc)
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "%s: its first %" PRIu64
                    " frames are not those of the checkpoint (CRC-32 %08" PRIx32
                    ", expected %08" PRIx32 ")",
                    t->files.part, wanted->n_frames, found.crc, wanted->crc);
    if (found.window_crc != wanted->window_crc)
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "%s: is not the file of the checkpoint (CRC-32 %08" PRIx32
                    ", expected %08" PRIx32 ")",
                    t->files.windows, found.window_crc, wanted->window_crc);
    return QMT_OK;
}

static QmtStatus open_at(QmtContext *ctx, const char *folder, const TrajectoryLayout *layout,
                         const TrajectoryState *state, FileMode mode, Trajectory **trajectory)
{
    Trajectory *t = NULL;
    TrajectoryFiles files = {.path = ""};
    TRY(folder_files(ctx, folder, &files));
    TRY(make(ctx, &files, layout, &t));
    t->mode = mode;
    const QmtStatus status = check_state(ctx, t, state);
    if (status != QMT_OK)
        trajectory_close(&t);
    else
        *trajectory = t;
    return status;
}

QmtStatus trajectory_open_for_append(QmtContext *ctx, const char *folder,
                                     const TrajectoryLayout *layout, const TrajectoryState *state,
                                     Trajectory **trajectory)
{
    return open_at(ctx, folder, layout, state, FILE_UPDATE, trajectory);
}

QmtStatus trajectory_open_for_reading(QmtContext *ctx, const char *folder,
                                      const TrajectoryLayout *layout, const TrajectoryState *state,
                                      Trajectory **trajectory)
{
    return open_at(ctx, folder, layout, state, FILE_READ, trajectory);
}

/// How many frames are in the file: the times, written last, rise from frame to frame, and behind them
/// are zeros. The first time is zero itself, so its frame is known by its energy.
static QmtStatus count_frames(QmtContext *ctx, Trajectory *t, uint64_t *n_frames)
{
    double *times = (double *)t->block;
    const uint64_t per_block = BLOCK_BYTES / sizeof *times;
    double last = 0.0, energy;
    uint64_t n = 0;
    TRY(file_read_at(ctx, &t->file, &energy, sizeof energy, trajectory_offset(t, ARRAY_ETOT, 0)));
    for (uint64_t first = 0; first < t->layout.n_frames && n == first; first += per_block) {
        const uint64_t left = t->layout.n_frames - first;
        const size_t now = (size_t)(left < per_block ? left : per_block);
        TRY(file_read_at(ctx, &t->file, times, now * sizeof *times,
                         trajectory_offset(t, trajectory_times(t), first)));
        for (size_t i = 0; i < now; i++) {
            const bool there = first + i == 0 ? energy != 0.0 || times[0] != 0.0 : times[i] > last;
            if (!there)
                break;
            last = times[i];
            n++;
        }
    }
    *n_frames = n;
    return QMT_OK;
}

static QmtStatus recover(QmtContext *ctx, Trajectory *t)
{
    uint64_t size = 0, n_frames = 0;
    TRY(open_left(ctx, t, 0));
    if (file_exists(t->files.windows)) {
        TRY(file_open(ctx, t->files.windows, FILE_UPDATE, &t->window_file));
        TRY(file_size(ctx, &t->window_file, &size));
    }
    TRY(count_frames(ctx, t, &n_frames));
    return read_state(ctx, t, n_frames, size / sizeof *t->window_buffer);
}

QmtStatus trajectory_recover(QmtContext *ctx, const char *folder, const TrajectoryLayout *layout,
                             Trajectory **trajectory)
{
    Trajectory *t = NULL;
    TrajectoryFiles files = {.path = ""};
    TRY(folder_files(ctx, folder, &files));
    TRY(make(ctx, &files, layout, &t));
    const QmtStatus status = recover(ctx, t);
    if (status != QMT_OK)
        trajectory_close(&t);
    else
        *trajectory = t;
    return status;
}

static QmtStatus flush_frames(QmtContext *ctx, Trajectory *t)
{
    if (t->n_buffered == 0)
        return QMT_OK;
    // The times come last: who finds one finds the rest of its frame, see count_frames().
    for (size_t s = 0; s < t->n_streams; s++)
        TRY(file_write_at(ctx, &t->file, t->members[s].buffer,
                          t->n_buffered * t->members[s].frame_bytes,
                          trajectory_offset(t, s, t->n_frames)));
    for (size_t s = 0; s < t->n_streams; s++)
        t->members[s].crc = zip_crc(t->members[s].crc, t->members[s].buffer,
                                    t->n_buffered * t->members[s].frame_bytes);
    t->n_frames += t->n_buffered;
    t->n_buffered = 0;
    return QMT_OK;
}

static QmtStatus flush_windows(QmtContext *ctx, Trajectory *t)
{
    if (t->n_window_buffered == 0)
        return QMT_OK;
    if (t->window_file.fd < 0)
        TRY(file_open(ctx, t->files.windows, FILE_CREATE, &t->window_file));
    const size_t n = t->n_window_buffered * sizeof *t->window_buffer;
    TRY(file_write_at(ctx, &t->window_file, t->window_buffer, n,
                      t->n_window_steps * sizeof *t->window_buffer));
    t->window_crc = zip_crc(t->window_crc, t->window_buffer, n);
    t->n_window_steps += t->n_window_buffered;
    t->n_window_buffered = 0;
    return QMT_OK;
}

QmtStatus trajectory_flush(QmtContext *ctx, Trajectory *t)
{
    TRY(flush_frames(ctx, t));
    return flush_windows(ctx, t);
}

/// Stores the numbers of the next frame, in the type of the file.
static void store(const Trajectory *t, const Member *member, const double *from)
{
    unsigned char *const to = member->buffer + t->n_buffered * member->frame_bytes;
    if (trajectory_array_item_bytes(&member->array, t->layout.float64) == sizeof(double)) {
        memcpy(to, from, member->frame_bytes);
        return;
    }
    float *const single = (float *)to;
    for (size_t i = 0; i < member->frame_bytes / sizeof *single; i++)
        single[i] = (float)from[i];
}

QmtStatus trajectory_append(QmtContext *ctx, Trajectory *t, const TrajectoryFrame *frame)
{
    assert(trajectory_n_frames(t) < t->layout.n_frames);
    if (t->n_buffered == t->buffer_frames)
        TRY(flush_frames(ctx, t));
    for (size_t s = 0; s < t->n_streams; s++)
        store(t, &t->members[s],
              trajectory_frame_numbers(frame, t->members[s].id, t->layout.properties,
                                       t->layout.n_atoms));
    t->n_buffered++;
    return QMT_OK;
}

uint64_t trajectory_n_frames(const Trajectory *t)
{
    return t->n_frames + t->n_buffered;
}

QmtStatus trajectory_window_add(QmtContext *ctx, Trajectory *t, const TrajectoryWindowStep *step)
{
    if (t->n_window_buffered == WINDOW_BUFFER)
        TRY(flush_windows(ctx, t));
    t->window_buffer[t->n_window_buffered++] = *step;
    return QMT_OK;
}

QmtStatus trajectory_flush_state(QmtContext *ctx, Trajectory *t, TrajectoryState *state)
{
    TRY(trajectory_flush(ctx, t));
    TRY(file_check_there(ctx, &t->file));
    TRY(file_sync(ctx, &t->file));
    if (t->window_file.fd >= 0) {
        TRY(file_check_there(ctx, &t->window_file));
        TRY(file_sync(ctx, &t->window_file));
    }
    *state = trajectory_state(t);
    return QMT_OK;
}

void trajectory_close(Trajectory **trajectory)
{
    Trajectory *t = *trajectory;
    if (t == NULL)
        return;
    file_abandon(&t->file);
    file_abandon(&t->window_file);
    arena_release(&t->arena);
    free(t);
    *trajectory = NULL;
}

void trajectory_discard(Trajectory **trajectory)
{
    if (*trajectory == NULL)
        return;
    // Nothing can be done about a file that cannot be removed; the next run overwrites it.
    if ((*trajectory)->files.part[0] != '\0')
        unlink((*trajectory)->files.part);
    if ((*trajectory)->files.windows[0] != '\0')
        unlink((*trajectory)->files.windows);
    trajectory_close(trajectory);
}
