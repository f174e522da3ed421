#include "audit/work.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/vec3.h"

/// The error of the quadrature is a part of the work against the curvature, sum |dF dx|/2, that grows with the way dx
/// of an atom, here nm^-1 of the longest, about twice what is seen at 3000 K (a Morse bond has some 10 nm^-1), and
/// that four frames resolve the better the closer they are, so that it is no more than CUBIC_MOST at 1 fs
/// and falls with the square of the frame distance. Beyond 1 fs it says nothing.
static const double CUBIC = 30.0, CUBIC_MOST = 0.3, CUBIC_END_MOST = 0.8;
static const double WORK_STEP_MAX_PS = 1.001e-3;
/// Where a surface has no curvature: of the RMS change of Epot, and kJ/mol, what float32 costs.
static const double WORK_LIMIT = 0.015, WORK_FLOOR = 0.01;

void work_layout(Work *work, Arena *arena, const Check *check)
{
    for (int k = 0; k < WORK_FRAMES; k++) {
        work->pos[k] = arena_doubles(arena, 3 * check->n_atoms);
        work->forces[k] = arena_doubles(arena, 3 * check->n_atoms);
    }
}

/// Work of the forces from a frame to the next, by what both say.
static double work_of_two(const Work *work, size_t n, uint64_t from)
{
    const size_t a = from % WORK_FRAMES, b = (from + 1) % WORK_FRAMES;
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum +=
            0.5 * (work->forces[a][i] + work->forces[b][i]) * (work->pos[b][i] - work->pos[a][i]);
    return sum;
}

/// The same with the frames before and after: the integral of F dx/dt where both are cubic in time.
static double work_of_four(const Work *work, size_t n, uint64_t from)
{
    static const double WEIGHT[WORK_FRAMES][WORK_FRAMES] = {
        {0.0, 31.0, -32.0, 1.0},
        {-31.0, -360.0, 423.0, -32.0},
        {32.0, -423.0, 360.0, 31.0},
        {-1.0, 32.0, -31.0, 0.0},
    };
    double total = 0.0;
    for (uint64_t j = 0; j < WORK_FRAMES; j++)
        for (uint64_t k = 0; k < WORK_FRAMES; k++) {
            const double *const forces = work->forces[(from - 1 + j) % WORK_FRAMES];
            const double *const pos = work->pos[(from - 1 + k) % WORK_FRAMES];
            double sum = 0.0;
            for (size_t i = 0; i < n; i++)
                sum += forces[i] * pos[i];
            total += WEIGHT[j][k] / 720.0 * sum;
        }
    return total;
}

/// Holds the change of Epot from a frame to the next against the work.
///
/// @param last  the newest frame
static void work_compare(Work *work, size_t n, uint64_t from, uint64_t last, bool is_end)
{
    const double step_fs = 1e3 * work->step_ps;
    const double change = work->epot[(from + 1) % WORK_FRAMES] - work->epot[from % WORK_FRAMES];
    const double off =
        fabs(change + (is_end ? work_of_two(work, n, from) : work_of_four(work, n, from)));
    // A bond at its turning point hardly moves: the steps before and after know better.
    double curvature = 0.0, way = 0.0;
    for (uint64_t end = from; end <= from + 2 && end <= last; end++) {
        curvature = fmax(curvature, work->curvature[end % WORK_FRAMES]);
        way = fmax(way, work->atom_way[end % WORK_FRAMES]);
    }
    const double part = fmin(CUBIC * way, is_end ? CUBIC_END_MOST : CUBIC_MOST * step_fs * step_fs);
    const WorkStep step = {.off = off, .limit = part * curvature, .frame = from + 1};
    if (from == 0 || !(off - step.limit <= work->worst.off - work->worst.limit))
        work->worst = step;
    if (from == 0 || !(off <= work->furthest.off))
        work->furthest = step;
}

/// What the rounding of positions changes the work by, four times its standard deviation.
static double rounding_of_work(const Check *check, const CheckFrame *frame)
{
    double square = 0.0;
    for (size_t i = 0; i < 3 * check->n_atoms; i++) {
        const double part =
            frame->forces[i] * check_rounding(check->array[ARRAY_POS], frame->pos[i]);
        square += part * part;
    }
    return 4.0 * sqrt(square);
}

/// The newest frame takes its place, with the way to it from the one before.
static void frame_keep(const Check *check, Work *work, const CheckFrame *frame)
{
    const size_t n = 3 * check->n_atoms;
    const size_t now = frame->number % WORK_FRAMES, before = (now + WORK_FRAMES - 1) % WORK_FRAMES;
    memcpy(work->pos[now], frame->pos, n * sizeof *frame->pos);
    memcpy(work->forces[now], frame->forces, n * sizeof *frame->forces);
    work->epot[now] = *frame->potential;
    work->curvature[now] = work->atom_way[now] = 0.0;
    if (frame->number == 0)
        return;
    for (size_t a = 0; a < n; a += 3) {
        double step[3];
        vec3_difference(frame->pos + a, work->pos[before] + a, step);
        for (size_t x = 0; x < 3; x++)
            work->curvature[now] +=
                0.5 * fabs((frame->forces[a + x] - work->forces[before][a + x]) * step[x]);
        work->atom_way[now] = fmax(work->atom_way[now], vec3_norm(step));
    }
    const double change = work->epot[now] - work->epot[before];
    work->square += change * change;
}

void work_add(const Check *check, Work *work, const CheckFrame *frame)
{
    const size_t n = 3 * check->n_atoms;
    const uint64_t k = frame->number;
    if (frame->pos == NULL || frame->forces == NULL || frame->potential == NULL ||
        frame->time == NULL)
        return;
    if (k == 0)
        work->time_before = *frame->time;
    if (k == 1)
        work->step_ps = *frame->time - work->time_before;
    frame_keep(check, work, frame);
    work->rounding = fmax(work->rounding, rounding_of_work(check, frame));
    if (k >= 3)
        work_compare(work, n, k - 2, k, false);
    if (k == 2)
        work_compare(work, n, 0, k, true);
    if (k >= 2 && k + 1 == check->n_frames)
        work_compare(work, n, k - 1, k, true);
}

void work_report(Check *check, const Work *work)
{
    if (check->n_frames < 3 || check->array[ARRAY_TIME] == NULL ||
        check->array[ARRAY_EPOT] == NULL || check->array[ARRAY_POS] == NULL ||
        check->array[ARRAY_FORCES] == NULL)
        return;
    if (!(work->step_ps <= WORK_STEP_MAX_PS)) {
        check_say(check, CHECK_WORK, CHECK_NOT_RUN,
                  "frames are %.3g fs apart; the work can be told up to 1 fs", 1e3 * work->step_ps);
        return;
    }
    const double rms = sqrt(work->square / (double)(check->n_frames - 1));
    const double limit = WORK_LIMIT * rms + WORK_FLOOR + work->rounding;
    const bool good = work->worst.off <= limit + work->worst.limit;
    const WorkStep *const shown = good ? &work->furthest : &work->worst;
    check_say(check, CHECK_WORK, good ? CHECK_PASS : CHECK_FAIL,
              "frame %" PRIu64 ": the change of Epot is off the work of the forces by %.1e kJ/mol; "
              "%.1e is allowed",
              shown->frame, shown->off, limit + shown->limit);
}
