/// D3(BJ) with the parameters of GFN1-xTB against the reference program (s-dftd3 1.4.0), see
/// tests/reference/data/README.md.
#include "support/check.h"

#include "base/context.h"
#include "base/vec3.h"
#include "support/dispersion_vectors.h"
#include "terms/dispersion_d3.h"

// The formulas leave no freedom: only rounding separates two programs.
static const double TOLERANCE = 1e-12;

/// D3 and what it looks at.
typedef struct {
    Arena arena;
    Pairs pairs;
    Coordination coordination;
    DispersionD3 d3;
} Parts;

static TermSpec spec_of(const Parts *parts, const DispersionVectors *s)
{
    return (TermSpec){.method = &METHOD_GFN1, .pairs = &parts->pairs, .numbers = s->numbers};
}

static void layout(Parts *parts, const DispersionVectors *s)
{
    pairs_layout(&parts->pairs, &parts->arena, s->n);
    coordination_layout(&parts->coordination, &parts->arena, &parts->pairs);
    const TermSpec spec = spec_of(parts, s);
    TERM_DISPERSION_D3.layout(&parts->d3, &parts->arena, &spec);
}

/// Not pairs_update(), which rightly refuses the shortest distances of the file.
static void set_distances(const DispersionVectors *s, Pairs *pairs)
{
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        vec3_difference(s->xyz[pairs->a[k]], s->xyz[pairs->b[k]], pairs->vector[k]);
        pairs->distance[k] = vec3_norm(pairs->vector[k]);
    }
}

static void check_system(const DispersionVectors *s)
{
    QmtContext ctx = {0};
    Parts parts = {0};
    layout(&parts, s);
    assert_int_equal(arena_reserve(&ctx, &parts.arena), QMT_OK);
    layout(&parts, s);
    pairs_setup(&parts.pairs);
    coordination_setup(&parts.coordination, kernels_choose(NULL), &METHOD_GFN1, &parts.pairs,
                       s->numbers);
    const TermSpec spec = spec_of(&parts, s);
    TERM_DISPERSION_D3.setup(&parts.d3, &spec);
    set_distances(s, &parts.pairs);
    coordination_update(&parts.coordination, &parts.pairs);

    const Geometry geometry = {
        .n_atoms = s->n, .xyz = s->xyz, .pairs = &parts.pairs, .coordination = &parts.coordination};
    double xyz[VECTORS_MAX_ATOMS][3] = {{0.0}}, cn[VECTORS_MAX_ATOMS] = {0.0}, energy = 0.0;
    Gradient gradient = {.xyz = xyz, .cn = cn};
    TERM_DISPERSION_D3.update(&parts.d3, &geometry);
    TERM_DISPERSION_D3.gradient(&parts.d3, &geometry, NULL, &gradient);
    coordination_gradient(&parts.pairs, &parts.coordination, cn, xyz);
    for (size_t a = 0; a < s->n; a++) {
        energy += s->d3_e_atom[a];
        CHECK_NEAR(parts.coordination.cn[a], s->d3_cn[a], TOLERANCE);
        for (int x = 0; x < 3; x++)
            CHECK_NEAR(xyz[a][x], s->d3_g[a][x], TOLERANCE);
    }
    CHECK_NEAR(TERM_DISPERSION_D3.energy(&parts.d3, &geometry, NULL), energy, TOLERANCE);
    arena_release(&parts.arena);
}

static void energies_and_slopes_are_those_of_the_reference(void **state)
{
    (void)state;
    DispersionVectors s;
    FILE *file = dispersion_vectors_open();
    int n_systems = 0;
    for (; dispersion_vectors_next(file, &s); n_systems++)
        check_system(&s);
    fclose(file);
    assert_int_equal(n_systems, 98);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(energies_and_slopes_are_those_of_the_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
