#include "terms/born.h"

#include <math.h>
#include <string.h>

#include "base/vec3.h"

void born_layout(Born *born, Arena *arena, const Pairs *pairs)
{
    const size_t n = pairs->n_atoms;
    born_radii_layout(&born->radii, arena, pairs);
    born->ld = kernels_padded(n);
    born->matrix = arena_doubles(arena, n * born->ld);
    born->root = arena_doubles(arena, n);
    born->de_da = arena_doubles(arena, n);
    born->size_slope = arena_vectors(arena, n);
}

void born_setup(Born *born, const Kernels *kernels, const Solvent *solvent, const int *numbers)
{
    const double epsilon = solvent->row->epsilon;
    born->kernels = kernels;
    born->model = solvent->model;
    born->beta = solvent->model == SOLVATION_ALPB ? SOLVATION_ALPB_ALPHA / epsilon : 0.0;
    born->k = (1.0 / epsilon - 1.0) / (1.0 + born->beta);
    born_radii_setup(&born->radii, solvent, numbers);
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

/// f of ALPB, and with slopes: df/dR, df/da_A times a_A, which is also df/da_B times a_B.
static double p16(double r, double root_m, double *df_dr, double *df_dlog)
{
    const double ratio = SOLVATION_P16_ZETA * r;
    const double t = 16.0 * root_m / (16.0 * root_m + ratio);
    const double t2 = t * t, t4 = t2 * t2, t8 = t4 * t4, t16 = t8 * t8;
    *df_dr = 1.0 - SOLVATION_P16_ZETA * t16 * t;
    *df_dlog = 0.5 * t16 * (root_m + ratio * t);
    return r + root_m * t16;
}

/// The same of GBSA.
static double still(double r, double root_m, double *df_dr, double *df_dlog)
{
    const double m = root_m * root_m, x = r * r / (4.0 * m), e = exp(-x);
    const double f = sqrt(r * r + m * e);
    *df_dr = r * (1.0 - 0.25 * e) / f;
    *df_dlog = 0.5 * m * e * (1.0 + x) / f;
    return f;
}

static double kernel_of(const Born *born, const Pairs *pairs, size_t k, double *df_dr,
                        double *df_dlog)
{
    const double root_m = born->root[pairs->a[k]] * born->root[pairs->b[k]];
    return born->model == SOLVATION_ALPB ? p16(pairs->distance[k], root_m, df_dr, df_dlog)
                                         : still(pairs->distance[k], root_m, df_dr, df_dlog);
}

void born_update(Born *born, const Geometry *geometry)
{
    const Pairs *pairs = geometry->pairs;
    const size_t n = geometry->n_atoms;
    born_radii_update(&born->radii, pairs);
    double of_size = 0.0;
    if (born->beta > 0.0) {
        update_size(geometry, born);
        of_size = born->beta / born->size;
    }
    for (size_t a = 0; a < n; a++) {
        born->root[a] = sqrt(born->radii.radius[a]);
        born->matrix[a * born->ld + a] = born->k * (1.0 / born->radii.radius[a] + of_size);
    }
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const size_t a = (size_t)pairs->a[k], b = (size_t)pairs->b[k];
        double df_dr, df_dlog;
        const double j = born->k * (1.0 / kernel_of(born, pairs, k, &df_dr, &df_dlog) + of_size);
        born->matrix[a * born->ld + b] = born->matrix[b * born->ld + a] = j;
    }
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
    const double *radius = born->radii.radius;
    double total = 0.0;
    for (size_t a = 0; a < geometry->n_atoms; a++) {
        total += charge[a];
        born->de_da[a] = -0.5 * born->k * charge[a] * charge[a] / (radius[a] * radius[a]);
    }
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const int a = pairs->a[k], b = pairs->b[k];
        double df_dr, df_dlog;
        const double f = kernel_of(born, pairs, k, &df_dr, &df_dlog);
        const double slope = -born->k * charge[a] * charge[b] / (f * f);
        born->de_da[a] += slope * df_dlog / radius[a];
        born->de_da[b] += slope * df_dlog / radius[b];
        const double along = slope * df_dr / pairs->distance[k];
        vec3_add_scaled(along, pairs->vector[k], gradient[a]);
        vec3_add_scaled(-along, pairs->vector[k], gradient[b]);
    }
    born_radii_gradient(pairs, &born->radii, born->de_da, gradient);
    if (born->beta > 0.0) {
        const double slope =
            -0.5 * born->k * born->beta * total * total / (born->size * born->size);
        for (size_t a = 0; a < geometry->n_atoms; a++)
            vec3_add_scaled(slope, born->size_slope[a], gradient[a]);
    }
}
