#include "io/trajectory.h"

#include <assert.h>
#include <inttypes.h>
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

static const char *const MEMBER_NAMES[N_MEMBERS] = {
    [MEMBER_POS] = "pos.npy",
    [MEMBER_VEL] = "vel.npy",
    [MEMBER_FORCES] = "forces.npy",
    [MEMBER_EKIN] = "Ekin.npy",
    [MEMBER_EPOT] = "Epot.npy",
    [MEMBER_ETOT] = "Etot.npy",
    [MEMBER_TIME] = "time_ps.npy",
    [MEMBER_MASSES] = "masses.npy",
    [MEMBER_ATOM_TYPES] = "atom_types.npy",
    [MEMBER_BOX] = "box.npy",
    [MEMBER_METADATA] = "metadata.npy",
    [MEMBER_NVE_WINDOWS] = "nve_windows.npy",
};

size_t trajectory_npy_header(const Trajectory *t, Member member, uint64_t n_frames,
                             unsigned char *out)
{
    const uint64_t n = t->layout.n_atoms;
    switch (member) {
    case MEMBER_POS:
    case MEMBER_VEL:
    case MEMBER_FORCES:
        return npy_header(t->layout.float64 ? "<f8" : "<f4", 3, (uint64_t[]){n_frames, n, 3}, out);
    case MEMBER_MASSES:
        return npy_header("<f4", 1, &n, out);
    case MEMBER_ATOM_TYPES:
        return npy_header("<i4", 1, &n, out);
    case MEMBER_BOX:
        return npy_header("<f4", 3, (uint64_t[]){n_frames, 3, 3}, out);
    default:
        return npy_header("<f8", 1, &n_frames, out);
    }
}

static uint64_t data_bytes(const Trajectory *t, Member member, uint64_t n_frames)
{
    switch (member) {
    case MEMBER_MASSES:
    case MEMBER_ATOM_TYPES:
        return 4 * (uint64_t)t->layout.n_atoms;
    case MEMBER_BOX:
        return n_frames * 9 * sizeof(float);
    default:
        return n_frames * t->frame_bytes[member];
    }
}

uint64_t trajectory_place(Trajectory *t, uint64_t n_frames)
{
    unsigned char header[NPY_HEADER_MAX];
    uint64_t offset = 0;
    for (int m = 0; m < N_PLACED; m++) {
        t->npy_size[m] = trajectory_npy_header(t, (Member)m, n_frames, header);
        t->members[m].size = t->npy_size[m] + data_bytes(t, (Member)m, n_frames);
        offset = zip_place(&t->members[m], offset);
    }
    return offset;
}

/// Names and sizes that follow from the layout; t->layout is set.
static void describe(Trajectory *t)
{
    const size_t vectors =
        t->layout.n_atoms * 3 * (t->layout.float64 ? sizeof(double) : sizeof(float));
    for (int m = 0; m < N_MEMBERS; m++)
        strcpy(t->members[m].name, MEMBER_NAMES[m]);
    for (int s = 0; s < TRAJECTORY_N_STREAMS; s++)
        t->frame_bytes[s] = s <= MEMBER_FORCES ? vectors : sizeof(double);

    size_t frame = 0;
    for (int s = 0; s < TRAJECTORY_N_STREAMS; s++)
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
    for (int s = 0; s < TRAJECTORY_N_STREAMS; s++)
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
static uint32_t header_crc(const Trajectory *t, int stream)
{
    unsigned char header[NPY_HEADER_MAX];
    const size_t n = trajectory_npy_header(t, (Member)stream, t->layout.n_frames, header);
    return zip_crc(0, header, n);
}

static uint64_t stream_offset(const Trajectory *t, int stream, uint64_t frame)
{
    return t->members[stream].data_offset + t->npy_size[stream] + frame * t->frame_bytes[stream];
}

QmtStatus trajectory_create(QmtContext *ctx, const char *folder, const TrajectoryLayout *layout,
                            Trajectory **trajectory)
{
    Trajectory *t = NULL;
    TRY(make(ctx, folder, layout, &t));
    const uint64_t end = t->members[N_PLACED - 1].data_offset + t->members[N_PLACED - 1].size;
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
    for (int s = 0; s < TRAJECTORY_N_STREAMS; s++)
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
    for (int s = 0; s < TRAJECTORY_N_STREAMS; s++) {
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
    const uint64_t end = stream_offset(t, TRAJECTORY_N_STREAMS - 1, t->layout.n_frames);
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
    for (int s = 0; s < TRAJECTORY_N_STREAMS; s++)
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
    TRY(file_read_at(ctx, &t->file, &energy, sizeof energy, stream_offset(t, MEMBER_ETOT, 0)));
    for (uint64_t first = 0; first < t->layout.n_frames && n == first; first += per_block) {
        const uint64_t left = t->layout.n_frames - first;
        const size_t now = (size_t)(left < per_block ? left : per_block);
        TRY(file_read_at(ctx, &t->file, times, now * sizeof *times,
                         stream_offset(t, MEMBER_TIME, first)));
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
    for (int s = 0; s < TRAJECTORY_N_STREAMS; s++)
        TRY(file_write_at(ctx, &t->file, t->buffer[s], t->n_buffered * t->frame_bytes[s],
                          stream_offset(t, s, t->state.n_frames)));
    for (int s = 0; s < TRAJECTORY_N_STREAMS; s++)
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

static void store_vectors(const Trajectory *t, int stream, const double (*vectors)[3])
{
    unsigned char *to = t->buffer[stream] + t->n_buffered * t->frame_bytes[stream];
    const double *from = &vectors[0][0];
    if (t->layout.float64) {
        memcpy(to, from, t->frame_bytes[stream]);
        return;
    }
    float *single = (float *)to;
    for (size_t i = 0; i < 3 * t->layout.n_atoms; i++)
        single[i] = (float)from[i];
}

QmtStatus trajectory_append(QmtContext *ctx, Trajectory *t, const TrajectoryFrame *frame)
{
    assert(trajectory_n_frames(t) < t->layout.n_frames);
    if (t->n_buffered == t->buffer_frames)
        TRY(flush_frames(ctx, t));
    store_vectors(t, MEMBER_POS, frame->pos);
    store_vectors(t, MEMBER_VEL, frame->vel);
    store_vectors(t, MEMBER_FORCES, frame->forces);
    ((double *)t->buffer[MEMBER_EKIN])[t->n_buffered] = frame->kinetic;
    ((double *)t->buffer[MEMBER_EPOT])[t->n_buffered] = frame->potential;
    ((double *)t->buffer[MEMBER_ETOT])[t->n_buffered] = frame->total;
    ((double *)t->buffer[MEMBER_TIME])[t->n_buffered] = frame->time;
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
    TRY(file_sync(ctx, &t->file));
    if (t->window_file.fd >= 0)
        TRY(file_sync(ctx, &t->window_file));
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
