#include "terms/coulomb.h"

#include "base/team.h"
#include "data/parameters.h"

_Static_assert((int)GFN2_GAMMA_EXP == 2 && (int)GFN1_GAMMA_EXP == 2, "gamma is an inverse root");

static void layout(void *self, Arena *arena, const TermSpec *spec)
{
    Coulomb *coulomb = self;
    const size_t n_shells = spec->basis->n_shells;
    coulomb->ld = kernels_padded(n_shells);
    coulomb->hardness = arena_doubles(arena, n_shells);
    coulomb->softening = arena_doubles(arena, n_shells * coulomb->ld);
    coulomb->gamma = arena_doubles(arena, n_shells * coulomb->ld);
    coulomb->xyz = arena_doubles(arena, 3 * coulomb->ld);
    coulomb->slope = arena_doubles(arena, 3 * coulomb->ld);
    coulomb->product = arena_doubles(arena, n_shells);
}

static double mean_hardness(const Coulomb *coulomb, size_t s, size_t t)
{
    const double a = coulomb->hardness[s], b = coulomb->hardness[t];
    return coulomb->mean == MEAN_HARMONIC ? 2.0 / (1.0 / a + 1.0 / b) : 0.5 * (a + b);
}

static void setup(void *self, const TermSpec *spec)
{
    Coulomb *coulomb = self;
    const Basis *basis = spec->basis;
    const int *numbers = spec->numbers;
    coulomb->kernels = spec->kernels;
    coulomb->basis = basis;
    coulomb->mean = basis->method->hardness_mean;
    for (size_t a = 0; a < basis->n_atoms; a++) {
        const double hardness = basis->method->element(numbers[a]).hardness;
        const size_t first = basis->atom_shell[a], end = basis->atom_shell[a + 1];
        for (size_t s = first; s < end; s++)
            coulomb->hardness[s] =
                hardness * basis->method->shell(numbers[a], s - first).hardness_scale;
    }
    for (size_t s = 0; s < basis->n_shells; s++) {
        double *row = coulomb->softening + s * coulomb->ld;
        for (size_t t = 0; t < basis->n_shells; t++) {
            const double eta = mean_hardness(coulomb, s, t);
            row[t] = 1.0 / (eta * eta);
        }
        for (size_t t = basis->n_shells; t < coulomb->ld; t++)
            row[t] = 1.0; // any number that has a root
    }
}

/// Rows of the shells of some atoms.
static void update_part(void *task, size_t first, size_t last)
{
    const Coulomb *coulomb = task;
    const Basis *basis = coulomb->basis;
    const size_t ld = coulomb->ld;
    const double *restrict x = coulomb->xyz, *restrict y = x + ld, *restrict z = y + ld;
    for (size_t a = first; a < last; a++) {
        const size_t s = basis->atom_shell[a], end = basis->atom_shell[a + 1];
        const double here[3] = {x[s], y[s], z[s]};
        // The last row has room for the distances until its turn.
        double *restrict r2 = coulomb->gamma + (end - 1) * ld;
        for (size_t t = 0; t < ld; t++)
            r2[t] = (x[t] - here[0]) * (x[t] - here[0]) + (y[t] - here[1]) * (y[t] - here[1]) +
                    (z[t] - here[2]) * (z[t] - here[2]);
        for (size_t k = s; k < end; k++)
            coulomb->kernels->inverse_roots(ld, r2, coulomb->softening + k * ld,
                                            coulomb->gamma + k * ld);
    }
}

static void update(void *self, const Geometry *geometry)
{
    Coulomb *coulomb = self;
    const Basis *basis = coulomb->basis;
    const size_t ld = coulomb->ld;
    for (size_t s = 0; s < basis->n_shells; s++)
        for (size_t c = 0; c < 3; c++)
            coulomb->xyz[c * ld + s] = geometry->xyz[basis->shell_atom[s]][c];
    team_share(basis->n_atoms, team_rows(basis->n_atoms, TERM_ROWS_SHARED), update_part, coulomb);
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
    (void)geometry;
    Coulomb *coulomb = self;
    const Basis *basis = coulomb->basis;
    const size_t ld = coulomb->ld;
    const double *slope = coulomb->slope;
    // d gamma/dR = -R gamma^3, and R times the unit vector is the vector.
    coulomb->kernels->cubic_slopes(0, basis->n_shells, basis->n_shells, ld, coulomb->gamma,
                                   moments->shell, coulomb->xyz, coulomb->slope);
    for (size_t s = 0; s < basis->n_shells; s++)
        for (size_t x = 0; x < 3; x++)
            gradient->xyz[basis->shell_atom[s]][x] -= moments->shell[s] * slope[x * ld + s];
}

const TermType TERM_COULOMB = {.name = "isotropic electrostatics",
                               .size = sizeof(Coulomb),
                               .layout = layout,
                               .setup = setup,
                               .update = update,
                               .energy = energy,
                               .potential = potential,
                               .gradient = gradient};
