#include "scf/orbital_update.h"

#include "base/linalg.h"
#include "support/arena_fixture.h"
#include "support/check.h"
#include "support/orbital_path.h"

static Arena arena;
static OrbitalUpdate update;
static double overlap[PATH_N * PATH_LD], fock[PATH_N * PATH_LD];

static void layout(void)
{
    orbital_update_layout(&update, &arena, PATH_N);
}

static int open_update(void **state)
{
    (void)state;
    update = (OrbitalUpdate){0};
    if (arena_fixture_open(&arena, layout) != 0)
        return -1;
    update.kernels = kernels_choose(NULL);
    update.overlap = overlap;
    update.n_occupied = PATH_OCCUPIED;
    return 0;
}

static int close_update(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/// Orbitals of the matrices as rows, from a diagonalisation.
static void diagonalise(double *rows)
{
    static double inverse[PATH_N * PATH_LD], half[PATH_N * PATH_LD], eps[PATH_N], work[4096];
    static int iwork[512];
    assert_true(linalg_eigen_work(PATH_N) <= 4096 && linalg_eigen_iwork(PATH_N) <= 512);
    memcpy(inverse, overlap, sizeof inverse);
    assert_true(linalg_inverse_cholesky(NULL, PATH_N, inverse, PATH_LD));
    memset(rows, 0, PATH_N * PATH_LD * sizeof *rows);
    path_product(inverse, PATH_LD, 0, fock, PATH_LD, half);
    for (size_t i = 0; i < PATH_N; i++)
        for (size_t j = 0; j < PATH_N; j++)
            for (size_t k = 0; k < PATH_N; k++)
                rows[i * PATH_LD + j] += half[i * PATH_LD + k] * inverse[j * PATH_LD + k];
    assert_true(linalg_eigen(NULL, PATH_N, rows, PATH_LD, eps, work, iwork));
    memcpy(half, rows, sizeof half);
    path_product(half, PATH_LD, 0, inverse, PATH_LD, rows);
}

static void begin_at(double t)
{
    path_matrices(t, overlap, fock);
    if (orbital_update_begin(&update))
        return;
    static double rows[PATH_N * PATH_LD];
    diagonalise(rows);
    orbital_update_from_diagonalisation(&update, rows);
}

/// a^T M b of two orbitals.
static double between(size_t a, size_t b, const double *matrix)
{
    double sum = 0.0;
    for (size_t i = 0; i < PATH_N; i++)
        for (size_t j = 0; j < PATH_N; j++)
            sum += update.orbitals[i * update.ld + a] * matrix[i * PATH_LD + j] *
                   update.orbitals[j * update.ld + b];
    return sum;
}

// Refined orbitals are orthonormal, and no element of F leads from the occupied ones to the others.
static void refined_orbitals_solve_the_equation(void **state)
{
    (void)state;
    int n_rotated = 0;
    assert_false(orbital_update_knows(&update));
    for (int step = 0; step < 150; step++) {
        begin_at(0.004 * step);
        assert_true(orbital_update_refine(&update, fock, 0.1));
        for (size_t i = 0; i < PATH_OCCUPIED; i++) {
            // The square of the largest correction of the last pass is left, 25e-12 at most.
            for (size_t j = 0; j < PATH_OCCUPIED; j++)
                CHECK_NEAR(between(i, j, overlap), i == j ? 1.0 : 0.0, 5e-11);
            for (size_t a = update.first_virtual; a < update.rows; a++)
                CHECK_NEAR(between(a, i, fock) - between(a, i, overlap) * between(i, i, fock), 0.0,
                           1e-6);
        }
        orbital_update_end(&update);
        n_rotated += orbital_update_has_rotated(&update);
        assert_true(orbital_update_knows(&update));
        assert_true((orbital_update_singles(&update) == NULL) ==
                    orbital_update_has_rotated(&update));
    }
    assert_true(n_rotated >= 2); // every 64 geometries
}

static void without_a_clear_gap_it_says_no(void **state)
{
    (void)state;
    begin_at(0.0);
    assert_false(orbital_update_refine(&update, fock, 5.0)); // all levels lie within 3 hartree
}

static void without_occupied_or_empty_orbitals_it_says_no(void **state)
{
    (void)state;
    update.n_occupied = PATH_N;
    begin_at(0.0);
    assert_false(orbital_update_refine(&update, fock, 0.1));
}

static void what_is_cleared_is_forgotten(void **state)
{
    (void)state;
    begin_at(0.0);
    assert_true(orbital_update_refine(&update, fock, 0.1));
    orbital_update_end(&update);
    orbital_update_clear(&update);
    assert_false(orbital_update_knows(&update));
    assert_false(orbital_update_begin(&update));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_update, close_update)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(refined_orbitals_solve_the_equation),
        TEST(without_a_clear_gap_it_says_no),
        TEST(without_occupied_or_empty_orbitals_it_says_no),
        TEST(what_is_cleared_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
