#include "audit/motion.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "audit/atoms.h"
#include "base/units.h"
#include "base/vec3.h"
#include "md/thermostat_interval.h"
#include "md/velocities.h"

/// Rounding of three numbers meets in one position; half as much again for the arithmetic.
static const double ROUNDINGS = 1.5;
/// Relative: masses in float32, conversions of units in float64, and the sum over all atoms in a random kick.
static const double MASS_ROUNDING = 2e-7, UNIT_ROUNDING = 1e-14, KICK_ROUNDING = 1e-6;

/// Angular frequencies, 1/ps, of the fastest vibrations: 4000 /cm with hydrogen, 2400 /cm without.
static const double FASTEST_WITH_HYDROGEN = 750.0, FASTEST = 450.0;
/// Of the way h v: what an interval may be off a smooth path, six times the theory, twice what is found at 4000 K; and
/// beyond which a doubled frame, which is off by about 1, is not told from a good one.
static const double SMOOTH_FLOOR = 0.03, SMOOTH_SHARE = 6.0 / 720.0, SMOOTH_MOST = 0.45;
/// The theory itself is what half of the intervals keep within; beyond this, a file whose time is twice the true
/// one, which is off by 0.5, is not told from a good one.
static const double SMOOTH_SHARE_MEDIAN = 1.0 / 720.0, SMOOTH_MOST_MEDIAN = 0.4;
/// Largest random number of an atom in a kick that is allowed for.
static const double KICK_SIGMAS = 5.0;
/// Of a file whose thermostat is not known.
static const double SMOOTH_FLOOR_OTHERS = 0.1;

static QmtStatus playback_evaluate(QmtContext *ctx, Engine *engine, const double (*xyz)[3],
                                   const EngineResult *result)
{
    const Playback *const playback =
        (const Playback *)(const void *)((const char *)engine - offsetof(Playback, base));
    (void)ctx;
    (void)xyz;
    if (result->energy != NULL)
        *result->energy = playback->at->at.energy;
    if (result->gradient != NULL)
        memcpy(result->gradient, playback->at->gradient,
               engine->n_atoms * sizeof *result->gradient);
    return QMT_OK;
}

static const EngineType PLAYBACK = {.name = "playback", .evaluate = playback_evaluate};

/// True if everything is there that the frames are examined by.
static bool can_be_told(const Check *check)
{
    return check->masses != NULL && check->array[ARRAY_POS] != NULL &&
           check->array[ARRAY_VEL] != NULL && check->array[ARRAY_FORCES] != NULL &&
           check->array[ARRAY_TIME] != NULL && check->n_frames > 1;
}

void motion_layout(Motion *motion, Arena *arena, const Check *check)
{
    const size_t n = check->n_atoms;
    motion->mass = arena_doubles(arena, n);
    for (int k = 0; k < 3; k++)
        motion->last[k] = arena_doubles(arena, 3 * n);
    for (int k = 0; k < 2; k++) {
        motion->allowed[k] = arena_doubles(arena, 3 * n);
        motion->part[k] = arena_doubles(arena, 3 * n);
    }
    motion->per_force = arena_doubles(arena, 3 * n);
    md_state_layout(&motion->before, arena, n, 0);
    md_state_layout(&motion->made, arena, n, 0);
    md_state_layout(&motion->now, arena, n, 0);
    shadow_energy_layout(&motion->watch, arena, n);
    motion->forces = arena_doubles(arena, 3 * n);
}

/// The mass that the program moved an atom with: the file has it in float32.
static double mass_da(const Check *check, size_t a)
{
    const double stored = check->masses[a];
    bool declared;
    const double expected = check->numbers != NULL ? atoms_expected_mass(check, a, &declared) : 0.0;
    return (double)(float)expected == stored ? expected : stored;
}

/// Stands for a thermostat that scales and has a memory, which no file holds: by how much follows from the heat of the
/// step in the file.
static void scale_by_heat(const IntegratorSettings *settings, const MdState *now, void *kept,
                          double (*velocity)[3])
{
    const size_t n = now->n_atoms;
    const double change = *(const double *)kept;
    const double kinetic =
        velocities_kinetic_relative(n, settings->mass, (const double(*)[3])velocity);
    if (kinetic > 0.0)
        velocities_scale_relative(n, settings->mass, sqrt(fmax(0.0, 1.0 + change / kinetic)),
                                  velocity);
}

static const Thermostat BY_HEAT = {
    .name = "by heat", .scales = true, .acts = thermostat_acts, .apply = scale_by_heat};

IntegratorSettings motion_settings(const Check *check)
{
    const CheckMotion *const known = &check->motion;
    // The name that the random numbers belong to.
    const char *const variant = check_metadata_text(check, "variant");
    char name[512];
    snprintf(name, sizeof name, "%.400s%s%.100s", check_metadata_text(check, "name"),
             variant != NULL ? "/" : "", variant != NULL ? variant : "");
    return (IntegratorSettings){
        .dt = known->dt_ps / PS_PER_AUT,
        .thermostat = known->thermostat,
        .kt = known->target_k * HARTREE_PER_KELVIN,
        .rate = known->rate * PS_PER_AUT,
        .noise_interval = thermostat_interval(known->rate),
        .dof = velocities_degrees_of_freedom(check->n_atoms, false, false),
        .key = {.seed = known->seed, .molecule = random_name_key(name), .replica = known->replica},
        .purpose = RANDOM_PRODUCTION};
}

void motion_begin(const Check *check, Motion *motion)
{
    const CheckMotion *const known = &check->motion;
    if (!can_be_told(check))
        return;
    for (size_t a = 0; a < check->n_atoms; a++)
        motion->mass[a] = mass_da(check, a) * ME_PER_DALTON;
    motion->again = known->known && fabs(known->frame_ps / known->dt_ps - 1.0) < 1e-9 &&
                    check->array[ARRAY_EKIN] != NULL && check->array[ARRAY_EPOT] != NULL &&
                    (known->thermostat == NULL || !known->thermostat->scales ||
                     check->array[ARRAY_HEAT] != NULL);
    if (!motion->again)
        return;
    for (size_t i = 0; i < 3 * check->n_atoms; i++)
        motion->per_force[i] = 0.5 * known->dt_ps / check->masses[i / 3];
    motion->playback =
        (Playback){.base = {.type = &PLAYBACK, .n_atoms = check->n_atoms}, .at = &motion->now};
    const bool remembers = known->thermostat != NULL && known->thermostat->kept_size > 0;
    motion->integrator = known->thermostat != NULL ? &integrator_baoab : &integrator_verlet;
    motion->settings = motion_settings(check);
    motion->settings.mass = motion->mass;
    motion->settings.thermostat_kept = &motion->heat_change;
    if (remembers)
        motion->settings.thermostat = &BY_HEAT;
}

static void scaled_copy(size_t n, double factor, const double *from, double *to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = factor * from[i];
}

static void state_fill(const Check *check, const CheckFrame *frame, double heat, MdState *state)
{
    const double velocity = BOHR_PER_NM * PS_PER_AUT;
    const double gradient = -1.0 / (KJMOL_PER_HARTREE * BOHR_PER_NM);
    const size_t n = 3 * check->n_atoms;
    double *const in[3] = {(double *)state->xyz, (double *)state->velocity,
                           (double *)state->gradient};
    scaled_copy(n, BOHR_PER_NM, frame->pos, in[0]);
    scaled_copy(n, velocity, frame->vel, in[1]);
    scaled_copy(n, gradient, frame->forces, in[2]);
    state->at = (MdInstant){.step = frame->number,
                            .kinetic = *frame->kinetic / KJMOL_PER_HARTREE,
                            .energy = *frame->potential / KJMOL_PER_HARTREE,
                            .heat = heat};
    if (frame->bias_energy != NULL)
        state->at.energy += *frame->bias_energy / KJMOL_PER_HARTREE;
    if (frame->bias_work != NULL)
        state->at.work = *frame->bias_work / KJMOL_PER_HARTREE;
}

/// Relative, of the velocities after a kick. A chain of thermostats is integrated, and its heat errs by a part of the energy
/// that it holds: after hot molecules that is many times their kinetic energy.
static double kick_rounding(const Motion *motion)
{
    const double kinetic = fmin(motion->before.at.kinetic, motion->now.at.kinetic);
    const double held = motion->before.at.kinetic + fabs(motion->heat_before);
    return motion->settings.thermostat == &BY_HEAT && kinetic > 0.0
               ? KICK_ROUNDING * fmax(1.0, held / kinetic)
               : KICK_ROUNDING;
}

/// What rounding allows between numbers made again and the stored ones, nm and nm/ps.
static void allowed_fill(const Check *check, Motion *motion, const CheckFrame *frame, bool kicked)
{
    const double h = check->motion.dt_ps, kick = kicked ? kick_rounding(motion) : 0.0,
                 bias = motion->bias_rounding + motion->last_bias_rounding;
    const double *const x0 = motion->last[0], *const v0 = motion->last[1],
                        *const f0 = motion->last[2], *const v1 = frame->vel,
                        *const f1 = frame->forces, *const per = motion->per_force;
    const double *const *const r0 = motion->last_rounding;
    const double *const r1[3] = {frame->pos_rounding, frame->vel_rounding, frame->forces_rounding};
    double *restrict const pos = motion->allowed[0], *restrict const vel = motion->allowed[1];
    for (size_t i = 0; i < 3 * check->n_atoms; i++) {
        const double speed = fabs(v0[i]) + fabs(v1[i]);
        const double change = per[i] * (fabs(f0[i]) + fabs(f1[i]));
        const double both = r0[1][i] + per[i] * (r0[2][i] + r1[2][i] + bias) +
                            MASS_ROUNDING * change + kick * (speed + 2.0 * change);
        pos[i] = ROUNDINGS * (r0[0][i] + r1[0][i] + h * both) +
                 UNIT_ROUNDING * (fabs(x0[i]) + h * speed);
        vel[i] = ROUNDINGS * (both + r1[1][i]) + UNIT_ROUNDING * (speed + per[i] * fabs(f0[i]));
    }
}

static void mismatch_add(Mismatch *mismatch, uint64_t frame, const Mismatch *worst)
{
    if (mismatch->n++ > 0)
        return;
    *mismatch = *worst;
    mismatch->n = 1;
    mismatch->first = frame;
}

/// True if positions fit the velocities and forces at both ends of a step, whatever a thermostat did in it:
/// x1 - x0 = h/2 (v0 + v1) + h^2/4 (a0 - a1). Only a step that does not come out asks.
static bool path_fits(const Check *check, const Motion *motion, const CheckFrame *frame)
{
    const double h = check->motion.dt_ps;
    double *const *const last = motion->last;
    for (size_t i = 0; i < 3 * check->n_atoms; i++) {
        const double way =
            0.5 * h *
            (last[1][i] + frame->vel[i] + motion->per_force[i] * (last[2][i] - frame->forces[i]));
        if (!(fabs(frame->pos[i] - last[0][i] - way) <= 2.0 * motion->allowed[0][i]))
            return false;
    }
    return true;
}

static void parts_fill(size_t n, const double *made, double unit, const double *stored,
                       const double *allowed, double *restrict part)
{
    for (size_t i = 0; i < n; i++)
        part[i] = fabs(unit * made[i] - stored[i]) / allowed[i];
}

/// Where the part is greatest; *fits becomes false if one is more than 1, or NaN.
static size_t greatest_find(size_t n, const double *part, bool *fits)
{
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        *fits = *fits && part[i] <= 1.0;
        if (!(part[i] <= part[at]))
            at = i;
    }
    return at;
}

static Mismatch mismatch_at(const Motion *motion, int what, size_t i)
{
    const double allowed = motion->allowed[what][i];
    return (Mismatch){.atom = i / 3, .off = motion->part[what][i] * allowed, .allowed = allowed};
}

/// Holds the step that was made again against the stored frame.
static void step_compare(const Check *check, Motion *motion, const CheckFrame *frame, bool kicked)
{
    const size_t n = 3 * check->n_atoms;
    bool fits = true;
    allowed_fill(check, motion, frame, kicked);
    parts_fill(n, (const double *)motion->made.xyz, 1.0 / BOHR_PER_NM, frame->pos,
               motion->allowed[0], motion->part[0]);
    parts_fill(n, (const double *)motion->made.velocity, 1.0 / (BOHR_PER_NM * PS_PER_AUT),
               frame->vel, motion->allowed[1], motion->part[1]);
    const size_t pos = greatest_find(n, motion->part[0], &fits),
                 vel = greatest_find(n, motion->part[1], &fits);
    motion->worst = fmax(motion->worst, fmax(motion->part[0][pos], motion->part[1][vel]));
    if (fits)
        return;
    const bool kick = path_fits(check, motion, frame);
    const Mismatch worst = kick ? mismatch_at(motion, 1, vel) : mismatch_at(motion, 0, pos);
    mismatch_add(kick ? &motion->kick : &motion->path, frame->number, &worst);
}

/// The most that the kinetic energy in the middle of a step can be, hartree: a half kick by the forces of the frame before adds to
/// velocities that may be small there, as at a turning point.
static double kinetic_in_step(const Motion *motion)
{
    const double half = 0.5 * motion->settings.dt;
    double kick = 0.0;
    for (size_t a = 0; a < motion->before.n_atoms; a++)
        kick += half * half * vec3_dot(motion->before.gradient[a], motion->before.gradient[a]) /
                (2.0 * motion->mass[a]);
    const double root = sqrt(motion->before.at.kinetic) + sqrt(kick);
    return root * root;
}

/// Holds the heat of the step against what the file says of it. Kinetic energies are of velocities in float32.
static void heat_compare(Motion *motion, const CheckFrame *frame, double heat)
{
    const double off = fabs(heat - motion->heat_change);
    double allowed = KICK_ROUNDING * motion->now.at.kinetic;
    if (off <= allowed)
        return;
    allowed = fmax(allowed, KICK_ROUNDING * (kinetic_in_step(motion) + fmax(heat, 0.0)));
    if (!(off <= allowed))
        mismatch_add(
            &motion->heat, frame->number,
            &(Mismatch){.off = off * KJMOL_PER_HARTREE, .allowed = allowed * KJMOL_PER_HARTREE});
}

static QmtStatus step_again(QmtContext *ctx, const Check *check, Motion *motion,
                            const CheckFrame *frame)
{
    MdState *const before = &motion->before, *const now = &motion->now;
    EngineReport report = {0};
    if (frame->number == 0) {
        state_fill(check, frame, 0.0, before);
        shadow_energy_begin(&motion->watch, before);
        return QMT_OK;
    }
    state_fill(check, frame, 0.0, now);
    const double heat = frame->heat != NULL ? *frame->heat / KJMOL_PER_HARTREE : 0.0;
    motion->heat_change = heat - motion->heat_before;
    motion->heat_before = heat;
    motion->settings.kt =
        check_wanted_k(&check->motion, ((double)before->at.step + 0.5) * check->motion.dt_ps) *
        HARTREE_PER_KELVIN;
    TRY(motion->integrator->step(ctx, &motion->playback.base, &motion->settings, before,
                                 &motion->made, &report));
    const bool kicked = motion->made.at.heat != before->at.heat;
    step_compare(check, motion, frame, kicked);
    if (frame->heat != NULL)
        heat_compare(motion, frame, motion->made.at.heat - before->at.heat);
    now->at.heat = motion->made.at.heat;
    shadow_energy_add(&motion->watch, motion->mass, motion->settings.dt, before, now);
    md_state_copy(before, now);
    return QMT_OK;
}

double motion_fastest_vibration(const Check *check)
{
    for (size_t a = 0; a < check->n_atoms; a++)
        if (check->numbers == NULL || check->numbers[a] == 1)
            return FASTEST_WITH_HYDROGEN;
    return FASTEST;
}

/// What an interval may be off a smooth path, of the way h v, without random kicks.
static double smooth_limit(const Check *check, double interval_ps, double share)
{
    const double angle = motion_fastest_vibration(check) * interval_ps;
    return (check->motion.known ? SMOOTH_FLOOR : SMOOTH_FLOOR_OTHERS) +
           share * angle * angle * angle * angle;
}

/// Time between random kicks, ps; infinite without a thermostat.
static double kick_interval(const Check *check)
{
    if (!check->motion.known || check->motion.rate <= 0.0)
        return INFINITY;
    return fmax(thermostat_interval(check->motion.rate) * PS_PER_AUT, check->motion.dt_ps);
}

/// The most that the kicks in an interval change the velocity of an atom of this speed by, nm/ps.
static double kick_allowance(const Check *check, size_t atom, double speed, double interval_ps)
{
    const double every = kick_interval(check);
    if (!isfinite(every))
        return 0.0;
    const double kicks = ceil(interval_ps / every) + 1.0;
    const double keeps = exp(-check->motion.rate * every);
    if (check->motion.thermostat->scales) // of dof random numbers, all atoms alike
        return kicks * speed *
               ((1.0 - keeps) + KICK_SIGMAS * sqrt((1.0 - keeps) / (3.0 * (double)check->n_atoms)));
    // kJ/mol/Da = nm^2/ps^2
    const double kt = fmax(check->motion.target_k, check->motion.target_end_k) *
                      HARTREE_PER_KELVIN * KJMOL_PER_HARTREE;
    const double width = sqrt((1.0 - keeps * keeps) * kt / check->masses[atom]);
    return kicks * ((1.0 - keeps) * speed + KICK_SIGMAS * width);
}

/// How far an atom is off a smooth path in the last interval, as a part of what is allowed with kicks; *rough becomes
/// true if it is more than a vibration explains.
static double path_roughness(const Check *check, const Motion *motion, const CheckFrame *frame,
                             size_t a, bool *rough)
{
    const double h = motion->interval_ps;
    const double *const x0 = motion->last[0] + 3 * a, *const v0 = motion->last[1] + 3 * a,
                        *const a0 = motion->last[2] + 3 * a;
    const double *const x1 = frame->pos + 3 * a, *const v1 = frame->vel + 3 * a;
    double off[3], a1[3], rounding = 0.0;
    for (int x = 0; x < 3; x++) {
        a1[x] = frame->forces[3 * a + (size_t)x] / check->masses[a];
        off[x] = x1[x] - x0[x] - 0.5 * h * (v0[x] + v1[x]) - h * h / 12.0 * (a0[x] - a1[x]);
        rounding +=
            motion->last_rounding[0][3 * a + (size_t)x] + frame->pos_rounding[3 * a + (size_t)x];
    }
    // The speed that a vibration through both ends has at most.
    const double speed = fmax(vec3_norm(v0), vec3_norm(v1));
    const double swing = fmax(vec3_norm(a0), vec3_norm(a1)) / motion_fastest_vibration(check);
    const double unit = h * hypot(speed, swing), distance = vec3_norm(off);
    const double kick = 0.5 * h * kick_allowance(check, a, speed, h);
    *rough = *rough || !(distance <= smooth_limit(check, h, SMOOTH_SHARE_MEDIAN) * unit + rounding);
    return distance / (smooth_limit(check, h, SMOOTH_SHARE) * unit + rounding + kick);
}

static void interval_compare(const Check *check, Motion *motion, const CheckFrame *frame)
{
    bool rough = false;
    Mismatch worst = {0};
    double most = 0.0;
    motion->interval_ps = *frame->time - motion->last_time;
    for (size_t a = 0; a < check->n_atoms; a++) {
        const double part = path_roughness(check, motion, frame, a, &rough);
        if (!(part <= most)) {
            most = part;
            worst.atom = a;
        }
    }
    motion->worst = fmax(motion->worst, most);
    motion->n_intervals++;
    motion->n_rough += rough;
    if (!(most <= 1.0)) {
        worst.off = most;
        mismatch_add(&motion->path, frame->number, &worst);
    }
}

/// The frame with the forces that moved the atoms.
static CheckFrame with_bias(const Check *check, Motion *motion, const CheckFrame *frame)
{
    CheckFrame moved = *frame;
    motion->last_bias_rounding = motion->bias_rounding;
    motion->bias_rounding = 0.0;
    if (frame->bias_forces == NULL)
        return moved;
    for (size_t i = 0; i < 3 * check->n_atoms; i++) {
        motion->forces[i] = frame->forces[i] + frame->bias_forces[i];
        motion->bias_rounding =
            fmax(motion->bias_rounding,
                 check_rounding(check->array[ARRAY_FORCES], frame->forces[i]) +
                     check_rounding(check->array[ARRAY_BIAS_FORCES], frame->bias_forces[i]));
    }
    moved.forces = motion->forces;
    return moved;
}

/// The frame becomes the one before.
static void frame_keep(const Check *check, Motion *motion, const CheckFrame *frame)
{
    const size_t n = 3 * check->n_atoms;
    memcpy(motion->last[0], frame->pos, n * sizeof(double));
    memcpy(motion->last[1], frame->vel, n * sizeof(double));
    memcpy(motion->last[2], frame->forces, n * sizeof(double));
    for (size_t i = 0; i < n && !motion->again; i++)
        motion->last[2][i] /= check->masses[i / 3];
    motion->last_rounding[0] = frame->pos_rounding;
    motion->last_rounding[1] = frame->vel_rounding;
    motion->last_rounding[2] = frame->forces_rounding;
    motion->last_time = *frame->time;
}

QmtStatus motion_add(QmtContext *ctx, const Check *check, Motion *motion, const CheckFrame *of_file)
{
    if (!can_be_told(check))
        return QMT_OK;
    const CheckFrame moved = with_bias(check, motion, of_file), *const frame = &moved;
    if (motion->again)
        TRY(step_again(ctx, check, motion, frame));
    else if (frame->number > 0)
        interval_compare(check, motion, frame);
    frame_keep(check, motion, frame);
    return QMT_OK;
}

double motion_heat(const Motion *motion)
{
    return motion->before.at.heat * KJMOL_PER_HARTREE;
}

static void steps_report(Check *check, const Motion *motion)
{
    const Mismatch *const path = &motion->path, *const kick = &motion->kick;
    const uint64_t n = check->n_frames - 1;
    if (path->n > 0)
        check_say(check, CHECK_MOTION, CHECK_FAIL,
                  "frame %" PRIu64 " does not follow from frame %" PRIu64
                  ": the step made again from its positions, velocities and forces puts atom %zu "
                  "%.1e nm elsewhere, rounding allows %.1e; %" PRIu64 " of %" PRIu64
                  " steps are so",
                  path->first, path->first - 1, path->atom, path->off, path->allowed,
                  path->n + kick->n, n);
    if (kick->n > 0)
        check_say(check, CHECK_MOTION, CHECK_FAIL,
                  "frame %" PRIu64 ": the forces%s change the velocity of atom %zu otherwise, by "
                  "%.1e nm/ps, rounding allows %.1e; %" PRIu64 " of %" PRIu64 " steps are so",
                  kick->first,
                  check->motion.thermostat != NULL ? " and the thermostat (of temperature_K, "
                                                     "its rate, random_seed, name, replica)"
                                                   : "",
                  kick->atom, kick->off, kick->allowed, kick->n, n);
    if (motion->heat.n > 0)
        check_say(check, CHECK_MOTION, CHECK_FAIL,
                  "frame %" PRIu64 ": heat changes by another amount than the velocities say, by "
                  "%.1e kJ/mol, %.1e is allowed; %" PRIu64 " of %" PRIu64 " steps are so",
                  motion->heat.first, motion->heat.off, motion->heat.allowed, motion->heat.n, n);
    check_say(check, CHECK_MOTION, CHECK_PASS,
              "%" PRIu64
              " steps made again from the forces%s: the same to %.0f %% of what rounding "
              "allows",
              n,
              motion->settings.thermostat == &BY_HEAT ? " and the heat"
              : check->motion.thermostat != NULL      ? " and the random numbers of the thermostat"
                                                      : "",
              100.0 * motion->worst);
}

/// Intervals of a good file that may be rougher than the theory of a vibration: those with a random kick and, of the
/// others, less than a third; of a thermostat that is not known, half of all.
static double rough_most(const Check *check, double n, double interval_ps)
{
    const double kicked = fmin(1.0, interval_ps / kick_interval(check));
    const double share = check->motion.known ? kicked + 0.3 * (1.0 - kicked) : 0.5;
    return share * n + 4.0 * sqrt(share * (1.0 - share) * n) + 1.0;
}

static void smooth_report(Check *check, const Motion *motion)
{
    const double h = motion->interval_ps, n = (double)motion->n_intervals;
    const bool each = smooth_limit(check, h, SMOOTH_SHARE) <= SMOOTH_MOST;
    const double most = rough_most(check, n, h);
    if (!(smooth_limit(check, h, SMOOTH_SHARE_MEDIAN) <= SMOOTH_MOST_MEDIAN)) {
        check_say(check, CHECK_MOTION, CHECK_NOT_RUN,
                  "frames are %.3g fs apart, too far to tell whether one follows from the other",
                  1e3 * h);
        return;
    }
    if (each && motion->path.n > 0)
        check_say(check, CHECK_MOTION, check->motion.known ? CHECK_FAIL : CHECK_WARN,
                  "frame %" PRIu64 " does not follow from frame %" PRIu64
                  ": positions, velocities and forces of atom %zu fit no smooth path, %.1f times "
                  "what is allowed; %" PRIu64 " of %.0f intervals are so",
                  motion->path.first, motion->path.first - 1, motion->path.atom, motion->path.off,
                  motion->path.n, n);
    if ((double)motion->n_rough > most)
        check_say(check, CHECK_MOTION, CHECK_FAIL,
                  "positions, velocities and forces fit no smooth path in %" PRIu64
                  " of %.0f intervals of %.3g fs, %.0f can be explained",
                  motion->n_rough, n, 1e3 * h, most);
    check_say(check, CHECK_MOTION, CHECK_PASS,
              each ? "positions, velocities and forces fit one smooth path through frames %.3g fs "
                     "apart"
                   : "most positions, velocities and forces fit a smooth path; frames %.3g fs "
                     "apart do not tell more",
              1e3 * h);
}

void motion_report(Check *check, const Motion *motion)
{
    if (check->n_frames == 1)
        check_say(check, CHECK_MOTION, CHECK_NOT_RUN, "a single frame");
    if (!can_be_told(check))
        return;
    if (motion->again)
        steps_report(check, motion);
    else
        smooth_report(check, motion);
}
