#include "support/check.h"

#include <math.h>

#include "run/run_parts.h"

/// The largest by magnitude, with its sign, wherever it is; of total and shadow energy apart.
static void the_drift_is_that_of_the_worst_window(void **state)
{
    (void)state;
    const NveWindowResult windows[] = {
        {.slope_kjmol_ps = 0.5, .shadow_slope_kjmol_ps = -0.25},
        {.slope_kjmol_ps = -3.0, .shadow_slope_kjmol_ps = 0.5},
        {.slope_kjmol_ps = 2.0, .shadow_slope_kjmol_ps = 0.75},
    };
    MdReport report = {.windows = windows};
    assert_true(isnan(run_window_drift(&report, false)) && isnan(run_window_drift(&report, true)));
    static const double TOTAL[] = {0.5, -3.0, -3.0}, SHADOW[] = {-0.25, 0.5, 0.75};
    for (report.n_windows = 1; report.n_windows <= 3; report.n_windows++) {
        const size_t last = (size_t)report.n_windows - 1;
        assert_true(run_window_drift(&report, false) == TOTAL[last]);
        assert_true(run_window_drift(&report, true) == SHADOW[last]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_drift_is_that_of_the_worst_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
