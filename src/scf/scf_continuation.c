#include "scf/scf_parts.h"

#include <math.h>
#include <string.h>

/// Solutions that are followed from where they are easily found to the problem itself: from a raised electronic temperature, and from
/// an energy without the terms that have no lower bound. Each step is Newton's method from the solution before.

enum {
    /// Starts of the last resort, each some hundred cycles, and of which molecules.
    WAYS_DOWN = 70,
    WAYS_DOWN_ORBITALS = 128,
    WAY_DOWN_ITERATIONS = 200,
    /// Starts of Newton's method, those after which none is tried any more if none of them has arrived, and evaluations of each: of
    /// those that arrive nearly all do so in 13.
    NEWTON_STARTS = 32,
    NEWTON_STARTS_IN_VAIN = 10,
    NEWTON_EVALUATIONS = 14
};

/// Factor of the temperature of which minima are followed downhill, and the RMS of their moments.
#define WARM 6.0
#define WARM_ENOUGH 1e-4

/// RMS of the moments of a solution that is only on the way.
#define ON_THE_WAY 1e-6
/// Factor of the temperature from one step of the last resort to the next.
#define COOLED 0.85
/// Steps of the share of the terms: the longest, the shortest that is tried where a solution ends, and from one to the next.
#define SHARE_STEP 0.25
#define SHARE_STEP_LEAST 0.01
#define SHARE_STEP_LONGER 1.5
#define SHARE_STEP_SHORTER 0.4

/// The stationary point near x_in at `factor` times the temperature, to the full accuracy if it is the last.
static QmtStatus go_to(QmtContext *ctx, Scf *scf, double factor, bool last, bool *converged)
{
    const double kt = scf->density.kt;
    scf->density.kt = factor * kt;
    const QmtStatus status =
        stationary_run(ctx, &scf->free_energy, &scf->minimiser,
                       last ? SCF_MINIMISED_SHARE * scf->spec.options.tolerance : ON_THE_WAY,
                       scf_charge_limit(scf), scf->x_in, converged);
    scf->density.kt = kt;
    if (!last)
        scf->iterations += scf->minimiser.evaluations;
    return status;
}

QmtStatus scf_anneal(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    scf_start_from_neutral_atoms(scf);
    for (double factor = 32.0; factor > 1.0; factor *= 0.5)
        TRY(go_to(ctx, scf, factor, false, converged));
    TRY(go_to(ctx, scf, 1.0, true, converged));
    return scf_take_over(ctx, geometry, scf, converged);
}

QmtStatus scf_cool_downhill(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    const double kt = scf->density.kt;
    scf_start_without_symmetry(scf);
    scf->density.kt = WARM * kt;
    const QmtStatus status = minimiser_run(ctx, &scf->free_energy, &scf->minimiser, WARM_ENOUGH,
                                           scf_charge_limit(scf), scf->x_in, converged);
    scf->density.kt = kt;
    TRY(status);
    scf->iterations += scf->minimiser.evaluations;
    memcpy(scf->x_in, scf->minimiser.x, scf->n_variables * sizeof(double));
    return scf_go_downhill(ctx, geometry, scf, converged);
}

QmtStatus scf_newton_from_many(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    double best_a = 0.0, best_charge = INFINITY;
    for (int start = 0; start < (isfinite(best_charge) ? NEWTON_STARTS : NEWTON_STARTS_IN_VAIN);
         start++) {
        scf_start_shaken(scf, start);
        // One of them may end with an error, as of numbers that are not finite.
        const QmtStatus status =
            stationary_try(ctx, &scf->free_energy, &scf->minimiser, NEWTON_EVALUATIONS,
                           SCF_MINIMISED_SHARE * scf->spec.options.tolerance, scf_charge_limit(scf),
                           scf->x_in, converged);
        scf->iterations += scf->minimiser.evaluations;
        if (status != QMT_OK || !*converged)
            continue;
        const double charge = free_energy_largest_charge(&scf->free_energy, scf->x_in);
        if (isfinite(best_charge) &&
            !scf_is_better(scf, best_a, best_charge, scf->minimiser.a, charge))
            continue;
        best_a = scf->minimiser.a;
        best_charge = charge;
        memcpy(scf->x_other, scf->x_in, scf->n_variables * sizeof(double));
    }
    *converged = isfinite(best_charge);
    if (!*converged)
        return QMT_OK;
    memcpy(scf->x_in, scf->x_other, scf->n_variables * sizeof(double));
    return scf_settle(ctx, geometry, scf, converged);
}

/// From x_in at `factor` times the temperature down to it in small steps, as far as there are solutions.
static QmtStatus cool_from(QmtContext *ctx, const Geometry *geometry, Scf *scf, double factor,
                           bool *converged)
{
    const double kt = scf->density.kt;
    bool first = true;
    for (*converged = true; factor > 1.0 && *converged; factor *= COOLED) {
        TRY(go_to(ctx, scf, factor, false, converged));
        if (first && !*converged) {
            scf->density.kt = factor * kt;
            const QmtStatus status = scf_mix(ctx, geometry, scf, 0.25 * scf->spec.options.damping,
                                             WAY_DOWN_ITERATIONS, converged);
            scf->density.kt = kt;
            TRY(status);
        }
        first = false;
    }
    if (!*converged)
        return QMT_OK;
    TRY(go_to(ctx, scf, 1.0, true, converged));
    return scf_take_over(ctx, geometry, scf, converged);
}

QmtStatus scf_cool_from_many(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    enum { TEMPERATURES = 7 };
    double best_a = 0.0, best_charge = INFINITY;
    for (int way = 0; way < WAYS_DOWN && scf->density.n <= WAYS_DOWN_ORBITALS; way++) {
        double a;
        scf_start_shaken(scf, way < TEMPERATURES ? 0 : way);
        // One way may end with an error, as of numbers that are not finite.
        if (cool_from(ctx, geometry, scf, (double)(1 << way % TEMPERATURES), converged) != QMT_OK ||
            !*converged || scf_free_energy(ctx, scf, &a) != QMT_OK)
            continue;
        const double charge = scf_largest_charge(scf);
        if (charge > scf_charge_limit(scf) ||
            (isfinite(best_charge) && !scf_is_better(scf, best_a, best_charge, a, charge)))
            continue;
        best_a = a;
        best_charge = charge;
        memcpy(scf->x_other, scf->x_in, scf->n_variables * sizeof(double));
        if (charge <= scf_usual_charge(scf))
            break;
    }
    *converged = isfinite(best_charge);
    if (!*converged)
        return QMT_OK;
    memcpy(scf->x_in, scf->x_other, scf->n_variables * sizeof(double));
    return scf_settle(ctx, geometry, scf, converged);
}

/// How far the terms without a lower bound are let in at t from 0 to 1: both at once, or first the multipoles.
static void set_shares(Scf *scf, bool at_once, double t)
{
    scf->free_energy.share[TERM_MULTIPOLES] = at_once ? t : fmin(1.0, 2.0 * t);
    scf->free_energy.share[TERM_CUBIC] = at_once ? t : fmax(0.0, 2.0 * t - 1.0);
}

/// From neutral atoms without these terms to the solution with them, in steps that get shorter where it ends; there it may turn
/// round, and there is none.
static QmtStatus let_in(QmtContext *ctx, Scf *scf, bool at_once, bool *converged)
{
    const size_t bytes = scf->n_variables * sizeof(double);
    double step = SHARE_STEP, reached = -1.0, t = 0.0;
    scf_start_from_neutral_atoms(scf);
    for (;;) {
        set_shares(scf, at_once, t);
        TRY(go_to(ctx, scf, 1.0, t == 1.0, converged));
        if (*converged && t == 1.0)
            return QMT_OK;
        if (*converged) {
            memcpy(scf->x_other, scf->x_in, bytes);
            reached = t;
            step = fmin(SHARE_STEP, SHARE_STEP_LONGER * step);
        } else {
            memcpy(scf->x_in, scf->x_other, bytes);
            step *= SHARE_STEP_SHORTER;
        }
        if (reached < 0.0 || step < SHARE_STEP_LEAST)
            return QMT_OK;
        t = fmin(1.0, reached + step);
    }
}

QmtStatus scf_let_terms_in(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged)
{
    *converged = false;
    for (int at_once = scf->multipoles ? 0 : 1; at_once < 2 && !*converged; at_once++) {
        // One way may end with an error, as of numbers that are not finite.
        if (let_in(ctx, scf, at_once != 0, converged) != QMT_OK)
            *converged = false;
        set_shares(scf, true, 1.0);
        TRY(scf_take_over(ctx, geometry, scf, converged));
    }
    return QMT_OK;
}
