#include "terms/cm5.h"

#include <math.h>
#include <string.h>

#include "base/units.h"
#include "base/vec3.h"
#include "data/tables.h"

void cm5_layout(Cm5 *cm5, Arena *arena, const Pairs *pairs)
{
    cm5->n_atoms = pairs->n_atoms;
    cm5->factor = arena_doubles(arena, pairs->n_pairs);
    cm5->term = arena_doubles(arena, pairs->n_pairs);
    cm5->charge = arena_doubles(arena, pairs->n_atoms);
}

static double coefficient(int za, int zb)
{
    for (int i = 0; i < N_CM5_PAIRS; i++) {
        const Cm5Pair *pair = &TABLE_CM5_PAIRS[i];
        if (za == pair->z_a && zb == pair->z_b)
            return pair->d;
        if (zb == pair->z_a && za == pair->z_b)
            return -pair->d;
    }
    return TABLE_SOLVATION_ELEMENTS[za - 1].cm5_a0 - TABLE_SOLVATION_ELEMENTS[zb - 1].cm5_a0;
}

void cm5_setup(Cm5 *cm5, const Method *method, const Pairs *pairs, const int *numbers)
{
    cm5->alpha = SOLVATION_CM5_EXPONENT / BOHR_PER_ANGSTROM;
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const int za = numbers[pairs->a[k]], zb = numbers[pairs->b[k]];
        const double radii = (method->element(za).poly_rad + method->element(zb).poly_rad) *
                             method->bohr_per_angstrom;
        cm5->factor[k] = coefficient(za, zb) * exp(cm5->alpha * radii);
    }
}

void cm5_update(Cm5 *cm5, const Pairs *pairs)
{
    memset(cm5->charge, 0, cm5->n_atoms * sizeof *cm5->charge);
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        cm5->term[k] = 0.0;
        if (cm5->factor[k] == 0.0)
            continue;
        cm5->term[k] = cm5->factor[k] * exp(-cm5->alpha * pairs->distance[k]);
        cm5->charge[pairs->a[k]] += cm5->term[k];
        cm5->charge[pairs->b[k]] -= cm5->term[k];
    }
}

void cm5_gradient(const Pairs *pairs, const Cm5 *cm5, const double *potential,
                  double (*gradient)[3])
{
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const int a = pairs->a[k], b = pairs->b[k];
        const double slope =
            -cm5->alpha * cm5->term[k] * (potential[a] - potential[b]) / pairs->distance[k];
        vec3_add_scaled(slope, pairs->vector[k], gradient[a]);
        vec3_add_scaled(-slope, pairs->vector[k], gradient[b]);
    }
}
