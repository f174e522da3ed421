/// The analytic gradient of GFN1-xTB is the slope of its energy.
#include "support/check.h"

#include "support/slopes.h"

/// Steps where primitive pairs cross the screening threshold disturb five-point slopes by up to 1e-9.
static const double TOLERANCE = 1e-8;

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

static double checked_deviation(const System *system)
{
    const double deviation = slopes_deviation(ctx, "GFN1-xTB", system);
    if (!(deviation <= TOLERANCE))
        print_message("%s: %.1e hartree/bohr\n", system->name, deviation);
    return deviation;
}

// Radicals, ions, d elements: the systems of GFN2.
static void gradient_is_the_slope_of_the_energy(void **state)
{
    (void)state;
    double worst = 0.0;
    for (size_t i = 0; i < N_SYSTEMS; i++)
        worst = fmax(worst, checked_deviation(&SYSTEMS[i]));
    print_message("%zu systems, worst %.1e hartree/bohr\n", N_SYSTEMS, worst);
    assert_true(worst <= TOLERANCE);
}

// The donor's neighbour feels the angle, too; the acceptor of the second is an anion, and the molecule
// of the third bonds to itself.
static void halogen_bonds_have_their_slopes(void **state)
{
    (void)state;
    static const System BONDS[] = {
        {"bromomethane and ammonia",
         0,
         0,
         9,
         {6, 1, 1, 1, 35, 7, 1, 1, 1},
         {{0.000000, 0.000000, -1.936000},
          {1.034000, 0.000000, -2.268000},
          {-0.517000, 0.895470, -2.268000},
          {-0.517000, -0.895470, -2.268000},
          {0.000000, 0.000000, 0.010000},
          {0.150000, 0.080000, 3.060000},
          {1.095000, 0.080000, 3.440000},
          {-0.322500, 0.898400, 3.440000},
          {-0.322500, -0.738400, 3.440000}}},
        {"iodine and hydroxide",
         -1,
         0,
         4,
         {53, 53, 8, 1},
         {{0.0, 0.1, 0.0}, {0.2, 0.0, 2.70}, {0.1, 0.3, 5.2}, {0.8, 0.5, 5.8}}},
        {"bromomethanol",
         0,
         0,
         6,
         {6, 8, 35, 1, 1, 1},
         {{0.00, 0.05, 0.00},
          {1.15, 0.60, 0.25},
          {-1.20, 1.10, -1.10},
          {-0.45, -0.30, 0.92},
          {0.20, -0.85, -0.60},
          {1.10, 1.45, 0.72}}},
    };
    for (size_t i = 0; i < sizeof BONDS / sizeof BONDS[0]; i++)
        assert_true(checked_deviation(&BONDS[i]) <= TOLERANCE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradient_is_the_slope_of_the_energy),
        cmocka_unit_test(halogen_bonds_have_their_slopes),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
