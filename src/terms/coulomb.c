#include "terms/coulomb.h"

#include <math.h>

#include "base/vec3.h"

void coulomb_layout(Arena *arena, size_t n_shells, Coulomb *coulomb)
{
    coulomb->ld = kernels_padded(n_shells);
    coulomb->hardness = arena_doubles(arena, n_shells);
    coulomb->gamma = arena_doubles(arena, n_shells * coulomb->ld);
    coulomb->product = arena_doubles(arena, n_shells);
}

static double mean_hardness(const Coulomb *coulomb, size_t s, size_t t)
{
    const double a = coulomb->hardness[s], b = coulomb->hardness[t];
    return coulomb->mean == MEAN_HARMONIC ? 2.0 / (1.0 / a + 1.0 / b) : 0.5 * (a + b);
}

void coulomb_setup(const Kernels *kernels, const Basis *basis, const int *numbers, Coulomb *coulomb)
{
    coulomb->kernels = kernels;
    coulomb->basis = basis;
    coulomb->mean = basis->method->hardness_mean;
    for (size_t a = 0; a < basis->n_atoms; a++) {
        const double hardness = basis->method->element(numbers[a]).hardness;
        const size_t first = basis->atom_shell[a], end = basis->atom_shell[a + 1];
        for (size_t s = first; s < end; s++)
            coulomb->hardness[s] =
                hardness * basis->method->shell(numbers[a], s - first).hardness_scale;
        for (size_t s = first; s < end; s++)
            for (size_t t = first; t < end; t++)
                coulomb->gamma[s * coulomb->ld + t] = mean_hardness(coulomb, s, t);
    }
}

static void update(void *self, const Geometry *geometry)
{
    Coulomb *coulomb = self;
    const Pairs *pairs = geometry->pairs;
    const size_t *first = coulomb->basis->atom_shell, ld = coulomb->ld;
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const double r2 = pairs->distance[k] * pairs->distance[k];
        for (size_t s = first[pairs->a[k]]; s < first[pairs->a[k] + 1]; s++)
            for (size_t t = first[pairs->b[k]]; t < first[pairs->b[k] + 1]; t++) {
                const double eta = mean_hardness(coulomb, s, t);
                const double gamma = 1.0 / sqrt(r2 + 1.0 / (eta * eta));
                coulomb->gamma[s * ld + t] = coulomb->gamma[t * ld + s] = gamma;
            }
    }
}

static void multiply(Coulomb *coulomb, const double *charge)
{
    const size_t n = coulomb->basis->n_shells;
    coulomb->kernels->matvec(n, n, coulomb->gamma, coulomb->ld, charge, coulomb->product);
}

static double energy(void *self, const Geometry *geometry, const Moments *moments)
{
    (void)geometry;
    Coulomb *coulomb = self;
    multiply(coulomb, moments->shell);
    return 0.5 * coulomb->kernels->dot(coulomb->basis->n_shells, coulomb->product, moments->shell);
}

static void potential(void *self, const Geometry *geometry, const Moments *moments,
                      Potential *potential)
{
    (void)geometry;
    Coulomb *coulomb = self;
    multiply(coulomb, moments->shell);
    for (size_t s = 0; s < coulomb->basis->n_shells; s++)
        potential->shell[s] += coulomb->product[s];
}

static void gradient(void *self, const Geometry *geometry, const Moments *moments,
                     Gradient *gradient)
{
    const Coulomb *coulomb = self;
    const Pairs *pairs = geometry->pairs;
    const size_t *first = coulomb->basis->atom_shell;
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const int a = pairs->a[k], b = pairs->b[k];
        // d gamma/dR = -R gamma^3, and R times the unit vector is the vector.
        double slope = 0.0;
        for (size_t s = first[a]; s < first[a + 1]; s++)
            for (size_t t = first[b]; t < first[b + 1]; t++) {
                const double gamma = coulomb->gamma[s * coulomb->ld + t];
                slope -= moments->shell[s] * moments->shell[t] * gamma * gamma * gamma;
            }
        vec3_add_scaled(slope, pairs->vector[k], gradient->xyz[a]);
        vec3_add_scaled(-slope, pairs->vector[k], gradient->xyz[b]);
    }
}

const TermType TERM_COULOMB = {.name = "isotropic electrostatics",
                               .update = update,
                               .energy = energy,
                               .potential = potential,
                               .gradient = gradient};
