#include "scf/broyden.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/linalg.h"

void broyden_layout(Broyden *broyden, Arena *arena, size_t n)
{
    broyden->n = n;
    broyden->last_x = arena_doubles(arena, n);
    broyden->last_f = arena_doubles(arena, n);
    broyden->df = arena_doubles(arena, BROYDEN_HISTORY * n);
    broyden->u = arena_doubles(arena, BROYDEN_HISTORY * n);
    broyden->overlap = arena_doubles(arena, BROYDEN_HISTORY * BROYDEN_HISTORY);
}

void broyden_start(Broyden *broyden, const Kernels *kernels, double alpha)
{
    broyden->kernels = kernels;
    broyden->alpha = alpha;
    broyden->n_stored = broyden->n_steps = 0;
}

/// Stores the pair of the last two cycles in the ring.
static void remember(Broyden *broyden, const double *x, const double *f)
{
    const size_t n = broyden->n;
    const int m = (broyden->n_steps - 1) % BROYDEN_HISTORY;
    double *df = broyden->df + (size_t)m * n, *u = broyden->u + (size_t)m * n;
    for (size_t i = 0; i < n; i++)
        df[i] = f[i] - broyden->last_f[i];
    const double norm = sqrt(broyden->kernels->dot(n, df, df));
    const double inverse = norm > 0.0 ? 1.0 / norm : 0.0;
    for (size_t i = 0; i < n; i++) {
        df[i] *= inverse;
        u[i] = broyden->alpha * df[i] + (x[i] - broyden->last_x[i]) * inverse;
    }
    const double f_norm = sqrt(broyden->kernels->dot(n, f, f));
    broyden->weight[m] = fmin(fmax(0.01 / fmax(f_norm, 1e-300), 1.0), 1e5);
    if (broyden->n_stored < BROYDEN_HISTORY)
        broyden->n_stored++;
    for (int k = 0; k < broyden->n_stored; k++)
        broyden->overlap[m * BROYDEN_HISTORY + k] = broyden->overlap[k * BROYDEN_HISTORY + m] =
            broyden->kernels->dot(n, df, broyden->df + (size_t)k * n);
}

bool broyden_mix(Broyden *broyden, double *x, const double *f)
{
    const size_t n = broyden->n;
    if (broyden->n_steps > 0)
        remember(broyden, x, f);
    broyden->n_steps++;
    memcpy(broyden->last_x, x, n * sizeof *x);
    memcpy(broyden->last_f, f, n * sizeof *f);

    const int m = broyden->n_stored;
    double matrix[BROYDEN_HISTORY * BROYDEN_HISTORY], g[BROYDEN_HISTORY];
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < m; j++)
            matrix[i * m + j] = broyden->weight[i] * broyden->weight[j] *
                                    broyden->overlap[i * BROYDEN_HISTORY + j] +
                                (i == j ? 1e-4 : 0.0);
        g[i] = broyden->weight[i] * broyden->kernels->dot(n, broyden->df + (size_t)i * n, f);
    }
    if (m > 0 && !linalg_solve_positive((size_t)m, matrix, (size_t)m, g))
        return false;
    broyden->kernels->axpy(n, broyden->alpha, f, x);
    for (int i = 0; i < m; i++)
        broyden->kernels->axpy(n, -broyden->weight[i] * g[i], broyden->u + (size_t)i * n, x);
    return true;
}
