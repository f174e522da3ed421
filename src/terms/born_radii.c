#include "terms/born_radii.h"

#include <math.h>
#include <string.h>

#include "base/units.h"

void born_radii_layout(BornRadii *radii, Arena *arena, const Pairs *pairs)
{
    const size_t n = pairs->n_atoms, n_pairs = kernels_padded(pairs->n_pairs);
    radii->n_atoms = n;
    radii->vdw = arena_doubles(arena, n);
    radii->reduced = arena_doubles(arena, n);
    radii->psi = arena_doubles(arena, n);
    radii->radius = arena_doubles(arena, n);
    radii->slope = arena_doubles(arena, n);
    radii->de_dpsi = arena_doubles(arena, n);
    for (int side = 0; side < 2; side++) {
        radii->seen[side].radius = arena_doubles(arena, n_pairs);
        radii->seen[side].other = arena_doubles(arena, n_pairs);
        radii->seen[side].g = arena_doubles(arena, n_pairs);
        radii->seen[side].slope = arena_doubles(arena, n_pairs);
    }
}

/// rho of an atom, bohr.
static double descreening_radius(const Solvent *solvent, const BornRadii *radii, const int *numbers,
                                 size_t a)
{
    return solvent->elements[numbers[a] - 1].descreening * radii->vdw[a];
}

void born_radii_setup(BornRadii *radii, const Kernels *kernels, const Pairs *pairs,
                      const Solvent *solvent, const int *numbers)
{
    radii->kernels = kernels;
    radii->scale = solvent->row->born_scale;
    radii->cutoff = SOLVATION_DESCREENING_CUTOFF * BOHR_PER_ANGSTROM;
    for (size_t a = 0; a < radii->n_atoms; a++) {
        radii->vdw[a] = TABLE_SOLVATION_ELEMENTS[numbers[a] - 1].vdw * BOHR_PER_ANGSTROM;
        radii->reduced[a] = radii->vdw[a] - solvent->row->born_offset * BOHR_PER_ANGSTROM;
    }
    for (size_t k = 0; k < kernels_padded(pairs->n_pairs); k++)
        for (int side = 0; side < 2; side++) {
            // Behind the last pair anything that gives finite numbers.
            const bool real = k < pairs->n_pairs;
            const size_t here = !real ? 0 : (size_t)(side == 0 ? pairs->a[k] : pairs->b[k]),
                         other = !real ? 0 : (size_t)(side == 0 ? pairs->b[k] : pairs->a[k]);
            radii->seen[side].radius[k] = radii->vdw[here];
            radii->seen[side].other[k] = descreening_radius(solvent, radii, numbers, other);
        }
}

/// psi of all atoms.
static void sum_descreening(BornRadii *radii)
{
    memset(radii->psi, 0, radii->n_atoms * sizeof *radii->psi);
    const double *here = radii->seen[0].g, *there = radii->seen[1].g;
    for (size_t a = 0, k = 0; a < radii->n_atoms; a++) {
        double sum = 0.0;
        for (size_t b = 0; b < a; b++, k++) {
            sum += here[k];
            radii->psi[b] += there[k];
        }
        radii->psi[a] += sum;
    }
}

void born_radii_update(BornRadii *radii, const Pairs *pairs)
{
    for (int side = 0; side < 2; side++)
        radii->kernels->descreening_pairs(kernels_padded(pairs->n_pairs), radii->cutoff,
                                          pairs->distance, radii->seen[side].radius,
                                          radii->seen[side].other, radii->seen[side].g,
                                          radii->seen[side].slope);
    sum_descreening(radii);
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
                         double *pair_slope)
{
    double *de_dpsi = radii->de_dpsi;
    for (size_t a = 0; a < radii->n_atoms; a++)
        de_dpsi[a] = de_da[a] * radii->slope[a];
    for (size_t k = 0; k < pairs->n_pairs; k++)
        pair_slope[k] += de_dpsi[pairs->a[k]] * radii->seen[0].slope[k] +
                         de_dpsi[pairs->b[k]] * radii->seen[1].slope[k];
}
