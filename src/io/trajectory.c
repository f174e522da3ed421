#include "io/trajectory.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/trajectory_parts.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "arrays are written as they are in memory");

enum {
    BUFFER_FRAMES = 256,      // so many frames a killed process loses at most
    BUFFER_BYTES = 4 << 20,   // large molecules get fewer frames
    METADATA_BYTES = 1 << 20, // reserved for metadata and directory
    /// Three numbers of up to 24 characters with their commas, four bytes each.
    WINDOW_JSON_BYTES = 3 * 26 * 4,
};

static const char *const STREAM_NAMES[STREAM_EXTRA] = {"pos",  "vel",  "forces",
                                                       "Ekin", "Epot", "Etot"};
static const char *const REST_NAMES[N_REST] = {"masses", "atom_types", "box", "metadata",
                                               "nve_windows"};

static size_t extra_header(const Trajectory *t, const TrajectoryExtra *extra, uint64_t n_frames,
                           unsigned char *out)
{
    uint64_t shape[1 + TRAJECTORY_EXTRA_AXES_MAX] = {n_frames};
    memcpy(shape + 1, extra->axis, extra->n_axes * sizeof *shape);
    return npy_header(t->layout.float64 ? "<f8" : "<f4", 1 + extra->n_axes, shape, out);
}

size_t trajectory_npy_header(const Trajectory *t, size_t member, uint64_t n_frames,
                             unsigned char *out)
{
    const uint64_t n = t->layout.n_atoms;
    if (member <= STREAM_FORCES)
        return npy_header(t->layout.float64 ? "<f8" : "<f4", 3, (uint64_t[]){n_frames, n, 3}, out);
    if (member >= STREAM_EXTRA && member < trajectory_times(t))
        return extra_header(t, &t->layout.extra[member - STREAM_EXTRA], n_frames, out);
    if (member < t->n_streams)
        return npy_header("<f8", 1, &n_frames, out);
    switch (member - t->n_streams) {
    case REST_MASSES:
        return npy_header("<f4", 1, &n, out);
    case REST_ATOM_TYPES:
        return npy_header("<i4", 1, &n, out);
    default:
        return npy_header("<f4", 3, (uint64_t[]){n_frames, 3, 3}, out);
    }
}

static uint64_t data_bytes(const Trajectory *t, size_t member, uint64_t n_frames)
{
    if (member < t->n_streams)
        return n_frames * t->frame_bytes[member];
    if (member == t->n_streams + REST_BOX)
        return n_frames * 9 * sizeof(float);
    return 4 * (uint64_t)t->layout.n_atoms;
}

uint64_t trajectory_place(Trajectory *t, uint64_t n_frames)
{
    unsigned char header[NPY_HEADER_MAX];
    uint64_t offset = 0;
    for (size_t m = 0; m < trajectory_n_placed(t); m++) {
        t->npy_size[m] = trajectory_npy_header(t, m, n_frames, header);
        t->members[m].size = t->npy_size[m] + data_bytes(t, m, n_frames);
        offset = zip_place(&t->members[m], offset);
    }
    return offset;
}

/// Numbers of an extra array in one frame.
static size_t extra_numbers(const TrajectoryExtra *extra)
{
    size_t n = 1;
    for (size_t i = 0; i < extra->n_axes; i++)
        n *= (size_t)extra->axis[i];
    return n;
}

static void name_member(Trajectory *t, size_t member, const char *name)
{
    snprintf(t->members[member].name, sizeof t->members[member].name, "%s.npy", name);
}

/// Names and sizes that follow from the layout; t->layout is set.
static void describe(Trajectory *t)
{
    const size_t real = t->layout.float64 ? sizeof(double) : sizeof(float);
    t->n_streams = STREAM_EXTRA + t->layout.n_extras + 1;
    for (size_t s = 0; s < STREAM_EXTRA; s++) {
        name_member(t, s, STREAM_NAMES[s]);
        t->frame_bytes[s] = s <= STREAM_FORCES ? t->layout.n_atoms * 3 * real : sizeof(double);
    }
    for (size_t e = 0; e < t->layout.n_extras; e++) {
        name_member(t, STREAM_EXTRA + e, t->layout.extra[e].name);
        t->frame_bytes[STREAM_EXTRA + e] = extra_numbers(&t->layout.extra[e]) * real;
    }
    name_member(t, trajectory_times(t), "time_ps");
    t->frame_bytes[trajectory_times(t)] = sizeof(double);
    for (size_t r = 0; r < N_REST; r++)
        name_member(t, t->n_streams + r, REST_NAMES[r]);

    size_t frame = 0;
    for (size_t s = 0; s < t->n_streams; s++)
        frame += t->frame_bytes[s];
    t->buffer_frames = BUFFER_BYTES / frame;
    if (t->buffer_frames > BUFFER_FRAMES)
        t->buffer_frames = BUFFER_FRAMES;
    if (t->buffer_frames < 1)
        t->buffer_frames = 1;
}

uint64_t trajectory_bytes(const TrajectoryLayout *layout)
{
    Trajectory t = {.layout = *layout};
    describe(&t);
    return trajectory_place(&t, layout->n_frames) + METADATA_BYTES +
           layout->n_window_records * (WINDOW_JSON_BYTES + WINDOW_COLUMNS * sizeof(double));
}

static void layout_arena(Trajectory *t, int **numbers, double **masses)
{
    *numbers = arena_ints(&t->arena, t->layout.n_atoms);
    *masses = arena_doubles(&t->arena, t->layout.n_atoms);
    for (size_t s = 0; s < t->n_streams; s++)
        t->buffer[s] = arena_bytes(&t->arena, t->buffer_frames * t->frame_bytes[s]);
    t->window_buffer = arena_bytes(&t->arena, WINDOW_BUFFER * sizeof *t->window_buffer);
    t->block = arena_bytes(&t->arena, BLOCK_BYTES);
}

/// Everything but the files.
static QmtStatus make(QmtContext *ctx, const char *folder, const TrajectoryLayout *layout,
                      Trajectory **made)
{
    assert(layout->n_atoms > 0 && layout->n_frames > 0);
    Trajectory *t = calloc(1, sizeof *t);
    if (t == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for the trajectory writer", folder);
    t->layout = *layout;
    t->file = t->window_file = file_none();
    t->mode = FILE_UPDATE;
    describe(t);

    int *numbers;
    double *masses;
    layout_arena(t, &numbers, &masses);
    QmtStatus status = arena_reserve(ctx, &t->arena);
    if (status == QMT_OK)
        status = file_join(ctx, folder, "trajectory.npz.part", t->part);
    if (status == QMT_OK)
        status = file_join(ctx, folder, "nve_windows.part", t->windows);
    if (status != QMT_OK) {
        trajectory_close(&t);
        return status;
    }
    strcpy(t->folder, folder);
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

static uint64_t stream_offset(const Trajectory *t, size_t stream, uint64_t frame)
{
    return t->members[stream].data_offset + t->npy_size[stream] + frame * t->frame_bytes[stream];
}

QmtStatus trajectory_create(QmtContext *ctx, const char *folder, const TrajectoryLayout *layout,
                            Trajectory **trajectory)
{
    Trajectory *t = NULL;
    TRY(make(ctx, folder, layout, &t));
    const ZipMember *last = &t->members[trajectory_n_placed(t) - 1];
    const uint64_t end = last->data_offset + last->size;
    const uint64_t tail = METADATA_BYTES + layout->n_window_records * WINDOW_JSON_BYTES;

    QmtStatus status = file_open(ctx, t->part, FILE_CREATE, &t->file);
    if (status == QMT_OK)
        status = layout->sparse ? file_truncate(ctx, &t->file, end)
                                : file_reserve(ctx, &t->file, end + tail);
    if (status == QMT_OK)
        status = file_remove(ctx, t->windows);
    if (status != QMT_OK) {
        // A file that could not be opened is an earlier run's.
        if (t->file.fd < 0)
            trajectory_close(&t);
        else
            trajectory_discard(&t);
        return status;
    }
    for (size_t s = 0; s < t->n_streams; s++)
        t->state.crc[s] = header_crc(t, s);
    *trajectory = t;
    return QMT_OK;
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

/// The state of the files with this many frames and window records, from their bytes.
static QmtStatus read_state(QmtContext *ctx, Trajectory *t, uint64_t n_frames, uint64_t n_records,
                            TrajectoryState *state)
{
    *state = (TrajectoryState){.n_frames = n_frames, .n_window_records = n_records};
    for (size_t s = 0; s < t->n_streams; s++) {
        state->crc[s] = header_crc(t, s);
        TRY(crc_of_file(ctx, t, &t->file, stream_offset(t, s, 0), n_frames * t->frame_bytes[s],
                        &state->crc[s]));
    }
    if (n_records > 0)
        TRY(crc_of_file(ctx, t, &t->window_file, 0, n_records * WINDOW_COLUMNS * sizeof(double),
                        &state->window_crc));
    return QMT_OK;
}

/// Opens the files that an earlier process left; a missing or short one does not fit.
static QmtStatus open_left(QmtContext *ctx, Trajectory *t, uint64_t n_records)
{
    uint64_t size;
    const uint64_t end = stream_offset(t, trajectory_times(t), t->layout.n_frames);
    if (!file_exists(t->part))
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "%s: is missing, so the trajectory cannot be continued; "
                    "start it afresh",
                    t->part);
    TRY(file_open(ctx, t->part, t->mode, &t->file));
    TRY(file_size(ctx, &t->file, &size));
    if (size < end)
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "%s: has %" PRIu64 " bytes, at least %" PRIu64 " are "
                    "needed: it belongs to another run or was cut off; start afresh",
                    t->part, size, end);
    if (n_records == 0)
        return QMT_OK;
    if (!file_exists(t->windows))
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "%s: is missing, so the trajectory cannot be continued; "
                    "start it afresh",
                    t->windows);
    TRY(file_open(ctx, t->windows, t->mode, &t->window_file));
    TRY(file_size(ctx, &t->window_file, &size));
    if (size / (WINDOW_COLUMNS * sizeof(double)) < n_records)
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "%s: has %" PRIu64 " bytes, %" PRIu64 " steps of windows "
                    "are needed: it was cut off; start afresh",
                    t->windows, size, n_records);
    return QMT_OK;
}

static QmtStatus check_state(QmtContext *ctx, Trajectory *t, const TrajectoryState *wanted)
{
    TrajectoryState found;
    if (wanted->n_frames > t->layout.n_frames)
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "%s: the checkpoint knows %" PRIu64 " frames, the run has "
                    "only %" PRIu64 "; start afresh",
                    t->part, wanted->n_frames, t->layout.n_frames);
    TRY(open_left(ctx, t, wanted->n_window_records));
    TRY(read_state(ctx, t, wanted->n_frames, wanted->n_window_records, &found));
    for (size_t s = 0; s < t->n_streams; s++)
        if (found.crc[s] != wanted->crc[s])
            return FAIL(
                ctx, QMT_ERR_CHECKPOINT,
                "%s: the first %" PRIu64 " frames of %s are not those "
                "of the checkpoint (CRC-32 %08" PRIx32 ", wanted %08" PRIx32 "); start afresh",
                t->part, wanted->n_frames, t->members[s].name, found.crc[s], wanted->crc[s]);
    if (found.window_crc != wanted->window_crc)
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "%s: is not the file of the checkpoint (CRC-32 %08" PRIx32 ", wanted %08" PRIx32
                    "); start afresh",
                    t->windows, found.window_crc, wanted->window_crc);
    t->state = *wanted;
    return QMT_OK;
}

static QmtStatus open_at(QmtContext *ctx, const char *folder, const TrajectoryLayout *layout,
                         const TrajectoryState *state, FileMode mode, Trajectory **trajectory)
{
    Trajectory *t = NULL;
    TRY(make(ctx, folder, layout, &t));
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

QmtStatus trajectory_open_for_copy(QmtContext *ctx, const char *folder,
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
    TRY(file_read_at(ctx, &t->file, &energy, sizeof energy, stream_offset(t, STREAM_ETOT, 0)));
    for (uint64_t first = 0; first < t->layout.n_frames && n == first; first += per_block) {
        const uint64_t left = t->layout.n_frames - first;
        const size_t now = (size_t)(left < per_block ? left : per_block);
        TRY(file_read_at(ctx, &t->file, times, now * sizeof *times,
                         stream_offset(t, trajectory_times(t), first)));
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
    if (file_exists(t->windows)) {
        TRY(file_open(ctx, t->windows, FILE_UPDATE, &t->window_file));
        TRY(file_size(ctx, &t->window_file, &size));
    }
    TRY(count_frames(ctx, t, &n_frames));
    return read_state(ctx, t, n_frames, size / (WINDOW_COLUMNS * sizeof(double)), &t->state);
}

QmtStatus trajectory_recover(QmtContext *ctx, const char *folder, const TrajectoryLayout *layout,
                             Trajectory **trajectory)
{
    Trajectory *t = NULL;
    TRY(make(ctx, folder, layout, &t));
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
        TRY(file_write_at(ctx, &t->file, t->buffer[s], t->n_buffered * t->frame_bytes[s],
                          stream_offset(t, s, t->state.n_frames)));
    for (size_t s = 0; s < t->n_streams; s++)
        t->state.crc[s] = zip_crc(t->state.crc[s], t->buffer[s], t->n_buffered * t->frame_bytes[s]);
    t->state.n_frames += t->n_buffered;
    t->n_buffered = 0;
    return QMT_OK;
}

static QmtStatus flush_windows(QmtContext *ctx, Trajectory *t)
{
    if (t->n_window_buffered == 0)
        return QMT_OK;
    if (t->window_file.fd < 0)
        TRY(file_open(ctx, t->windows, FILE_CREATE, &t->window_file));
    const size_t n = t->n_window_buffered * sizeof *t->window_buffer;
    TRY(file_write_at(ctx, &t->window_file, t->window_buffer, n,
                      t->state.n_window_records * sizeof *t->window_buffer));
    t->state.window_crc = zip_crc(t->state.window_crc, t->window_buffer, n);
    t->state.n_window_records += t->n_window_buffered;
    t->n_window_buffered = 0;
    return QMT_OK;
}

QmtStatus trajectory_flush(QmtContext *ctx, Trajectory *t)
{
    TRY(flush_frames(ctx, t));
    return flush_windows(ctx, t);
}

/// Takes the next numbers of a stream, in the type of the file.
static void store(const Trajectory *t, size_t stream, const double *from)
{
    unsigned char *to = t->buffer[stream] + t->n_buffered * t->frame_bytes[stream];
    if (t->layout.float64) {
        memcpy(to, from, t->frame_bytes[stream]);
        return;
    }
    float *single = (float *)to;
    for (size_t i = 0; i < t->frame_bytes[stream] / sizeof *single; i++)
        single[i] = (float)from[i];
}

QmtStatus trajectory_append(QmtContext *ctx, Trajectory *t, const TrajectoryFrame *frame)
{
    assert(trajectory_n_frames(t) < t->layout.n_frames);
    if (t->n_buffered == t->buffer_frames)
        TRY(flush_frames(ctx, t));
    store(t, STREAM_POS, &frame->pos[0][0]);
    store(t, STREAM_VEL, &frame->vel[0][0]);
    store(t, STREAM_FORCES, &frame->forces[0][0]);
    ((double *)t->buffer[STREAM_EKIN])[t->n_buffered] = frame->kinetic;
    ((double *)t->buffer[STREAM_EPOT])[t->n_buffered] = frame->potential;
    ((double *)t->buffer[STREAM_ETOT])[t->n_buffered] = frame->total;
    ((double *)t->buffer[trajectory_times(t)])[t->n_buffered] = frame->time;
    const double *extra = frame->extras;
    for (size_t e = 0; e < t->layout.n_extras; e++) {
        store(t, STREAM_EXTRA + e, extra);
        extra += extra_numbers(&t->layout.extra[e]);
    }
    t->n_buffered++;
    return QMT_OK;
}

uint64_t trajectory_n_frames(const Trajectory *t)
{
    return t->state.n_frames + t->n_buffered;
}

QmtStatus trajectory_window_add(QmtContext *ctx, Trajectory *t, uint64_t window, double kinetic,
                                double potential, double total)
{
    if (t->n_window_buffered == WINDOW_BUFFER)
        TRY(flush_windows(ctx, t));
    double *record = t->window_buffer[t->n_window_buffered++];
    record[0] = (double)window;
    record[1] = kinetic;
    record[2] = potential;
    record[3] = total;
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
    *state = t->state;
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
    if ((*trajectory)->part[0] != '\0')
        unlink((*trajectory)->part);
    if ((*trajectory)->windows[0] != '\0')
        unlink((*trajectory)->windows);
    trajectory_close(trajectory);
}
