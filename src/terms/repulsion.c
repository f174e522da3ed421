#include "terms/repulsion.h"

#include <assert.h>
#include <math.h>

#include "data/parameters.h"

_Static_assert((int)GFN2_REP_REXP == 1 && (int)GFN1_REP_REXP == 1, "the denominator is R");

static void layout(void *self, Arena *arena, const TermSpec *spec)
{
    Repulsion *repulsion = self;
    const size_t n = kernels_padded(spec->pairs->n_pairs);
    repulsion->charge = arena_doubles(arena, n);
    repulsion->decay = arena_doubles(arena, n);
    repulsion->exponent = arena_doubles(arena, n);
    repulsion->slope = arena_doubles(arena, n);
}

static void setup(void *self, const TermSpec *spec)
{
    Repulsion *repulsion = self;
    const Method *method = spec->method;
    const Pairs *pairs = spec->pairs;
    repulsion->kernels = spec->kernels;
    repulsion->cutoff = method->rep_cutoff;
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const int za = spec->numbers[pairs->a[k]], zb = spec->numbers[pairs->b[k]];
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
    repulsion->energy = repulsion->kernels->repulsion_pairs(
        kernels_padded(pairs->n_pairs), repulsion->cutoff, pairs->distance, repulsion->charge,
        repulsion->decay, repulsion->exponent, repulsion->slope);
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
    pairs_gradient(geometry->pairs, repulsion->slope, gradient->xyz);
}

const TermType TERM_REPULSION = {.name = "repulsion",
                                 .size = sizeof(Repulsion),
                                 .layout = layout,
                                 .setup = setup,
                                 .update = update,
                                 .energy = energy,
                                 .gradient = gradient};
