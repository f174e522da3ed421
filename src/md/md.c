#include "md/md_parts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/units.h"
#include "base/vec3.h"
#include "md/thermostat_interval.h"
#include "md/velocities.h"

MdOptions md_options_default(void)
{
    return (MdOptions){.ensemble = MD_NVT,
                       .temperature_k = 300.0,
                       .thermostat = &THERMOSTAT_LANGEVIN,
                       .dt_fs = 0.25,
                       .friction_per_ps = 0.002,
                       .thermostat_time_ps = 0.5,
                       .length_ps = 30.0,
                       .frame_interval = 1,
                       .equilibration_ps = 5.0,
                       .equilibration_friction_per_ps = 10.0,
                       .window_every_ps = 20.0,
                       .window_ps = 10.0,
                       .optimize = true,
                       .relax_threshold = 5e-4,
                       .relax_max_steps = 1000,
                       .key = {.seed = 42}};
}

double md_wanted_temperature(const MdOptions *options, double time_ps)
{
    const double from = options->temperature_k, to = options->temperature_end_k;
    return to > 0.0 ? from + (to - from) * (time_ps / options->length_ps) : from;
}

double md_wanted_mean_temperature(const MdOptions *options, uint64_t n_steps)
{
    return md_wanted_temperature(options, 0.5e-3 * (double)n_steps * options->dt_fs);
}

double md_thermostat_rate(const MdOptions *options)
{
    if (options->ensemble == MD_NVE)
        return 0.0;
    return options->thermostat->scales ? 1.0 / options->thermostat_time_ps
                                       : options->friction_per_ps;
}

double md_ramp_lag(const MdOptions *options)
{
    const double rate = md_thermostat_rate(options), to = options->temperature_end_k;
    if (!(to > 0.0) || rate == 0.0)
        return 0.0;
    const double time_ps = (options->thermostat->scales ? 2.0 : 1.0) / rate;
    return fabs(to - options->temperature_k) * fmin(1.0, time_ps / options->length_ps);
}

bool md_whole_steps(double length_ps, double dt_fs, uint64_t *steps)
{
    const double ratio = 1e3 * length_ps / dt_fs;
    if (!(ratio >= 0.0 && ratio < 9e15) || fabs(ratio - round(ratio)) > 1e-6)
        return false;
    *steps = (uint64_t)round(ratio);
    return true;
}

/// Steps in a length that the configuration has checked.
static uint64_t checked_steps(double length_ps, double dt_fs)
{
    uint64_t steps = 0;
    const bool whole = md_whole_steps(length_ps, dt_fs, &steps);
    assert(whole);
    (void)whole;
    return steps;
}

static void md_layout(Md *md)
{
    const size_t n = md->engine->n_atoms;
    const size_t n_properties = properties_size(md->options.property_set, n);
    md_state_layout(&md->now, &md->arena, n, n_properties);
    md_state_layout(&md->next, &md->arena, n, n_properties);
    relax_layout(&md->relax, &md->arena, n);
    shadow_energy_layout(&md->watch, &md->arena, n);
    nve_window_layout(&md->window, &md->arena, n, n_properties, md_window_kept_size(md));
    if (md->options.bias != NULL) {
        md_state_bias_layout(&md->now, &md->arena);
        md_state_bias_layout(&md->next, &md->arena);
        md_state_bias_layout(&md->window.saved, &md->arena);
    }
    const size_t kept_size = md->options.thermostat->kept_size;
    md->thermostat = (Span){.data = arena_bytes(&md->arena, kept_size), .size = kept_size};
    md->thermostat_before = arena_bytes(&md->arena, kept_size);
    md->results = arena_bytes(&md->arena, md->n_windows * sizeof *md->results);
    md->mass = arena_doubles(&md->arena, n);
}

QmtStatus md_create(QmtContext *ctx, const MdOptions *options, const MdHooks *hooks, Engine *engine,
                    const double *mass_da, const double (*xyz)[3], Md **md)
{
    assert(options->thermostat_time_ps > 0.0 || !options->thermostat->scales);
    assert(options->dt_fs > 0.0 && options->temperature_k >= 0.0 && options->frame_interval > 0);

    Md *made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "md: no memory for a trajectory");
    made->options = *options;
    if (hooks != NULL)
        made->hooks = *hooks;
    made->engine = engine;
    made->n_equilibration = checked_steps(options->equilibration_ps, options->dt_fs);
    made->n_production = checked_steps(options->length_ps, options->dt_fs);
    // Without windows their lengths mean nothing and need not fit the step.
    if (options->window_every_ps > 0.0 && options->window_ps > 0.0) {
        made->window_every = checked_steps(options->window_every_ps, options->dt_fs);
        made->n_window = checked_steps(options->window_ps, options->dt_fs);
        made->n_windows = made->n_production / made->window_every;
    }
    made->dt = options->dt_fs / FS_PER_AUT;
    made->kt = options->temperature_k * HARTREE_PER_KELVIN;
    made->relax.threshold = options->relax_threshold;

    md_layout(made);
    const QmtStatus status = arena_reserve(ctx, &made->arena);
    if (status != QMT_OK) {
        free(made);
        return status;
    }
    md_layout(made);
    for (size_t a = 0; a < engine->n_atoms; a++)
        made->mass[a] = mass_da[a] * ME_PER_DALTON;
    memcpy(made->now.xyz, xyz, engine->n_atoms * sizeof *xyz);
    *md = made;
    return QMT_OK;
}

void md_destroy(Md **md)
{
    if (md == NULL || *md == NULL)
        return;
    arena_release(&(*md)->arena);
    free(*md);
    *md = NULL;
}

/// True if a new instant may follow the last one; else a sentence.
static QmtStatus check_finite(QmtContext *ctx, const Md *md, const MdState *next)
{
    bool finite = isfinite(next->at.energy) && isfinite(next->at.kinetic);
    for (size_t a = 0; a < next->n_atoms && finite; a++)
        for (int x = 0; x < 3; x++)
            finite = finite && isfinite(next->gradient[a][x]) && isfinite(next->xyz[a][x]);
    if (finite)
        return QMT_OK;
    return FAIL(
        ctx, QMT_ERR_PHYSICS,
        "%s, step %llu: the energy or a force is not a finite number; look at the last frame "
        "for atoms that collide",
        md_phase_name(md->record.phase), (unsigned long long)next->at.step);
}

double md_hot_k(const MdOptions *options)
{
    static const double HOT = 10000.0, TIMES = 10.0;
    return fmax(TIMES * fmax(options->temperature_k, options->temperature_end_k), HOT);
}

/// What motion conserves at an instant, hartree.
static double conserved_at(const MdInstant *at)
{
    return at->energy + at->kinetic - at->heat - at->work;
}

/// The same where the phase began; a side run counts heat and work from its own start.
static double conserved_before(const Md *md)
{
    const MdInstant *const saved = &md->window.saved.at;
    return md->record.conserved + (md->record.phase == MD_WINDOW ? saved->heat + saved->work : 0.0);
}

/// A molecule may get as hot as a bond that recombines makes it; one that heat comes to from nowhere has exploded.
static QmtStatus check_heat(QmtContext *ctx, Md *md, const MdState *next)
{
    // Of the kinetic energy, that has no source. At the turning points of a bond of 70000 K Verlet's steps of 0.25 fs are off by a sixth
    // of what is left there.
    static const double SHARE = 0.5;
    const double temperature =
        velocities_temperature(next->at.kinetic, md_dof(md, md->record.phase));
    const double off = conserved_at(&next->at) - conserved_before(md),
                 limit = md_hot_k(&md->options);
    if (temperature > limit && off > SHARE * next->at.kinetic)
        return FAIL_HINT(ctx, QMT_ERR_PHYSICS, QMT_HINT_SHORTER_STEP_OR_RELAX,
                         "%s, step %llu: %.0f K, more than %.0f K, and the conserved energy has "
                         "risen by %.0f kJ/mol",
                         md_phase_name(md->record.phase), (unsigned long long)next->at.step,
                         temperature, limit, off * KJMOL_PER_HARTREE);
    md->record.hottest_k = fmax(md->record.hottest_k, temperature);
    return QMT_OK;
}

/// How far the energy of a step is off the work of the forces, hartree, and the longest way of an atom, bohr.
static double off_the_work(const MdState *now, const MdState *next, double *way)
{
    double off = next->at.energy - now->at.energy;
    *way = 0.0;
    for (size_t a = 0; a < next->n_atoms; a++) {
        double d[3];
        vec3_difference(next->xyz[a], now->xyz[a], d);
        off -= 0.5 * (vec3_dot(now->gradient[a], d) + vec3_dot(next->gradient[a], d));
        *way = fmax(*way, vec3_norm(d));
    }
    return off;
}

static QmtStatus check_physics(QmtContext *ctx, Md *md, const MdState *next)
{
    static const double LARGEST_JUMP = 100.0 / KJMOL_PER_HARTREE;
    // In so short a way, bohr, no force changes by what atoms that collide in a long step jump by.
    static const double SHORT_WAY = 0.05;

    TRY(check_finite(ctx, md, next));
    const char *phase = md_phase_name(md->record.phase);
    const unsigned long long step = next->at.step;
    const double jump = conserved_at(&next->at) - conserved_at(&md->now.at);
    double way;
    if (fabs(jump) <= LARGEST_JUMP)
        return check_heat(ctx, md, next);
    const double off = off_the_work(&md->now, next, &way);
    if (way < SHORT_WAY && fabs(off) > 0.5 * LARGEST_JUMP)
        return FAIL_HINT(ctx, QMT_ERR_PHYSICS, QMT_HINT_WARMER_ELECTRONS,
                         "%s, step %llu: the SCF goes to another solution: the potential energy "
                         "jumps by %.0f kJ/mol beyond the work of the forces, in a step of %.4f "
                         "angstrom",
                         phase, step, off * KJMOL_PER_HARTREE, way / BOHR_PER_ANGSTROM);
    return FAIL_HINT(ctx, QMT_ERR_PHYSICS, QMT_HINT_SHORTER_STEP,
                     "%s, step %llu: the conserved energy jumps by %.0f kJ/mol", phase, step,
                     jump * KJMOL_PER_HARTREE);
}

static void count_evaluation(Md *md, const EngineReport *report)
{
    MdRecord *record = &md->record;
    record->evaluations++;
    md->change = report->change;
    md->change_size = report->change_size;
    record->scf_iterations += (uint64_t)report->scf_iterations;
    record->recoveries += report->recovery != 0;
    if (report->recovery != 0 && record->phase == MD_PRODUCTION &&
        record->production_recoveries++ == 0)
        record->first_recovery_step = md->next.at.step;
    if (report->scf_iterations > record->scf_iterations_max)
        record->scf_iterations_max = report->scf_iterations;
    record->diagonalisations += (uint64_t)report->diagonalisations;
    record->checks += report->checked;
    record->checks_failed += report->check_failed;
    log_histogram_add(&record->scf_residuals, report->scf_residual);
    record->scf_residual_max = fmax(record->scf_residual_max, report->scf_residual);
}

/// What the step that comes must know beyond energy and gradient: properties if it is a frame.
static unsigned frame_properties(const Md *md)
{
    const bool frame = md->record.phase == MD_PRODUCTION &&
                       (md->now.at.step + 1) % md->options.frame_interval == 0;
    return frame ? md->options.property_set : 0;
}

/// k_B T of the bath of the step that comes, which acts in its middle.
static double kt_of_step(const Md *md)
{
    if (md->record.phase != MD_PRODUCTION || md->options.temperature_end_k <= 0.0)
        return md->kt;
    const double time = md_time_ps(md, md->now.at.step) + 0.5e-3 * md->options.dt_fs;
    return md_wanted_temperature(&md->options, time) * HARTREE_PER_KELVIN;
}

/// The time of the biases: it stands still but in production, so that a side run conserves its energy.
static double bias_time(const Md *md, uint64_t steps_ahead)
{
    switch (md->record.phase) {
    case MD_PRODUCTION:
        return (double)(md->now.at.step + steps_ahead) * md->dt;
    case MD_WINDOW:
        return (double)md->window.saved.at.step * md->dt;
    default:
        return 0.0;
    }
}

/// The hills that are due after a step of the production, or at its start.
static void add_hills(const Md *md, MdState *state)
{
    const BiasChange change =
        bias_add_hills(md->options.bias, state->at.step, (const double(*)[3])state->xyz);
    state->at.energy += change.energy;
    state->at.bias += change.energy;
    state->at.work += change.energy;
    state->at.bias_rate += change.rate;
}

/// The work of the biases in a step of the production, by the trapezoidal rule: that is the motion in an
/// extended phase space, in which time is a coordinate.
static void add_work(const Md *md, const MdState *before, MdState *next)
{
    next->at.work += 0.5 * md->dt * (before->at.bias_rate + next->at.bias_rate);
    add_hills(md, next);
}

/// One checked step of an integrator from now into next.
///
/// @param rate  of the thermostat, 1/ps
static QmtStatus integrate(QmtContext *ctx, Md *md, const Integrator *integrator,
                           const Thermostat *thermostat, double rate, RandomPurpose purpose)
{
    const IntegratorSettings settings = {.dt = md->dt,
                                         .noise_interval = thermostat_interval(rate),
                                         .mass = md->mass,
                                         .kt = kt_of_step(md),
                                         .rate = rate * PS_PER_AUT,
                                         .dof = md_dof(md, md->record.phase),
                                         .thermostat = thermostat,
                                         .thermostat_kept = md->thermostat.data,
                                         .key = md->options.key,
                                         .purpose = purpose,
                                         .property_set = frame_properties(md)};
    EngineReport report = {0};
    const Span kept = md->thermostat;
    if (kept.size > 0)
        memcpy(md->thermostat_before, kept.data, kept.size);
    if (md->options.bias != NULL)
        bias_set_time(md->options.bias, bias_time(md, 1));
    QmtStatus status = integrator->step(ctx, md->engine, &settings, &md->now, &md->next, &report);
    if (status == QMT_OK)
        status = check_physics(ctx, md, &md->next);
    if (status != QMT_OK) {
        if (kept.size > 0)
            memcpy(kept.data, md->thermostat_before, kept.size);
        return status;
    }
    count_evaluation(md, &report);
    return QMT_OK;
}

/// Evaluates the positions in next and makes it the current instant.
static QmtStatus evaluate_next(QmtContext *ctx, Md *md, unsigned property_set, EngineReport *report)
{
    const EngineResult result = md_state_result(&md->next, report, property_set);
    if (md->options.bias != NULL)
        bias_set_time(md->options.bias, 0.0); // before production and at its start
    TRY(engine_evaluate(ctx, md->engine, (const double(*)[3])md->next.xyz, &result));
    TRY(check_finite(ctx, md, &md->next));
    md_state_copy(&md->now, &md->next);
    return QMT_OK;
}

static void add_temperature(Md *md)
{
    block_mean_add(&md->record.temperature,
                   velocities_temperature(md->now.at.kinetic, md_dof(md, MD_PRODUCTION)));
}

/// At constant energy the molecule does not turn.
static void remove_rotation(const Md *md, MdState *state)
{
    if (md->options.ensemble == MD_NVE)
        velocities_remove_rotation(state->n_atoms, md->mass, (const double(*)[3])state->xyz,
                                   md->record.linear != 0, state->velocity);
}

/// From the geometry at rest to moving atoms.
static void begin_motion(Md *md)
{
    MdState *now = &md->now;
    const size_t n = now->n_atoms;
    md->record.linear = velocities_is_linear(n, md->mass, (const double(*)[3])now->xyz);
    velocities_draw(n, md->mass, md->kt, &md->options.key, now->velocity);
    velocities_remove_momentum(n, md->mass, now->velocity);
    // Exactly at the wanted temperature, counted as the phase that comes first counts it.
    const MdPhase first = md->n_equilibration > 0 ? MD_EQUILIBRATION : MD_PRODUCTION;
    if (first == MD_PRODUCTION)
        remove_rotation(md, now);
    velocities_scale_to(n, md->mass, 0.5 * (double)md_dof(md, first) * md->kt, now->velocity);
    now->at.kinetic = velocities_kinetic(n, md->mass, (const double(*)[3])now->velocity);
    now->at.step = 0;
    now->at.heat = 0.0;
    md->record.conserved = conserved_at(&now->at);
    md->record.phase = MD_EQUILIBRATION;
}

static QmtStatus begin_production(QmtContext *ctx, Md *md)
{
    MdState *next = &md->next;
    const size_t n = next->n_atoms;
    double centre[3];

    md_state_copy(next, &md->now);
    velocities_centre_of_mass(n, md->mass, (const double(*)[3])next->xyz, centre);
    for (size_t a = 0; a < n; a++)
        for (int x = 0; x < 3; x++)
            next->xyz[a][x] -= centre[x];
    velocities_remove_momentum(n, md->mass, next->velocity);
    // The energy of the rotation goes with it: what is left has kT/2 in each of its degrees of freedom.
    remove_rotation(md, next);
    if (md->options.push.energy != 0.0)
        velocities_push(md->mass, (const double(*)[3])next->xyz, md->options.push.atoms,
                        md->options.push.energy, next->velocity);
    next->at =
        (MdInstant){.kinetic = velocities_kinetic(n, md->mass, (const double(*)[3])next->velocity)};

    // Production begins without memory of the equilibration, so its first frame has the same label as
    // a fresh calculation of it.
    EngineReport report = {0};
    engine_forget(md->engine);
    TRY(evaluate_next(ctx, md, md->options.property_set, &report));
    count_evaluation(md, &report);
    if (md->options.bias != NULL)
        add_hills(md, &md->now);
    md->now.at.work = 0.0; // counted from here
    md->record.conserved = conserved_at(&md->now.at);
    shadow_energy_begin(&md->watch, &md->now);
    add_temperature(md);
    md->record.phase = MD_PRODUCTION;
    md->record.frame_done = md->record.window_done = 0;
    return QMT_OK;
}

static QmtStatus advance_start(QmtContext *ctx, Md *md)
{
    EngineReport report = {0};
    md_state_copy(&md->next, &md->now);
    TRY(evaluate_next(ctx, md, 0, &report));
    md->record.relax_evaluations = 1;
    if (md->options.optimize)
        md->record.phase = MD_RELAX;
    else
        begin_motion(md);
    return QMT_OK;
}

static QmtStatus advance_relax(QmtContext *ctx, Md *md)
{
    MdRecord *record = &md->record;
    const MdState *now = &md->now;
    EngineReport report = {0};
    RelaxVerdict verdict = RELAX_GOING_ON;
    if (now->at.step < md->options.relax_max_steps) {
        TRY(relax_step(ctx, md->engine, &md->relax, &md->now, &md->next, &report, &verdict));
        record->relax_evaluations += verdict != RELAX_CONVERGED;
        if (verdict == RELAX_GOING_ON)
            return QMT_OK;
    }
    record->relax_largest_slope =
        relax_largest_slope(now->n_atoms, (const double(*)[3])now->gradient);
    record->relax_converged = record->relax_largest_slope <= md->options.relax_threshold;
    begin_motion(md);
    return QMT_OK;
}

static QmtStatus advance_equilibration(QmtContext *ctx, Md *md)
{
    if (md->now.at.step == md->n_equilibration)
        return begin_production(ctx, md);
    TRY(integrate(ctx, md, &integrator_baoab, &THERMOSTAT_LANGEVIN,
                  md->options.equilibration_friction_per_ps, RANDOM_EQUILIBRATION));
    md_state_copy(&md->now, &md->next);
    return QMT_OK;
}

static QmtStatus give_frame(QmtContext *ctx, Md *md)
{
    const MdState *now = &md->now;
    if (md->hooks.frame != NULL) {
        double(*const gradient)[3] = md->options.bias != NULL ? md->next.gradient : now->gradient;
        if (md->options.bias != NULL)
            for (size_t a = 0; a < now->n_atoms; a++)
                vec3_difference(now->gradient[a], now->bias_gradient[a], gradient[a]);
        const MdFrame frame = {
            .step = now->at.step,
            .time_ps = md_time_ps(md, now->at.step),
            .heat = now->at.heat,
            .wanted_k = md_wanted_temperature(&md->options, md_time_ps(md, now->at.step)),
            .n_atoms = now->n_atoms,
            .xyz = (const double(*)[3])now->xyz,
            .velocity = (const double(*)[3])now->velocity,
            .gradient = (const double(*)[3])gradient,
            .kinetic = now->at.kinetic,
            .potential = now->at.energy - now->at.bias,
            .bias = now->at.bias,
            .bias_work = now->at.work,
            .bias_gradient = (const double(*)[3])now->bias_gradient,
            .properties = now->properties};
        TRY(md->hooks.frame(ctx, md->hooks.user, &frame));
    }
    md->record.frame_done = 1;
    return QMT_OK;
}

static QmtStatus advance_production(QmtContext *ctx, Md *md)
{
    const uint64_t step = md->now.at.step;
    if (!md->record.frame_done && step % md->options.frame_interval == 0)
        TRY(give_frame(ctx, md));
    if (md->n_windows > 0 && step > 0 && step % md->window_every == 0 && !md->record.window_done) {
        nve_window_begin(&md->window, md->engine, &md->now);
        md->record.phase = MD_WINDOW;
        return QMT_OK;
    }
    if (step == md->n_production) {
        md->record.phase = MD_DONE;
        return QMT_OK;
    }
    if (md->options.ensemble == MD_NVE)
        TRY(integrate(ctx, md, &integrator_verlet, NULL, 0.0, RANDOM_PRODUCTION));
    else
        TRY(integrate(ctx, md, &integrator_baoab, md->options.thermostat,
                      md_thermostat_rate(&md->options), RANDOM_PRODUCTION));
    if (md->options.bias != NULL)
        add_work(md, &md->now, &md->next);
    shadow_energy_add(&md->watch, md->mass, md->dt, &md->now, &md->next);
    md_state_copy(&md->now, &md->next);
    add_temperature(md);
    md->record.frame_done = md->record.window_done = 0;
    return QMT_OK;
}

static QmtStatus advance_window(QmtContext *ctx, Md *md)
{
    NveWindow *window = &md->window;
    MdRecord *record = &md->record;
    if (window->steps_done == md->n_window) {
        const double begin = md_time_ps(md, window->saved.at.step);
        md->results[record->n_windows_done++] = nve_window_end(window, md->engine, begin, &md->now);
        record->window_done = 1;
        record->phase = MD_PRODUCTION;
        return QMT_OK;
    }
    if (md->hooks.window != NULL) {
        NveWindowPoint point = nve_window_point(window, &md->now);
        point.window = record->n_windows_done;
        point.n_steps = md->n_window;
        TRY(md->hooks.window(ctx, md->hooks.user, &point));
    }
    TRY(integrate(ctx, md, &integrator_verlet, NULL, 0.0, RANDOM_PRODUCTION));
    nve_window_add(window, md->mass, md->dt, md_dof(md, MD_WINDOW), &md->now, &md->next);
    md_state_copy(&md->now, &md->next);
    return QMT_OK;
}

static QmtStatus advance_one(QmtContext *ctx, Md *md)
{
    switch (md->record.phase) {
    case MD_START:
        return advance_start(ctx, md);
    case MD_RELAX:
        return advance_relax(ctx, md);
    case MD_EQUILIBRATION:
        return advance_equilibration(ctx, md);
    case MD_PRODUCTION:
        return advance_production(ctx, md);
    case MD_WINDOW:
        return advance_window(ctx, md);
    case MD_DONE:
        break;
    }
    return QMT_OK;
}

QmtStatus md_advance(QmtContext *ctx, Md *md, uint64_t n_steps, bool *done)
{
    for (uint64_t i = 0; i < n_steps && md->record.phase != MD_DONE; i++) {
        md->change = SCF_SAME;
        TRY(advance_one(ctx, md));
        md_tell_progress(md);
    }
    *done = md->record.phase == MD_DONE;
    return QMT_OK;
}

void md_end_at_frame(Md *md, uint64_t step)
{
    const uint64_t every = md->options.frame_interval;
    const uint64_t end = (step + every - 1) / every * every;
    if (end < md->n_production)
        md->n_production = end;
}

const MdState *md_state(const Md *md)
{
    return &md->now;
}
