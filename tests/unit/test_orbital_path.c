#include "support/orbital_steps.h"

enum { STEPS = 150 };

// They are orthonormal, no element of F leads from the occupied ones to the others, and they do not turn among
// themselves.
static void orbitals_go_on_without_turning(void **state)
{
    (void)state;
    static double before[PATH_N * 32];
    int n_rotated = 0;
    for (int step = 0; step < STEPS; step++) {
        begin_at(0.004 * step);
        assert_true(orbital_update_refine(&update, fock, 0.1));
        orbital_update_end(&update);
        assert_true(update.ld <= 32);
        const size_t fv = update.first_virtual;
        for (size_t i = 0; i < PATH_OCCUPIED; i++) {
            for (size_t j = 0; j < PATH_OCCUPIED; j++)
                CHECK_NEAR(between(i, j, overlap), i == j ? 1.0 : 0.0, 5e-11);
            for (size_t a = fv; a < update.rows; a++) {
                CHECK_NEAR(between(a, i, fock), 0.0, 1e-7);
                CHECK_NEAR(between(a, i, overlap), 0.0, 1e-7);
            }
        }
        // A turn of first order would be as large as the change of the orbitals, 1e-3; what is left is the product of that
        // and a correction.
        const bool rotated = orbital_update_has_rotated(&update);
        n_rotated += rotated;
        for (size_t i = 0; step > 0 && i < update.rows; i++)
            for (size_t j = 0; j < i; j++)
                if (i < PATH_OCCUPIED || j >= fv)
                    CHECK_NEAR(product_of(before, i, j, overlap) -
                                   product_of(before, j, i, overlap),
                               0.0, 2e-6);
        memcpy(before, rotated ? update.kept_orbitals : update.orbitals,
               PATH_N * update.ld * sizeof *before);
    }
    assert_true(n_rotated >= 2); // every 64 geometries
}

// With six differences and steps of 0.004 the extrapolation is off by (1.7 * 0.004)^7 at most, far below single precision of
// a difference of 1e-3.
static void a_smooth_path_is_guessed(void **state)
{
    (void)state;
    for (int step = 0; step < STEPS; step++) {
        begin_at(0.004 * step);
        double guess[PATH_N][PATH_OCCUPIED];
        for (size_t k = 0; k < PATH_N; k++)
            memcpy(guess[k], update.orbitals + k * update.ld, sizeof guess[k]);
        assert_true(orbital_update_refine(&update, fock, 0.1));
        for (size_t k = 0; step > 30 && k < PATH_N; k++)
            for (size_t i = 0; i < PATH_OCCUPIED; i++)
                CHECK_NEAR(guess[k][i], update.orbitals[k * update.ld + i], 1e-7);
        orbital_update_end(&update);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_large_update, close_update)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(orbitals_go_on_without_turning),
        TEST(a_smooth_path_is_guessed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
