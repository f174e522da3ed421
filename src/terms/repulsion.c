#include "terms/repulsion.h"

#include <assert.h>
#include <math.h>

#include "base/vec3.h"

void repulsion_layout(Arena *arena, size_t n_pairs, Repulsion *repulsion)
{
    const size_t n = kernels_padded(n_pairs);
    repulsion->charge = arena_doubles(arena, n);
    repulsion->decay = arena_doubles(arena, n);
    repulsion->exponent = arena_doubles(arena, n);
    repulsion->power = arena_doubles(arena, n);
    repulsion->value = arena_doubles(arena, n);
    repulsion->slope = arena_doubles(arena, n);
}

void repulsion_setup(const Kernels *kernels, const Method *method, const Pairs *pairs,
                     const int *numbers, Repulsion *repulsion)
{
    repulsion->kernels = kernels;
    repulsion->cutoff = method->rep_cutoff;
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const int za = numbers[pairs->a[k]], zb = numbers[pairs->b[k]];
        const MethodElement a = method->element(za), b = method->element(zb);
        repulsion->charge[k] = a.rep_zeff * b.rep_zeff;
        repulsion->decay[k] = sqrt(a.rep_alpha * b.rep_alpha);
        repulsion->exponent[k] = za <= 2 && zb <= 2 ? method->rep_kexp_light : method->rep_kexp;
        assert(repulsion->exponent[k] == 1.0 || repulsion->exponent[k] == 1.5);
    }
}

static void update(void *self, const Geometry *geometry)
{
    Repulsion *repulsion = self;
    const Pairs *pairs = geometry->pairs;
    const size_t n = kernels_padded(pairs->n_pairs);
    const double *restrict r = pairs->distance, *restrict exponent = repulsion->exponent;
    double *restrict power = repulsion->power, *restrict value = repulsion->value;
    double *restrict slope = repulsion->slope;
    for (size_t k = 0; k < n; k++) {
        power[k] = repulsion->decay[k] * r[k] * (exponent[k] == 1.0 ? 1.0 : sqrt(r[k]));
        value[k] = -power[k];
    }
    repulsion->kernels->exponentials(n, value, value);
    for (size_t k = 0; k < n; k++) {
        const double within = r[k] <= repulsion->cutoff ? repulsion->charge[k] : 0.0;
        value[k] *= within / r[k];
        // dE/dR = -E (1 + k decay R^k)/R
        slope[k] = -value[k] * (1.0 + exponent[k] * power[k]) / (r[k] * r[k]);
    }
    repulsion->energy = 0.0;
    for (size_t k = 0; k < pairs->n_pairs; k++)
        repulsion->energy += value[k];
}

static double energy(void *self, const Geometry *geometry, const Moments *moments)
{
    (void)geometry;
    (void)moments;
    return ((const Repulsion *)self)->energy;
}

static void gradient(void *self, const Geometry *geometry, const Moments *moments,
                     Gradient *gradient)
{
    (void)moments;
    const Repulsion *repulsion = self;
    const Pairs *pairs = geometry->pairs;
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        vec3_add_scaled(repulsion->slope[k], pairs->vector[k], gradient->xyz[pairs->a[k]]);
        vec3_add_scaled(-repulsion->slope[k], pairs->vector[k], gradient->xyz[pairs->b[k]]);
    }
}

const TermType TERM_REPULSION = {
    .name = "repulsion", .update = update, .energy = energy, .gradient = gradient};
