#include "opt/updated_hessian.h"

#include <math.h>
#include <string.h>

static const double DAMPED = 0.2; // Powell: of the curvature that H expects

static double dot(size_t n, const double *u, const double *v)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += u[i] * v[i];
    return sum;
}

void updated_hessian_layout(UpdatedHessian *hessian, Arena *arena, size_t n)
{
    hessian->n = n;
    hessian->diagonal = arena_doubles(arena, n);
    hessian->move = arena_doubles(arena, HESSIAN_PAIRS * n);
    hessian->change = arena_doubles(arena, HESSIAN_PAIRS * n);
    hessian->gain = arena_doubles(arena, HESSIAN_PAIRS * n);
    hessian->loss = arena_doubles(arena, HESSIAN_PAIRS * n);
    hessian->product = arena_doubles(arena, n);
}

void updated_hessian_reset(UpdatedHessian *hessian)
{
    hessian->n_pairs = 0;
}

void updated_hessian_times(const UpdatedHessian *hessian, const double *u, double *out)
{
    const size_t n = hessian->n;
    for (size_t i = 0; i < n; i++)
        out[i] = hessian->diagonal[i] * u[i];
    for (int k = 0; k < hessian->n_pairs; k++) {
        const double *const gain = hessian->gain + (size_t)k * n;
        const double *const loss = hessian->loss + (size_t)k * n;
        const double g = dot(n, gain, u), l = dot(n, loss, u);
        for (size_t i = 0; i < n; i++)
            out[i] += g * gain[i] - l * loss[i];
    }
}

/// Appends the vectors of pair n_pairs, whose move and change are in place. False if rounding has spoilt the sum.
static bool pair_append(UpdatedHessian *hessian)
{
    const size_t n = hessian->n, at = (size_t)hessian->n_pairs * n;
    const double *const s = hessian->move + at, *const y = hessian->change + at;
    double *const hs = hessian->product;
    updated_hessian_times(hessian, s, hs);
    const double expected = dot(n, s, hs), found = dot(n, s, y);
    if (!(expected > 0.0))
        return false;
    const double blend =
        found >= DAMPED * expected ? 1.0 : (1.0 - DAMPED) * expected / (expected - found);
    const double curvature = blend * found + (1.0 - blend) * expected;
    for (size_t i = 0; i < n; i++) {
        hessian->gain[at + i] = (blend * y[i] + (1.0 - blend) * hs[i]) / sqrt(curvature);
        hessian->loss[at + i] = hs[i] / sqrt(expected);
    }
    hessian->n_pairs++;
    return true;
}

/// Drops the oldest pair; the vectors of the others are those of a sum without it.
static void oldest_drop(UpdatedHessian *hessian)
{
    const int n_left = hessian->n_pairs - 1;
    const size_t bytes = (size_t)n_left * hessian->n * sizeof *hessian->move;
    memmove(hessian->move, hessian->move + hessian->n, bytes);
    memmove(hessian->change, hessian->change + hessian->n, bytes);
    hessian->n_pairs = 0;
    while (hessian->n_pairs < n_left && pair_append(hessian))
        ;
}

void updated_hessian_learn(UpdatedHessian *hessian, const double *s, const double *y)
{
    if (hessian->n_pairs == HESSIAN_PAIRS)
        oldest_drop(hessian);
    const size_t at = (size_t)hessian->n_pairs * hessian->n;
    memcpy(hessian->move + at, s, hessian->n * sizeof *s);
    memcpy(hessian->change + at, y, hessian->n * sizeof *y);
    (void)pair_append(hessian);
}
