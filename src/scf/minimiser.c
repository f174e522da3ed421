#include "scf/minimiser.h"

#include <limits.h>
#include <math.h>
#include <string.h>

enum {
    STEPS_MAX = 200,
    STATIONARY_STEPS_MAX = 60,
    GRADIENTS_MAX = 60,
    HALVINGS_MAX = 20,
    SHORTENINGS_MAX = 10,
    STABILITY_MAX = 40,
    CROSSING_MAX = 40,
    /// Steps in which A falls by less than FLAT: Newton's method near a minimum needs three.
    FLAT_STEPS = 6
};

/// Largest change of a moment that a step may predict, e.
#define LONGEST_STEP 0.2
/// The same of a step towards a stationary point, which is held back by the residual, too.
#define LONGEST_NEWTON 0.4
/// Share of the predicted fall that a step must reach.
#define FALL_SHARE 1e-4
/// What the sum of the energies is rounded to, relative to it.
#define ROUNDING 4e-14
/// Predicted fall below which the rounding decides, and what A may rise then, hartree.
#define NOISE_SLOPE 1e-9
/// RMS of the predicted change below which a step that gains less than a third has met the rounding.
#define STAGNATION 1e-5
/// RMS of the change in a cycle up to which the prediction of the response holds.
#define RESPONSE_HOLDS 1e-4
/// Residual below which Newton's steps towards a stationary point are at the rounding if they no longer gain.
#define STATIONARY_STAGNATION 1e-7
/// hartree
#define FLAT 1e-8
/// A step that predicts no more than this and gains nothing, hartree, ends where A is flat.
#define FLAT_SLOPE 1e-6
#define GOLDEN_RATIO 0.6180339887498949

void minimiser_layout(Minimiser *minimiser, Arena *arena, size_t n)
{
    double **const arrays[] = {
        &minimiser->v,  &minimiser->v_out,   &minimiser->w,      &minimiser->x,  &minimiser->r,
        &minimiser->xr, &minimiser->p,       &minimiser->xp,     &minimiser->kp, &minimiser->d,
        &minimiser->xd, &minimiser->v_trial, &minimiser->x_trial};
    minimiser->krylov = arena_doubles(arena, (KRYLOV_MAX + 1) * n);
    minimiser->hessenberg =
        (double(*)[KRYLOV_MAX])arena_doubles(arena, (KRYLOV_MAX + 1) * KRYLOV_MAX);
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        *arrays[i] = arena_doubles(arena, n);
}

static double largest(size_t n, const double *x)
{
    double most = 0.0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(x[i]));
    return most;
}

/// kp = (1 - K X) p; returns the curvature p . (-X) (1 - K X) p.
static double curvature_along(FreeEnergy *energy, Minimiser *m)
{
    const size_t n = energy->n;
    free_energy_hardness(energy, m->x, m->xp, m->kp);
    for (size_t i = 0; i < n; i++)
        m->kp[i] = m->p[i] - m->kp[i];
    return -energy->kernels->dot(n, m->xp, m->kp);
}

/// The first direction of the conjugate gradients is their residual r; returns r . (-X) r.
static double direction_first(FreeEnergy *energy, Minimiser *m)
{
    const size_t n = energy->n;
    memcpy(m->p, m->r, n * sizeof *m->p);
    memcpy(m->xp, m->xr, n * sizeof *m->xp);
    return -energy->kernels->dot(n, m->r, m->xr);
}

/// Goes alpha along the direction, and makes the next one; rho is r . (-X) r before, what is returned that behind it.
static double direction_next(FreeEnergy *energy, Minimiser *m, double alpha, double rho)
{
    const size_t n = energy->n;
    energy->kernels->axpy(n, -alpha, m->kp, m->r);
    free_energy_response(energy, m->r, m->xr);
    const double next = -energy->kernels->dot(n, m->r, m->xr), beta = next / rho;
    for (size_t k = 0; k < n; k++) {
        m->p[k] = m->r[k] + beta * m->p[k];
        m->xp[k] = m->xr[k] + beta * m->xp[k];
    }
    return next;
}

/// The step d, and xd = X d. A direction in which A curves downwards is followed as far as a step may go.
static void step_make(FreeEnergy *energy, Minimiser *m)
{
    const size_t n = energy->n;
    const Kernels *kernels = energy->kernels;
    memset(m->d, 0, n * sizeof *m->d);
    memset(m->xd, 0, n * sizeof *m->xd);
    memcpy(m->r, m->w, n * sizeof *m->r);
    double rho = direction_first(energy, m); // the caller has made X w
    const double goal = rho * fmin(1e-2, fmax(rho, 1e-20));
    for (int i = 0; i < GRADIENTS_MAX && rho > goal && rho > 1e-30; i++) {
        const double curvature = curvature_along(energy, m);
        if (curvature <= 1e-6 * -kernels->dot(n, m->p, m->xp)) {
            const double most = largest(n, m->xp);
            kernels->axpy(n, LONGEST_STEP / most, m->p, m->d);
            kernels->axpy(n, LONGEST_STEP / most, m->xp, m->xd);
            return;
        }
        const double alpha = rho / curvature;
        kernels->axpy(n, alpha, m->p, m->d);
        kernels->axpy(n, alpha, m->xp, m->xd);
        rho = direction_next(energy, m, alpha, rho);
    }
}

/// Begins at the potentials of the moments x.
static QmtStatus begin(QmtContext *ctx, FreeEnergy *energy, Minimiser *m, const double *x)
{
    m->evaluations = 0;
    free_energy_potential(energy, x, m->v);
    TRY(free_energy_at(ctx, energy, m->v, m->x, &m->a));
    m->evaluations++;
    return QMT_OK;
}

/// v_out, w = v_out - v, and X w, which the next cycle would add to the moments; returns its RMS.
static double predicted_change(FreeEnergy *energy, Minimiser *m)
{
    const size_t n = energy->n;
    free_energy_potential(energy, m->x, m->v_out);
    for (size_t k = 0; k < n; k++)
        m->w[k] = m->v_out[k] - m->v[k];
    free_energy_response(energy, m->w, m->xr);
    return sqrt(energy->kernels->dot(n, m->xr, m->xr) / (double)n);
}

/// Shortens d until A falls. False if it does not.
static QmtStatus step_go(QmtContext *ctx, FreeEnergy *energy, Minimiser *m, double charge_limit,
                         bool *gone)
{
    const size_t n = energy->n;
    const double slope = energy->kernels->dot(n, m->w, m->xd);
    const double most = largest(n, m->xd);
    double lambda = most > LONGEST_STEP ? LONGEST_STEP / most : 1.0;
    *gone = false;
    for (int i = 0; i < HALVINGS_MAX && !*gone; i++, lambda *= 0.5) {
        double a;
        for (size_t k = 0; k < n; k++)
            m->v_trial[k] = m->v[k] + lambda * m->d[k];
        TRY(free_energy_at(ctx, energy, m->v_trial, m->x_trial, &a));
        m->evaluations++;
        // Near the end the fall is below what the sum is rounded to: the step is Newton's.
        const double noise = fabs(slope) < NOISE_SLOPE ? NOISE_SLOPE : ROUNDING * fabs(m->a);
        if (a <= m->a + fmin(FALL_SHARE * lambda * slope, 0.0) + noise &&
            free_energy_largest_charge(energy, m->x_trial) <= charge_limit) {
            *gone = true;
            m->a = a;
            memcpy(m->v, m->v_trial, n * sizeof *m->v);
            memcpy(m->x, m->x_trial, n * sizeof *m->x);
        }
    }
    return QMT_OK;
}

/// Looks for a direction of negative curvature at a solution, from a start that has no symmetry, and leaves it in d, xd.
static bool is_saddle(FreeEnergy *energy, Minimiser *m)
{
    const size_t n = energy->n;
    const Kernels *kernels = energy->kernels;
    for (size_t i = 0; i < n; i++)
        m->r[i] = fmod(GOLDEN_RATIO * (double)(i + 1), 1.0) - 0.5;
    free_energy_response(energy, m->r, m->xr);
    double rho = direction_first(energy, m);
    const double goal = 1e-6 * rho;
    for (int i = 0; i < STABILITY_MAX && rho > goal; i++) {
        const double curvature = curvature_along(energy, m);
        if (curvature <= -1e-6 * -kernels->dot(n, m->p, m->xp)) {
            const double along = 0.5 * LONGEST_STEP / largest(n, m->xp);
            for (size_t k = 0; k < n; k++) {
                m->d[k] = along * m->p[k];
                m->xd[k] = along * m->xp[k];
            }
            return true;
        }
        rho = direction_next(energy, m, rho / curvature, rho);
    }
    return false;
}

/// Where no level is near the Fermi level the moments do not respond, and A is flat up to the next crossing of levels.
/// Finds the crossing on the way to v_out by the sign of (v_out - v) . d, and stops where A has fallen.
static QmtStatus flat_go(QmtContext *ctx, FreeEnergy *energy, Minimiser *m, double charge_limit,
                         bool *gone)
{
    const size_t n = energy->n;
    const double before = m->a;
    double low = 0.0, high = INFINITY, lambda = 1.0;
    memcpy(m->d, m->w, n * sizeof *m->d);
    *gone = false;
    for (int i = 0; i < CROSSING_MAX && !*gone; i++) {
        for (size_t k = 0; k < n; k++)
            m->v_trial[k] = m->v[k] + lambda * m->d[k];
        TRY(free_energy_at(ctx, energy, m->v_trial, m->x_trial, &m->a));
        m->evaluations++;
        *gone =
            m->a < before - 1e-9 && free_energy_largest_charge(energy, m->x_trial) <= charge_limit;
        free_energy_potential(energy, m->x_trial, m->v_out);
        double slope = 0.0;
        for (size_t k = 0; k < n; k++)
            slope += (m->v_out[k] - m->v_trial[k]) * m->d[k];
        if (slope > 0.0 && m->a <= before + 1e-9)
            low = lambda;
        else
            high = lambda;
        if (!*gone)
            lambda = isinf(high) ? 2.0 * lambda : 0.5 * (low + high);
    }
    if (!*gone)
        return QMT_OK;
    memcpy(m->v, m->v_trial, n * sizeof *m->v);
    memcpy(m->x, m->x_trial, n * sizeof *m->x);
    return QMT_OK;
}

/// RMS of what the next cycle changes; its orbitals stay.
static QmtStatus residual(QmtContext *ctx, FreeEnergy *energy, Minimiser *m, double *rms)
{
    double a, sum = 0.0;
    TRY(free_energy_at(ctx, energy, m->v_out, m->x_trial, &a));
    m->evaluations++;
    for (size_t k = 0; k < energy->n; k++)
        sum += (m->x_trial[k] - m->x[k]) * (m->x_trial[k] - m->x[k]);
    *rms = sqrt(sum / (double)energy->n);
    return QMT_OK;
}

QmtStatus minimiser_run(QmtContext *ctx, FreeEnergy *energy, Minimiser *m, double tolerance,
                        double charge_limit, double *x, bool *converged)
{
    const size_t n = energy->n;
    bool tested = false;
    double last = INFINITY, before[FLAT_STEPS];
    *converged = m->flat = false;
    TRY(begin(ctx, energy, m, x));
    for (int i = 0; i < STEPS_MAX; i++) {
        m->flat = i >= FLAT_STEPS && before[i % FLAT_STEPS] - m->a < FLAT;
        before[i % FLAT_STEPS] = m->a;
        const double rms = predicted_change(energy, m);
        const bool ended = rms <= tolerance || (rms < STAGNATION && rms > 0.3 * last);
        last = rms;
        bool gone = false;
        if (ended) {
            double real;
            TRY(residual(ctx, energy, m, &real));
            if (real > RESPONSE_HOLDS) {
                TRY(flat_go(ctx, energy, m, charge_limit, &gone));
                if (!gone)
                    return QMT_OK;
                last = INFINITY;
                continue;
            }
            if (!tested) {
                TRY(free_energy_at(ctx, energy, m->v, m->x, &m->a)); // orbitals of v again
                m->evaluations++;
            }
            if (tested || !is_saddle(energy, m)) {
                memcpy(x, m->x, n * sizeof *x);
                *converged = true;
                return QMT_OK;
            }
            tested = true;
            last = INFINITY;
        } else {
            if (m->flat)
                return QMT_OK;
            step_make(energy, m);
        }
        if (energy->kernels->dot(n, m->w, m->xd) > 0.0)
            for (size_t k = 0; k < n; k++) {
                m->d[k] = -m->d[k];
                m->xd[k] = -m->xd[k];
            }
        TRY(step_go(ctx, energy, m, charge_limit, &gone));
        m->flat = !gone && fabs(energy->kernels->dot(n, m->w, m->xd)) < FLAT_SLOPE;
        if (!gone)
            return QMT_OK;
    }
    return QMT_OK;
}

/// (1 - K X) dv = w by GMRES into d.
static void gmres(FreeEnergy *energy, Minimiser *m, double share)
{
    const size_t n = energy->n;
    const Kernels *kernels = energy->kernels;
    double(*const h)[KRYLOV_MAX] = m->hessenberg, c[KRYLOV_MAX], s[KRYLOV_MAX],
                  g[KRYLOV_MAX + 1] = {0};
    const double norm = sqrt(kernels->dot(n, m->w, m->w));
    int used = 0;
    for (size_t i = 0; i < n; i++)
        m->krylov[i] = m->w[i] / norm;
    g[0] = norm;
    for (int k = 0; k < KRYLOV_MAX && fabs(g[k]) > share * norm; k++) {
        double *const q = m->krylov + (size_t)k * n, *const next = q + n;
        free_energy_response(energy, q, m->xp);
        free_energy_hardness(energy, m->x, m->xp, m->kp);
        for (size_t i = 0; i < n; i++)
            next[i] = q[i] - m->kp[i];
        for (int twice = 0; twice < 2; twice++)
            for (int j = 0; j <= k; j++) {
                const double part = kernels->dot(n, m->krylov + (size_t)j * n, next);
                h[j][k] = (twice ? h[j][k] : 0.0) + part;
                kernels->axpy(n, -part, m->krylov + (size_t)j * n, next);
            }
        const double left = sqrt(kernels->dot(n, next, next));
        h[k + 1][k] = left;
        for (size_t i = 0; i < n && left > 0.0; i++)
            next[i] /= left;
        for (int j = 0; j < k; j++) {
            const double a = h[j][k], b = h[j + 1][k];
            h[j][k] = c[j] * a + s[j] * b;
            h[j + 1][k] = -s[j] * a + c[j] * b;
        }
        const double r = hypot(h[k][k], h[k + 1][k]);
        c[k] = h[k][k] / r;
        s[k] = h[k + 1][k] / r;
        h[k][k] = r;
        g[k + 1] = -s[k] * g[k];
        g[k] = c[k] * g[k];
        used = k + 1;
        if (left <= 1e-14)
            break;
    }
    memset(m->d, 0, n * sizeof *m->d);
    for (int k = used - 1; k >= 0; k--) {
        for (int j = k + 1; j < used; j++)
            g[k] -= h[k][j] * g[j];
        g[k] /= h[k][k];
        kernels->axpy(n, g[k], m->krylov + (size_t)k * n, m->d);
    }
}

/// Shortens d until |v_out - v| falls.
static QmtStatus stationary_go(QmtContext *ctx, FreeEnergy *energy, Minimiser *m, double norm,
                               bool *gone)
{
    const size_t n = energy->n;
    const double most = largest(n, m->xd);
    double lambda = most > LONGEST_NEWTON ? LONGEST_NEWTON / most : 1.0;
    *gone = false;
    for (int i = 0; i < SHORTENINGS_MAX && !*gone; i++, lambda *= 0.5) {
        double a;
        for (size_t k = 0; k < n; k++)
            m->v_trial[k] = m->v[k] + lambda * m->d[k];
        TRY(free_energy_at(ctx, energy, m->v_trial, m->x_trial, &a));
        m->evaluations++;
        free_energy_potential(energy, m->x_trial, m->r);
        for (size_t k = 0; k < n; k++)
            m->r[k] -= m->v_trial[k];
        *gone = sqrt(energy->kernels->dot(n, m->r, m->r)) < (1.0 - 1e-3 * lambda) * norm;
        if (*gone) {
            m->a = a;
            memcpy(m->v, m->v_trial, n * sizeof *m->v);
            memcpy(m->x, m->x_trial, n * sizeof *m->x);
        }
    }
    return QMT_OK;
}

QmtStatus stationary_try(QmtContext *ctx, FreeEnergy *energy, Minimiser *m, int most,
                         double tolerance, double charge_limit, double *x, bool *converged)
{
    const size_t n = energy->n;
    bool gone = true;
    double last = INFINITY;
    *converged = false;
    TRY(begin(ctx, energy, m, x));
    for (int i = 0; i < STATIONARY_STEPS_MAX && gone && m->evaluations < most; i++) {
        const double rms = predicted_change(energy, m);
        const double norm = sqrt(energy->kernels->dot(n, m->w, m->w));
        if ((rms <= tolerance && norm < STATIONARY_STAGNATION) ||
            (rms < STATIONARY_STAGNATION && rms > 0.3 * last)) {
            *converged = free_energy_largest_charge(energy, m->x) <= charge_limit;
            if (*converged)
                memcpy(x, m->x, n * sizeof *x);
            return QMT_OK;
        }
        last = rms;
        gmres(energy, m, fmax(1e-4, fmin(0.1, norm)));
        free_energy_response(energy, m->d, m->xd);
        TRY(stationary_go(ctx, energy, m, norm, &gone));
    }
    return QMT_OK;
}

QmtStatus stationary_run(QmtContext *ctx, FreeEnergy *energy, Minimiser *m, double tolerance,
                         double charge_limit, double *x, bool *converged)
{
    return stationary_try(ctx, energy, m, INT_MAX, tolerance, charge_limit, x, converged);
}
