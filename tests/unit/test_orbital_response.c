#include "support/orbital_steps.h"

/// Along the path until corrections are small, and to its next point.
static void go_to_a_point(void)
{
    for (int step = 0; step <= 12; step++) {
        begin_at(0.001 * step);
        assert_true(orbital_update_refine(&update, fock, 0.1));
        if (step < 12)
            orbital_update_end(&update);
    }
}

static void change_fock(double size)
{
    for (size_t i = 0; i < PATH_N; i++)
        for (size_t j = 0; j < PATH_N; j++)
            fock[i * PATH_LD + j] += size * path_element(i, j, 0.7);
}

static void check_orbitals(double tolerance)
{
    // Norms of the occupied orbitals are made right in double precision, whatever the rest.
    for (size_t i = 0; i < PATH_OCCUPIED; i++) {
        for (size_t j = 0; j < PATH_OCCUPIED; j++)
            CHECK_NEAR(between(i, j, overlap), i == j ? 1.0 : 0.0, 1e-12);
        for (size_t a = update.first_virtual; a < update.rows; a++) {
            CHECK_NEAR(between(a, i, overlap), 0.0, tolerance);
            CHECK_NEAR(between(a, i, fock), 0.0, tolerance);
        }
    }
}

// A thousandth of a change of 1e-8 may be left, and by the next change of a hundredth of it a thousandth of that.
static void small_changes_are_followed_to_first_order(void **state)
{
    (void)state;
    go_to_a_point();
    change_fock(1e-8);
    assert_true(orbital_update_refine(&update, fock, 0.1));
    assert_true(update.responded);
    change_fock(1e-10);
    assert_true(orbital_update_refine(&update, fock, 0.1));
    assert_true(update.responded);
    orbital_update_end(&update);
    check_orbitals(2e-12);
}

static void large_changes_are_not(void **state)
{
    (void)state;
    go_to_a_point();
    change_fock(1e-5);
    assert_true(orbital_update_refine(&update, fock, 0.1));
    assert_false(update.responded);
    change_fock(1e-8); // the pass in between has another F
    assert_true(orbital_update_refine(&update, fock, 0.1));
    orbital_update_end(&update);
    check_orbitals(1e-9); // the square of 1e-5
}

/// c_i F c_j of the refined orbitals, which are orthonormal to n 1e-14.
static void check_occupied_block(void)
{
    orbital_update_end(&update);
    orbital_update_occupied_block(&update);
    for (size_t i = 0; i < PATH_OCCUPIED; i++)
        for (size_t j = 0; j < PATH_OCCUPIED; j++)
            CHECK_NEAR(update.g[i * update.ld + j], between(i, j, fock), 1e-11);
}

static void the_occupied_block_follows(void **state)
{
    (void)state;
    go_to_a_point();
    change_fock(1e-8);
    assert_true(orbital_update_refine(&update, fock, 0.1));
    change_fock(1e-9);
    assert_true(orbital_update_refine(&update, fock, 0.1));
    assert_true(update.responded);
    check_occupied_block();
}

static void the_occupied_block_of_one_density_too(void **state)
{
    (void)state;
    go_to_a_point();
    check_occupied_block();
}

static void what_was_lent_ends_it(void **state)
{
    (void)state;
    go_to_a_point();
    orbital_update_scratch(&update)[0] = 1.0;
    change_fock(1e-8);
    assert_true(orbital_update_refine(&update, fock, 0.1));
    assert_false(update.responded);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_large_update, close_update)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(small_changes_are_followed_to_first_order),
        TEST(large_changes_are_not),
        TEST(the_occupied_block_follows),
        TEST(the_occupied_block_of_one_density_too),
        TEST(what_was_lent_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
