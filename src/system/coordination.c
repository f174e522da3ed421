#include "system/coordination.h"

#include <string.h>

void coordination_layout(Coordination *coordination, Arena *arena, const Pairs *pairs)
{
    const size_t n = kernels_padded(pairs->n_pairs);
    coordination->radius = arena_doubles(arena, n);
    coordination->count = arena_doubles(arena, n);
    coordination->slope = arena_doubles(arena, n);
    coordination->cn = arena_doubles(arena, pairs->n_atoms);
}

void coordination_setup(Coordination *coordination, const Kernels *kernels, const Method *method,
                        const Pairs *pairs, const int *numbers)
{
    coordination->kernels = kernels;
    coordination->method = method;
    for (size_t k = 0; k < pairs->n_pairs; k++)
        coordination->radius[k] = method->cn_rscale * method->bohr_per_angstrom *
                                  (method->element(numbers[pairs->a[k]]).cov_rad +
                                   method->element(numbers[pairs->b[k]]).cov_rad);
}

void coordination_update(Coordination *coordination, const Pairs *pairs)
{
    const Method *method = coordination->method;
    const double par[4] = {method->cn_ka, method->cn_kb, method->cn_rshift, method->cn_cutoff};
    coordination->kernels->counting_pairs(kernels_padded(pairs->n_pairs), par, pairs->distance,
                                          coordination->radius, coordination->count,
                                          coordination->slope);
    const double *count = coordination->count;
    memset(coordination->cn, 0, pairs->n_atoms * sizeof(double));
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        coordination->cn[pairs->a[k]] += count[k];
        coordination->cn[pairs->b[k]] += count[k];
    }
}

void coordination_gradient(const Pairs *pairs, const Coordination *coordination,
                           const double *de_dcn, double (*gradient)[3])
{
    // The counts have done their work at this geometry.
    double *slope = coordination->count;
    for (size_t a = 0, k = 0; a < pairs->n_atoms; a++)
        for (size_t b = 0; b < a; b++, k++)
            slope[k] = (de_dcn[a] + de_dcn[b]) * coordination->slope[k];
    pairs_gradient(pairs, slope, gradient);
}
