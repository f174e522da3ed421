#include "scf/orbital_update.h"

#include "support/orbital_steps.h"

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_small_update, close_update)

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
