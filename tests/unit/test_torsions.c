#include "support/check.h"

#include <math.h>

#include "analysis/torsions.h"
#include "support/arena_fixture.h"

static const size_t CHAIN[4] = {0, 1, 2, 3};

/// Four atoms of a chain, the last turned by an angle about the middle bond.
static void chain(double angle, double xyz[4][3])
{
    const double made[4][3] = {
        {1.0, 0.0, -0.5}, {0.0, 0.0, 0.0}, {0.0, 0.0, 1.5}, {cos(angle), sin(angle), 2.0}};
    for (int a = 0; a < 4; a++)
        for (int x = 0; x < 3; x++)
            xyz[a][x] = made[a][x];
}

/// IUPAC: positive if the front bond has to be turned clockwise to cover the rear one. Looking along +z from atom 1 to
/// atom 2, a turn from x to y is clockwise.
static void the_angle_is_that_of_the_turn(void **state)
{
    (void)state;
    for (int k = -17; k <= 18; k++) {
        const double angle = k * acos(-1.0) / 18.0;
        double xyz[4][3], c, s;
        chain(angle, xyz);
        torsion_angle((const double(*)[3])xyz, CHAIN, &c, &s);
        CHECK_NEAR(c, cos(angle), 1e-12);
        CHECK_NEAR(s, sin(angle), 1e-12);
    }
}

static void three_atoms_on_a_line_have_none(void **state)
{
    (void)state;
    const double xyz[4][3] = {{0, 0, -1}, {0, 0, 0}, {0, 0, 1}, {1, 0, 2}};
    double c, s;
    torsion_angle(xyz, CHAIN, &c, &s);
    CHECK_NEAR(c, 1.0, 0.0);
    CHECK_NEAR(s, 0.0, 0.0);
}

static Arena arena;
static Bonds bonds;

static void layout(void)
{
    bonds_layout(&bonds, &arena, 6);
}

/// Methanol without one hydrogen more: C0-O1, C0-H2, C0-H3, O1-H4; atom 5 alone.
static void one_for_each_bond_with_partners_on_both_sides(void **state)
{
    (void)state;
    const int numbers[6] = {6, 8, 1, 1, 1, 1}, pairs[4][2] = {{0, 1}, {0, 2}, {0, 3}, {1, 4}};
    size_t found[8][4];
    bonds_setup(&bonds, numbers, 1.0);
    bonds_add_list(&bonds, 4, pairs);
    assert_int_equal(torsions_find(&bonds, found, 8), 1);
    assert_int_equal(torsions_find(&bonds, found, 0), 1);
    assert_int_equal(found[0][0], 4); // the bond is given as (1, 0)
    assert_int_equal(found[0][1], 1);
    assert_int_equal(found[0][2], 0);
    assert_int_equal(found[0][3], 2);
}

static int open_test(void **state)
{
    (void)state;
    return arena_fixture_open(&arena, layout);
}

static int close_test(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_angle_is_that_of_the_turn),
        cmocka_unit_test(three_atoms_on_a_line_have_none),
        cmocka_unit_test_setup_teardown(one_for_each_bond_with_partners_on_both_sides, open_test,
                                        close_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
