#include "scf/scf_parts.h"

#include <math.h>
#include <string.h>

#include "base/vec3.h"

enum {
    WARM_ITERATIONS = 20,
    // Measuring the Jacobian costs some hundred cycles, against hundreds of thousands of a motion.
    // Geometries in a row before this is worth while: more than a single point, less than a motion.
    JACOBIAN_MEASURE_AFTER = 4
};

/// Way of an atom, bohr, that no step of a motion has; a hydrogen atom of 5000 K goes 0.06 in 0.25 fs.
#define NO_STEP 0.5

/// Step of a charge or moment in the measured Jacobian: the map is smooth, and the density of a cycle
/// is right to 1e-12 or so.
#define JACOBIAN_STEP 1e-4

/// Share of the tolerance at which extrapolated charges are accepted as they are. Their error is correlated with
/// the past and makes the energy drift (docs/lab/performance.md), unlike that of a step with the Jacobian.
#define GUESS_TOLERANCE_SHARE 0.1

void scf_layout(Scf *scf, Arena *arena, const Basis *basis, bool rough)
{
    const size_t n_atoms = basis->n_atoms, kept_before = arena->kept_used;
    scf->multipoles = basis->method->multipoles;
    scf->n_shells = basis->n_shells;
    scf->n_atoms = n_atoms;
    scf->n_variables = basis->n_shells + (scf->multipoles ? 9 * n_atoms : 0);
    const size_t n = scf->n_variables;
    scf->kept = arena_kept(arena, sizeof *scf->kept);
    guess_layout(&scf->guess, arena, n, n_atoms);
    quasi_newton_layout(&scf->quasi_newton, arena, n);
    scf_prediction_layout(scf, arena, basis);
    potential_response_layout(&scf->response, arena, n, rough ? n_atoms : 0);
    scf->followed = arena_kept(arena, n * sizeof(double));
    scf->xyz_before = arena_kept(arena, n_atoms * sizeof *scf->xyz_before);
    density_layout(&scf->density, arena, basis->n_ao);
    scf->all_kept = arena_kept_since(arena, kept_before);
    broyden_layout(&scf->broyden, arena, n);
    free_energy_layout(&scf->free_energy, arena, basis);
    minimiser_layout(&scf->minimiser, arena, n);
    scf->x_other = arena_doubles(arena, n);
    scf->x_main = arena_doubles(arena, 2 * n);
    scf->x_in = arena_doubles(arena, n);
    scf->x_out = arena_doubles(arena, n);
    scf->f = arena_doubles(arena, n);
    scf->f_last = arena_doubles(arena, n);
    scf->dx = arena_doubles(arena, n);
    scf->x_best = arena_doubles(arena, n);
    scf->guess_error = arena_doubles(arena, n);
    scf->work = arena_doubles(arena, 2 * n);
    scf->atom_in = arena_doubles(arena, n_atoms);
    scf->atom_out = arena_doubles(arena, n_atoms);
    scf->potential_memory = arena_doubles(arena, n + n_atoms);
}

void scf_setup(Scf *scf, const ScfSpec *spec)
{
    scf->spec = *spec;
    guess_setup(&scf->guess, spec->kernels, spec->mass);
    quasi_newton_setup(&scf->quasi_newton, spec->kernels);
    scf->response.kernels = spec->kernels;
    if (scf->prediction.on)
        learnt_response_setup(&scf->prediction.learnt, spec->hamiltonian->batches.basis,
                              scf->multipoles);
    scf->density.kernels = spec->kernels;
    scf->density.kt = spec->boltzmann * spec->options.temperature_k;
    scf->density.n_alpha = spec->n_alpha;
    scf->density.n_beta = spec->n_beta;
    scf->density.fermi_stop = spec->fermi_stop;
    scf->density.update.may_be_local = spec->is_long && scf->density.update.large;
    scf->free_energy.kernels = spec->kernels;
    scf->free_energy.hamiltonian = spec->hamiltonian;
    scf->free_energy.terms = spec->terms;
    scf->free_energy.n_terms = spec->n_terms;
    scf->free_energy.density = &scf->density;
    for (int bound = 0; bound < TERM_BOUNDS; bound++)
        scf->free_energy.share[bound] = 1.0;
}

/// The moments that a vector of variables stands for; fills the atomic charges.
static Moments moments_of(const Scf *scf, const double *x, double *atom)
{
    const Basis *basis = scf->spec.hamiltonian->batches.basis;
    for (size_t a = 0; a < scf->n_atoms; a++) {
        atom[a] = 0.0;
        for (size_t s = basis->atom_shell[a]; s < basis->atom_shell[a + 1]; s++)
            atom[a] += x[s];
    }
    if (!scf->multipoles)
        return (Moments){.shell = x, .atom = atom};
    const double *dipole = x + scf->n_shells;
    return (Moments){.shell = x,
                     .atom = atom,
                     .dipole = (const double(*)[3])dipole,
                     .quadrupole = (const double(*)[6])(dipole + 3 * scf->n_atoms)};
}

Moments scf_moments(const Scf *scf)
{
    return moments_of(scf, scf->x_out, scf->atom_out);
}

static Potential potential_in(const Scf *scf, double *v)
{
    double *dipole = v + scf->n_shells;
    if (!scf->multipoles)
        return (Potential){.shell = v, .atom = v + scf->n_variables};
    return (Potential){.shell = v,
                       .dipole = (double(*)[3])dipole,
                       .quadrupole = (double(*)[6])(dipole + 3 * scf->n_atoms),
                       .atom = v + scf->n_variables};
}

Potential scf_potential(const Scf *scf)
{
    return potential_in(scf, scf->potential_memory);
}

void scf_make_potentials(const Geometry *geometry, Scf *scf, const double *x, double *v)
{
    const Moments in = moments_of(scf, x, scf->atom_in);
    Potential potential = potential_in(scf, v);
    memset(v, 0, (scf->n_variables + scf->n_atoms) * sizeof *v);
    for (size_t t = 0; t < scf->spec.n_terms; t++)
        if (scf->spec.terms[t].type->potential != NULL)
            scf->spec.terms[t].type->potential(scf->spec.terms[t].self, geometry, &in, &potential);

    for (size_t a = 0; a < scf->n_atoms && scf->external != NULL; a++)
        potential.atom[a] += scf->external[a];
}

QmtStatus scf_cycle(QmtContext *ctx, const Geometry *geometry, Scf *scf, double *rms)
{
    const size_t n = scf->n_variables;
    scf_make_potentials(geometry, scf, scf->x_in, scf->potential_memory);
    const Potential potential = scf_potential(scf);
    hamiltonian_fock(scf->spec.hamiltonian, &potential, scf->density.fock, scf->density.ld);
    TRY(density_build(ctx, &scf->density));

    double *multipoles = scf->multipoles ? scf->x_out + scf->n_shells : NULL;
    scf->band_energy =
        hamiltonian_moments(scf->spec.hamiltonian, scf->density.density, scf->density.ld,
                            scf->x_out, (double(*)[3])multipoles,
                            scf->multipoles ? (double(*)[6])(multipoles + 3 * scf->n_atoms) : NULL);
    for (size_t i = 0; i < n; i++)
        scf->f[i] = scf->x_out[i] - scf->x_in[i];
    *rms = sqrt(scf->spec.kernels->dot(n, scf->f, scf->f) / (double)n);
    scf->iterations++;
    scf->residual = *rms;
    if (!isfinite(*rms))
        return FAIL(ctx, QMT_ERR_SCF, "scf: charges are not finite numbers");
    return QMT_OK;
}

QmtStatus scf_mix(QmtContext *ctx, const Geometry *geometry, Scf *scf, double alpha,
                  int max_iterations, bool *converged)
{
    const size_t n = scf->n_variables;
    *converged = false;
    broyden_start(&scf->broyden, scf->spec.kernels, alpha);
    for (int i = 0; i < max_iterations; i++) {
        double rms;
        TRY(scf_cycle(ctx, geometry, scf, &rms));
        if (i > 0 && !scf->spec.options.apart && quasi_newton_usable(&scf->quasi_newton)) {
            for (size_t k = 0; k < n; k++)
                scf->f_last[k] = scf->f[k] - scf->f_last[k];
            quasi_newton_update(&scf->quasi_newton, scf->dx, scf->f_last, scf->work);
        }
        if (rms <= scf->spec.options.tolerance) {
            *converged = true;
            memcpy(scf->x_best, scf->x_in, n * sizeof(double));
            if (!broyden_mix(&scf->broyden, scf->x_best, scf->f))
                memcpy(scf->x_best, scf->x_out, n * sizeof(double));
            return QMT_OK;
        }
        memcpy(scf->f_last, scf->f, n * sizeof(double));
        memcpy(scf->dx, scf->x_in, n * sizeof(double));
        if (!broyden_mix(&scf->broyden, scf->x_in, scf->f))
            return QMT_OK;
        for (size_t k = 0; k < n; k++)
            scf->dx[k] = scf->x_in[k] - scf->dx[k];
    }
    return QMT_OK;
}

/// The step from a first cycle.
static void first_step(Scf *scf)
{
    quasi_newton_apply(&scf->quasi_newton, scf->f, scf->dx);
    scf_prediction_begin(scf, scf->dx);
}

/// The step from a later one; what the last step did to f is learnt.
static void next_step(Scf *scf, int cycle)
{
    for (size_t k = 0; k < scf->n_variables; k++)
        scf->f_last[k] = scf->f[k] - scf->f_last[k];
    if (scf->prediction.on)
        scf_prediction_next_step(scf, scf->f_last, cycle);
    else
        quasi_newton_next_step(&scf->quasi_newton, scf->f, scf->f_last, scf->dx);
}

/// Steps with the kept Jacobian from x_in. Gives up early where it does not help.
static QmtStatus step_with_jacobian(QmtContext *ctx, const Geometry *geometry, Scf *scf,
                                    bool *converged)
{
    const size_t n = scf->n_variables;
    double best = INFINITY;
    *converged = false;
    for (int i = 0; i < WARM_ITERATIONS; i++) {
        double rms;
        TRY(scf_cycle(ctx, geometry, scf, &rms));
        if (rms > 30.0 * best)
            return QMT_OK;
        best = fmin(best, rms);
        // The last pair is learnt from as well: the next geometry profits.
        if (i == 0)
            first_step(scf);
        else
            next_step(scf, i);
        // Where a solution is about to become a saddle 1 - J has no inverse, and single precision no number for it.
        if (!isfinite(scf->spec.kernels->dot(n, scf->dx, scf->dx)))
            return QMT_OK;
        if (rms <= scf->spec.options.tolerance * (i == 0 ? GUESS_TOLERANCE_SHARE : 1.0)) {
            *converged = true;
            memcpy(scf->x_best, scf->x_in, n * sizeof(double));
            scf->spec.kernels->axpy(n, 1.0, scf->dx, scf->x_best);
            return QMT_OK;
        }
        scf_prediction_improve(geometry, scf);
        memcpy(scf->f_last, scf->f, n * sizeof(double));
        scf->spec.kernels->axpy(n, 1.0, scf->dx, scf->x_in);
    }
    return QMT_OK;
}

QmtStatus scf_solve_warm(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    *converged = false;
    if (scf_guess(geometry, scf) == 0)
        return QMT_OK;
    memcpy(scf->guess_error, scf->x_in, scf->n_variables * sizeof(double));
    const bool plain = scf->spec.options.plain || scf->spec.options.apart;
    if (!plain && quasi_newton_usable(&scf->quasi_newton)) {
        TRY(step_with_jacobian(ctx, geometry, scf, converged));
        if (*converged)
            return QMT_OK;
        quasi_newton_reset(&scf->quasi_newton);
    } else if (!plain) {
        return scf_mix(ctx, geometry, scf, scf->spec.options.damping,
                       scf->spec.options.max_iterations, converged);
    }
    scf_newest(scf, scf->x_in);
    return scf_mix(ctx, geometry, scf, scf->spec.options.damping, scf->spec.options.max_iterations,
                   converged);
}

/// Repeats the last cycle of a geometry, so that density and moments are those of the solution again; or more than
/// one, as the orbitals come from elsewhere and the residual may be above the limit.
static QmtStatus settle_again(QmtContext *ctx, const Geometry *geometry, Scf *scf, const double *x)
{
    bool converged;
    memcpy(scf->x_in, x, scf->n_variables * sizeof(double));
    TRY(scf_mix(ctx, geometry, scf, scf->spec.options.damping, scf->spec.options.max_iterations,
                &converged));
    if (!converged)
        return FAIL(ctx, QMT_ERR_SCF,
                    "scf: charges moved by %.1e e when their Jacobian was measured", scf->residual);
    return QMT_OK;
}

/// Measures J along some directions at the geometry just converged, by one-sided differences. The directions
/// of one J come from neighbouring geometries, between which it hardly changes; Broyden's updates do the
/// rest.
static QmtStatus measure_jacobian(QmtContext *ctx, const Geometry *geometry, Scf *scf)
{
    const size_t n = scf->n_variables;
    const int iterations = scf->iterations;
    double *v = scf->work, *x = scf->work + n, *x_out = scf->f_last, *jv = scf->guess_error, rms;
    memcpy(x, scf->x_in, n * sizeof(double));
    memcpy(x_out, scf->x_out, n * sizeof(double));
    density_freeze_history(&scf->density);
    scf_prediction_measure(geometry, scf, x,
                           quasi_newton_quality(&scf->quasi_newton) != QUASI_NEWTON_MEASURING);
    for (int k = 0;
         k < SCF_MEASURE_AT_ONCE && quasi_newton_probe(&scf->quasi_newton, scf->guess_error, v);
         k++) {
        for (size_t i = 0; i < n; i++)
            scf->x_in[i] = x[i] + JACOBIAN_STEP * v[i];
        TRY(scf_cycle(ctx, geometry, scf, &rms));
        for (size_t i = 0; i < n; i++)
            jv[i] = (scf->x_out[i] - x_out[i]) / JACOBIAN_STEP;
        quasi_newton_measured(&scf->quasi_newton, v, jv);
        scf_prediction_measured(scf, JACOBIAN_STEP, jv);
    }
    TRY(settle_again(ctx, geometry, scf, x));
    scf->iterations = iterations;
    return QMT_OK;
}

/// The response to potentials, once the Jacobian is known.
static QmtStatus measure_response(QmtContext *ctx, const Geometry *geometry, Scf *scf)
{
    const int iterations = scf->iterations;
    double *x = scf->work + scf->n_variables;
    memcpy(x, scf->x_in, scf->n_variables * sizeof(double));
    density_freeze_history(&scf->density);
    TRY(scf_measure_response(ctx, geometry, scf));
    TRY(settle_again(ctx, geometry, scf, x));
    scf->iterations = iterations;
    return QMT_OK;
}

void scf_forget(Scf *scf)
{
    memset(scf->all_kept.data, 0, scf->all_kept.size);
}

/// A density that a diagonalisation does not confirm is dropped with all that led to it, and the geometry
/// solved by diagonalisations from neutral atoms. Returns whether it was confirmed.
static bool verify_by_diagonalisation(QmtContext *ctx, const Geometry *geometry, Scf *scf,
                                      bool *converged)
{
    double deviation;
    if (density_deviation(ctx, &scf->density, &deviation) == QMT_OK &&
        deviation <= scf->spec.options.check_limit)
        return true;
    scf_forget(scf);
    const bool always = scf->density.always_diagonalise;
    scf->density.always_diagonalise = true;
    density_begin(&scf->density);
    scf_recover(ctx, geometry, scf, SCF_STAGE_FRESH, converged);
    scf->density.always_diagonalise = always;
    return false;
}

/// The self-check, when it is due.
static void check(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    const int every = scf->spec.options.check_every;
    scf->kept->n_since_check++;
    if (every <= 0 || scf->kept->n_since_check < every)
        return;
    scf->kept->n_since_check = 0;
    scf->checked = true;
    scf->check_failed = !verify_by_diagonalisation(ctx, geometry, scf, converged);
}

/// Adds the solution to the history and notes how far off the guess was.
static void remember(const Geometry *geometry, Scf *scf)
{
    for (size_t i = 0; i < scf->n_variables; i++)
        scf->guess_error[i] -= scf->x_best[i];
    scf_store(geometry, scf);
    memcpy(scf->xyz_before, geometry->xyz, scf->n_atoms * sizeof *scf->xyz_before);
    density_end(&scf->density);
}

/// The longest way of an atom since the geometry before, bohr.
static double way_since(const Geometry *geometry, const Scf *scf)
{
    double longest = 0.0;
    for (size_t a = 0; a < scf->n_atoms; a++) {
        double d[3];
        vec3_difference(geometry->xyz[a], scf->xyz_before[a], d);
        longest = fmax(longest, vec3_norm(d));
    }
    return longest;
}

/// The solution of a geometry by itself, from nothing.
static void solve_from_nothing(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    scf_recover(ctx, geometry, scf, SCF_STAGE_FRESH, converged);
    if (*converged)
        scf_improve(ctx, geometry, scf, converged);
    // On the way from neutral atoms levels may cross while orbitals are refined that keep their occupations.
    if (*converged && !verify_by_diagonalisation(ctx, geometry, scf, converged) && *converged)
        scf_improve(ctx, geometry, scf, converged);
}

/// Drops all that is known of the geometry before, and solves from nothing.
static void solve_anew(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    const int iterations = scf->iterations;
    scf_forget(scf);
    density_begin(&scf->density);
    if (scf->spec.options.apart)
        density_freeze_history(&scf->density);
    scf->iterations = 0;
    solve_from_nothing(ctx, geometry, scf, converged);
    scf->iterations += iterations;
}

/// From the geometry before, which is not a step of a motion away: it must not decide which of several solutions this one gets.
static void solve_apart(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    scf->recovery = 0;
    if (scf_solve_warm(ctx, geometry, scf, converged) != QMT_OK)
        *converged = false;
    scf->largest_charge = *converged ? scf_largest_charge(scf) : 0.0;
    if (!*converged || scf_is_suspicious(geometry, scf))
        solve_anew(ctx, geometry, scf, converged);
    memset(scf->guess_error, 0, scf->n_variables * sizeof(double)); // nothing was extrapolated
}

/// A step of a motion. One that is too long to be one, and may have more than one solution, is treated as above; what is found only
/// from nothing is a jump.
static void solve_step(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    const bool plain = scf->spec.options.plain,
               alone = !plain && scf->way > NO_STEP && scf->spec.options.state == SCF_LOWEST;
    scf_recover(ctx, geometry, scf, SCF_STAGE_WARM, converged);
    if (*converged && !(alone && scf_is_suspicious(geometry, scf))) {
        check(ctx, geometry, scf, converged);
        if (*converged && !plain)
            scf_compare_solutions(ctx, geometry, scf, converged);
        if (*converged)
            return;
    }
    if (plain)
        return;
    solve_anew(ctx, geometry, scf, converged);
    if (!alone) {
        scf->change = SCF_JUMPED;
        scf->change_size = scf_largest_difference(scf, scf->guess_error);
    }
    memset(scf->guess_error, 0, scf->n_variables * sizeof(double));
}

QmtStatus scf_solve(QmtContext *ctx, const Geometry *geometry, Scf *scf)
{
    const bool warm = guess_points(&scf->guess) > 0;
    bool converged;
    scf->iterations = 0;
    scf->checked = scf->check_failed = false;
    scf->change = SCF_SAME;
    scf->change_size = 0.0;
    scf->largest_charge = 0.0;
    scf->way = warm ? way_since(geometry, scf) : 0.0;
    memset(scf->guess_error, 0, scf->n_variables * sizeof(double));
    hamiltonian_overlap(scf->spec.hamiltonian, scf->density.overlap, scf->density.ld);
    scf->density.pattern = sparsity_by_rows(&scf->spec.hamiltonian->sparsity);
    scf->density.update.pattern = sparsity_by_atoms(&scf->spec.hamiltonian->sparsity);
    scf->free_energy.geometry = geometry;
    scf_update_response(geometry, scf);
    density_begin(&scf->density);
    if (scf->spec.options.apart)
        density_freeze_history(&scf->density);
    if (warm && scf->spec.options.apart)
        solve_apart(ctx, geometry, scf, &converged);
    else if (warm)
        solve_step(ctx, geometry, scf, &converged);
    else
        solve_from_nothing(ctx, geometry, scf, &converged);
    if (converged && (!warm || scf->spec.options.apart))
        check(ctx, geometry, scf, &converged);
    scf->diagonalisations = scf->density.n_diagonalised;
    if (!converged) {
        scf_forget(scf);
        if (scf->largest_charge > scf_charge_limit(scf))
            return FAIL_HINT(
                ctx, QMT_ERR_SCF, QMT_HINT_WARMER_ELECTRONS,
                "scf: converges only to charges of up to %.1f e, which no molecule has, in %d "
                "cycles; check geometry, charge and multiplicity",
                scf->largest_charge, scf->iterations);
        return FAIL_HINT(
            ctx, QMT_ERR_SCF, QMT_HINT_WARMER_ELECTRONS,
            "scf: no convergence in %d cycles, also not with stronger damping and at raised "
            "electronic temperature; charges still move by %.1e e; check geometry, charge "
            "and multiplicity",
            scf->iterations, scf->residual);
    }
    remember(geometry, scf);
    if (scf->spec.options.plain || scf->spec.options.apart || scf->recovery > 0)
        return QMT_OK;
    if (quasi_newton_quality(&scf->quasi_newton) == QUASI_NEWTON_MEASURED)
        return scf->response.n_atoms > 0 && !potential_response_ready(&scf->response)
                   ? measure_response(ctx, geometry, scf)
                   : QMT_OK;
    if (guess_points(&scf->guess) >= JACOBIAN_MEASURE_AFTER)
        TRY(measure_jacobian(ctx, geometry, scf));
    return QMT_OK;
}
