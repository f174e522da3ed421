#include "support/check.h"

#include "terms/smooth_cutoff.h"

static const SmoothCutoff SMOOTH = {.range = 25.0, .width = 0.05};

static void is_one_inside_and_zero_beyond(void **state)
{
    (void)state;
    double slope = 1.0;
    CHECK_NEAR(smooth_cutoff(&SMOOTH, 24.95, &slope), 1.0, 0.0);
    CHECK_NEAR(slope, 0.0, 0.0);
    CHECK_NEAR(smooth_cutoff(&SMOOTH, 25.0, &slope), 0.0, 0.0);
    CHECK_NEAR(slope, 0.0, 0.0);
    CHECK_NEAR(smooth_cutoff(&SMOOTH, 26.0, &slope), 0.0, 0.0);
    // Half way by symmetry: the polynomial in a variable of 14 digits.
    CHECK_NEAR(smooth_cutoff(&SMOOTH, 24.975, &slope), 0.5, 1e-12);
}

static void slope_belongs_to_the_value(void **state)
{
    (void)state;
    for (double r = 24.952; r < 24.999; r += 0.005) {
        double slope, none;
        smooth_cutoff(&SMOOTH, r, &slope);
        const double h = 1e-5;
        const double numerical =
            (smooth_cutoff(&SMOOTH, r + h, &none) - smooth_cutoff(&SMOOTH, r - h, &none)) / (2 * h);
        // The switch is 0.05 bohr wide, so slopes reach 37 per bohr; the stencil of 1e-4 bohr is
        // right to 1e-6 of that.
        CHECK_NEAR(slope, numerical, 1e-4);
    }
}

static void no_width_means_a_step(void **state)
{
    (void)state;
    const SmoothCutoff hard = {.range = 25.0, .width = 0.0};
    double slope = 1.0;
    CHECK_NEAR(smooth_cutoff(&hard, 25.0, &slope), 1.0, 0.0);
    CHECK_NEAR(slope, 0.0, 0.0);
    CHECK_NEAR(smooth_cutoff(&hard, 25.0 + 1e-9, &slope), 0.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_one_inside_and_zero_beyond),
        cmocka_unit_test(slope_belongs_to_the_value),
        cmocka_unit_test(no_width_means_a_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
