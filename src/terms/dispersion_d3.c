#include "terms/dispersion_d3.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/vec3.h"
#include "data/element.h"
#include "data/parameters.h"
#include "terms/smooth_cutoff.h"

static const SmoothCutoff CUTOFF = {.range = 50.0, .width = 0.05};
static const double GAUSS = 4.0; // exponent of the weights

/// Numbers the elements in the order of their first atoms; returns how many there are.
static size_t number_kinds(size_t n_atoms, const int *numbers, int kind_of[ELEMENT_MAX + 1])
{
    size_t n_kinds = 0;
    for (int z = 0; z <= ELEMENT_MAX; z++)
        kind_of[z] = -1;
    for (size_t a = 0; a < n_atoms; a++)
        if (kind_of[numbers[a]] < 0)
            kind_of[numbers[a]] = (int)n_kinds++;
    return n_kinds;
}

static void layout(void *self, Arena *arena, const TermSpec *spec)
{
    DispersionD3 *d3 = self;
    const Pairs *pairs = spec->pairs;
    const int *numbers = spec->numbers;
    int kind_of[ELEMENT_MAX + 1];
    const size_t n = pairs->n_atoms;
    d3->n_atoms = n;
    d3->n_kinds = number_kinds(n, numbers, kind_of);
    d3->kind = arena_ints(arena, n);
    d3->kind_z = arena_ints(arena, d3->n_kinds);
    d3->pair = arena_bytes(arena, d3->n_kinds * d3->n_kinds * sizeof *d3->pair);
    d3->weight = arena_doubles(arena, n * D3_REFERENCES_MAX);
    d3->steepness = arena_doubles(arena, n * D3_REFERENCES_MAX);
    d3->slope = arena_doubles(arena, pairs->n_pairs);
    d3->cn_slope = arena_doubles(arena, n);
}

static D3Pair pair_of(const Method *method, int za, int zb)
{
    const double q = 3.0 * disp_element(za)->sqrt_q * disp_element(zb)->sqrt_q;
    const double rd = method->d3_a1 * sqrt(q) + method->d3_a2, rd2 = rd * rd;
    D3Pair pair = {.s6 = method->d3_s6,
                   .s8q = method->d3_s8 * q,
                   .rd6 = rd2 * rd2 * rd2,
                   .rd8 = rd2 * rd2 * rd2 * rd2};
    size_t na, nb;
    const D3Reference *refs_a = d3_references(za, &na), *refs_b = d3_references(zb, &nb);
    for (size_t a = 0; a < na; a++)
        for (size_t b = 0; b < nb; b++)
            pair.c6[a][b] = d3_c6(refs_a[a].index, refs_b[b].index);
    return pair;
}

static void setup(void *self, const TermSpec *spec)
{
    DispersionD3 *d3 = self;
    const Method *method = spec->method;
    const int *numbers = spec->numbers;
    int kind_of[ELEMENT_MAX + 1];
    number_kinds(d3->n_atoms, numbers, kind_of);
    for (size_t a = 0; a < d3->n_atoms; a++) {
        d3->kind[a] = kind_of[numbers[a]];
        d3->kind_z[d3->kind[a]] = numbers[a];
    }
    for (size_t k = 0; k < d3->n_kinds; k++)
        for (size_t l = 0; l < d3->n_kinds; l++)
            d3->pair[k * d3->n_kinds + l] = pair_of(method, d3->kind_z[k], d3->kind_z[l]);
}

/// W and dW/dCN of one atom.
static void set_weights(int z, double cn, double *weight, double *steepness)
{
    size_t n;
    const D3Reference *refs = d3_references(z, &n);
    double norm = 0.0, norm_slope = 0.0;
    for (size_t a = 0; a < n; a++) {
        const double d = cn - refs[a].cn, e = exp(-GAUSS * d * d);
        weight[a] = e;
        steepness[a] = -2.0 * GAUSS * d * e;
        norm += weight[a];
        norm_slope += steepness[a];
    }
    // So far above every reference that the Gaussians vanish: the highest one counts alone. The
    // reference program decides by 1/norm and 1/norm^2 overflowing, and so do we.
    const bool vanished = norm < 1.0 / DBL_MAX, flat = norm < sqrt(1.0 / DBL_MAX);
    size_t highest = 0;
    for (size_t a = 0; a < n; a++)
        if (refs[a].cn > refs[highest].cn)
            highest = a;
    for (size_t a = 0; a < n; a++) {
        weight[a] = vanished ? (a == highest ? 1.0 : 0.0) : weight[a] / norm;
        steepness[a] = flat ? 0.0 : (steepness[a] - weight[a] * norm_slope) / norm;
    }
}

/// C6 of a pair of atoms and its slopes with the two coordination numbers.
static double coefficient(const DispersionD3 *d3, const D3Pair *pair, int a, int b, double *slope_a,
                          double *slope_b)
{
    const double *wa = d3->weight + a * D3_REFERENCES_MAX;
    const double *wb = d3->weight + b * D3_REFERENCES_MAX;
    const double *sa = d3->steepness + a * D3_REFERENCES_MAX;
    const double *sb = d3->steepness + b * D3_REFERENCES_MAX;
    double c6 = 0.0;
    *slope_a = *slope_b = 0.0;
    for (int i = 0; i < D3_REFERENCES_MAX; i++) {
        double sum = 0.0, sum_slope = 0.0;
        for (int j = 0; j < D3_REFERENCES_MAX; j++) {
            sum += pair->c6[i][j] * wb[j];
            sum_slope += pair->c6[i][j] * sb[j];
        }
        c6 += wa[i] * sum;
        *slope_a += sa[i] * sum;
        *slope_b += wa[i] * sum_slope;
    }
    return c6;
}

static void update(void *self, const Geometry *geometry)
{
    DispersionD3 *d3 = self;
    const Pairs *pairs = geometry->pairs;
    for (size_t a = 0; a < d3->n_atoms; a++)
        set_weights(d3->kind_z[d3->kind[a]], geometry->coordination->cn[a],
                    d3->weight + a * D3_REFERENCES_MAX, d3->steepness + a * D3_REFERENCES_MAX);
    memset(d3->cn_slope, 0, d3->n_atoms * sizeof(double));
    d3->energy = 0.0;
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const int a = pairs->a[k], b = pairs->b[k];
        const double r = pairs->distance[k], r2 = r * r, r6 = r2 * r2 * r2;
        d3->slope[k] = 0.0;
        if (r > CUTOFF.range)
            continue;
        const D3Pair *pair = &d3->pair[(size_t)d3->kind[a] * d3->n_kinds + (size_t)d3->kind[b]];
        const double t6 = 1.0 / (r6 + pair->rd6), t8 = 1.0 / (r6 * r2 + pair->rd8);
        const double inside = pair->s6 * t6 + pair->s8q * t8;
        double end_slope, slope_a, slope_b;
        const double end = smooth_cutoff(&CUTOFF, r, &end_slope);
        const double c6 = coefficient(d3, pair, a, b, &slope_a, &slope_b);
        d3->energy -= c6 * end * inside;
        d3->slope[k] =
            c6 * (end * (6.0 * pair->s6 * r2 * r2 * t6 * t6 + 8.0 * pair->s8q * r6 * t8 * t8) -
                  end_slope / r * inside);
        d3->cn_slope[a] -= slope_a * end * inside;
        d3->cn_slope[b] -= slope_b * end * inside;
    }
}

static double energy(void *self, const Geometry *geometry, const Moments *moments)
{
    (void)geometry;
    (void)moments;
    return ((const DispersionD3 *)self)->energy;
}

static void gradient(void *self, const Geometry *geometry, const Moments *moments,
                     Gradient *gradient)
{
    (void)moments;
    const DispersionD3 *d3 = self;
    const Pairs *pairs = geometry->pairs;
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        vec3_add_scaled(d3->slope[k], pairs->vector[k], gradient->xyz[pairs->a[k]]);
        vec3_add_scaled(-d3->slope[k], pairs->vector[k], gradient->xyz[pairs->b[k]]);
    }
    for (size_t a = 0; a < d3->n_atoms; a++)
        gradient->cn[a] += d3->cn_slope[a];
}

const TermType TERM_DISPERSION_D3 = {.name = "dispersion D3",
                                     .size = sizeof(DispersionD3),
                                     .layout = layout,
                                     .setup = setup,
                                     .update = update,
                                     .energy = energy,
                                     .gradient = gradient};
