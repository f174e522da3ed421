#include "terms/born.h"

#include <math.h>
#include <string.h>

#include "base/vec3.h"

void born_layout(Born *born, Arena *arena, const Pairs *pairs)
{
    const size_t n = pairs->n_atoms, n_pairs = kernels_padded(pairs->n_pairs);
    born_radii_layout(&born->radii, arena, pairs);
    born->ld = kernels_padded(n);
    born->matrix = arena_doubles(arena, n * born->ld);
    born->root = arena_doubles(arena, n);
    born->de_da = arena_doubles(arena, n);
    born->root_m = arena_doubles(arena, n_pairs);
    born->per_f = arena_doubles(arena, n_pairs);
    born->along = arena_doubles(arena, n_pairs);
    born->of_radii = arena_doubles(arena, n_pairs);
    born->pair_slope = arena_doubles(arena, n_pairs);
    born->size_slope = arena_vectors(arena, n);
}

void born_setup(Born *born, const Kernels *kernels, const Pairs *pairs, const Solvent *solvent,
                const int *numbers)
{
    const double epsilon = solvent->row->epsilon;
    born->kernels = kernels;
    born->model = solvent->model;
    born->beta = solvent->model == SOLVATION_ALPB ? SOLVATION_ALPB_ALPHA / epsilon : 0.0;
    born->k = (1.0 / epsilon - 1.0) / (1.0 + born->beta);
    born_radii_setup(&born->radii, kernels, pairs, solvent, numbers);
    for (size_t k = 0; k < kernels_padded(pairs->n_pairs); k++)
        born->root_m[k] = 1.0; // what is behind the last pair stays
}

/// L and its slopes.
static void update_size(const Geometry *geometry, Born *born)
{
    const double *r = born->radii.vdw;
    double volume = 0.0, centre[3] = {0.0};
    for (size_t a = 0; a < geometry->n_atoms; a++) {
        const double w = r[a] * r[a] * r[a];
        volume += w;
        vec3_add_scaled(w, geometry->xyz[a], centre);
    }
    for (int x = 0; x < 3; x++)
        centre[x] /= volume;

    double inertia[3][3] = {{0.0}};
    for (size_t a = 0; a < geometry->n_atoms; a++) {
        const double w = r[a] * r[a] * r[a];
        double d[3];
        vec3_difference(geometry->xyz[a], centre, d);
        for (int x = 0; x < 3; x++)
            for (int y = 0; y < 3; y++)
                inertia[x][y] -= w * d[x] * d[y];
        for (int x = 0; x < 3; x++)
            inertia[x][x] += w * (vec3_dot(d, d) + 0.4 * r[a] * r[a]);
    }
    // The cofactors are the cross products of the rows.
    double adjoint[3][3];
    for (int x = 0; x < 3; x++)
        vec3_cross(inertia[(x + 1) % 3], inertia[(x + 2) % 3], adjoint[x]);
    const double determinant = vec3_dot(inertia[0], adjoint[0]);
    born->size = sqrt(cbrt(determinant) / (0.4 * volume));

    const double l2 = born->size * born->size;
    const double factor = 2.0 / (0.384 * volume * volume * volume * l2 * l2 * born->size);
    const double trace = adjoint[0][0] + adjoint[1][1] + adjoint[2][2];
    for (size_t a = 0; a < geometry->n_atoms; a++) {
        double d[3];
        vec3_difference(geometry->xyz[a], centre, d);
        const double w = factor * r[a] * r[a] * r[a];
        for (int x = 0; x < 3; x++)
            born->size_slope[a][x] = w * (trace * d[x] - vec3_dot(adjoint[x], d));
    }
}

/// 1/f of all pairs, and its slopes.
static void update_pairs(Born *born, const Pairs *pairs)
{
    const size_t n = kernels_padded(pairs->n_pairs);
    for (size_t a = 0, k = 0; a < pairs->n_atoms; a++)
        for (size_t b = 0; b < a; b++, k++)
            born->root_m[k] = born->root[a] * born->root[b];
    if (born->model == SOLVATION_ALPB)
        born->kernels->born_pairs_p16(n, SOLVATION_P16_ZETA, pairs->distance, born->root_m,
                                      born->per_f, born->along, born->of_radii);
    else
        born->kernels->born_pairs_still(n, pairs->distance, born->root_m, born->per_f, born->along,
                                        born->of_radii);
}

void born_update(Born *born, const Geometry *geometry)
{
    const Pairs *pairs = geometry->pairs;
    const size_t n = geometry->n_atoms, ld = born->ld;
    born_radii_update(&born->radii, pairs);
    double of_size = 0.0;
    if (born->beta > 0.0) {
        update_size(geometry, born);
        of_size = born->beta / born->size;
    }
    for (size_t a = 0; a < n; a++)
        born->root[a] = sqrt(born->radii.radius[a]);
    update_pairs(born, pairs);
    for (size_t a = 0, k = 0; a < n; a++) {
        double *row = born->matrix + a * ld;
        for (size_t b = 0; b < a; b++, k++)
            row[b] = born->k * (born->per_f[k] + of_size);
        row[a] = born->k * (1.0 / born->radii.radius[a] + of_size);
    }
    born->kernels->mirror(0, n, born->matrix, ld);
}

void born_field(const Born *born, const double *charge, double *field)
{
    const size_t n = born->radii.n_atoms;
    born->kernels->matvec(n, n, born->matrix, born->ld, charge, field);
}

void born_gradient(const Geometry *geometry, Born *born, const double *charge,
                   double (*gradient)[3])
{
    const Pairs *pairs = geometry->pairs;
    const size_t n = geometry->n_atoms;
    double total = 0.0, *de_da = born->de_da, *pair_slope = born->pair_slope;
    memset(de_da, 0, n * sizeof *de_da);
    for (size_t a = 0, k = 0; a < n; a++) {
        total += charge[a];
        double sum = 0.0;
        for (size_t b = 0; b < a; b++, k++) {
            const double slope = -born->k * charge[a] * charge[b], of_a = slope * born->of_radii[k];
            pair_slope[k] = slope * born->along[k];
            sum += of_a;
            de_da[b] += of_a;
        }
        de_da[a] += sum;
    }
    for (size_t a = 0; a < n; a++) {
        const double radius = born->radii.radius[a];
        de_da[a] = (de_da[a] - 0.5 * born->k * charge[a] * charge[a] / radius) / radius;
    }
    born_radii_gradient(pairs, &born->radii, de_da, pair_slope);
    pairs_gradient(pairs, pair_slope, gradient);
    if (born->beta > 0.0) {
        const double slope =
            -0.5 * born->k * born->beta * total * total / (born->size * born->size);
        for (size_t a = 0; a < n; a++)
            vec3_add_scaled(slope, born->size_slope[a], gradient[a]);
    }
}
