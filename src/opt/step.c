#include "opt/step.h"

#include <math.h>
#include <string.h>

#include "analysis/rigid_motion.h"
#include "base/linalg.h"
#include "base/vec3.h"

static const double UNDESCRIBED_K = 2e-4; // hartree/bohr^2, of molecules too large for directions
static const double FLOOR_K = 1e-6; // of all: a bent molecule that becomes linear loses a rotation
static const double AT_REST = 1e-9; // bohr: the positions fit their coordinates
enum { SHIFTS_MAX = 12, FITS_MAX = 25 };

typedef const double (*Rows)[INTERNAL_ROW];
typedef const double (*Positions)[3];

static double dot(size_t n, const double *u, const double *v)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += u[i] * v[i];
    return sum;
}

void opt_geometry_layout(OptGeometry *geometry, Arena *arena, size_t n_atoms, size_t n)
{
    geometry->xyz = arena_vectors(arena, n_atoms);
    geometry->gradient = arena_vectors(arena, n_atoms);
    geometry->values = arena_doubles(arena, n);
    geometry->slope = arena_doubles(arena, n);
    geometry->rows = (double(*)[INTERNAL_ROW])arena_doubles(arena, n * INTERNAL_ROW);
}

void step_work_layout(StepWork *work, Arena *arena, size_t n_atoms, size_t n)
{
    const size_t n_x = 3 * n_atoms;
    double **const matrices[] = {&work->curvature, &work->weights, &work->matrix};
    double **const vectors[] = {&work->dx, &work->c, &work->back};
    double **const lists[] = {&work->dq, &work->wanted, &work->u, &work->values};
    work->n_x = n_x;
    for (size_t k = 0; k < sizeof matrices / sizeof *matrices; k++)
        *matrices[k] = arena_doubles(arena, n_x * n_x);
    for (size_t k = 0; k < sizeof vectors / sizeof *vectors; k++)
        *vectors[k] = arena_doubles(arena, n_x);
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
        *lists[k] = arena_doubles(arena, n);
    work->rigid = arena_doubles(arena, RIGID_MOTIONS_MAX * n_x);
    work->xyz = arena_vectors(arena, n_atoms);
    work->rows = (double(*)[INTERNAL_ROW])arena_doubles(arena, n * INTERNAL_ROW);
}

void opt_geometry_describe(const Internals *internals, OptGeometry *geometry)
{
    internals_values(internals, (Positions)geometry->xyz, geometry->values);
    internals_rows(internals, (Positions)geometry->xyz, geometry->rows);
}

/// matrix += s v v^T
static void outer_add(size_t n, double s, const double *v, double *matrix)
{
    for (size_t k = 0; k < n; k++)
        for (size_t l = 0; l < n; l++)
            matrix[k * n + l] += s * v[k] * v[l];
}

/// Makes a matrix of internal coordinates definite.
static void rigid_add(const Internals *internals, StepWork *work, Positions xyz, double *matrix)
{
    const size_t n = work->n_x, n_rigid = internals_rigid(internals, xyz, work->rigid);
    for (size_t r = 0; r < n_rigid; r++)
        outer_add(n, 1.0, work->rigid + r * n, matrix);
    for (size_t k = 0; k < n; k++)
        matrix[k * n + k] += internals->complete ? FLOOR_K : UNDESCRIBED_K;
}

/// b = (matrix + mu weights)^-1 b
static bool solve(StepWork *work, const double *matrix, double mu, double *b)
{
    const size_t n = work->n_x;
    for (size_t i = 0; i < n * n; i++)
        work->matrix[i] = matrix[i] + (mu > 0.0 ? mu * work->weights[i] : 0.0);
    return linalg_solve_positive(n, work->matrix, n, b);
}

/// B^T D B + T at some positions, in work->curvature.
static void model_metric(const Internals *internals, const UpdatedHessian *hessian, StepWork *work,
                         Positions xyz, Rows rows)
{
    internals_metric(internals, rows, hessian->diagonal, work->curvature);
    rigid_add(internals, work, xyz, work->curvature);
}

bool opt_geometry_slope(const Internals *internals, const UpdatedHessian *hessian, StepWork *work,
                        OptGeometry *geometry)
{
    const Rows rows = (Rows)geometry->rows;
    model_metric(internals, hessian, work, (Positions)geometry->xyz, rows);
    memcpy(work->dx, geometry->gradient, work->n_x * sizeof *work->dx);
    if (!solve(work, work->curvature, 0.0, work->dx))
        return false;
    internals_forward(internals, rows, work->dx, work->dq);
    for (size_t i = 0; i < internals->n; i++)
        geometry->slope[i] = hessian->diagonal[i] * work->dq[i];
    return true;
}

/// Takes out of work->dx what changes coordinate 0, in the metric of a matrix.
static bool hold_frozen(const Internals *internals, StepWork *work, Rows rows, const double *matrix,
                        double mu)
{
    memset(work->u, 0, internals->n * sizeof *work->u);
    work->u[0] = 1.0;
    internals_back(internals, rows, work->u, work->back);
    memcpy(work->c, work->back, work->n_x * sizeof *work->c);
    if (!solve(work, matrix, mu, work->c))
        return false;
    const double s = dot(work->n_x, work->back, work->dx) / dot(work->n_x, work->back, work->c);
    for (size_t i = 0; i < work->n_x; i++)
        work->dx[i] -= s * work->c[i];
    return true;
}

/// work->dx and work->dq for one mu; returns the length of the step, NAN if there is none.
static double step_for(const Internals *internals, StepWork *work, const OptGeometry *now,
                       bool frozen, double mu)
{
    for (size_t i = 0; i < work->n_x; i++)
        work->dx[i] = -(&now->gradient[0][0])[i];
    if (!solve(work, work->curvature, mu, work->dx))
        return NAN;
    if (frozen && !hold_frozen(internals, work, (Rows)now->rows, work->curvature, mu))
        return NAN;
    internals_forward(internals, (Rows)now->rows, work->dx, work->dq);
    double square = 0.0;
    for (size_t i = 0; i < internals->n; i++)
        square += internals->items[i].weight * work->dq[i] * work->dq[i];
    return sqrt(square);
}

/// The smallest mu, within a few per cent of the trust radius: 1 / length is nearly linear in mu.
static double step_within(const Internals *internals, StepWork *work, const OptGeometry *now,
                          bool frozen, double trust)
{
    double low = 0.0, mu = 0.01;
    double at_low = step_for(internals, work, now, frozen, 0.0);
    if (!(at_low > trust))
        return at_low;
    double length = step_for(internals, work, now, frozen, mu);
    for (int k = 0; k < SHIFTS_MAX && fabs(length / trust - 1.0) > 0.05; k++) {
        const double slope = (1.0 / length - 1.0 / at_low) / (mu - low);
        const double next = slope > 0.0 ? low + (1.0 / trust - 1.0 / at_low) / slope : 4.0 * mu;
        if (length > trust) {
            low = mu;
            at_low = length;
        }
        mu = fmin(fmax(next, 1.01 * low), 100.0 * (mu + 1e-3));
        length = step_for(internals, work, now, frozen, mu);
    }
    return length;
}

static void curvature_make(const Internals *internals, const UpdatedHessian *hessian,
                           StepWork *work, const OptGeometry *now)
{
    const size_t n = internals->n;
    const Rows rows = (Rows)now->rows;
    for (size_t i = 0; i < n; i++)
        work->u[i] = internals->items[i].weight;
    internals_metric(internals, rows, work->u, work->weights);
    model_metric(internals, hessian, work, (Positions)now->xyz, rows);
    for (int k = 0; k < hessian->n_pairs; k++) {
        internals_back(internals, rows, hessian->gain + (size_t)k * n, work->back);
        outer_add(work->n_x, 1.0, work->back, work->curvature);
        internals_back(internals, rows, hessian->loss + (size_t)k * n, work->back);
        outer_add(work->n_x, -1.0, work->back, work->curvature);
    }
}

/// One Gauss-Newton step of work->xyz towards the coordinates work->wanted; the longest move of an atom.
static double fit_step(const Internals *internals, const UpdatedHessian *hessian, StepWork *work,
                       bool frozen)
{
    internals_values(internals, (Positions)work->xyz, work->values);
    internals_rows(internals, (Positions)work->xyz, work->rows);
    internals_difference(internals, work->wanted, work->values, work->values);
    for (size_t i = 0; i < internals->n; i++)
        work->u[i] = hessian->diagonal[i] * work->values[i];
    const double off = work->values[0];
    internals_back(internals, (Rows)work->rows, work->u, work->dx);
    model_metric(internals, hessian, work, (Positions)work->xyz, (Rows)work->rows);
    if (!solve(work, work->curvature, 0.0, work->dx))
        return NAN;
    if (frozen) {
        if (!hold_frozen(internals, work, (Rows)work->rows, work->curvature, 0.0))
            return NAN;
        // What the coordinate has drifted by goes along the same direction.
        const double s = off / dot(work->n_x, work->back, work->c);
        for (size_t i = 0; i < work->n_x; i++)
            work->dx[i] += s * work->c[i];
    }
    double longest = 0.0;
    for (size_t a = 0; a < work->n_x / 3; a++) {
        vec3_add_scaled(1.0, work->dx + 3 * a, work->xyz[a]);
        longest = fmax(longest, vec3_norm(work->dx + 3 * a));
    }
    return longest;
}

/// Positions with the coordinates now + work->dq, as near as they can be; along the straight line if there are none.
static void positions_fit(const Internals *internals, const UpdatedHessian *hessian, StepWork *work,
                          const OptGeometry *now, bool frozen, OptGeometry *trial)
{
    const size_t n_atoms = internals->n_atoms;
    for (size_t i = 0; i < internals->n; i++)
        work->wanted[i] = now->values[i] + work->dq[i];
    for (size_t a = 0; a < n_atoms; a++)
        for (int x = 0; x < 3; x++)
            trial->xyz[a][x] = now->xyz[a][x] + work->dx[3 * a + (size_t)x];
    memcpy(work->xyz, now->xyz, n_atoms * sizeof *work->xyz);
    double longest = INFINITY, before = INFINITY;
    for (int k = 0; k < FITS_MAX && longest > AT_REST; k++) {
        before = longest;
        longest = fit_step(internals, hessian, work, frozen);
        if (!(longest < fmax(2.0 * before, 1e-6)))
            return;
    }
    if (longest < 1e-3)
        memcpy(trial->xyz, work->xyz, n_atoms * sizeof *work->xyz);
}

bool step_make(const Internals *internals, const UpdatedHessian *hessian, StepWork *work,
               const OptGeometry *now, bool frozen, double trust, OptGeometry *trial,
               double *length, double *expected)
{
    const size_t n = internals->n;
    curvature_make(internals, hessian, work, now);
    *length = step_within(internals, work, now, frozen, trust);
    if (!isfinite(*length))
        return false;
    positions_fit(internals, hessian, work, now, frozen, trial);
    opt_geometry_describe(internals, trial);
    internals_difference(internals, trial->values, now->values, work->dq);
    updated_hessian_times(hessian, work->dq, work->u);
    *expected = dot(n, now->slope, work->dq) + 0.5 * dot(n, work->dq, work->u);
    return true;
}
