#include "scf/homo_lumo_gap.h"

#include "support/arena_fixture.h"
#include "support/check.h"
#include "support/orbital_path.h"

static QmtContext *ctx;
static Arena arena;
static Density density, exact;
static GapSearch search;

static void layout(void)
{
    density_layout(&density, &arena, PATH_N);
    density_layout(&exact, &arena, PATH_N);
    homo_lumo_gap_layout(&search, &arena, PATH_N);
}

static int open_search(void **state)
{
    (void)state;
    if (arena_fixture_open(&arena, layout) != 0)
        return -1;
    density.kernels = exact.kernels = kernels_choose(NULL);
    density.n_alpha = density.n_beta = exact.n_alpha = exact.n_beta = PATH_OCCUPIED;
    density.kt = exact.kt = 9.5e-4;
    exact.always_diagonalise = true;
    return 0;
}

static int close_search(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void solve_at(double t, Density *of)
{
    path_matrices(t, of->overlap, of->fock);
    density_begin(of);
    assert_int_equal(density_build(ctx, of), QMT_OK);
}

// Also where only every fifth geometry is asked: the vectors of the geometry before are then far off.
static void refined_orbitals_have_the_gap_of_a_diagonalisation(void **state)
{
    (void)state;
    for (int step = 0; step < 150; step++) {
        solve_at(0.004 * step, &density);
        solve_at(0.004 * step, &exact);
        if (step < 80 || step % 5 == 0) {
            assert_int_equal(density.refined, step > 0);
            // The search ends when second order leaves 1e-10 hartree.
            CHECK_NEAR(homo_lumo_gap(&density, &search),
                       exact.eps[PATH_OCCUPIED] - exact.eps[PATH_OCCUPIED - 1], 1e-9);
        }
        density_end(&density);
    }
}

static void without_electrons_or_empty_orbitals_there_is_none(void **state)
{
    (void)state;
    density.n_alpha = density.n_beta = 0;
    solve_at(0.0, &density);
    assert_true(isnan(homo_lumo_gap(&density, &search)));
    density.n_alpha = density.n_beta = PATH_N;
    solve_at(0.0, &density);
    assert_true(isnan(homo_lumo_gap(&density, &search)));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_search, close_search)

int main(void)
{
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    const struct CMUnitTest tests[] = {
        TEST(refined_orbitals_have_the_gap_of_a_diagonalisation),
        TEST(without_electrons_or_empty_orbitals_there_is_none),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    qmt_context_destroy(&ctx);
    return failed;
}
