#include "scf/level_bounds.h"

#include <math.h>
#include <stdbool.h>

enum { STEPS_MAX = 12 };

/// hartree: distance over which the weights of the start fall; smallest distance to a diagonal element in the
/// preconditioner; fall of a step that is the last.
#define START_WIDTH 0.05
#define NEAREST 0.01
#define ENOUGH 1e-3
/// Norm of a residual that is rounding.
#define LEAST_DIRECTION 1e-6

static double dot(const LevelMatrix *matrix, const double *a, const double *b)
{
    return matrix->kernels->dot(matrix->n, a, b);
}

static void multiply(const LevelMatrix *matrix, const double *v, double *out)
{
    const size_t n = matrix->n;
    for (size_t i = 0; i < n; i++)
        out[i] = matrix->s * matrix->diagonal[i] * v[i];
    for (size_t i = 0; i < n; i++) {
        const double along = matrix->s * matrix->t * v[i];
        const float *row = matrix->off + i * matrix->ld;
        for (size_t j = 0; j < n; j++)
            out[j] += along * (double)row[j];
    }
}

/// The lower eigenvector of span{v, d} into v, of norm 1, and its product into mv; d is made orthogonal to v first.
static double combine(const LevelMatrix *matrix, double *v, double *mv, double *d, double *md)
{
    const double a = dot(matrix, v, mv), b = dot(matrix, d, mv), c = dot(matrix, d, md);
    const double half = 0.5 * (c - a), root = sqrt(half * half + b * b);
    const double lowest = a + half - root;
    // (a - lowest) x + b y = 0
    double x = b, y = lowest - a;
    const double norm = sqrt(x * x + y * y);
    if (!(norm > 0.0))
        return a;
    x /= norm;
    y /= norm;
    for (size_t i = 0; i < matrix->n; i++) {
        v[i] = x * v[i] + y * d[i];
        mv[i] = x * mv[i] + y * md[i];
    }
    return lowest;
}

/// Weights that fall with the distance from the lowest diagonal element: an eigenvector may lie anywhere among the lowest, and
/// on a part of the molecule that is coupled to no other.
static void start(const LevelMatrix *matrix, double *v)
{
    double lowest = INFINITY, square = 0.0;
    for (size_t i = 0; i < matrix->n; i++)
        lowest =
            matrix->s * matrix->diagonal[i] < lowest ? matrix->s * matrix->diagonal[i] : lowest;
    for (size_t i = 0; i < matrix->n; i++) {
        const double above = (matrix->s * matrix->diagonal[i] - lowest) / START_WIDTH;
        v[i] = 1.0 / ((1.0 + above) * (1.0 + above));
        square += v[i] * v[i];
    }
    for (size_t i = 0; i < matrix->n; i++)
        v[i] /= sqrt(square);
}

/// The preconditioned residual, orthogonal to v and of norm 1; false if there is none.
static bool direction(const LevelMatrix *matrix, double lowest, const double *v, const double *mv,
                      double *d)
{
    const size_t n = matrix->n;
    for (size_t i = 0; i < n; i++) {
        const double above = matrix->s * matrix->diagonal[i] - lowest;
        d[i] = (lowest * v[i] - mv[i]) / (above > NEAREST ? above : NEAREST);
    }
    const double along = dot(matrix, v, d);
    for (size_t i = 0; i < n; i++)
        d[i] -= along * v[i];
    const double norm = sqrt(dot(matrix, d, d));
    if (!(norm > LEAST_DIRECTION))
        return false;
    for (size_t i = 0; i < n; i++)
        d[i] /= norm;
    return true;
}

double levels_lowest(const LevelMatrix *matrix, double *work)
{
    const size_t n = matrix->n;
    double *const v = work, *const mv = v + n, *const d = mv + n, *const md = d + n;
    start(matrix, v);
    multiply(matrix, v, mv);
    double lowest = dot(matrix, v, mv), before = INFINITY;
    for (int step = 0; step < STEPS_MAX && before - lowest > ENOUGH; step++) {
        if (!direction(matrix, lowest, v, mv, d))
            break;
        multiply(matrix, d, md);
        before = lowest;
        lowest = combine(matrix, v, mv, d, md);
    }
    return lowest;
}

bool levels_are_above(const LevelMatrix *matrix, double level, float *work)
{
    const size_t n = matrix->n, ld = matrix->ld;
    const float sign = (float)(matrix->s * matrix->t);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i; j < n; j++)
            work[i * ld + j] = sign * matrix->off[i * ld + j];
        work[i * ld + i] = (float)(matrix->s * matrix->diagonal[i] - level);
    }
    // U^T U, row by row; only the upper triangle is used.
    for (size_t i = 0; i < n; i++) {
        const float *const row = work + i * ld;
        const float pivot = row[i];
        if (!(pivot > 0.0F))
            return false;
        for (size_t k = i + 1; k < n; k++) {
            const float factor = row[k] / pivot;
            if (factor == 0.0F)
                continue; // most of the elements between local orbitals
            float *const below = work + k * ld;
            for (size_t j = k; j < n; j++)
                below[j] -= factor * row[j];
        }
    }
    return true;
}
