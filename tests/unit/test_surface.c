/// The surface that atoms show to a solvent, along a motion: what is kept of the geometries before must not be seen.
#include "terms/surface.h"

#include "support/check.h"

#include <string.h>

#include "support/pseudo_random.h"

enum { N_ATOMS = 90, N_STEPS = 40 };

static QmtContext *ctx;
static int numbers[N_ATOMS];
static double xyz[N_ATOMS][3];

typedef struct {
    Arena arena;
    Pairs pairs;
    Surface surface;
} Fixture;

static void open_fixture(Fixture *fixture, SolvationGrid grid)
{
    Solvent solvent;
    assert_true(solvent_find(&METHOD_GFN2, SOLVATION_ALPB, "water", &solvent));
    solvent.grid = grid;
    *fixture = (Fixture){.pairs = {0}};
    for (int walk = 0; walk < 2; walk++) {
        pairs_layout(&fixture->pairs, &fixture->arena, N_ATOMS);
        surface_layout(&fixture->surface, &fixture->arena, N_ATOMS, grid);
        if (walk == 0)
            assert_int_equal(arena_reserve(ctx, &fixture->arena), QMT_OK);
    }
    pairs_setup(&fixture->pairs);
    surface_setup(&fixture->surface, ctx->kernels, &solvent, numbers);
}

static void update(Fixture *fixture)
{
    assert_int_equal(pairs_update(ctx, (const double(*)[3])xyz, &fixture->pairs), QMT_OK);
    surface_update(&fixture->surface, &fixture->pairs);
}

/// Three times five rows of six atoms, 2.2 bohr apart: some atoms have more spheres near than there are places for views.
static void make_atoms(void)
{
    static const int KINDS[] = {1, 6, 8, 7};
    unsigned seed = 3;
    for (size_t a = 0; a < N_ATOMS; a++) {
        const double place[3] = {(double)(a % 6), (double)(a / 6 % 5), (double)(a / 30)};
        numbers[a] = KINDS[a % 4];
        for (int x = 0; x < 3; x++)
            xyz[a][x] = 2.2 * place[x] + 0.3 * pseudo_random(&seed);
    }
}

static void areas_do_not_know_the_way(void **state)
{
    (void)state;
    for (int grid = 0; grid < SOLVATION_GRIDS; grid++) {
        Fixture kept;
        unsigned seed = 17;
        size_t most = 0;
        make_atoms();
        open_fixture(&kept, (SolvationGrid)grid);
        for (int step = 0; step < N_STEPS; step++) {
            Fixture fresh;
            // Most steps stay within the margin, some atoms leap beyond it.
            for (size_t a = 0; a < N_ATOMS; a++)
                for (int x = 0; x < 3; x++)
                    xyz[a][x] += (a == (size_t)step ? 8.0 : 0.3) * SURFACE_VIEW_MARGIN *
                                 pseudo_random(&seed);
            open_fixture(&fresh, (SolvationGrid)grid);
            update(&kept);
            update(&fresh);
            for (size_t a = 0; a < N_ATOMS; a++) {
                const size_t n = fresh.surface.n_near[a], first = a * (N_ATOMS - 1);
                most = n > most ? n : most;
                assert_int_equal(kept.surface.n_near[a], n);
                assert_memory_equal(kept.surface.slope + first, fresh.surface.slope + first,
                                    n * sizeof fresh.surface.slope[0]);
            }
            assert_memory_equal(kept.surface.area, fresh.surface.area, N_ATOMS * sizeof(double));
            arena_release(&fresh.arena);
        }
        assert_true(most > kept.surface.n_views);
        arena_release(&kept.arena);
    }
}

static double area_of(Fixture *fixture, const double *tension)
{
    double sum = 0.0;
    update(fixture);
    for (size_t a = 0; a < N_ATOMS; a++)
        sum += tension[a] * fixture->surface.area[a];
    return sum;
}

static void slopes_are_those_of_the_areas(void **state)
{
    (void)state;
    Fixture fixture;
    unsigned seed = 5;
    double tension[N_ATOMS], gradient[N_ATOMS][3] = {{0.0}};
    make_atoms();
    for (size_t a = 0; a < N_ATOMS; a++)
        tension[a] = 1.0 + pseudo_random(&seed);
    open_fixture(&fixture, SOLVATION_GRID_FINE);
    update(&fixture);
    surface_gradient(&fixture.surface, tension, gradient);
    const double h = 1e-3;
    for (size_t a = 0; a < N_ATOMS; a += 11)
        for (int x = 0; x < 3; x++) {
            const double x0 = xyz[a][x];
            double e[5];
            for (int i = 0; i < 5; i++) {
                xyz[a][x] = x0 + (i - 2) * h;
                e[i] = area_of(&fixture, tension);
            }
            xyz[a][x] = x0;
            // The steps have jumps in their second derivative where a point enters the edge: h times that of a few points, each
            // 4 pi S^2/1000 = 0.2 bohr^2 of weight and 1.5/w^2 = 5 of curvature at most. Slopes are of order 10 bohr.
            CHECK_NEAR(gradient[a][x], (e[0] - 8.0 * e[1] + 8.0 * e[3] - e[4]) / (12.0 * h), 5e-4);
        }
    arena_release(&fixture.arena);
}

static int open_context(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) == QMT_OK ? 0 : -1;
}

static int close_context(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(areas_do_not_know_the_way),
        cmocka_unit_test(slopes_are_those_of_the_areas),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
