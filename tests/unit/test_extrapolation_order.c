#include "support/check.h"

#include "scf/extrapolation_order.h"

enum { ORDERS = 6 };

/// Errors that fall by five from order to order, judged often enough to settle.
static void settle(ExtrapolationOrder *record, OrderBreak kind)
{
    for (int at = 0; at < 50; at++) {
        double error[ORDERS];
        for (int p = 0; p < ORDERS; p++)
            error[p] = pow(0.2, p + 1);
        extrapolation_order_add(record, kind, at < ORDERS ? at : ORDERS, error);
    }
}

static void the_order_that_did_best_is_taken(void **state)
{
    (void)state;
    ExtrapolationOrder record = {0};
    assert_int_equal(extrapolation_order_best(&record, ORDER_KINK, 3), 0);
    settle(&record, ORDER_KINK);
    assert_int_equal(extrapolation_order_best(&record, ORDER_KINK, ORDERS), ORDERS - 1);
    assert_int_equal(extrapolation_order_best(&record, ORDER_KINK, 3), 2);
    // Products of a few numbers.
    CHECK_NEAR(extrapolation_order_expected(&record, ORDER_KINK, 2), 0.008, 1e-12);
}

static void means_follow_and_outliers_count_little(void **state)
{
    (void)state;
    CHECK_NEAR(extrapolation_order_mean(0.0, 2.0), 2.0, 0.0);
    // A weighted mean of two numbers.
    CHECK_NEAR(extrapolation_order_mean(1.0, 2.0), 1.1, 1e-15);
    CHECK_NEAR(extrapolation_order_mean(1.0, 1e9), 1.3, 1e-15);
}

// The error of order p at the geometry j after a break is the (p + 1)-th difference of what the break
// adds to the path: a ramp after a kink, a step after a jump.
static void breaks_enter_as_the_differences_of_their_path(void **state)
{
    (void)state;
    static const double DEVIATION = 0.5;
    for (int kind = ORDER_JUMP; kind <= ORDER_KINK; kind++) {
        ExtrapolationOrder record = {0};
        double broken[ORDERS];
        settle(&record, (OrderBreak)kind);
        for (int p = 0; p < ORDERS; p++)
            broken[p] = DEVIATION;
        assert_true(extrapolation_order_breaks(&record, (OrderBreak)kind, ORDERS, DEVIATION));
        assert_false(extrapolation_order_breaks(&record, (OrderBreak)kind, ORDERS, 1e-4));
        extrapolation_order_add(&record, (OrderBreak)kind, ORDERS, broken);
        assert_int_equal(record.age, 1);
        for (int age = 1; age < ORDERS + 2; age++) {
            double path[3 * ORDERS] = {0.0}; // the newest last
            const int newest = ORDERS + 1 + age;
            for (int j = 0; j <= age; j++)
                path[ORDERS + 1 + j] = DEVIATION * (kind == ORDER_KINK ? j + 1 : 1);
            for (int p = 0; p < ORDERS; p++) {
                for (int i = newest; i > p; i--)
                    path[i] -= path[i - 1];
                const double record_p = pow(0.2, p + 1);
                // Of order 0 the whole ramp stays, which is small against what it errs anyway.
                if (p > 0 || kind == ORDER_JUMP)
                    CHECK_NEAR(extrapolation_order_expected(&record, (OrderBreak)kind, p),
                               record_p + fabs(path[newest]), 1e-9);
            }
            // Orders that look back over the break are not judged, the others are.
            double error[ORDERS];
            for (int p = 0; p < ORDERS; p++)
                error[p] = pow(0.2, p + 1);
            extrapolation_order_add(&record, (OrderBreak)kind, ORDERS, error);
        }
        assert_int_equal(extrapolation_order_best(&record, (OrderBreak)kind, ORDERS), ORDERS - 1);
    }
}

// Thirty times the expected error breaks a path; the largest that thermal noise makes is a tenth of that.
static void a_break_is_thirty_times_the_expected_error(void **state)
{
    (void)state;
    ExtrapolationOrder record = {0};
    settle(&record, ORDER_KINK);
    const double expected = extrapolation_order_expected(&record, ORDER_KINK, ORDERS - 1);
    assert_false(extrapolation_order_breaks(&record, ORDER_KINK, ORDERS, 29.0 * expected));
    assert_true(extrapolation_order_breaks(&record, ORDER_KINK, ORDERS, 31.0 * expected));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_that_did_best_is_taken),
        cmocka_unit_test(means_follow_and_outliers_count_little),
        cmocka_unit_test(breaks_enter_as_the_differences_of_their_path),
        cmocka_unit_test(a_break_is_thirty_times_the_expected_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
