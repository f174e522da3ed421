/// The analytic gradient of GFN2-xTB is the slope of its energy.
#include "support/check.h"

#include "support/slopes.h"

/// Steps where primitive pairs cross the screening threshold disturb five-point slopes by up to 1.3e-9.
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

static void gradient_is_the_slope_of_the_energy(void **state)
{
    (void)state;
    double worst = 0.0;
    const char *name = "";
    assert_true(N_SYSTEMS >= 20);
    for (size_t i = 0; i < N_SYSTEMS; i++) {
        const double deviation = slopes_deviation(ctx, "GFN2-xTB", &SYSTEMS[i]);
        if (!(deviation <= TOLERANCE))
            print_message("%s: %.1e hartree/bohr\n", SYSTEMS[i].name, deviation);
        if (!(deviation <= worst)) {
            worst = deviation;
            name = SYSTEMS[i].name;
        }
    }
    print_message("%zu systems, worst %.1e hartree/bohr (%s)\n", N_SYSTEMS, worst, name);
    assert_true(worst <= TOLERANCE);
}

static void single_atoms_feel_no_force(void **state)
{
    (void)state;
    static const System ATOMS[] = {
        {"He", 0, 0, 1, {2}, {{0.3, -0.2, 0.1}}},   {"Ne", 0, 0, 1, {10}, {{0.3, -0.2, 0.1}}},
        {"Na+", 1, 0, 1, {11}, {{0.3, -0.2, 0.1}}}, {"Cl-", -1, 0, 1, {17}, {{0.3, -0.2, 0.1}}},
        {"Xe", 0, 0, 1, {54}, {{0.3, -0.2, 0.1}}},  {"H", 0, 1, 1, {1}, {{0.3, -0.2, 0.1}}},
        {"H+", 1, 0, 1, {1}, {{0.3, -0.2, 0.1}}},
    };
    for (size_t i = 0; i < sizeof ATOMS / sizeof ATOMS[0]; i++) {
        double xyz[1][3], gradient[1][3] = {{1.0, 1.0, 1.0}};
        QmtEngine *engine = slopes_engine(ctx, "GFN2-xTB", &ATOMS[i]);
        system_bohr(&ATOMS[i], xyz);
        slopes_energy(ctx, &ATOMS[i], engine, xyz, gradient);
        for (int x = 0; x < 3; x++)
            CHECK_NEAR(gradient[0][x], 0.0, 0.0);
        qmt_engine_destroy(&engine);
    }
}

// A proton has no electrons: the energy is that of its charge, 1/2 gamma + 1/3 Gamma.
static void bare_proton_has_the_energy_of_its_charge(void **state)
{
    (void)state;
    static const System PROTON = {"H+", 1, 0, 1, {1}, {{0.0, 0.0, 0.0}}};
    double xyz[1][3];
    QmtEngine *engine = slopes_engine(ctx, "GFN2-xTB", &PROTON);
    system_bohr(&PROTON, xyz);
    CHECK_NEAR(slopes_energy(ctx, &PROTON, engine, xyz, NULL), 0.229552166667, 1e-12);
    qmt_engine_destroy(&engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradient_is_the_slope_of_the_energy),
        cmocka_unit_test(single_atoms_feel_no_force),
        cmocka_unit_test(bare_proton_has_the_energy_of_its_charge),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
