/// The analytic gradient of GFN2-xTB is the slope of its energy.
#include "support/check.h"

#include <string.h>

#include "qmtraj/qmtraj.h"
#include "support/systems.h"

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

static QmtEngine *engine_of(const System *system)
{
    QmtEngineOptions options = qmt_engine_options_default();
    options.charge = system->charge;
    options.unpaired = system->unpaired;
    options.scf_tolerance = 1e-12;
    QmtEngine *engine = NULL;
    if (qmt_engine_create(ctx, system->n, system->numbers, &options, &engine) != QMT_OK)
        fail_msg("%s: %s", system->name, qmt_context_message(ctx));
    return engine;
}

static double energy_of(const System *system, QmtEngine *engine, double (*xyz)[3],
                        double (*gradient)[3])
{
    double energy;
    if (qmt_engine_evaluate(ctx, engine, (const double(*)[3])xyz, &energy, gradient, NULL, NULL) !=
        QMT_OK)
        fail_msg("%s: %s", system->name, qmt_context_message(ctx));
    return energy;
}

/// Largest deviation of the analytic gradient from five-point slopes; the stencil errs as h^4.
static double worst_deviation(const System *system)
{
    const double h = 1e-3;
    double xyz[SYSTEM_MAX_ATOMS][3], gradient[SYSTEM_MAX_ATOMS][3], worst = 0.0;
    QmtEngine *engine = engine_of(system);
    system_bohr(system, xyz);
    energy_of(system, engine, xyz, gradient);
    for (size_t a = 0; a < system->n; a++)
        for (int x = 0; x < 3; x++) {
            const double x0 = xyz[a][x];
            double e[5] = {0.0};
            for (int i = 0; i < 5; i++)
                if (i != 2) {
                    xyz[a][x] = x0 + (i - 2) * h;
                    e[i] = energy_of(system, engine, xyz, NULL);
                }
            xyz[a][x] = x0;
            const double slope = (e[0] - 8.0 * e[1] + 8.0 * e[3] - e[4]) / (12.0 * h);
            worst = fmax(worst, fabs(slope - gradient[a][x]));
        }
    qmt_engine_destroy(&engine);
    return worst;
}

static void gradient_is_the_slope_of_the_energy(void **state)
{
    (void)state;
    double worst = 0.0;
    const char *name = "";
    assert_true(N_SYSTEMS >= 20);
    for (size_t i = 0; i < N_SYSTEMS; i++) {
        const double deviation = worst_deviation(&SYSTEMS[i]);
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
        QmtEngine *engine = engine_of(&ATOMS[i]);
        system_bohr(&ATOMS[i], xyz);
        energy_of(&ATOMS[i], engine, xyz, gradient);
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
    QmtEngine *engine = engine_of(&PROTON);
    system_bohr(&PROTON, xyz);
    CHECK_NEAR(energy_of(&PROTON, engine, xyz, NULL), 0.229552166667, 1e-12);
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
