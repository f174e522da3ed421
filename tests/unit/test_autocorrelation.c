#include "support/check.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/autocorrelation.h"
#include "base/random.h"

enum { N = 200000 };
static double series[2 * N];

static double normal(uint64_t step)
{
    const RandomKey key = {.seed = 7};
    double z[3];
    random_normals(&key, step, 0, RANDOM_VELOCITIES, z);
    return z[0];
}

/// x(i+1) = a x(i) + noise has rho(t) = a^t, so that tau = 1/2 + a / (1 - a). The estimate scatters by about
/// tau sqrt(4 (2 W + 1) / (2 n)) with W = 5 tau: 1.5 % for tau = 9.5, 5 % for tau = 99.5; three times that is allowed.
static void a_process_of_first_order_has_its_known_time(void **state)
{
    (void)state;
    const double a[] = {0.0, 0.5, 0.9, 0.99}, allowed[] = {0.02, 0.02, 0.05, 0.15};
    for (size_t k = 0; k < 4; k++) {
        const double exact = 0.5 + a[k] / (1.0 - a[k]);
        bool settled = false;
        double x = 0.0;
        for (size_t i = 0; i < N; i++) {
            x = a[k] * x + normal(i);
            series[i] = 3.0 + x;
        }
        const double tau = autocorrelation_time(N, 1, series, &settled);
        assert_true(settled);
        CHECK_NEAR(tau / exact, 1.0, allowed[k]);
    }
}

/// A direction that turns by random steps of width s forgets as exp(-s^2 t / 2), of which cosine and sine are one value.
static void an_angle_is_one_value_of_two_numbers(void **state)
{
    (void)state;
    const double s = 0.3, decay = exp(-0.5 * s * s), exact = 0.5 + decay / (1.0 - decay);
    double phi = 0.0;
    for (size_t i = 0; i < N; i++) {
        phi += s * normal(i);
        series[2 * i] = cos(phi);
        series[2 * i + 1] = sin(phi);
    }
    // tau = 22: 3 % of scatter, three times that
    CHECK_NEAR(autocorrelation_time(N, 2, series, NULL) / exact, 1.0, 0.1);
}

static void what_does_not_change_has_no_memory(void **state)
{
    (void)state;
    bool settled = false;
    for (size_t i = 0; i < 100; i++)
        series[i] = -12345.678901234;
    CHECK_NEAR(autocorrelation_time(100, 1, series, &settled), 0.5, 0.0);
    assert_true(settled);
    CHECK_NEAR(autocorrelation_time(1, 1, series, &settled), 0.5, 0.0);
    CHECK_NEAR(autocorrelation_time(0, 1, series, &settled), 0.5, 0.0);
}

static void a_drift_is_not_settled(void **state)
{
    (void)state;
    bool settled = true;
    for (size_t i = 0; i < 1000; i++)
        series[i] = (double)i;
    assert_true(autocorrelation_time(1000, 1, series, &settled) > 100.0);
    assert_false(settled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_of_first_order_has_its_known_time),
        cmocka_unit_test(an_angle_is_one_value_of_two_numbers),
        cmocka_unit_test(what_does_not_change_has_no_memory),
        cmocka_unit_test(a_drift_is_not_settled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
