#include "terms/repulsion.h"

#include <math.h>

#include "base/vec3.h"

void repulsion_layout(Arena *arena, size_t n_pairs, Repulsion *repulsion)
{
    repulsion->charge = arena_doubles(arena, n_pairs);
    repulsion->decay = arena_doubles(arena, n_pairs);
    repulsion->exponent = arena_doubles(arena, n_pairs);
}

void repulsion_setup(const Method *method, const Pairs *pairs, const int *numbers,
                     Repulsion *repulsion)
{
    repulsion->cutoff = method->rep_cutoff;
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const int za = numbers[pairs->a[k]], zb = numbers[pairs->b[k]];
        const MethodElement a = method->element(za), b = method->element(zb);
        repulsion->charge[k] = a.rep_zeff * b.rep_zeff;
        repulsion->decay[k] = sqrt(a.rep_alpha * b.rep_alpha);
        repulsion->exponent[k] = za <= 2 && zb <= 2 ? method->rep_kexp_light : method->rep_kexp;
    }
}

/// Energy of pair k; r_pow is decay R^k.
static double pair_energy(const Repulsion *repulsion, size_t k, double r, double *r_pow)
{
    *r_pow = repulsion->decay[k] *
             (repulsion->exponent[k] == 1.5 ? r * sqrt(r) : pow(r, repulsion->exponent[k]));
    return repulsion->charge[k] / r * exp(-*r_pow);
}

static double energy(void *self, const Geometry *geometry, const Moments *moments)
{
    (void)moments;
    const Repulsion *repulsion = self;
    const Pairs *pairs = geometry->pairs;
    double sum = 0.0, r_pow;
    for (size_t k = 0; k < pairs->n_pairs; k++)
        if (pairs->distance[k] <= repulsion->cutoff)
            sum += pair_energy(repulsion, k, pairs->distance[k], &r_pow);
    return sum;
}

static void gradient(void *self, const Geometry *geometry, const Moments *moments,
                     Gradient *gradient)
{
    (void)moments;
    const Repulsion *repulsion = self;
    const Pairs *pairs = geometry->pairs;
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const double r = pairs->distance[k];
        if (r > repulsion->cutoff)
            continue;
        double r_pow;
        const double e = pair_energy(repulsion, k, r, &r_pow);
        // dE/dR = -E (1 + k decay R^k) / R; the second division by R makes the vector a unit vector.
        const double slope = -e * (1.0 + repulsion->exponent[k] * r_pow) / (r * r);
        vec3_add_scaled(slope, pairs->vector[k], gradient->xyz[pairs->a[k]]);
        vec3_add_scaled(-slope, pairs->vector[k], gradient->xyz[pairs->b[k]]);
    }
}

const TermType TERM_REPULSION = {.name = "repulsion", .energy = energy, .gradient = gradient};
