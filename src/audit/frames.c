#include "audit/audit_parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/bonds.h"
#include "base/arena.h"
#include "base/units.h"
#include "base/vec3.h"
#include "data/element.h"
#include "md/observables.h"

enum { BLOCK_FRAMES = 64, WORK_FRAMES = 4 };

/// Relative, of the kinetic energy: float32 velocities keep 6e-8.
static const double KINETIC_LIMIT = 1e-5;
/// kJ/mol; float64 sums of 1e6 kJ/mol round by 1e-10.
static const double TOTAL_LIMIT = 1e-6;
/// Of the time between two frames; adding up 1e5 steps in float64 errs by less.
static const double TIME_LIMIT = 1e-3;
/// nm/ps and nm: float32 leaves 3e-8 and 1e-8.
static const double CENTRE_LIMIT = 1e-5;
/// A mean temperature further from its target than this many expected errors.
static const double TEMPERATURE_WARN = 3.0, TEMPERATURE_FAIL = 6.0;
/// Forces and positions of four frames give the work between the middle two; at both ends two frames do.
/// Either is exact on a quadratic surface, whatever the motion. What is left comes from its third
/// derivatives: a part of the work against the curvature, sum |dF dx|/2, that grows with the way dx of an
/// atom, here nm^-1 of the longest, about twice what is seen at 3000 K (a Morse bond has some 10 nm^-1), and
/// that four frames resolve the better the closer they are, so that it is no more than CUBIC_MOST at 1 fs
/// and falls with the square of the frame distance. Beyond 1 fs it says nothing.
static const double CUBIC = 30.0, CUBIC_MOST = 0.3, CUBIC_END_MOST = 0.8;
static const double WORK_STEP_MAX_PS = 1.001e-3;
/// Where a surface has no curvature: of the RMS change of Epot, and kJ/mol, what float32 costs.
static const double WORK_LIMIT = 0.015, WORK_FLOOR = 0.01;
enum { BOND_ATOMS_MAX = 2000 };
/// Factor of the earlier Python pipeline on velocities, docs/velocity-factor.md.
static const double PIPELINE_FACTOR = 10.1805;
static const double KJMOL_PER_KELVIN = HARTREE_PER_KELVIN * KJMOL_PER_HARTREE;

/// How far the change of Epot up to a frame is off the work, and the part of the limit that is its own; kJ/mol.
typedef struct {
    double off, limit;
    uint64_t frame;
} WorkStep;

typedef struct {
    double *raw;             // [BLOCK_FRAMES * 9 or 3 n_atoms] scratch for reading
    double *block[N_ARRAYS]; // [BLOCK_FRAMES][...] of the arrays with frames, NULL: not there
    double *pos[WORK_FRAMES],
        *forces[WORK_FRAMES]; // [3 n_atoms] of the last frames, by number mod 4
    Bonds bonds, bonds_next;  // of the last frame and scratch, if watched
    Arena arena;
    double time_first, time_step;
    double epot[WORK_FRAMES], curvature[WORK_FRAMES],
        atom_way[WORK_FRAMES]; // likewise, the last two on the way to a frame
    double time_worst;         // ps off the grid
    uint64_t time_frame;
    double kinetic_worst, kinetic_sum, ekin_sum; // relative; kJ/mol
    uint64_t kinetic_frame;
    double total_worst; // kJ/mol
    uint64_t total_frame;
    WorkStep work_worst,
        work_furthest;            // the one that exceeds its limit most, the one that is off most
    double work_square;           // sum of dEpot^2
    double centre[3], speed, way; // nm at the start; nm/ps and nm at most
    BlockMean temperature;        // of 2 Ekin / k_B, to be divided by dof
    LineFit total;                // of Etot against time
    double total_first;
    uint64_t bond_events;
} Frames;

static bool pairs_are_watched(const Check *check)
{
    return check->array[ARRAY_POS] != NULL && check->numbers != NULL &&
           check->n_atoms <= BOND_ATOMS_MAX;
}

static void frames_layout(Frames *frames, const Check *check)
{
    const size_t n = check->n_atoms, n_raw = 3 * n > 9 ? 3 * n : 9;
    // Not more than the file has: the memory stays within a few times its size.
    const size_t n_frames = check->n_frames < BLOCK_FRAMES ? (size_t)check->n_frames : BLOCK_FRAMES;
    Arena *arena = &frames->arena;
    frames->raw = arena_doubles(arena, n_frames * n_raw);
    for (int place = 0; place < N_ARRAYS; place++) {
        const NpzArray *const array = check->array[place];
        if (array != NULL && place != ARRAY_MASSES && place != ARRAY_TYPES)
            frames->block[place] =
                arena_doubles(arena, n_frames * (size_t)(array->row_bytes / array->item_bytes));
    }
    for (int k = 0; k < WORK_FRAMES; k++) {
        frames->pos[k] = arena_doubles(arena, 3 * n);
        frames->forces[k] = arena_doubles(arena, 3 * n);
    }
    if (pairs_are_watched(check)) {
        bonds_layout(&frames->bonds, arena, n);
        bonds_layout(&frames->bonds_next, arena, n);
    }
}

static void finite_check(Check *check, Frames *frames, uint64_t first, uint64_t n)
{
    for (int place = 0; place < N_ARRAYS; place++) {
        const NpzArray *const array = check->array[place];
        if (frames->block[place] == NULL)
            continue;
        const size_t row = (size_t)(array->row_bytes / array->item_bytes);
        for (size_t i = 0; i < n * row; i++)
            if (!isfinite(frames->block[place][i])) {
                check_say(check, CHECK_FINITE, CHECK_FAIL, "%s in frame %" PRIu64 " is %s",
                          array->name, first + i / row,
                          isnan(frames->block[place][i]) ? "NaN" : "Inf");
                break;
            }
    }
}

static void time_look(Frames *frames, uint64_t frame, double time)
{
    if (frame == 0)
        frames->time_first = time;
    if (frame == 1)
        frames->time_step = time - frames->time_first;
    const double off = fabs(time - frames->time_first - (double)frame * frames->time_step);
    if (frame >= 1 && !(off <= frames->time_worst)) {
        frames->time_worst = off;
        frames->time_frame = frame;
    }
}

static void energies_look(const Check *check, Frames *frames, uint64_t frame, const double *vel,
                          const double *ekin, const double *epot, const double *etot)
{
    if (ekin != NULL) {
        frames->ekin_sum += *ekin;
        block_mean_add(&frames->temperature, 2.0 * *ekin / KJMOL_PER_KELVIN);
    }
    if (ekin != NULL && vel != NULL && check->masses != NULL) {
        double kinetic = 0.0;
        for (size_t i = 0; i < 3 * check->n_atoms; i++)
            kinetic += 0.5 * check->masses[i / 3] * vel[i] * vel[i];
        frames->kinetic_sum += kinetic;
        // The floor lets a molecule at rest pass.
        const double off = fabs(kinetic - *ekin) / fmax(fabs(*ekin), 1e-3);
        if (!(off <= frames->kinetic_worst)) {
            frames->kinetic_worst = off;
            frames->kinetic_frame = frame;
        }
    }
    if (ekin != NULL && epot != NULL && etot != NULL) {
        const double off = fabs(*etot - *ekin - *epot);
        if (!(off <= frames->total_worst)) {
            frames->total_worst = off;
            frames->total_frame = frame;
        }
    }
}

/// Work of the forces from a frame to the next, by what both say.
static double work_of_two(const Frames *frames, size_t n, uint64_t from)
{
    const size_t a = from % WORK_FRAMES, b = (from + 1) % WORK_FRAMES;
    double work = 0.0;
    for (size_t i = 0; i < n; i++)
        work += 0.5 * (frames->forces[a][i] + frames->forces[b][i]) *
                (frames->pos[b][i] - frames->pos[a][i]);
    return work;
}

/// The same with the frames before and after: the integral of F dx/dt where both are cubic in time.
static double work_of_four(const Frames *frames, size_t n, uint64_t from)
{
    static const double WEIGHT[WORK_FRAMES][WORK_FRAMES] = {
        {0.0, 31.0, -32.0, 1.0},
        {-31.0, -360.0, 423.0, -32.0},
        {32.0, -423.0, 360.0, 31.0},
        {-1.0, 32.0, -31.0, 0.0},
    };
    double work = 0.0;
    for (uint64_t j = 0; j < WORK_FRAMES; j++)
        for (uint64_t k = 0; k < WORK_FRAMES; k++) {
            const double *const forces = frames->forces[(from - 1 + j) % WORK_FRAMES];
            const double *const pos = frames->pos[(from - 1 + k) % WORK_FRAMES];
            double sum = 0.0;
            for (size_t i = 0; i < n; i++)
                sum += forces[i] * pos[i];
            work += WEIGHT[j][k] / 720.0 * sum;
        }
    return work;
}

/// Holds the change of Epot from a frame to the next against the work.
///
/// @param last  the newest frame
static void work_compare(Frames *frames, size_t n, uint64_t from, uint64_t last, bool is_end)
{
    const double step_fs = 1e3 * frames->time_step;
    const double change = frames->epot[(from + 1) % WORK_FRAMES] - frames->epot[from % WORK_FRAMES];
    const double off =
        fabs(change + (is_end ? work_of_two(frames, n, from) : work_of_four(frames, n, from)));
    // A bond at its turning point hardly moves: the steps before and after know better.
    double curvature = 0.0, way = 0.0;
    for (uint64_t end = from; end <= from + 2 && end <= last; end++) {
        curvature = fmax(curvature, frames->curvature[end % WORK_FRAMES]);
        way = fmax(way, frames->atom_way[end % WORK_FRAMES]);
    }
    const double part = fmin(CUBIC * way, is_end ? CUBIC_END_MOST : CUBIC_MOST * step_fs * step_fs);
    const WorkStep step = {.off = off, .limit = part * curvature, .frame = from + 1};
    if (from == 0 || !(off - step.limit <= frames->work_worst.off - frames->work_worst.limit))
        frames->work_worst = step;
    if (from == 0 || !(off <= frames->work_furthest.off))
        frames->work_furthest = step;
}

static void work_look(const Check *check, Frames *frames, uint64_t frame, const double *pos,
                      const double *forces, double epot)
{
    const size_t n = 3 * check->n_atoms;
    const size_t now = frame % WORK_FRAMES, before = (frame + WORK_FRAMES - 1) % WORK_FRAMES;
    memcpy(frames->pos[now], pos, n * sizeof *pos);
    memcpy(frames->forces[now], forces, n * sizeof *forces);
    frames->epot[now] = epot;
    frames->curvature[now] = frames->atom_way[now] = 0.0;
    if (frame == 0)
        return;
    for (size_t a = 0; a < n; a += 3) {
        double step[3];
        vec3_difference(pos + a, frames->pos[before] + a, step);
        for (size_t x = 0; x < 3; x++)
            frames->curvature[now] +=
                0.5 * fabs((forces[a + x] - frames->forces[before][a + x]) * step[x]);
        frames->atom_way[now] = fmax(frames->atom_way[now], vec3_norm(step));
    }
    const double change = epot - frames->epot[before];
    frames->work_square += change * change;
    if (frame >= 3)
        work_compare(frames, n, frame - 2, frame, false);
    if (frame == 2)
        work_compare(frames, n, 0, frame, true);
    if (frame >= 2 && frame + 1 == check->n_frames)
        work_compare(frames, n, frame - 1, frame, true);
}

/// The mass-weighted mean of vectors.
static void mean_of(const Check *check, const double *vectors, double mean[3])
{
    double mass = 0.0;
    mean[0] = mean[1] = mean[2] = 0.0;
    for (size_t a = 0; a < check->n_atoms; a++) {
        mass += check->masses[a];
        for (int x = 0; x < 3; x++)
            mean[x] += check->masses[a] * vectors[3 * a + (size_t)x];
    }
    for (int x = 0; x < 3; x++)
        mean[x] /= mass;
}

static double larger(double a, double b)
{
    return b <= a ? a : b; // NaN wins
}

static void centre_look(const Check *check, Frames *frames, uint64_t frame, const double *pos,
                        const double *vel)
{
    double mean[3];
    mean_of(check, vel, mean);
    for (int x = 0; x < 3; x++)
        frames->speed = larger(frames->speed, fabs(mean[x]));
    mean_of(check, pos, mean);
    if (frame == 0)
        memcpy(frames->centre, mean, sizeof mean);
    for (int x = 0; x < 3; x++)
        frames->way = larger(frames->way, fabs(mean[x] - frames->centre[x]));
}

static void bond_event_say(Check *check, uint64_t frame, const double *pos, const BondEvent *event)
{
    const size_t a = event->atoms[0], b = event->atoms[1], c = event->atoms[2];
    const char *const symbol_a = element_symbol(check->numbers[a]), *const symbol_b =
                                                                        element_symbol(
                                                                            check->numbers[b]);
    double between[3];
    vec3_difference(pos + 3 * a, pos + 3 * b, between);
    if (event->kind == BOND_PROTON_TRANSFER)
        check_say(check, CHECK_BONDS, CHECK_WARN,
                  "atom %zu (H) goes from atom %zu (%s) to %zu (%s) in frame %" PRIu64, a, b,
                  symbol_b, c, element_symbol(check->numbers[c]), frame);
    else
        check_say(check, CHECK_BONDS, CHECK_WARN,
                  "the bond of atoms %zu (%s) and %zu (%s) %s in frame %" PRIu64 ": %.3f angstrom",
                  a, symbol_a, b, symbol_b,
                  event->kind == BOND_DISSOCIATION || event->kind == BOND_BREAKS ? "breaks"
                                                                                 : "forms",
                  frame, 10.0 * vec3_norm(between));
}

static void bonds_look(Check *check, Frames *frames, uint64_t frame, const double *pos)
{
    enum { SAID = 1 };
    const double(*const xyz)[3] = (const double(*)[3])(const void *)pos;
    BondEvent event[SAID];
    if (frame == 0) {
        bonds_setup(&frames->bonds, check->numbers, 0.1);
        bonds_setup(&frames->bonds_next, check->numbers, 0.1);
        bonds_find_moving(&frames->bonds, xyz);
    } else if (bonds_update(&frames->bonds, xyz, &frames->bonds_next)) {
        const size_t n = bonds_compare(&frames->bonds, &frames->bonds_next, event, SAID);
        frames->bond_events += n;
        if (n > 0)
            bond_event_say(check, frame, pos, event);
        bonds_copy(&frames->bonds, &frames->bonds_next);
    }
}

static void frame_look(Check *check, Frames *frames, uint64_t frame, size_t i)
{
    const size_t n = 3 * check->n_atoms;
    double *const *block = frames->block;
    const double *const pos = block[ARRAY_POS] != NULL ? block[ARRAY_POS] + i * n : NULL;
    const double *const vel = block[ARRAY_VEL] != NULL ? block[ARRAY_VEL] + i * n : NULL;
    const double *const forces = block[ARRAY_FORCES] != NULL ? block[ARRAY_FORCES] + i * n : NULL;
    const double *const ekin = block[ARRAY_EKIN] != NULL ? block[ARRAY_EKIN] + i : NULL;
    const double *const epot = block[ARRAY_EPOT] != NULL ? block[ARRAY_EPOT] + i : NULL;
    const double *const etot = block[ARRAY_ETOT] != NULL ? block[ARRAY_ETOT] + i : NULL;
    const double *const time = block[ARRAY_TIME] != NULL ? block[ARRAY_TIME] + i : NULL;

    if (time != NULL)
        time_look(frames, frame, *time);
    energies_look(check, frames, frame, vel, ekin, epot, etot);
    if (etot != NULL && time != NULL) {
        frames->total_first = frame == 0 ? *etot : frames->total_first;
        line_fit_add(&frames->total, *time, *etot - frames->total_first);
    }
    if (pos != NULL && forces != NULL && epot != NULL)
        work_look(check, frames, frame, pos, forces, *epot);
    if (pos != NULL && vel != NULL && check->masses != NULL)
        centre_look(check, frames, frame, pos, vel);
    if (pairs_are_watched(check))
        bonds_look(check, frames, frame, pos);
}

static void time_judge(Check *check, const Frames *frames)
{
    double dt_fs, every;
    const double step = frames->time_step;
    if (check->array[ARRAY_TIME] == NULL)
        return;
    if (check->n_frames < 2) {
        check_say(check, CHECK_TIME, CHECK_NOT_RUN, "a single frame");
        return;
    }
    if (!(step > 0.0))
        check_say(check, CHECK_TIME, CHECK_FAIL, "time does not grow from frame 0 to 1");
    else if (!(frames->time_worst <= TIME_LIMIT * step))
        check_say(check, CHECK_TIME, CHECK_FAIL,
                  "frame %" PRIu64 " is %.3g ps off equal steps of %.6g ps", frames->time_frame,
                  frames->time_worst, step);
    if (!(fabs(frames->time_first) <= TIME_LIMIT * step))
        check_say(check, CHECK_TIME, CHECK_FAIL, "frame 0 is at %.6g ps, not at 0",
                  frames->time_first);
    if (check_config_number(check, "dt_fs", &dt_fs) &&
        check_config_number(check, "save_interval_steps", &every) &&
        !(fabs(step - 1e-3 * dt_fs * every) <= TIME_LIMIT * step))
        check_say(check, CHECK_TIME, CHECK_FAIL,
                  "frames are %.6g ps apart, dt_fs and save_interval_steps say %.6g", step,
                  1e-3 * dt_fs * every);
    double length;
    const char *const status = check_metadata_text(check, "status");
    const double end = frames->time_first + (double)(check->n_frames - 1) * step;
    if (status != NULL && strcmp(status, "complete") == 0 &&
        check_config_number(check, "length_ps", &length) && !(end > length - 1.5 * step))
        check_say(check, CHECK_TIME, CHECK_FAIL, "it ends at %.6g ps, length_ps is %.6g", end,
                  length);
    check_say(check, CHECK_TIME, CHECK_PASS, "0 to %.6g ps in steps of %.6g ps", end, step);
}

static void kinetic_judge(Check *check, const Frames *frames)
{
    if (check->masses == NULL || frames->block[ARRAY_VEL] == NULL ||
        frames->block[ARRAY_EKIN] == NULL)
        return;
    const double ratio = frames->ekin_sum > 0.0 ? frames->kinetic_sum / frames->ekin_sum : 1.0;
    const double factor = sqrt(ratio);
    if (fabs(factor / PIPELINE_FACTOR - 1.0) < 1e-3)
        check_say(check, CHECK_KINETIC, CHECK_FAIL,
                  "velocities are %.4f times too large: the factor of the earlier Python pipeline, "
                  "which took sqrt(eV/Da) for angstrom/fs; multiply vel by %.6f to have nm/ps",
                  factor, 1.0 / factor);
    else if (!(frames->kinetic_worst <= KINETIC_LIMIT))
        check_say(check, CHECK_KINETIC, CHECK_FAIL,
                  "frame %" PRIu64 ": sum m v^2/2 is off Ekin by %.2g of it, %g is allowed; over "
                  "all frames it is %.6g times Ekin",
                  frames->kinetic_frame, frames->kinetic_worst, KINETIC_LIMIT, ratio);
    check_say(check, CHECK_KINETIC, CHECK_PASS, "sum m v^2/2 within %.1e of Ekin (%g)",
              frames->kinetic_worst, KINETIC_LIMIT);
}

static void total_judge(Check *check, const Frames *frames)
{
    if (frames->block[ARRAY_EKIN] == NULL || frames->block[ARRAY_EPOT] == NULL ||
        frames->block[ARRAY_ETOT] == NULL)
        return;
    check_say(check, CHECK_TOTAL, frames->total_worst <= TOTAL_LIMIT ? CHECK_PASS : CHECK_FAIL,
              "frame %" PRIu64 ": Etot within %.1e kJ/mol of Ekin + Epot (%g)", frames->total_frame,
              frames->total_worst, TOTAL_LIMIT);
}

static void work_judge(Check *check, const Frames *frames)
{
    if (check->n_frames < 3 || frames->block[ARRAY_TIME] == NULL ||
        frames->block[ARRAY_EPOT] == NULL || frames->block[ARRAY_POS] == NULL ||
        frames->block[ARRAY_FORCES] == NULL)
        return;
    const double step = frames->time_step;
    if (!(step <= WORK_STEP_MAX_PS)) {
        check_say(check, CHECK_WORK, CHECK_NOT_RUN,
                  "frames are %.3g fs apart, at most 1 fs is good", 1e3 * step);
        return;
    }
    const double rms = sqrt(frames->work_square / (double)(check->n_frames - 1));
    const double limit = WORK_LIMIT * rms + WORK_FLOOR;
    const bool good = frames->work_worst.off <= limit + frames->work_worst.limit;
    const WorkStep *const shown = good ? &frames->work_furthest : &frames->work_worst;
    check_say(check, CHECK_WORK, good ? CHECK_PASS : CHECK_FAIL,
              "frame %" PRIu64 ": Epot changes by the work of the forces within %.1e kJ/mol (%.1e)",
              shown->frame, shown->off, limit + shown->limit);
}

static void temperature_judge(Check *check, const Frames *frames)
{
    double dof = -1.0, target = 0.0, friction = 0.0;
    const char *const ensemble = check_config_text(check, "ensemble");
    if (frames->block[ARRAY_EKIN] == NULL)
        return;
    const struct {
        const char *name;
        bool known;
    } wanted[] = {
        {"dof", check_metadata_number(check, "dof", &dof) && dof >= 0.0 && dof < 1e9},
        {"temperature_K", check_config_number(check, "temperature_K", &target)},
        {"friction_per_ps", check_config_number(check, "friction_per_ps", &friction)},
        {"ensemble", ensemble != NULL},
    };
    char missing[64] = "";
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!wanted[i].known)
            snprintf(missing + strlen(missing), sizeof missing - strlen(missing), "%s%s",
                     missing[0] != '\0' ? ", " : "", wanted[i].name);
    if (missing[0] != '\0') {
        check_say(check, CHECK_TEMPERATURE, CHECK_NOT_RUN, "the metadata do not say %s", missing);
        return;
    }
    if (dof == 0.0) {
        check_say(check, CHECK_TEMPERATURE, CHECK_NOT_RUN, "nothing can move");
        return;
    }
    if (strcmp(ensemble, "nve") == 0)
        friction = 0.0;
    const double length = (double)(check->n_frames - 1) * frames->time_step;
    const double mean = block_mean_value(&frames->temperature) / dof;
    // Linear molecules of more than two atoms count as others: their error comes out a little larger.
    const bool turns = strcmp(ensemble, "nve") != 0;
    const size_t rotations = !turns || dof < 3.0 ? 0 : dof < 4.0 ? 2 : 3;
    // The block mean is of T times dof, and so is its error.
    const double error = expected_temperature_spread(&frames->temperature, target * dof, rotations,
                                                     (size_t)dof - rotations, friction, length) /
                         dof;
    const double off = fabs(mean - target);
    check_say(check, CHECK_TEMPERATURE,
              !(off <= TEMPERATURE_FAIL * error)   ? CHECK_FAIL
              : !(off <= TEMPERATURE_WARN * error) ? CHECK_WARN
                                                   : CHECK_PASS,
              "mean %.1f K, wanted %.1f K, expected error %.1f K: off by %.1f of it (%.0f)", mean,
              target, error, error > 0.0 ? off / error : 0.0, TEMPERATURE_WARN);
}

static void rest_judge(Check *check, const Frames *frames)
{
    const char *const ensemble = check_config_text(check, "ensemble");
    if (ensemble != NULL && strcmp(ensemble, "nve") == 0 && check->n_frames > 2 &&
        frames->block[ARRAY_ETOT] != NULL && frames->time_step > 0.0)
        check_slope(check, "trajectory", line_fit_slope(&frames->total),
                    line_fit_rms(&frames->total),
                    (double)(check->n_frames - 1) * frames->time_step);
    if (check->masses != NULL && frames->block[ARRAY_POS] != NULL &&
        frames->block[ARRAY_VEL] != NULL)
        check_say(check, CHECK_CENTRE,
                  frames->speed <= CENTRE_LIMIT && frames->way <= CENTRE_LIMIT ? CHECK_PASS
                                                                               : CHECK_FAIL,
                  "moves with up to %.1e nm/ps and up to %.1e nm away (%g both)", frames->speed,
                  frames->way, CENTRE_LIMIT);
    if (frames->bond_events > 1) {
        char *const end = check->report->line[CHECK_BONDS].sentence;
        const size_t n = strlen(end);
        snprintf(end + n, CHECK_SENTENCE_SIZE - n, "; %" PRIu64 " bonds change in all",
                 frames->bond_events);
    }
    if (pairs_are_watched(check))
        check_say(check, CHECK_BONDS, CHECK_PASS, "none breaks, none forms");
    else if (check->n_atoms > BOND_ATOMS_MAX)
        check_say(check, CHECK_BONDS, CHECK_NOT_RUN, "more than %d atoms", BOND_ATOMS_MAX);
    check_say(check, CHECK_FINITE, CHECK_PASS, "every number of every frame");
}

static QmtStatus blocks_look(QmtContext *ctx, Check *check, Frames *frames)
{
    for (uint64_t first = 0; first < check->n_frames; first += BLOCK_FRAMES) {
        const uint64_t left = check->n_frames - first;
        const uint64_t n = left < BLOCK_FRAMES ? left : BLOCK_FRAMES;
        for (int place = 0; place < N_ARRAYS; place++)
            if (frames->block[place] != NULL)
                TRY(check_read(ctx, check, check->array[place], first, n, frames->raw,
                               frames->block[place]));
        finite_check(check, frames, first, n);
        for (size_t i = 0; i < n; i++)
            frame_look(check, frames, first + i, i);
    }
    return QMT_OK;
}

QmtStatus check_frames(QmtContext *ctx, Check *check)
{
    Frames frames = {0};
    frames_layout(&frames, check);
    QmtStatus status = arena_reserve(ctx, &frames.arena);
    if (status == QMT_OK) {
        frames_layout(&frames, check);
        status = blocks_look(ctx, check, &frames);
    }
    if (status == QMT_OK) {
        time_judge(check, &frames);
        kinetic_judge(check, &frames);
        total_judge(check, &frames);
        work_judge(check, &frames);
        temperature_judge(check, &frames);
        rest_judge(check, &frames);
    }
    arena_release(&frames.arena);
    return status;
}
