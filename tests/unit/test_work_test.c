#include "support/check.h"

#include <math.h>

#include "analysis/work_test.h"
#include "base/units.h"
#include "support/arena_fixture.h"

enum { N = 2 };

static Arena arena;
static WorkTest test;

static void layout(void)
{
    work_test_layout(&test, &arena, N);
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

/// A Morse bond of 0.17 hartree and 1.2 /bohr that swings between 2.2 and 3.6 bohr with a period of 40 steps, as O-H
/// does at 0.25 fs; its energy lies on another surface, size hartree higher, from point to point.
static double largest_jump(uint64_t from, uint64_t to, double size, uint64_t *where)
{
    double largest = 0.0;
    work_test_begin(&test, 0.25);
    for (uint64_t k = 0; k < 200; k++) {
        const double r = 2.9 - 0.7 * cos(2.0 * acos(-1.0) * (double)k / 40.0);
        const double e = exp(-1.2 * (r - 2.5)), slope = 2.0 * 0.17 * 1.2 * (e - e * e);
        const double xyz[N][3] = {{0.0, 0.0, 0.0}, {0.6 * r, 0.0, 0.8 * r}};
        const double gradient[N][3] = {{-0.6 * slope, 0.0, -0.8 * slope},
                                       {0.6 * slope, 0.0, 0.8 * slope}};
        const double other = k >= from && k < to ? size : 0.0;
        WorkStep step;
        if (!work_test_add(&test, xyz, gradient, 0.17 * (1.0 - e) * (1.0 - e) + other, &step))
            continue;
        assert_true(step.point == k - 1);
        if (fabs(step.off) > work_step_limit(&step, work_test_rms(&test)) &&
            fabs(step.off) > fabs(largest)) {
            largest = step.off;
            *where = step.point;
        }
    }
    return largest;
}

static void a_swinging_bond_makes_no_jump(void **state)
{
    (void)state;
    uint64_t where = 0;
    assert_true(largest_jump(0, 0, 0.0, &where) == 0.0);
}

static void a_jump_is_found_at_its_point_with_its_size(void **state)
{
    (void)state;
    // kJ/mol, as those of OH + H2; found to what the rule leaves of the motion, a tenth of it
    for (double size = 0.6; size < 1.1; size += 0.2) {
        uint64_t where = 0;
        const double jump = largest_jump(102, 200, size / KJMOL_PER_HARTREE, &where);
        CHECK_NEAR(jump * KJMOL_PER_HARTREE, size, 0.06);
        assert_int_equal(where, 102);
        (void)largest_jump(60, 142, -size / KJMOL_PER_HARTREE, &where);
        assert_true(where == 60 || where == 142);
    }
}

static void the_first_step_is_judged_too(void **state)
{
    (void)state;
    uint64_t where = 0;
    const double jump = largest_jump(0, 1, 20.0 / KJMOL_PER_HARTREE, &where);
    assert_int_equal(where, 1);
    assert_true(jump * KJMOL_PER_HARTREE < -15.0); // two points say less than four
}

static void long_steps_say_nothing(void **state)
{
    (void)state;
    const double xyz[N][3] = {{0.0}}, gradient[N][3] = {{0.0}};
    WorkStep step;
    work_test_begin(&test, 2.0);
    for (int k = 0; k < 6; k++)
        assert_false(work_test_add(&test, xyz, gradient, (double)k, &step));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_swinging_bond_makes_no_jump),
        cmocka_unit_test(a_jump_is_found_at_its_point_with_its_size),
        cmocka_unit_test(the_first_step_is_judged_too),
        cmocka_unit_test(long_steps_say_nothing),
    };
    return cmocka_run_group_tests(tests, open_test, close_test);
}
