#include "scf/scf_parts.h"

#include <math.h>
#include <string.h>

enum {
    // The last stages are damped: slower, and the last resort.
    DAMPED_ITERATIONS_FACTOR = 2,
    // Cycles from the end of a minimisation, whose moments are right to the tolerance or nearly, to a solution.
    SETTLE_ITERATIONS = 40,
    SETTLE_STEPS = 2,
    // After these, mixing that is on its way to a solution is near it; later where it has failed at full steps.
    MIXED_ITERATIONS = 40,
    MIXED_ITERATIONS_LATE = 60
};

/// Residual from which mixing is tried where rounding stops Newton's method above the tolerance.
#define NEARLY 1e-7
/// From a flat valley to a stationary point, hartree.
#define FLAT_RISE 1e-7
/// One solution is lower than another by more than the rounding of their sums, hartree.
#define LOWER_BY 1e-9

/// Largest charge of an atom, beyond that of the molecule, that a solution may have, and that one has as a rule, e. The
/// 97 molecules of the reference set stay below 1.2, crammed random clusters, in solutions that all stages agree
/// on, below 4.0; but the third-order energy has no lower bound, and where bonds are torn it makes fixed points
/// of 2 to 20. The damped stage often finds a wrong solution: its charges are accepted only up to the smaller limit.
#define LARGEST_CHARGE 4.0
#define USUAL_CHARGE 1.5
/// The latter of an ion beyond its own charge, which one atom may carry.
#define USUAL_CHARGE_BEYOND 1.0

/// Share of the coordination radius, 4/3 of the sum of the covalent radii, below which two atoms are pressed into each
/// other: half of that sum.
#define PRESSED 0.375

static QmtStatus solve_fresh(QmtContext *ctx, const Geometry *geometry, Scf *scf, double alpha,
                             int max_iterations, bool *converged)
{
    quasi_newton_reset(&scf->quasi_newton);
    scf_start_from_neutral_atoms(scf);
    return scf_mix(ctx, geometry, scf, alpha, max_iterations, converged);
}

double scf_charge_limit(const Scf *scf)
{
    return LARGEST_CHARGE + fabs(scf->spec.charge);
}

double scf_usual_charge(const Scf *scf)
{
    return fmax(USUAL_CHARGE, USUAL_CHARGE_BEYOND + fabs(scf->spec.charge));
}

QmtStatus scf_settle(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    double rms;
    TRY(scf_cycle(ctx, geometry, scf, &rms));
    *converged = rms <= scf->spec.options.tolerance;
    for (int i = 0; i < SETTLE_STEPS && !*converged; i++) {
        TRY(stationary_run(ctx, &scf->free_energy, &scf->minimiser,
                           SCF_MINIMISED_SHARE * scf->spec.options.tolerance, scf_charge_limit(scf),
                           scf->x_in, converged));
        scf->iterations += scf->minimiser.evaluations;
        TRY(scf_cycle(ctx, geometry, scf, &rms));
        *converged = rms <= scf->spec.options.tolerance;
    }
    memcpy(scf->x_best, scf->x_out, scf->n_variables * sizeof(double));
    if (!*converged && rms < NEARLY)
        return scf_mix(ctx, geometry, scf, scf->spec.options.damping, SETTLE_ITERATIONS, converged);
    return QMT_OK;
}

QmtStatus scf_take_over(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    scf->iterations += scf->minimiser.evaluations;
    return *converged ? scf_settle(ctx, geometry, scf, converged) : QMT_OK;
}

/// A minimisation has ended in a valley that hardly falls: the nearest stationary point is its end, if it lies no higher.
static QmtStatus go_along_the_flat(QmtContext *ctx, const Geometry *geometry, Scf *scf,
                                   bool *converged)
{
    const double a = scf->minimiser.a;
    scf->iterations += scf->minimiser.evaluations;
    memcpy(scf->x_in, scf->minimiser.x, scf->n_variables * sizeof(double));
    TRY(stationary_run(ctx, &scf->free_energy, &scf->minimiser,
                       SCF_MINIMISED_SHARE * scf->spec.options.tolerance, scf_charge_limit(scf),
                       scf->x_in, converged));
    *converged = *converged && scf->minimiser.a < a + FLAT_RISE;
    return scf_take_over(ctx, geometry, scf, converged);
}

QmtStatus scf_go_downhill(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    TRY(minimiser_run(ctx, &scf->free_energy, &scf->minimiser,
                      SCF_MINIMISED_SHARE * scf->spec.options.tolerance, scf_charge_limit(scf),
                      scf->x_in, converged));
    return !*converged && scf->minimiser.flat ? go_along_the_flat(ctx, geometry, scf, converged)
                                              : scf_take_over(ctx, geometry, scf, converged);
}

static QmtStatus solve_downhill(QmtContext *ctx, const Geometry *geometry, Scf *scf,
                                bool *converged)
{
    if (guess_points(&scf->guess) > 0)
        scf_newest(scf, scf->x_in);
    else
        scf_start_from_neutral_atoms(scf);
    return scf_go_downhill(ctx, geometry, scf, converged);
}

/// The stationary point near which mixing from neutral atoms has wandered: metals, where it comes near and does not arrive.
static QmtStatus solve_from_mixed(QmtContext *ctx, const Geometry *geometry, Scf *scf,
                                  bool *converged)
{
    static const double DAMPING[] = {0.75, 0.5};
    *converged = false;
    for (size_t i = 0; i < sizeof DAMPING / sizeof DAMPING[0] && !*converged; i++) {
        TRY(solve_fresh(ctx, geometry, scf, DAMPING[i] * scf->spec.options.damping,
                        scf->spec.options.max_iterations, converged));
        if (*converged && scf_largest_charge(scf) <= scf_usual_charge(scf))
            return QMT_OK;
        TRY(stationary_run(ctx, &scf->free_energy, &scf->minimiser,
                           SCF_MINIMISED_SHARE * scf->spec.options.tolerance, scf_charge_limit(scf),
                           scf->x_in, converged));
        TRY(scf_take_over(ctx, geometry, scf, converged));
    }
    return QMT_OK;
}

/// Newton's method, from many charges, from where mixing has wandered, or from a raised temperature. All but the last may end with
/// an error, as of numbers that are not finite, which is like not converging.
static QmtStatus solve_stationary(QmtContext *ctx, const Geometry *geometry, Scf *scf,
                                  bool *converged)
{
    if (scf_newton_from_many(ctx, geometry, scf, converged) == QMT_OK && *converged &&
        scf_largest_charge(scf) <= scf_usual_charge(scf))
        return QMT_OK;
    if (solve_from_mixed(ctx, geometry, scf, converged) == QMT_OK && *converged)
        return QMT_OK;
    return scf_anneal(ctx, geometry, scf, converged);
}

/// Fermi smearing at a raised temperature, cooled back in steps; each step starts from the last.
static QmtStatus solve_hot(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    static const double FACTOR[] = {16.0, 8.0, 4.0, 2.0, 1.0};
    const double kt = scf->density.kt;
    QmtStatus status = QMT_OK;
    scf_start_from_neutral_atoms(scf);
    *converged = true;
    for (size_t i = 0; i < sizeof FACTOR / sizeof FACTOR[0] && status == QMT_OK && *converged;
         i++) {
        scf->density.kt = FACTOR[i] * kt;
        status = scf_mix(ctx, geometry, scf, 0.5 * scf->spec.options.damping,
                         DAMPED_ITERATIONS_FACTOR * scf->spec.options.max_iterations, converged);
    }
    scf->density.kt = kt;
    return status;
}

/// What is left: cheapest first.
static QmtStatus solve_last(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    static QmtStatus (*const WAYS[])(QmtContext *, const Geometry *, Scf *,
                                     bool *) = {scf_let_terms_in, solve_hot, scf_cool_from_many};
    QmtStatus status = QMT_OK;
    *converged = false;
    for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS && !*converged; i++) {
        status = WAYS[i](ctx, geometry, scf, converged);
        *converged =
            status == QMT_OK && *converged && scf_largest_charge(scf) <= scf_charge_limit(scf);
    }
    return status;
}

double scf_largest_charge(const Scf *scf)
{
    const Moments moments = scf_moments(scf);
    double largest = 0.0;
    for (size_t a = 0; a < scf->n_atoms; a++)
        largest = fmax(largest, fabs(moments.atom[a]));
    return largest;
}

/// A step of a motion has a solution beside it: what lies downhill from that is its continuation, and is asked for before
/// neutral atoms, which may lead to another.
static int stage_at(int first, int place)
{
    static const int IN_MOTION[SCF_STAGES] = {SCF_STAGE_WARM,   SCF_STAGE_DOWNHILL,
                                              SCF_STAGE_FRESH,  SCF_STAGE_STATIONARY,
                                              SCF_STAGE_DAMPED, SCF_STAGE_HOT};
    return first == SCF_STAGE_WARM ? IN_MOTION[place] : first + place;
}

void scf_recover(QmtContext *ctx, const Geometry *geometry, Scf *scf, int first, bool *converged)
{
    Density *density = &scf->density;
    const bool always = density->always_diagonalise;
    *converged = false;
    for (int place = 0; place < SCF_STAGES - first && !*converged; place++) {
        const int stage = stage_at(first, place);
        // Lower stages leave nothing to the orbitals that were carried along.
        if (place > 0) {
            density->always_diagonalise = true;
            density->orbitals_known = false;
        }
        // A stage that ends with an error (numbers not finite) is like one that does not converge.
        QmtStatus status = QMT_OK;
        switch (stage) {
        case SCF_STAGE_WARM:
            status = scf_solve_warm(ctx, geometry, scf, converged);
            break;
        case SCF_STAGE_FRESH:
            status = solve_fresh(ctx, geometry, scf, scf->spec.options.damping,
                                 scf->spec.options.max_iterations, converged);
            break;
        case SCF_STAGE_DOWNHILL:
            status = solve_downhill(ctx, geometry, scf, converged);
            break;
        case SCF_STAGE_STATIONARY:
            status = solve_stationary(ctx, geometry, scf, converged);
            break;
        case SCF_STAGE_DAMPED:
            status =
                solve_fresh(ctx, geometry, scf, 0.25 * scf->spec.options.damping,
                            DAMPED_ITERATIONS_FACTOR * scf->spec.options.max_iterations, converged);
            break;
        default:
            status = solve_last(ctx, geometry, scf, converged);
        }
        if (status != QMT_OK)
            *converged = false;
        if (*converged) {
            scf->largest_charge = scf_largest_charge(scf);
            const double limit =
                stage == SCF_STAGE_DAMPED ? scf_usual_charge(scf) : scf_charge_limit(scf);
            *converged = scf->largest_charge <= limit;
        }
        scf->recovery = place;
    }
    density->always_diagonalise = always;
}

bool scf_is_pressed(const Geometry *geometry)
{
    const Pairs *pairs = geometry->pairs;
    for (size_t k = 0; k < pairs->n_pairs; k++)
        if (pairs->distance[k] < PRESSED * geometry->coordination->radius[k])
            return true;
    return false;
}

/// Whether the first solution lies downhill from neutral atoms, and has been tested for being a saddle.
static bool is_downhill(const Scf *scf)
{
    return scf->recovery == SCF_STAGE_DOWNHILL - SCF_STAGE_FRESH;
}

bool scf_levels_are_near(const Scf *scf)
{
    const bool paired = scf->density.n_alpha == scf->density.n_beta;
    return scf->density.entropy < -(paired ? SCF_NARROW_ENTROPY : SCF_UNSUSPICIOUS_ENTROPY);
}

bool scf_is_suspicious(const Geometry *geometry, const Scf *scf)
{
    if (scf->n_atoms == 1)
        return false;
    return scf->recovery > 0 || scf->iterations > SCF_UNSUSPICIOUS_ITERATIONS ||
           scf_levels_are_near(scf) || scf->largest_charge > scf_usual_charge(scf) ||
           scf_is_pressed(geometry);
}

QmtStatus scf_free_energy(QmtContext *ctx, Scf *scf, double *a)
{
    free_energy_potential(&scf->free_energy, scf->x_in, scf->work);
    return free_energy_at(ctx, &scf->free_energy, scf->work, scf->work + scf->n_variables, a);
}

bool scf_is_better(const Scf *scf, double a, double charge, double other_a, double other_charge)
{
    const double usual = scf_usual_charge(scf);
    if ((charge <= usual) != (other_charge <= usual))
        return other_charge <= usual;
    return other_a < a - LOWER_BY;
}

/// The starts of the search for a solution lower than the first.
enum {
    START_HERE,  ///< downhill from the first solution, if it is a saddle
    START_MIXED, ///< the same from where mixing in half steps has led from neutral atoms: electrons have moved between shells
    START_COOLED, ///< from charges and moments without symmetry at a raised electronic temperature
    START_POLARISED
};

/// A solution that lies downhill from neutral atoms has no need of the others.
static bool start_is_due(const Geometry *geometry, const Scf *scf, int start)
{
    const bool downhill = is_downhill(scf);
    const bool split = scf->density.entropy < -SCF_UNSUSPICIOUS_ENTROPY;
    const bool unusual = scf->largest_charge > scf_usual_charge(scf) || scf->recovery > 0 ||
                         scf->iterations > SCF_UNSUSPICIOUS_ITERATIONS;
    switch (start) {
    case START_HERE:
        return !downhill || scf_is_pressed(geometry);
    case START_MIXED:
        return unusual || split;
    case START_COOLED:
        return scf_levels_are_near(scf);
    default:
        return start - START_POLARISED < scf_polarised_starts(scf);
    }
}

static QmtStatus solve_from_start(QmtContext *ctx, const Geometry *geometry, Scf *scf, int start,
                                  bool *converged)
{
    *converged = false;
    if (start == START_COOLED)
        return scf_cool_downhill(ctx, geometry, scf, converged);
    if (start == START_MIXED)
        scf_start_from_neutral_atoms(scf);
    else if (start >= START_POLARISED)
        scf_start_polarised(geometry, scf, start - START_POLARISED);
    if (start == START_MIXED)
        TRY(scf_mix(ctx, geometry, scf, 0.5 * scf->spec.options.damping,
                    is_downhill(scf) ? MIXED_ITERATIONS_LATE : MIXED_ITERATIONS, converged));
    return scf_go_downhill(ctx, geometry, scf, converged);
}

static QmtStatus improve(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    const size_t bytes = scf->n_variables * sizeof(double);
    double *const best = scf->x_other, charge = scf->largest_charge, a;
    unsigned due = 0;
    for (int start = 0; start < START_POLARISED + SCF_POLARISED_STARTS; start++)
        due |= start_is_due(geometry, scf, start) ? 1u << start : 0u;
    scf->density.always_diagonalise = true;
    scf->density.orbitals_known = false;
    TRY(scf_free_energy(ctx, scf, &a));
    memcpy(best, scf->x_in, bytes);
    for (int start = 0; due >> start != 0; start++) {
        double other_a;
        if ((due >> start & 1u) == 0)
            continue;
        const QmtStatus status = solve_from_start(ctx, geometry, scf, start, converged);
        const double other_charge = scf_largest_charge(scf);
        if (status == QMT_OK && *converged && scf_free_energy(ctx, scf, &other_a) == QMT_OK &&
            scf_is_better(scf, a, charge, other_a, other_charge)) {
            a = other_a;
            charge = other_charge;
            memcpy(best, scf->x_in, bytes);
        }
        memcpy(scf->x_in, best, bytes);
    }
    scf->largest_charge = charge;
    return scf_settle(ctx, geometry, scf, converged);
}

void scf_improve(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    if (!scf_is_suspicious(geometry, scf))
        return;
    const bool always = scf->density.always_diagonalise;
    if (improve(ctx, geometry, scf, converged) != QMT_OK)
        *converged = false;
    scf->density.always_diagonalise = always;
}
