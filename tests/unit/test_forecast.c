#include "support/check.h"

#include <math.h>

#include "campaign/forecast.h"

/// Times that a line explains exactly are foretold exactly.
static void the_time_left_follows_the_trajectories_before(void **state)
{
    (void)state;
    Forecast forecast = {0};
    const JobRest rest = {.n_waiting = 10, .waiting_cost = 100.0, .n_at_a_time = 2};
    assert_true(isnan(forecast_left_s(&forecast, &rest)));
    forecast_add(&forecast, 100.0, 52.0);                       // 0.5 s a unit, and 2 s each
    CHECK_NEAR(forecast_left_s(&forecast, &rest), 26.0, 1e-12); // so far proportional
    forecast_add(&forecast, 20.0, 12.0);
    forecast_add(&forecast, 10.0, 7.0);
    CHECK_NEAR(forecast_left_s(&forecast, &rest), (100.0 * 0.5 + 10 * 2.0) / 2, 1e-9);

    // one long trajectory at the end keeps the job waiting, however many workers there are
    const JobRest last = {.running_s = 300.0, .longest_running_s = 300.0, .n_at_a_time = 8};
    CHECK_NEAR(forecast_left_s(&forecast, &last), 300.0, 1e-12);

    // while there are enough of them, all workers share what waits, 70 s, and what runs
    const JobRest both = {.n_waiting = 10,
                          .waiting_cost = 100.0,
                          .running_s = 110.0,
                          .longest_running_s = 60.0,
                          .n_at_a_time = 2};
    CHECK_NEAR(forecast_left_s(&forecast, &both), (70.0 + 110.0) / 2, 1e-9);
}

/// Where large molecules were the faster ones the mean is all that is known: no time is negative.
static void no_forecast_is_negative(void **state)
{
    (void)state;
    Forecast forecast = {0};
    forecast_add(&forecast, 100.0, 1.0);
    forecast_add(&forecast, 1.0, 3.0);
    const JobRest rest = {.n_waiting = 4, .waiting_cost = 4000.0, .n_at_a_time = 1};
    CHECK_NEAR(forecast_left_s(&forecast, &rest), 8.0, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_time_left_follows_the_trajectories_before),
        cmocka_unit_test(no_forecast_is_negative),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
