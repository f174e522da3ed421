#include "system/coordination.h"

#include <string.h>

#include "base/vec3.h"

void coordination_layout(Arena *arena, const Pairs *pairs, Coordination *coordination)
{
    const size_t n = kernels_padded(pairs->n_pairs);
    coordination->radius = arena_doubles(arena, n);
    coordination->near = arena_doubles(arena, n);
    coordination->far = arena_doubles(arena, n);
    coordination->slope = arena_doubles(arena, n);
    coordination->cn = arena_doubles(arena, pairs->n_atoms);
}

void coordination_setup(const Kernels *kernels, const Method *method, const Pairs *pairs,
                        const int *numbers, Coordination *coordination)
{
    coordination->kernels = kernels;
    coordination->method = method;
    for (size_t k = 0; k < pairs->n_pairs; k++)
        coordination->radius[k] = method->cn_rscale * method->bohr_per_angstrom *
                                  (method->element(numbers[pairs->a[k]]).cov_rad +
                                   method->element(numbers[pairs->b[k]]).cov_rad);
}

/// exp(-k (r/R - 1)) of all pairs, r = R0 + shift.
static void count_exponentials(const Pairs *pairs, const Coordination *coordination, double k,
                               double shift, double *restrict out)
{
    const size_t n = kernels_padded(pairs->n_pairs);
    const double *restrict r = pairs->distance, *restrict radius = coordination->radius;
    for (size_t i = 0; i < n; i++)
        out[i] = k - k * (radius[i] + shift) / r[i];
    coordination->kernels->exponentials(n, out, out);
}

void coordination_update(const Pairs *pairs, Coordination *coordination)
{
    const Method *method = coordination->method;
    const double ka = method->cn_ka, kb = method->cn_kb, shift = method->cn_rshift;
    double *restrict near = coordination->near, *restrict far = coordination->far;
    double *restrict slope = coordination->slope;
    const double *restrict r = pairs->distance, *restrict radius = coordination->radius;
    count_exponentials(pairs, coordination, ka, 0.0, near);
    if (kb > 0.0) // if there is one function only, far stays 0 and counts as 1
        count_exponentials(pairs, coordination, kb, shift, far);
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        // d/dR 1/(1 + e) = -k r/R^2 e/(1 + e)^2
        const double g_near = 1.0 / (1.0 + near[k]), g_far = 1.0 / (1.0 + far[k]);
        const double within = r[k] <= method->cn_cutoff ? 1.0 : 0.0;
        const double both = within * g_near * g_far;
        slope[k] =
            -both *
            (ka * radius[k] * (near[k] * g_near) + kb * (radius[k] + shift) * (far[k] * g_far)) /
            (r[k] * r[k] * r[k]);
        near[k] = both;
    }
    memset(coordination->cn, 0, pairs->n_atoms * sizeof(double));
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        coordination->cn[pairs->a[k]] += near[k];
        coordination->cn[pairs->b[k]] += near[k];
    }
}

void coordination_gradient(const Pairs *pairs, const Coordination *coordination,
                           const double *de_dcn, double (*gradient)[3])
{
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const int a = pairs->a[k], b = pairs->b[k];
        const double f = (de_dcn[a] + de_dcn[b]) * coordination->slope[k];
        vec3_add_scaled(f, pairs->vector[k], gradient[a]);
        vec3_add_scaled(-f, pairs->vector[k], gradient[b]);
    }
}
