#include "support/model.h"

#include "dynamics/molecules.h"
#include "support/check.h"

static QmtContext *ctx;
static Engine *engine;
static double xyz[METHANE_ATOMS][3];

static double energy_now(void)
{
    double energy = 0.0;
    const EngineResult result = {.energy = &energy};
    assert_int_equal(engine_evaluate(ctx, engine, (const double(*)[3])xyz, &result), QMT_OK);
    return energy;
}

/// dE/dx from five points; the stencil errs as h^4, rounding as 1/h.
static double numerical_slope(double *x, double h)
{
    const double x0 = *x;
    double e[5];
    for (int i = 0; i < 5; i++) {
        *x = x0 + (i - 2) * h;
        e[i] = energy_now();
    }
    *x = x0;
    return (e[0] - 8.0 * e[1] + 8.0 * e[3] - e[4]) / (12.0 * h);
}

static void gradient_is_the_slope_of_the_energy(void **state)
{
    (void)state;
    ModelOptions options = BONDS_OF(METHANE_BONDS);
    options.spring = 0.01;
    options.lj_epsilon = 0.001;
    options.lj_sigma = 2.5;
    assert_int_equal(model_engine_create(ctx, METHANE_ATOMS, &options, &engine), QMT_OK);
    for (size_t a = 0; a < METHANE_ATOMS; a++)
        for (int x = 0; x < 3; x++)
            xyz[a][x] = METHANE_XYZ[a][x] + 0.1 * sin((double)(3 * a) + x);

    double gradient[METHANE_ATOMS][3];
    const EngineResult result = {.gradient = gradient};
    assert_int_equal(engine_evaluate(ctx, engine, (const double(*)[3])xyz, &result), QMT_OK);
    // Five points: rounding of energies of order 0.01 over 1e-3 bohr is 1e-14, the error of
    // order h^4 some 1e-12.
    for (size_t a = 0; a < METHANE_ATOMS; a++)
        for (int x = 0; x < 3; x++)
            CHECK_NEAR(gradient[a][x], numerical_slope(&xyz[a][x], 1e-3), 1e-11);
    engine_destroy(&engine);
}

static void failures_leave_the_results_alone(void **state)
{
    (void)state;
    ModelOptions options = BONDS_OF(METHANE_BONDS);
    options.fail_at = 2;
    assert_int_equal(model_engine_create(ctx, METHANE_ATOMS, &options, &engine), QMT_OK);
    double energy = 7.0;
    const EngineResult result = {.energy = &energy};
    assert_int_equal(engine_evaluate(ctx, engine, METHANE_XYZ, &result), QMT_OK);
    const double good = energy;
    energy = 7.0;
    assert_int_equal(engine_evaluate(ctx, engine, METHANE_XYZ, &result), QMT_ERR_SCF);
    assert_true(energy == 7.0);
    static const double PILE[METHANE_ATOMS][3];
    assert_int_equal(engine_evaluate(ctx, engine, PILE, &result), QMT_ERR_INPUT);
    assert_true(energy == 7.0);
    assert_int_equal(engine_evaluate(ctx, engine, METHANE_XYZ, &result), QMT_OK);
    assert_true(energy == good);
    assert_int_equal(model_engine_evaluations(engine), 4);
    engine_destroy(&engine);
}

int main(void)
{
    if (qmt_context_create(&ctx) != QMT_OK)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradient_is_the_slope_of_the_energy),
        cmocka_unit_test(failures_leave_the_results_alone),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    qmt_context_destroy(&ctx);
    return failed;
}
