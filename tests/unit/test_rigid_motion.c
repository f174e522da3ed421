#include "analysis/rigid_motion.h"

#include <math.h>

#include "support/check.h"

static const double MASSES[] = {15.999, 1.008, 1.008, 12.011};
static const double BENT[4][3] = {
    {0.1, 0.0, 0.3}, {1.2, 1.1, 0.0}, {-1.4, 1.0, 0.2}, {0.5, 2.0, 3.0}};
static const double LINE[3][3] = {{0.0, 0.0, 0.0}, {1.0, 2.0, -1.0}, {-1.1, -2.2, 1.1}};

static void are_orthonormal(size_t n_rows, size_t n, const double *basis)
{
    for (size_t k = 0; k < n_rows; k++)
        for (size_t l = 0; l <= k; l++) {
            double sum = 0.0;
            for (size_t i = 0; i < n; i++)
                sum += basis[k * n + i] * basis[l * n + i];
            CHECK_NEAR(sum, k == l ? 1.0 : 0.0, 1e-13); // a few roundings of numbers of order one
        }
}

static void atoms_have_three_lines_five_others_six(void **state)
{
    (void)state;
    double basis[RIGID_MOTIONS_MAX * 12];
    assert_int_equal(rigid_motions(1, MASSES, BENT, basis), 3);
    are_orthonormal(3, 3, basis);
    assert_int_equal(rigid_motions(3, MASSES, LINE, basis), 5);
    are_orthonormal(5, 9, basis);
    assert_int_equal(rigid_motions(4, MASSES, BENT, basis), 6);
    are_orthonormal(6, 12, basis);
    assert_int_equal(rigid_motions(4, NULL, BENT, basis), 6);
    are_orthonormal(6, 12, basis);
}

/// A small turn about any axis is a sum of the directions.
static void a_turn_is_among_them(void **state)
{
    (void)state;
    double basis[RIGID_MOTIONS_MAX * 12], turn[12], left = 0.0;
    assert_int_equal(rigid_motions(4, MASSES, BENT, basis), 6);
    for (int a = 0; a < 4; a++) {
        turn[3 * a] = sqrt(MASSES[a]) * (0.3 * BENT[a][2] - 0.7 * BENT[a][1]);
        turn[3 * a + 1] = sqrt(MASSES[a]) * (0.7 * BENT[a][0] - 0.2 * BENT[a][2]);
        turn[3 * a + 2] = sqrt(MASSES[a]) * (0.2 * BENT[a][1] - 0.3 * BENT[a][0]);
    }
    for (int k = 0; k < 6; k++) {
        double along = 0.0;
        for (int i = 0; i < 12; i++)
            along += basis[12 * k + i] * turn[i];
        for (int i = 0; i < 12; i++)
            turn[i] -= along * basis[12 * k + i];
    }
    for (int i = 0; i < 12; i++)
        left = fmax(left, fabs(turn[i]));
    assert_true(left < 1e-13);
}

/// Carbon suboxide with atoms off its line, and the same turned: rotations around principal axes, and a bend that is none.
static void a_line_has_five_and_two_bends(void **state)
{
    (void)state;
    static const double CHAIN[] = {15.999, 12.011, 12.011, 12.011, 15.999};
    double xyz[5][3], basis[RIGID_MOTIONS_MAX * 15], bend[15], farthest = 0.0;
    for (int a = 0; a < 5; a++) {
        const double z = 2.4 * (a - 2), x = 0.02 * cos(3.0 * a), y = 0.03 * sin(2.0 * a);
        xyz[a][0] = 0.8 * x + 0.6 * z;
        xyz[a][1] = y;
        xyz[a][2] = 0.8 * z - 0.6 * x;
        farthest = fmax(farthest, sqrt(x * x + y * y));
    }
    const double off_line = rigid_off_line(5, CHAIN, (const double(*)[3])xyz);
    assert_true(off_line > 0.3 * farthest && off_line < 2.0 * farthest); // the line is fitted
    rigid_motions_of_line(5, CHAIN, (const double(*)[3])xyz, basis, bend);
    are_orthonormal(6, 15, basis);
    for (int k = 0; k < 7; k++) {
        const double *const row = k < 6 ? basis + 15 * k : bend;
        double along = 0.0;
        for (int i = 0; i < 15; i++)
            along += row[i] * bend[i];
        CHECK_NEAR(along, k < 6 ? 0.0 : 1.0, 1e-13); // as above
    }
    // Straight to rounding, 1e-16 of the squares of the distances.
    assert_true(rigid_off_line(3, MASSES, LINE) < 1e-7);
    assert_true(rigid_off_line(4, MASSES, BENT) > LINEAR_DISTANCE);
    assert_true(rigid_off_line(1, MASSES, BENT) == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(atoms_have_three_lines_five_others_six),
        cmocka_unit_test(a_turn_is_among_them),
        cmocka_unit_test(a_line_has_five_and_two_bends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
