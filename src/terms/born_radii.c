#include "terms/born_radii.h"

#include <math.h>

#include "base/units.h"
#include "base/vec3.h"

void born_radii_layout(BornRadii *radii, Arena *arena, const Pairs *pairs)
{
    const size_t n = pairs->n_atoms;
    radii->n_atoms = n;
    radii->vdw = arena_doubles(arena, n);
    radii->reduced = arena_doubles(arena, n);
    radii->descreening = arena_doubles(arena, n);
    radii->psi = arena_doubles(arena, n);
    radii->radius = arena_doubles(arena, n);
    radii->slope = arena_doubles(arena, n);
    radii->pair_slope = (double(*)[2])arena_doubles(arena, 2 * pairs->n_pairs);
}

void born_radii_setup(BornRadii *radii, const Solvent *solvent, const int *numbers)
{
    radii->scale = solvent->row->born_scale;
    radii->cutoff = SOLVATION_DESCREENING_CUTOFF * BOHR_PER_ANGSTROM;
    for (size_t a = 0; a < radii->n_atoms; a++) {
        radii->vdw[a] = TABLE_SOLVATION_ELEMENTS[numbers[a] - 1].vdw * BOHR_PER_ANGSTROM;
        radii->reduced[a] = radii->vdw[a] - solvent->row->born_offset * BOHR_PER_ANGSTROM;
        radii->descreening[a] = solvent->elements[numbers[a] - 1].descreening * radii->vdw[a];
    }
}

/// g of the header and its slope.
static double descreen(double distance, double r, double rho, double *slope)
{
    const double sum = distance + rho, half = 0.5 / distance;
    if (distance >= r + rho) {
        const double difference = distance - rho, product = 1.0 / (difference * sum);
        const double logarithm = log(difference / sum);
        *slope = rho * product * (1.0 / distance - 2.0 * distance * product) -
                 half * logarithm / distance;
        return rho * product + half * logarithm;
    }
    if (sum <= r) {
        *slope = 0.0;
        return 0.0;
    }
    const double ia = 1.0 / sum, ir = 1.0 / r, edge = ia - sum * ir * ir;
    const double bracket = 0.5 * (distance - rho) * edge - log(sum * ir);
    const double bracket_slope = 0.5 * edge - 0.5 * (distance - rho) * (ia * ia + ir * ir) - ia;
    *slope = ia * ia + half * (bracket_slope - bracket / distance);
    return ir - ia + half * bracket;
}

void born_radii_update(BornRadii *radii, const Pairs *pairs)
{
    for (size_t a = 0; a < radii->n_atoms; a++)
        radii->psi[a] = 0.0;
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const int a = pairs->a[k], b = pairs->b[k];
        const double distance = pairs->distance[k];
        double *slope = radii->pair_slope[k];
        slope[0] = slope[1] = 0.0;
        if (distance > radii->cutoff)
            continue;
        radii->psi[a] += descreen(distance, radii->vdw[a], radii->descreening[b], &slope[0]);
        radii->psi[b] += descreen(distance, radii->vdw[b], radii->descreening[a], &slope[1]);
    }
    for (size_t a = 0; a < radii->n_atoms; a++) {
        const double s = radii->reduced[a], t = 0.5 * s * radii->psi[a];
        const double curve = tanh(t * (1.0 + t * (-SOLVATION_OBC_BETA + t * SOLVATION_OBC_GAMMA)));
        const double radius = radii->scale / (1.0 / s - curve / radii->vdw[a]);
        radii->radius[a] = radius;
        radii->slope[a] = radius * radius / radii->scale * 0.5 * s / radii->vdw[a] *
                          (1.0 - curve * curve) *
                          (1.0 + t * (-2.0 * SOLVATION_OBC_BETA + 3.0 * SOLVATION_OBC_GAMMA * t));
    }
}

void born_radii_gradient(const Pairs *pairs, const BornRadii *radii, const double *de_da,
                         double (*gradient)[3])
{
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const int a = pairs->a[k], b = pairs->b[k];
        const double slope = (de_da[a] * radii->slope[a] * radii->pair_slope[k][0] +
                              de_da[b] * radii->slope[b] * radii->pair_slope[k][1]) /
                             pairs->distance[k];
        vec3_add_scaled(slope, pairs->vector[k], gradient[a]);
        vec3_add_scaled(-slope, pairs->vector[k], gradient[b]);
    }
}
