#include "scf/scf.h"

#include <math.h>
#include <string.h>

enum {
    WARM_ITERATIONS = 20,
    // The lower stages of the recovery are damped: slower, and the last resort.
    DAMPED_ITERATIONS_FACTOR = 2,
    // Measuring the Jacobian costs some hundred cycles, against hundreds of thousands of a motion.
    // Geometries in a row before this is worth while: more than a single point, less than a motion.
    JACOBIAN_MEASURE_AFTER = 4,
    // A few cycles a geometry: a stop request waits for one geometry.
    JACOBIAN_MEASURE_AT_ONCE = 16,
    // Cycles from the end of a minimisation, whose moments are right to the tolerance or nearly, to a solution.
    SETTLE_ITERATIONS = 40,
    SETTLE_STEPS = 2,
    // Mixing finds a solution that is the right one in 12 to 40 cycles as a rule. One that takes more is looked at.
    UNSUSPICIOUS_ITERATIONS = 60
};

/// RMS of the moments at which a minimisation ends, over the tolerance of the loop.
#define MINIMISED_SHARE 0.3
/// The same at a temperature that is only on the way.
#define ANNEALED_TOLERANCE 1e-6
/// Residual from which mixing is tried where rounding stops Newton's method above the tolerance.
#define NEARLY 1e-7
/// Electronic entropy, as -T S in hartree, from which on levels near the Fermi level may make more than one solution.
#define UNSUSPICIOUS_ENTROPY 1e-6
/// One solution is lower than another by more than the rounding of their sums, hartree.
#define LOWER_BY 1e-9

/// Step of a charge or moment in the measured Jacobian: the map is smooth, and the density of a cycle
/// is right to 1e-12 or so.
#define JACOBIAN_STEP 1e-4

/// Share of the tolerance at which extrapolated charges are accepted as they are. Their error is correlated with
/// the past and makes the energy drift (docs/lab/performance.md), unlike that of a step with the Jacobian.
#define GUESS_TOLERANCE_SHARE 0.1

/// Largest charge of an atom, beyond that of the molecule, that a solution may have, e. The damped stage often
/// finds a wrong solution: its charges are accepted only up to the smaller limit while another stage is left. The
/// 97 molecules of the reference set stay below 1.2, crammed random clusters, in solutions that all stages agree
/// on, below 4.0; but the third-order energy has no lower bound, and where bonds are torn it makes fixed points
/// of 2 to 20.
#define LARGEST_CHARGE_DAMPED 1.5
#define LARGEST_CHARGE 4.0

void scf_layout(Scf *scf, Arena *arena, const Basis *basis)
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
    density_layout(&scf->density, arena, basis->n_ao);
    scf->all_kept = arena_kept_since(arena, kept_before);
    broyden_layout(&scf->broyden, arena, n);
    free_energy_layout(&scf->free_energy, arena, basis);
    minimiser_layout(&scf->minimiser, arena, n);
    scf->x_other = arena_doubles(arena, n);
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
    scf->density.kernels = spec->kernels;
    scf->density.kt = spec->boltzmann * spec->options.temperature_k;
    scf->density.n_alpha = spec->n_alpha;
    scf->density.n_beta = spec->n_beta;
    scf->density.fermi_stop = spec->fermi_stop;
    scf->free_energy.kernels = spec->kernels;
    scf->free_energy.hamiltonian = spec->hamiltonian;
    scf->free_energy.terms = spec->terms;
    scf->free_energy.n_terms = spec->n_terms;
    scf->free_energy.density = &scf->density;
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

Potential scf_potential(const Scf *scf)
{
    double *v = scf->potential_memory, *dipole = v + scf->n_shells;
    if (!scf->multipoles)
        return (Potential){.shell = v, .atom = v + scf->n_variables};
    return (Potential){.shell = v,
                       .dipole = (double(*)[3])dipole,
                       .quadrupole = (double(*)[6])(dipole + 3 * scf->n_atoms),
                       .atom = v + scf->n_variables};
}

/// One cycle: potentials of x_in, Hamiltonian, density, its moments x_out, f = x_out - x_in. Returns
/// the residual in *rms.
static QmtStatus cycle(QmtContext *ctx, const Geometry *geometry, Scf *scf, double *rms)
{
    const size_t n = scf->n_variables;
    const Moments in = moments_of(scf, scf->x_in, scf->atom_in);
    Potential potential = scf_potential(scf);
    memset(scf->potential_memory, 0, (n + scf->n_atoms) * sizeof(double));
    for (size_t t = 0; t < scf->spec.n_terms; t++)
        if (scf->spec.terms[t].type->potential != NULL)
            scf->spec.terms[t].type->potential(scf->spec.terms[t].self, geometry, &in, &potential);

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

/// Charge of the molecule shared equally by the atoms, inside an atom by the reference occupations.
static void start_from_neutral_atoms(Scf *scf)
{
    const Basis *basis = scf->spec.hamiltonian->batches.basis;
    memset(scf->x_in, 0, scf->n_variables * sizeof(double));
    for (size_t a = 0; a < scf->n_atoms; a++) {
        const size_t first = basis->atom_shell[a], end = basis->atom_shell[a + 1];
        double electrons = 0.0;
        for (size_t s = first; s < end; s++)
            electrons += scf->spec.hamiltonian->reference[s];
        for (size_t s = first; s < end; s++)
            scf->x_in[s] = scf->spec.charge / (double)scf->n_atoms *
                           scf->spec.hamiltonian->reference[s] / electrons;
    }
}

/// Cycles with Broyden mixing from x_in. Teaches the kept Jacobian on the way.
static QmtStatus mix(QmtContext *ctx, const Geometry *geometry, Scf *scf, double alpha,
                     int max_iterations, bool *converged)
{
    const size_t n = scf->n_variables;
    *converged = false;
    broyden_start(&scf->broyden, scf->spec.kernels, alpha);
    for (int i = 0; i < max_iterations; i++) {
        double rms;
        TRY(cycle(ctx, geometry, scf, &rms));
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

/// Steps with the kept Jacobian from x_in. Gives up early where it does not help.
static QmtStatus step_with_jacobian(QmtContext *ctx, const Geometry *geometry, Scf *scf,
                                    bool *converged)
{
    const size_t n = scf->n_variables;
    double best = INFINITY;
    *converged = false;
    for (int i = 0; i < WARM_ITERATIONS; i++) {
        double rms;
        TRY(cycle(ctx, geometry, scf, &rms));
        if (rms > 30.0 * best)
            return QMT_OK;
        best = fmin(best, rms);
        // The last pair is learnt from as well: the next geometry profits.
        if (i == 0) {
            quasi_newton_apply(&scf->quasi_newton, scf->f, scf->dx);
        } else {
            for (size_t k = 0; k < n; k++)
                scf->f_last[k] = scf->f[k] - scf->f_last[k];
            quasi_newton_next_step(&scf->quasi_newton, scf->f, scf->f_last, scf->dx);
        }
        if (rms <= scf->spec.options.tolerance * (i == 0 ? GUESS_TOLERANCE_SHARE : 1.0)) {
            *converged = true;
            memcpy(scf->x_best, scf->x_in, n * sizeof(double));
            scf->spec.kernels->axpy(n, 1.0, scf->dx, scf->x_best);
            return QMT_OK;
        }
        memcpy(scf->f_last, scf->f, n * sizeof(double));
        scf->spec.kernels->axpy(n, 1.0, scf->dx, scf->x_in);
    }
    return QMT_OK;
}

static QmtStatus solve_warm(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    *converged = false;
    if (guess_make(&scf->guess, geometry->xyz, scf->x_in) == 0)
        return QMT_OK;
    memcpy(scf->guess_error, scf->x_in, scf->n_variables * sizeof(double));
    const bool plain = scf->spec.options.plain || scf->spec.options.apart;
    if (!plain && quasi_newton_usable(&scf->quasi_newton)) {
        TRY(step_with_jacobian(ctx, geometry, scf, converged));
        if (*converged)
            return QMT_OK;
        quasi_newton_reset(&scf->quasi_newton);
    } else if (!plain) {
        return mix(ctx, geometry, scf, scf->spec.options.damping, scf->spec.options.max_iterations,
                   converged);
    }
    memcpy(scf->x_in, guess_newest(&scf->guess), scf->n_variables * sizeof(double));
    return mix(ctx, geometry, scf, scf->spec.options.damping, scf->spec.options.max_iterations,
               converged);
}

static QmtStatus solve_fresh(QmtContext *ctx, const Geometry *geometry, Scf *scf, double alpha,
                             int max_iterations, bool *converged)
{
    quasi_newton_reset(&scf->quasi_newton);
    start_from_neutral_atoms(scf);
    return mix(ctx, geometry, scf, alpha, max_iterations, converged);
}

static double charge_limit(const Scf *scf)
{
    return LARGEST_CHARGE + fabs(scf->spec.charge);
}

/// Takes the solution in x_in over into the loop, whose density and moments must be those of its own last cycle. Mixing
/// would leave a saddle, Newton's method does not.
static QmtStatus settle(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    double rms;
    TRY(cycle(ctx, geometry, scf, &rms));
    *converged = rms <= scf->spec.options.tolerance;
    for (int i = 0; i < SETTLE_STEPS && !*converged; i++) {
        if (i == 0)
            scf->free_energy.geometry = geometry;
        TRY(stationary_run(ctx, &scf->free_energy, &scf->minimiser,
                           MINIMISED_SHARE * scf->spec.options.tolerance, charge_limit(scf),
                           scf->x_in, converged));
        scf->iterations += scf->minimiser.evaluations;
        TRY(cycle(ctx, geometry, scf, &rms));
        *converged = rms <= scf->spec.options.tolerance;
    }
    memcpy(scf->x_best, scf->x_out, scf->n_variables * sizeof(double));
    if (!*converged && rms < NEARLY)
        return mix(ctx, geometry, scf, scf->spec.options.damping, SETTLE_ITERATIONS, converged);
    return QMT_OK;
}

/// A minimisation has ended.
static QmtStatus take_over(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    scf->iterations += scf->minimiser.evaluations;
    return *converged ? settle(ctx, geometry, scf, converged) : QMT_OK;
}

/// Downhill in the free energy from x_in.
static QmtStatus go_downhill(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    scf->free_energy.geometry = geometry;
    TRY(minimiser_run(ctx, &scf->free_energy, &scf->minimiser,
                      MINIMISED_SHARE * scf->spec.options.tolerance, charge_limit(scf), scf->x_in,
                      converged));
    return take_over(ctx, geometry, scf, converged);
}

static QmtStatus solve_downhill(QmtContext *ctx, const Geometry *geometry, Scf *scf,
                                bool *converged)
{
    if (guess_points(&scf->guess) > 0)
        memcpy(scf->x_in, guess_newest(&scf->guess), scf->n_variables * sizeof(double));
    else
        start_from_neutral_atoms(scf);
    return go_downhill(ctx, geometry, scf, converged);
}

/// The stationary point that neutral atoms lead to at a raised electronic temperature, followed as it is lowered. A
/// temperature at which there is none is passed over.
static QmtStatus solve_annealed(QmtContext *ctx, const Geometry *geometry, Scf *scf,
                                bool *converged)
{
    static const double FACTOR[] = {32.0, 16.0, 8.0, 4.0, 2.0, 1.0};
    const double kt = scf->density.kt, tight = MINIMISED_SHARE * scf->spec.options.tolerance;
    QmtStatus status = QMT_OK;
    scf->free_energy.geometry = geometry;
    start_from_neutral_atoms(scf);
    for (size_t i = 0; i < sizeof FACTOR / sizeof FACTOR[0] && status == QMT_OK; i++) {
        scf->density.kt = FACTOR[i] * kt;
        status = stationary_run(ctx, &scf->free_energy, &scf->minimiser,
                                FACTOR[i] > 1.0 ? ANNEALED_TOLERANCE : tight, charge_limit(scf),
                                scf->x_in, converged);
        if (FACTOR[i] > 1.0)
            scf->iterations += scf->minimiser.evaluations;
    }
    scf->density.kt = kt;
    TRY(status);
    return take_over(ctx, geometry, scf, converged);
}

/// Fermi smearing at a raised temperature, cooled back in steps; each step starts from the last.
static QmtStatus solve_hot(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    static const double FACTOR[] = {16.0, 8.0, 4.0, 2.0, 1.0};
    const double kt = scf->density.kt;
    QmtStatus status = QMT_OK;
    start_from_neutral_atoms(scf);
    *converged = true;
    for (size_t i = 0; i < sizeof FACTOR / sizeof FACTOR[0] && status == QMT_OK && *converged;
         i++) {
        scf->density.kt = FACTOR[i] * kt;
        status = mix(ctx, geometry, scf, 0.5 * scf->spec.options.damping,
                     DAMPED_ITERATIONS_FACTOR * scf->spec.options.max_iterations, converged);
    }
    scf->density.kt = kt;
    return status;
}

/// Measures J along some directions at the geometry just converged, by one-sided differences, and
/// repeats its last cycle, so that density and moments are those of the solution again; or more than
/// one, as the orbitals come from elsewhere and the residual may be above the limit. The directions
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
    for (int k = 0; k < JACOBIAN_MEASURE_AT_ONCE &&
                    quasi_newton_probe(&scf->quasi_newton, scf->guess_error, v);
         k++) {
        for (size_t i = 0; i < n; i++)
            scf->x_in[i] = x[i] + JACOBIAN_STEP * v[i];
        TRY(cycle(ctx, geometry, scf, &rms));
        for (size_t i = 0; i < n; i++)
            jv[i] = (scf->x_out[i] - x_out[i]) / JACOBIAN_STEP;
        quasi_newton_measured(&scf->quasi_newton, v, jv);
    }
    memcpy(scf->x_in, x, n * sizeof(double));
    bool converged;
    TRY(mix(ctx, geometry, scf, scf->spec.options.damping, scf->spec.options.max_iterations,
            &converged));
    scf->iterations = iterations;
    if (!converged)
        return FAIL(ctx, QMT_ERR_SCF,
                    "scf: charges moved by %.1e e when their Jacobian was measured", scf->residual);
    return QMT_OK;
}

/// Largest charge of an atom of the last density.
static double largest_charge(const Scf *scf)
{
    const Moments moments = scf_moments(scf);
    double largest = 0.0;
    for (size_t a = 0; a < scf->n_atoms; a++)
        largest = fmax(largest, fabs(moments.atom[a]));
    return largest;
}

/// Runs the stages of the recovery from one on.
static void recover(QmtContext *ctx, const Geometry *geometry, Scf *scf, int first, bool *converged)
{
    Density *density = &scf->density;
    const bool always = density->always_diagonalise;
    *converged = false;
    for (int stage = first; stage < SCF_STAGES && !*converged; stage++) {
        // Lower stages leave nothing to the orbitals that were carried along.
        if (stage > first) {
            density->always_diagonalise = true;
            density->orbitals_known = false;
        }
        // A stage that ends with an error (numbers not finite) is like one that does not converge.
        QmtStatus status = QMT_OK;
        switch (stage) {
        case SCF_STAGE_WARM:
            status = solve_warm(ctx, geometry, scf, converged);
            break;
        case SCF_STAGE_FRESH:
            status = solve_fresh(ctx, geometry, scf, scf->spec.options.damping,
                                 scf->spec.options.max_iterations, converged);
            break;
        case SCF_STAGE_DOWNHILL:
            status = solve_downhill(ctx, geometry, scf, converged);
            break;
        case SCF_STAGE_ANNEALED:
            status = solve_annealed(ctx, geometry, scf, converged);
            break;
        case SCF_STAGE_DAMPED:
            status =
                solve_fresh(ctx, geometry, scf, 0.25 * scf->spec.options.damping,
                            DAMPED_ITERATIONS_FACTOR * scf->spec.options.max_iterations, converged);
            break;
        default:
            status = solve_hot(ctx, geometry, scf, converged);
        }
        if (status != QMT_OK)
            *converged = false;
        if (*converged) {
            scf->largest_charge = largest_charge(scf);
            const double limit = stage == SCF_STAGE_DAMPED ? LARGEST_CHARGE_DAMPED : LARGEST_CHARGE;
            *converged = scf->largest_charge <= limit + fabs(scf->spec.charge);
        }
        scf->recovery = stage - first;
    }
    density->always_diagonalise = always;
}

/// Whether a first solution may be a saddle of the free energy, or not the lowest. A free atom with a partly filled shell
/// is one, and stays spherical: it has no direction, and that is what energies of atoms are tabulated for.
static bool is_suspicious(const Scf *scf)
{
    if (scf->n_atoms == 1)
        return false;
    if (scf->recovery == SCF_STAGE_DOWNHILL - SCF_STAGE_FRESH)
        return false; // it lies downhill from neutral atoms and has been tested
    return scf->recovery > 0 || scf->iterations > UNSUSPICIOUS_ITERATIONS ||
           scf->density.entropy < -UNSUSPICIOUS_ENTROPY ||
           scf->largest_charge > LARGEST_CHARGE_DAMPED + fabs(scf->spec.charge);
}

/// Free energy of the electrons at the solution x_in.
static QmtStatus free_energy_of(QmtContext *ctx, const Geometry *geometry, Scf *scf, double *a)
{
    scf->free_energy.geometry = geometry;
    free_energy_potential(&scf->free_energy, scf->x_in, scf->work);
    return free_energy_at(ctx, &scf->free_energy, scf->work, scf->work + scf->n_variables, a);
}

/// Whether the second solution is to be taken: charges that molecules have before those that none has, then the lower
/// free energy.
static bool is_better(const Scf *scf, double a, double charge, double other_a, double other_charge)
{
    const double usual = LARGEST_CHARGE_DAMPED + fabs(scf->spec.charge);
    if ((charge <= usual) != (other_charge <= usual))
        return other_charge <= usual;
    return other_a < a - LOWER_BY;
}

/// Compares a first solution with those that lie downhill from it and from neutral atoms, and keeps the best.
static QmtStatus improve(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    const size_t bytes = scf->n_variables * sizeof(double);
    const int recovery = scf->recovery;
    const double usual = LARGEST_CHARGE_DAMPED + fabs(scf->spec.charge);
    double *const best = scf->x_other, charge = scf->largest_charge, a;
    scf->density.always_diagonalise = true;
    scf->density.orbitals_known = false;
    TRY(free_energy_of(ctx, geometry, scf, &a));
    memcpy(best, scf->x_in, bytes);
    const bool from_neutral =
        charge > usual || recovery > 0 || scf->iterations > UNSUSPICIOUS_ITERATIONS;
    for (int start = 0; start < 1 + from_neutral; start++) {
        double other_a;
        if (start == 1)
            start_from_neutral_atoms(scf);
        const QmtStatus status = go_downhill(ctx, geometry, scf, converged);
        const double other_charge = largest_charge(scf);
        if (status == QMT_OK && *converged &&
            free_energy_of(ctx, geometry, scf, &other_a) == QMT_OK &&
            is_better(scf, a, charge, other_a, other_charge)) {
            a = other_a;
            charge = other_charge;
            memcpy(best, scf->x_in, bytes);
        }
        memcpy(scf->x_in, best, bytes);
    }
    scf->largest_charge = charge;
    return settle(ctx, geometry, scf, converged);
}

static void forget(Scf *scf)
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
    forget(scf);
    const bool always = scf->density.always_diagonalise;
    scf->density.always_diagonalise = true;
    density_begin(&scf->density);
    recover(ctx, geometry, scf, SCF_STAGE_FRESH, converged);
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
    guess_store(&scf->guess, geometry->xyz, scf->x_best);
    density_end(&scf->density);
}

QmtStatus scf_solve(QmtContext *ctx, const Geometry *geometry, Scf *scf)
{
    const bool warm = guess_points(&scf->guess) > 0;
    bool converged;
    scf->iterations = 0;
    scf->checked = scf->check_failed = false;
    scf->largest_charge = 0.0;
    memset(scf->guess_error, 0, scf->n_variables * sizeof(double));
    hamiltonian_overlap(scf->spec.hamiltonian, scf->density.overlap, scf->density.ld);
    density_begin(&scf->density);
    if (scf->spec.options.apart)
        density_freeze_history(&scf->density);
    recover(ctx, geometry, scf, warm ? SCF_STAGE_WARM : SCF_STAGE_FRESH, &converged);
    if (converged && !warm && is_suspicious(scf)) {
        const bool always = scf->density.always_diagonalise;
        if (improve(ctx, geometry, scf, &converged) != QMT_OK)
            converged = false;
        scf->density.always_diagonalise = always;
    }
    // On the way from neutral atoms levels may cross while orbitals are refined that keep their occupations.
    if (converged && !warm)
        (void)verify_by_diagonalisation(ctx, geometry, scf, &converged);
    if (converged)
        check(ctx, geometry, scf, &converged);
    scf->diagonalisations = scf->density.n_diagonalised;
    if (!converged) {
        forget(scf);
        if (scf->largest_charge > LARGEST_CHARGE + fabs(scf->spec.charge))
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
    if (!scf->spec.options.plain && !scf->spec.options.apart && scf->recovery == 0 &&
        guess_points(&scf->guess) >= JACOBIAN_MEASURE_AFTER &&
        quasi_newton_quality(&scf->quasi_newton) != QUASI_NEWTON_MEASURED)
        TRY(measure_jacobian(ctx, geometry, scf));
    return QMT_OK;
}
