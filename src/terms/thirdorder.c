#include "terms/thirdorder.h"

static void layout(void *self, Arena *arena, const TermSpec *spec)
{
    ThirdOrder *third = self;
    const Basis *basis = spec->basis;
    third->n_shells = basis->n_shells;
    third->n_atoms = basis->n_atoms;
    third->gamma3 = arena_doubles(arena, basis->n_shells);
    third->gamma3_atom = arena_doubles(arena, basis->n_atoms);
}

static void setup(void *self, const TermSpec *spec)
{
    ThirdOrder *third = self;
    const Basis *basis = spec->basis;
    const int *numbers = spec->numbers;
    for (size_t a = 0; a < basis->n_atoms; a++) {
        const size_t first = basis->atom_shell[a];
        third->gamma3_atom[a] = basis->method->element(numbers[a]).gamma3;
        for (size_t s = first; s < basis->atom_shell[a + 1]; s++)
            third->gamma3[s] =
                third->gamma3_atom[a] * basis->method->shell(numbers[a], s - first).gamma3_scale;
    }
}

static double sum_of_cubes(size_t n, const double *gamma3, const double *q)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += gamma3[i] * q[i] * q[i] * q[i];
    return sum / 3.0;
}

static void add_slopes(size_t n, const double *gamma3, const double *q, double *v)
{
    for (size_t i = 0; i < n; i++)
        v[i] += gamma3[i] * q[i] * q[i];
}

static double energy(void *self, const Geometry *geometry, const Moments *moments)
{
    (void)geometry;
    const ThirdOrder *third = self;
    return sum_of_cubes(third->n_shells, third->gamma3, moments->shell);
}

static void potential(void *self, const Geometry *geometry, const Moments *moments,
                      Potential *potential)
{
    (void)geometry;
    const ThirdOrder *third = self;
    add_slopes(third->n_shells, third->gamma3, moments->shell, potential->shell);
}

static double energy_of_atoms(void *self, const Geometry *geometry, const Moments *moments)
{
    (void)geometry;
    const ThirdOrder *third = self;
    return sum_of_cubes(third->n_atoms, third->gamma3_atom, moments->atom);
}

static void potential_of_atoms(void *self, const Geometry *geometry, const Moments *moments,
                               Potential *potential)
{
    (void)geometry;
    const ThirdOrder *third = self;
    add_slopes(third->n_atoms, third->gamma3_atom, moments->atom, potential->atom);
}

const TermType TERM_THIRDORDER = {.name = "third-order electrostatics",
                                  .bound = TERM_CUBIC,
                                  .size = sizeof(ThirdOrder),
                                  .layout = layout,
                                  .setup = setup,
                                  .energy = energy,
                                  .potential = potential};

const TermType TERM_THIRDORDER_ATOMS = {.name = "third-order electrostatics",
                                        .bound = TERM_CUBIC,
                                        .size = sizeof(ThirdOrder),
                                        .layout = layout,
                                        .setup = setup,
                                        .energy = energy_of_atoms,
                                        .potential = potential_of_atoms};
