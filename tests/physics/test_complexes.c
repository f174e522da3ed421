/// The analytic gradient of both methods is the slope of the energy in complexes of zinc and iron, whose
/// d shells leave small gaps, unpaired electrons or both.
#include "support/check.h"

#include "support/slopes.h"

/// Hartree/bohr. Steps where primitive pairs cross the screening threshold disturb five-point slopes by up
/// to 1e-9.
static const double TOLERANCE = 1e-8;

/// Distorted on purpose.
static const System COMPLEXES[] = {
    {"Zn(NH3)2Cl2",
     0,
     0,
     11,
     {30, 17, 17, 7, 7, 1, 1, 1, 1, 1, 1},
     {{0.02, -0.03, 0.05},
      {1.83, 0.04, -1.27},
      {-1.85, -0.02, -1.24},
      {0.03, 1.69, 1.18},
      {-0.05, -1.66, 1.22},
      {0.86, 1.71, 1.72},
      {-0.78, 1.66, 1.80},
      {0.02, 2.58, 0.72},
      {0.80, -1.70, 1.76},
      {-0.87, -1.63, 1.79},
      {-0.06, -2.56, 0.77}}},
    {"Zn(H2O)3 2+",
     2,
     0,
     10,
     {30, 8, 8, 8, 1, 1, 1, 1, 1, 1},
     {{0.0, 0.05, 0.1},
      {1.90, 0.06, -0.05},
      {-0.97, 1.66, 0.02},
      {-0.93, -1.63, 0.07},
      {2.44, 0.80, 0.13},
      {2.47, -0.68, -0.20},
      {-1.90, 1.75, 0.24},
      {-0.58, 2.52, -0.13},
      {-0.60, -2.50, 0.25},
      {-1.88, -1.70, -0.12}}},
    {"FeCl4 -, sextet",
     -1,
     5,
     5,
     {26, 17, 17, 17, 17},
     {{0.0, 0.05, 0.0},
      {1.27, 1.22, 1.31},
      {-1.24, -1.33, 1.25},
      {-1.31, 1.28, -1.20},
      {1.25, -1.27, -1.29}}},
    {"Fe(CO)5",
     0,
     0,
     11,
     {26, 6, 8, 6, 8, 6, 8, 6, 8, 6, 8},
     {{0.03, -0.02, 0.01},
      {0.02, 0.05, 1.83},
      {-0.04, 0.07, 2.97},
      {0.05, -0.03, -1.80},
      {0.09, -0.08, -2.95},
      {1.82, 0.06, 0.04},
      {2.98, 0.02, 0.10},
      {-0.89, 1.58, -0.05},
      {-1.49, 2.58, -0.02},
      {-0.93, -1.56, 0.03},
      {-1.50, -2.56, -0.06}}},
    {"Fe(H2O)2 2+, quintet",
     2,
     4,
     7,
     {26, 8, 8, 1, 1, 1, 1},
     {{0.0, 0.03, 0.05},
      {1.92, 0.10, -0.06},
      {-1.90, 0.02, 0.11},
      {2.47, 0.86, 0.12},
      {2.50, -0.66, -0.25},
      {-2.46, 0.70, 0.36},
      {-2.48, -0.74, -0.07}}},
};

static QmtContext *ctx;

static int open_context(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) == QMT_OK ? 0 : -1;
}

static int close_context(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

static void slopes_hold(const char *method)
{
    double worst = 0.0;
    for (size_t i = 0; i < sizeof COMPLEXES / sizeof COMPLEXES[0]; i++) {
        const double deviation = slopes_deviation(ctx, method, &COMPLEXES[i]);
        print_message("%s, %s: %.1e hartree/bohr\n", method, COMPLEXES[i].name, deviation);
        worst = fmax(worst, deviation);
    }
    assert_true(worst <= TOLERANCE);
}

static void gradient_of_gfn2_is_the_slope_of_the_energy(void **state)
{
    (void)state;
    slopes_hold("GFN2-xTB");
}

static void gradient_of_gfn1_is_the_slope_of_the_energy(void **state)
{
    (void)state;
    slopes_hold("GFN1-xTB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradient_of_gfn2_is_the_slope_of_the_energy),
        cmocka_unit_test(gradient_of_gfn1_is_the_slope_of_the_energy),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
