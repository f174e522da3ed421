#include "terms/thirdorder.h"

#include "data/parameters.h"

void thirdorder_layout(Arena *arena, size_t n_shells, ThirdOrder *third)
{
    third->n_shells = n_shells;
    third->gamma3 = arena_doubles(arena, n_shells);
}

void thirdorder_setup(const Basis *basis, const int *numbers, ThirdOrder *third)
{
    for (size_t a = 0; a < basis->n_atoms; a++) {
        size_t n;
        const Gfn2Shell *shells = gfn2_shells(numbers[a], &n);
        for (size_t i = 0; i < n; i++)
            third->gamma3[basis->atom_shell[a] + i] =
                gfn2_element(numbers[a])->gamma3 * shells[i].gamma3_scale;
    }
}

static double energy(void *self, const Geometry *geometry, const Moments *moments)
{
    (void)geometry;
    const ThirdOrder *third = self;
    double sum = 0.0;
    for (size_t s = 0; s < third->n_shells; s++)
        sum += third->gamma3[s] * moments->shell[s] * moments->shell[s] * moments->shell[s];
    return sum / 3.0;
}

static void potential(void *self, const Geometry *geometry, const Moments *moments,
                      Potential *potential)
{
    (void)geometry;
    const ThirdOrder *third = self;
    for (size_t s = 0; s < third->n_shells; s++)
        potential->shell[s] += third->gamma3[s] * moments->shell[s] * moments->shell[s];
}

const TermType TERM_THIRDORDER = {
    .name = "third-order electrostatics", .energy = energy, .potential = potential};
