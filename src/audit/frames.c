#include "audit/frames.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"

enum { BLOCK_FRAMES = 64 };

/// Of the time between two frames; adding up 1e5 steps in float64 errs by less.
static const double TIME_LIMIT = 1e-3;

typedef struct {
    double *raw;             // [BLOCK_FRAMES * 9 or 3 n_atoms] scratch for reading
    double *block[N_ARRAYS]; // [BLOCK_FRAMES][...] of the arrays with frames, NULL: not there
    double
        *rounding[2][3]; // [3 n_atoms] of positions, velocities and forces of even and odd frames
    Arena arena;
    double time_first, time_step;
    double time_worst; // ps off the grid
    uint64_t time_frame;
    Energies energies;
    Work work;
    Motion motion;
    Centre centre;
    NetForce net;
    Balance balance;
    Reactions reactions;
} Frames;

static void frames_layout(Frames *frames, const Check *check)
{
    const size_t n = check->n_atoms, n_raw = 3 * n > 9 ? 3 * n : 9;
    // Not more than the file has: the memory stays within a few times its size.
    const size_t n_frames = check->n_frames < BLOCK_FRAMES ? (size_t)check->n_frames : BLOCK_FRAMES;
    Arena *arena = &frames->arena;
    frames->raw = arena_doubles(arena, n_frames * n_raw);
    for (int place = 0; place < N_ARRAYS; place++) {
        const NpzArray *const array = check->array[place];
        if (array != NULL && trajectory_array((size_t)place).axes[0] == 'F')
            frames->block[place] =
                arena_doubles(arena, n_frames * (size_t)(array->row_bytes / array->item_bytes));
    }
    for (int k = 0; k < 6; k++)
        frames->rounding[k / 3][k % 3] = arena_doubles(arena, 3 * n);
    work_layout(&frames->work, arena, check);
    motion_layout(&frames->motion, arena, check);
    reactions_layout(&frames->reactions, arena, check);
}

/// Without a branch in the loop, which every number of the file goes through.
static bool all_finite(size_t n, const double *value)
{
    unsigned any = 0;
    for (size_t i = 0; i < n; i++)
        any |= (unsigned)!(fabs(value[i]) <= DBL_MAX);
    return any == 0;
}

static void finite_check(Check *check, Frames *frames, uint64_t first, uint64_t n)
{
    for (int place = 0; place < N_ARRAYS; place++) {
        const NpzArray *const array = check->array[place];
        if (frames->block[place] == NULL)
            continue;
        const size_t row = (size_t)(array->row_bytes / array->item_bytes);
        for (size_t i = all_finite(n * row, frames->block[place]) ? n * row : 0; i < n * row; i++)
            if (!isfinite(frames->block[place][i])) {
                check_say(check, CHECK_FINITE, CHECK_FAIL, "%s in frame %" PRIu64 " is %s",
                          array->name, first + i / row,
                          isnan(frames->block[place][i]) ? "NaN" : "Inf");
                break;
            }
    }
}

/// The rounding of the numbers of a frame, which several checks allow for.
static void roundings_fill(const Check *check, Frames *frames, CheckFrame *frame)
{
    double *const *const rounding = frames->rounding[frame->number % 2];
    const double *const value[3] = {frame->pos, frame->vel, frame->forces};
    for (int k = 0; k < 3; k++)
        if (value[k] != NULL)
            check_roundings(check->array[ARRAY_POS + k], 3 * check->n_atoms, value[k], rounding[k]);
    frame->pos_rounding = rounding[0];
    frame->vel_rounding = rounding[1];
    frame->forces_rounding = rounding[2];
}

static void time_add(Frames *frames, const CheckFrame *frame)
{
    if (frame->time == NULL)
        return;
    if (frame->number == 0)
        frames->time_first = *frame->time;
    if (frame->number == 1)
        frames->time_step = *frame->time - frames->time_first;
    const double off =
        fabs(*frame->time - frames->time_first - (double)frame->number * frames->time_step);
    if (frame->number >= 1 && !(off <= frames->time_worst)) {
        frames->time_worst = off;
        frames->time_frame = frame->number;
    }
}

/// Number i of the block.
static CheckFrame frame_at(const Check *check, const Frames *frames, uint64_t number, size_t i)
{
    double *const *const block = frames->block;
    const size_t n = 3 * check->n_atoms;
#define ROW(place, size) (block[place] != NULL ? block[place] + i * (size) : NULL)
    return (CheckFrame){.number = number,
                        .pos = ROW(ARRAY_POS, n),
                        .vel = ROW(ARRAY_VEL, n),
                        .forces = ROW(ARRAY_FORCES, n),
                        .kinetic = ROW(ARRAY_EKIN, 1),
                        .potential = ROW(ARRAY_EPOT, 1),
                        .total = ROW(ARRAY_ETOT, 1),
                        .time = ROW(ARRAY_TIME, 1),
                        .heat = ROW(ARRAY_HEAT, 1),
                        .wanted = ROW(ARRAY_WANTED, 1),
                        .bias_forces = ROW(ARRAY_BIAS_FORCES, n),
                        .bias_energy = ROW(ARRAY_BIAS_ENERGY, 1),
                        .bias_work = ROW(ARRAY_BIAS_WORK, 1)};
#undef ROW
}

static void conserved_tell(const Check *check, const Motion *motion, const CheckFrame *frame)
{
    if (check->conserved == NULL || !motion->again || frame->total == NULL)
        return;
    const double heat = frame->heat != NULL ? 0.0 : motion_heat(motion);
    check->conserved(check->user, frame->number, check->n_frames, *frame->time,
                     energies_conserved(frame) - heat);
}

static QmtStatus blocks_read(QmtContext *ctx, Check *check, Frames *frames)
{
    for (uint64_t first = 0; first < check->n_frames; first += BLOCK_FRAMES) {
        const uint64_t left = check->n_frames - first;
        const uint64_t n = left < BLOCK_FRAMES ? left : BLOCK_FRAMES;
        for (int place = 0; place < N_ARRAYS; place++)
            if (frames->block[place] != NULL)
                TRY(check_read(ctx, check, check->array[place], first, n, frames->raw,
                               frames->block[place]));
        finite_check(check, frames, first, n);
        for (size_t i = 0; i < n; i++) {
            CheckFrame frame = frame_at(check, frames, first + i, i);
            roundings_fill(check, frames, &frame);
            time_add(frames, &frame);
            energies_add(check, &frames->energies, &frame);
            work_add(check, &frames->work, &frame);
            TRY(motion_add(ctx, check, &frames->motion, &frame));
            conserved_tell(check, &frames->motion, &frame);
            centre_add(check, &frames->centre, &frame);
            net_force_add(check, &frames->net, &frame);
            balance_add(check, &frames->balance, &frame);
            reactions_add(check, &frames->reactions, &frame);
        }
    }
    return QMT_OK;
}

/// The end of a complete trajectory, and the distance of frames, against the configuration.
static void time_check_config(Check *check, double first, double step)
{
    double dt_fs, every, length;
    const double end = first + (double)(check->n_frames - 1) * step;
    if (check_config_number(check, "dt_fs", &dt_fs) &&
        check_config_number(check, "save_interval_steps", &every) &&
        !(fabs(step - 1e-3 * dt_fs * every) <= TIME_LIMIT * step))
        check_say(check, CHECK_TIME, CHECK_FAIL,
                  "frames are %.6g ps apart, dt_fs and save_interval_steps say %.6g", step,
                  1e-3 * dt_fs * every);
    if (!check->is_complete || !check_config_number(check, "length_ps", &length))
        return;
    length = fmin(length, check->ended_ps);
    // The last frame is the last step that save_interval_steps divides.
    if (!(end > length - (1.0 + TIME_LIMIT) * step) ||
        (check->is_ours && !(end <= length + TIME_LIMIT * step)))
        check_say(check, CHECK_TIME, CHECK_FAIL, "it ends at %.6g ps, length_ps is %.6g", end,
                  length);
}

static void time_report(Check *check, const Frames *frames)
{
    const double step = frames->time_step;
    if (check->array[ARRAY_TIME] == NULL)
        return;
    if (!(fabs(frames->time_first) <= TIME_LIMIT * step) && check->n_frames > 1)
        check_say(check, CHECK_TIME, CHECK_FAIL, "frame 0 is at %.6g ps, not at 0",
                  frames->time_first);
    if (check->n_frames < 2) {
        double length, frame_ps = check->motion.frame_ps;
        if (check->is_complete && check->motion.known &&
            check_config_number(check, "length_ps", &length) &&
            !(fmin(length, check->ended_ps) < frame_ps))
            check_say(check, CHECK_TIME, CHECK_FAIL, "a single frame, length_ps is %.6g", length);
        check_say(check, CHECK_TIME, CHECK_NOT_RUN, "a single frame");
        return;
    }
    if (!(step > 0.0))
        check_say(check, CHECK_TIME, CHECK_FAIL, "time does not grow from frame 0 to 1");
    else if (!(frames->time_worst <= TIME_LIMIT * step))
        check_say(check, CHECK_TIME, CHECK_FAIL,
                  "frame %" PRIu64 " is %.3g ps off equal steps of %.6g ps", frames->time_frame,
                  frames->time_worst, step);
    time_check_config(check, frames->time_first, step);
    check_say(check, CHECK_TIME, CHECK_PASS, "0 to %.6g ps in steps of %.6g ps",
              frames->time_first + (double)(check->n_frames - 1) * step, step);
}

/// Frames that were drawn are no path: one says nothing of the next. Their times are all 0.
static void sample_report(Check *check, const Frames *frames)
{
    static const char sentence[] = "the frames are drawn from normal modes, no motion";
    if (frames->time_first != 0.0 || frames->time_step != 0.0 || frames->time_worst != 0.0)
        check_say(check, CHECK_TIME, CHECK_FAIL,
                  "the metadata say that the frames are drawn (sampling), but time goes on");
    check_say(check, CHECK_TIME, CHECK_NOT_RUN, "%s", sentence);
    check_say(check, CHECK_WORK, CHECK_NOT_RUN, "%s", sentence);
    check_say(check, CHECK_MOTION, CHECK_NOT_RUN, "%s", sentence);
}

static void path_report(Check *check, const Frames *frames)
{
    time_report(check, frames);
    work_report(check, &frames->work);
    motion_report(check, &frames->motion);
}

QmtStatus frames_check(QmtContext *ctx, Check *check, FramesResult *result)
{
    Frames frames = {0};
    frames_layout(&frames, check);
    QmtStatus status = arena_reserve(ctx, &frames.arena);
    if (status == QMT_OK) {
        frames_layout(&frames, check);
        motion_begin(check, &frames.motion);
        net_force_begin(check, &frames.net);
        balance_begin(check, &frames.balance);
        status = blocks_read(ctx, check, &frames);
    }
    if (status == QMT_OK) {
        check_say(check, CHECK_FINITE, CHECK_PASS, "every number of every frame");
        if (check->is_sample)
            sample_report(check, &frames);
        else
            path_report(check, &frames);
        net_force_report(check, &frames.net);
        centre_report(check, &frames.centre);
        reactions_report(check, &frames.reactions);
        balance_report(check, &frames.balance);
        energies_report(check, &frames.energies, balance_ripple(&frames.balance),
                        frames.reactions.n_events > 0);
        *result = (FramesResult){.energies = frames.energies,
                                 .motion = frames.motion,
                                 .ripple = balance_ripple(&frames.balance)};
    }
    arena_release(&frames.arena);
    return status;
}
