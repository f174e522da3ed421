#include "system/atom_order.h"

#include <math.h>

#include "base/units.h"
#include "support/check.h"

enum { N = 120 };

static double xyz[N][3], work[N];
static size_t order[N];

/// A zigzag along x whose atoms are numbered in strides of 7.
static void zigzag(double coil)
{
    for (int k = 0; k < N; k++) {
        double *r = xyz[7 * k % N];
        r[0] = 2.4 * k;
        r[1] = coil * sin(0.05 * k) + (k % 2);
        r[2] = coil * cos(0.05 * k);
    }
}

static void a_chain_is_listed_from_end_to_end(void **state)
{
    (void)state;
    zigzag(10.0);
    assert_true(atom_order_along(N, (const double(*)[3])xyz, order, work));
    const bool from_first = order[0] == 0;
    for (size_t k = 0; k < N; k++)
        assert_int_equal(order[k], 7 * (from_first ? k : N - 1 - k) % N);
}

static void a_ball_stays_as_it_is(void **state)
{
    (void)state;
    for (int k = 0; k < N; k++) {
        xyz[k][0] = 5.0 * (k % 5);
        xyz[k][1] = 5.0 * (k / 5 % 5);
        xyz[k][2] = 5.0 * (k / 25);
    }
    assert_false(atom_order_along(N, (const double(*)[3])xyz, order, work));
    for (size_t k = 0; k < N; k++)
        assert_int_equal(order[k], k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_is_listed_from_end_to_end),
        cmocka_unit_test(a_ball_stays_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
