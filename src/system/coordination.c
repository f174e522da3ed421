#include "system/coordination.h"

#include <math.h>
#include <string.h>

#include "base/vec3.h"

void coordination_layout(Arena *arena, const Pairs *pairs, Coordination *coordination)
{
    coordination->radius = arena_doubles(arena, pairs->n_atoms);
    coordination->slope = arena_doubles(arena, pairs->n_pairs);
    coordination->cn = arena_doubles(arena, pairs->n_atoms);
}

void coordination_setup(const Method *method, size_t n_atoms, const int *numbers,
                        Coordination *coordination)
{
    coordination->method = method;
    for (size_t a = 0; a < n_atoms; a++)
        coordination->radius[a] =
            method->cn_rscale * method->element(numbers[a]).cov_rad * method->bohr_per_angstrom;
}

/// g(R; k, r) and its derivative with respect to R.
static double count(double r, double k, double radius, double *slope)
{
    const double g = 1.0 / (1.0 + exp(-k * (radius / r - 1.0)));
    *slope = -k * radius / (r * r) * g * (1.0 - g);
    return g;
}

void coordination_update(const Pairs *pairs, Coordination *coordination)
{
    const Method *method = coordination->method;
    memset(coordination->cn, 0, pairs->n_atoms * sizeof(double));
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const double r = pairs->distance[k];
        coordination->slope[k] = 0.0;
        if (r > method->cn_cutoff)
            continue;
        const int a = pairs->a[k], b = pairs->b[k];
        const double r0 = coordination->radius[a] + coordination->radius[b];
        double slope_near, slope_far = 0.0, far = 1.0;
        const double near = count(r, method->cn_ka, r0, &slope_near);
        if (method->cn_kb > 0.0)
            far = count(r, method->cn_kb, r0 + method->cn_rshift, &slope_far);
        coordination->cn[a] += near * far;
        coordination->cn[b] += near * far;
        coordination->slope[k] = slope_near * far + near * slope_far;
    }
}

void coordination_gradient(const Pairs *pairs, const Coordination *coordination,
                           const double *de_dcn, double (*gradient)[3])
{
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const int a = pairs->a[k], b = pairs->b[k];
        const double f = (de_dcn[a] + de_dcn[b]) * coordination->slope[k] / pairs->distance[k];
        vec3_add_scaled(f, pairs->vector[k], gradient[a]);
        vec3_add_scaled(-f, pairs->vector[k], gradient[b]);
    }
}
