#include "support/check.h"

#include <math.h>
#include <string.h>

#include "qmtraj/qmtraj.h"

#define REFUSED(call) assert_int_equal((call), QMT_ERR_ARGUMENT)

static const int PEROXIDE[] = {8, 8, 1, 1};
static const double XYZ[12] = {0.0, 1.4, -0.1, 0.1, -1.4, -0.1, 1.4, 1.8, 0.9, -1.5, -1.7, 1.0};
static const size_t HOOH[] = {2, 0, 1, 3};

static QmtContext *ctx;

static int context_make(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) != QMT_OK;
}

static int context_drop(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

static double distance(const double *xyz, size_t a, size_t b)
{
    double sum = 0.0;
    for (size_t x = 0; x < 3; x++)
        sum += (xyz[3 * a + x] - xyz[3 * b + x]) * (xyz[3 * a + x] - xyz[3 * b + x]);
    return sqrt(sum);
}

static void a_torsion_is_turned_to_any_angle_and_nothing_else_changes(void **state)
{
    (void)state;
    static const size_t KEPT[][2] = {{0, 1}, {0, 2}, {1, 3}, {1, 2}, {0, 3}};
    for (double wanted = -175.0; wanted < 180.0; wanted += 25.0) {
        double xyz[12];
        memcpy(xyz, XYZ, sizeof xyz);
        assert_int_equal(qmt_torsion_turn(ctx, 4, PEROXIDE, xyz, HOOH, wanted), QMT_OK);
        CHECK_NEAR(qmt_torsion_angle(xyz, HOOH), wanted, 1e-10);
        for (size_t k = 0; k < 5; k++)
            CHECK_NEAR(distance(xyz, KEPT[k][0], KEPT[k][1]), distance(XYZ, KEPT[k][0], KEPT[k][1]),
                       1e-12);
        assert_memory_equal(xyz, XYZ, 3 * sizeof *xyz); // the first three stay where they are
    }
}

static void rings_lines_and_nonsense_are_refused(void **state)
{
    (void)state;
    static const int RING[] = {6, 6, 6, 6}, LINE[] = {1, 6, 6, 1};
    static const double SQUARE[12] = {0, 0, 0, 2.9, 0, 0, 2.9, 2.9, 0.2, 0, 2.9, 0};
    static const double STRAIGHT[12] = {0, 0, 0, 0, 0, 2.0, 0, 0, 4.3, 0, 0, 6.3};
    static const size_t ORDER[] = {0, 1, 2, 3}, TWICE[] = {0, 1, 2, 2}, BEYOND[] = {0, 1, 2, 4};
    double xyz[12];
    memcpy(xyz, SQUARE, sizeof xyz);
    assert_int_equal(qmt_torsion_turn(ctx, 4, RING, xyz, ORDER, 10.0), QMT_ERR_INPUT);
    assert_memory_equal(xyz, SQUARE, sizeof xyz);
    memcpy(xyz, STRAIGHT, sizeof xyz);
    assert_int_equal(qmt_torsion_turn(ctx, 4, LINE, xyz, ORDER, 10.0), QMT_ERR_INPUT);
    memcpy(xyz, XYZ, sizeof xyz);
    assert_int_equal(qmt_torsion_turn(ctx, 4, PEROXIDE, xyz, ORDER, 10.0), QMT_ERR_INPUT);
    REFUSED(qmt_torsion_turn(ctx, 4, PEROXIDE, xyz, TWICE, 10.0));
    REFUSED(qmt_torsion_turn(ctx, 4, PEROXIDE, xyz, BEYOND, 10.0));
    REFUSED(qmt_torsion_turn(ctx, 4, NULL, xyz, HOOH, 10.0));
    REFUSED(qmt_torsion_turn(NULL, 4, PEROXIDE, xyz, HOOH, 10.0));
    assert_true(qmt_torsion_angle(NULL, HOOH) == 0.0);
}

static void bonds_of_another_geometry_tell_what_is_turned(void **state)
{
    (void)state;
    // the second hydrogen near to the first oxygen: distances here tell a ring
    double xyz[12], apart[12];
    memcpy(xyz, XYZ, sizeof xyz);
    xyz[9] = 1.4, xyz[10] = 0.1, xyz[11] = 1.5;
    memcpy(apart, xyz, sizeof xyz);
    assert_int_equal(qmt_torsion_turn(ctx, 4, PEROXIDE, xyz, HOOH, 90.0), QMT_ERR_INPUT);
    assert_memory_equal(xyz, apart, sizeof xyz);
    assert_int_equal(qmt_torsion_turn_bonded(ctx, 4, PEROXIDE, XYZ, xyz, HOOH, 90.0), QMT_OK);
    CHECK_NEAR(qmt_torsion_angle(xyz, HOOH), 90.0, 1e-10); // degree, rounding
    REFUSED(qmt_torsion_turn_bonded(ctx, 4, PEROXIDE, NULL, xyz, HOOH, 90.0));
}

static void bonds_that_form_or_break_are_found_and_vibrations_are_not(void **state)
{
    (void)state;
    double xyz[12];
    size_t pair[2] = {7, 7};
    int change = 7;
    memcpy(xyz, XYZ, sizeof xyz);
    xyz[6] += 0.3;
    assert_int_equal(qmt_bond_change(ctx, 4, PEROXIDE, XYZ, xyz, pair, &change), QMT_OK);
    assert_true(change == 0 && pair[0] == 7);
    xyz[6] += 3.0;
    assert_int_equal(qmt_bond_change(ctx, 4, PEROXIDE, XYZ, xyz, pair, &change), QMT_OK);
    assert_true(change == -1 && pair[0] == 0 && pair[1] == 2);
    assert_int_equal(qmt_bond_change(ctx, 4, PEROXIDE, xyz, XYZ, pair, &change), QMT_OK);
    assert_true(change == 1 && pair[0] == 0 && pair[1] == 2);
    REFUSED(qmt_bond_change(ctx, 4, PEROXIDE, NULL, xyz, pair, &change));
    REFUSED(qmt_bond_change(ctx, 4, PEROXIDE, XYZ, xyz, pair, NULL));
    const int beyond[] = {1, 8, 20000000, 1};
    const size_t atoms[4] = {0, 1, 2, 3};
    assert_int_equal(qmt_bond_change(ctx, 4, beyond, XYZ, xyz, pair, &change), QMT_ERR_INPUT);
    assert_int_equal(qmt_torsion_turn_bonded(ctx, 4, beyond, XYZ, xyz, atoms, 10.0), QMT_ERR_INPUT);
    assert_int_equal(qmt_torsion_turn_bonded(ctx, 4, PEROXIDE, XYZ, xyz, atoms, NAN),
                     QMT_ERR_ARGUMENT);
    xyz[4] = NAN;
    assert_int_equal(qmt_bond_change(ctx, 4, PEROXIDE, XYZ, xyz, pair, &change), QMT_ERR_INPUT);
    assert_int_equal(qmt_torsion_turn_bonded(ctx, 4, PEROXIDE, XYZ, xyz, atoms, 10.0),
                     QMT_ERR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_torsion_is_turned_to_any_angle_and_nothing_else_changes),
        cmocka_unit_test(rings_lines_and_nonsense_are_refused),
        cmocka_unit_test(bonds_of_another_geometry_tell_what_is_turned),
        cmocka_unit_test(bonds_that_form_or_break_are_found_and_vibrations_are_not),
    };
    return cmocka_run_group_tests(tests, context_make, context_drop);
}
