#include "scf/density.h"

#include "support/arena_fixture.h"
#include "support/check.h"
#include "support/orbital_path.h"

static QmtContext *ctx;
static Arena arena;
static Density density;

static void layout(void)
{
    density_layout(&density, &arena, PATH_N);
}

static int open_density(void **state)
{
    (void)state;
    density = (Density){0};
    if (arena_fixture_open(&arena, layout) != 0)
        return -1;
    density.kernels = kernels_choose(NULL);
    density.n_alpha = density.n_beta = PATH_OCCUPIED;
    density.kt = 9.5e-4;
    return 0;
}

static int close_density(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void solve_at(double t)
{
    path_matrices(t, density.overlap, density.fock);
    density_begin(&density);
    assert_int_equal(density_build(ctx, &density), QMT_OK);
}

static double trace(const double *a)
{
    double sum = 0.0;
    for (size_t i = 0; i < PATH_N; i++)
        sum += a[i * PATH_LD + i];
    return sum;
}

/// P S P = 2 P, F P S = S P F and tr P S: what makes P the density of the lowest orbitals of F.
static void check_density(double tolerance)
{
    static double ps[PATH_N * PATH_LD], psp[PATH_N * PATH_LD], fps[PATH_N * PATH_LD];
    path_product(density.density, PATH_LD, 0, density.overlap, PATH_LD, ps);
    path_product(ps, PATH_LD, 0, density.density, PATH_LD, psp);
    path_product(density.fock, PATH_LD, 0, ps, PATH_LD, fps);
    CHECK_NEAR(trace(ps), 2.0 * PATH_OCCUPIED, tolerance);
    for (size_t i = 0; i < PATH_N; i++)
        for (size_t j = 0; j < PATH_N; j++) {
            CHECK_NEAR(psp[i * PATH_LD + j], 2.0 * density.density[i * PATH_LD + j], tolerance);
            CHECK_NEAR(fps[i * PATH_LD + j], fps[j * PATH_LD + i], tolerance);
        }
}

// Longer than the orbitals go without a rotation.
static void a_path_needs_one_diagonalisation(void **state)
{
    (void)state;
    for (int step = 0; step < 150; step++) {
        solve_at(0.004 * step);
        assert_int_equal(density.refined, step > 0);
        assert_int_equal(density.n_diagonalised, step == 0);
        // A pass leaves the square of its largest correction, 5e-6; see also docs/validation.md.
        check_density(1e-10);
        double deviation;
        assert_int_equal(density_deviation(ctx, &density, &deviation), QMT_OK);
        CHECK_NEAR(deviation, 0.0, 1e-10);
        density_end(&density);
    }
}

// W = P F P / 2, refined or not.
static void the_weighted_density_is_that_of_the_orbital_energies(void **state)
{
    (void)state;
    static double pf[PATH_N * PATH_LD], pfp[PATH_N * PATH_LD];
    for (int step = 0; step < 3; step++) {
        solve_at(0.004 * step);
        density_build_weighted(&density);
        path_product(density.density, PATH_LD, 0, density.fock, PATH_LD, pf);
        path_product(pf, PATH_LD, 0, density.density, PATH_LD, pfp);
        // The refined block of F is in single precision where it is multiplied by corrections of 1e-4.
        for (size_t i = 0; i < PATH_N * PATH_LD; i++)
            if (i % PATH_LD < PATH_N)
                CHECK_NEAR(density.weighted[i], 0.5 * pfp[i], 1e-9);
        density_end(&density);
    }
}

static void unequal_spins_are_diagonalised(void **state)
{
    (void)state;
    static double alpha[PATH_N * PATH_LD], ps[PATH_N * PATH_LD];
    density.n_beta = PATH_OCCUPIED - 1;
    for (int step = 0; step < 3; step++) {
        solve_at(0.004 * step);
        assert_false(density.refined);
        assert_int_equal(density.n_diagonalised, 1);
        density_build_alpha(&density, alpha);
        path_product(alpha, PATH_LD, 0, density.overlap, PATH_LD, ps);
        CHECK_NEAR(trace(ps), PATH_OCCUPIED, 1e-12); // a sum of eleven products
        density_end(&density);
    }
}

static void numbers_that_are_not_finite_are_an_error(void **state)
{
    (void)state;
    path_matrices(0.0, density.overlap, density.fock);
    density.fock[3] = NAN;
    density_begin(&density);
    assert_int_equal(density_build(ctx, &density), QMT_ERR_SCF);
    path_matrices(0.0, density.overlap, density.fock);
    density.overlap[0] = -1.0;
    density_begin(&density);
    assert_int_equal(density_build(ctx, &density), QMT_ERR_SCF);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_density, close_density)

int main(void)
{
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    const struct CMUnitTest tests[] = {
        TEST(a_path_needs_one_diagonalisation),
        TEST(the_weighted_density_is_that_of_the_orbital_energies),
        TEST(unequal_spins_are_diagonalised),
        TEST(numbers_that_are_not_finite_are_an_error),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    qmt_context_destroy(&ctx);
    return failed;
}
