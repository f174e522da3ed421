/// Motion in a continuum: what the loop learns about the kinks of its potential.
#include "support/check.h"

#include "base/units.h"
#include "data/element.h"
#include "engine/xtb.h"
#include "md/md.h"

enum { N = 10 };

static const int NUMBERS[N] = {7, 6, 6, 8, 8, 1, 1, 1, 1, 1};
static const double ANGSTROM[N][3] = {
    {1.22, -0.62, 0.11},  {0.41, 0.61, 0.02},  {-1.07, 0.17, -0.03}, {-1.28, -1.05, 0.08},
    {-1.91, 1.08, -0.14}, {0.62, 1.19, 0.91},  {0.69, 1.17, -0.88},  {0.67, -1.45, 0.33},
    {1.95, -0.52, 0.84},  {1.66, -0.82, -0.79}};

/// Density builds a step of the zwitterion of glycine, after the measurements.
static double builds_per_step(const char *solvent, const char *method)
{
    enum { BEFORE = 150, STEPS = 300 };
    QmtContext *ctx = NULL;
    Engine *engine = NULL;
    Md *md = NULL;
    bool done = false;
    double mass[N], xyz[N][3];
    for (int a = 0; a < N; a++) {
        mass[a] = element_mass_da(NUMBERS[a]);
        for (int x = 0; x < 3; x++)
            xyz[a][x] = ANGSTROM[a][x] * BOHR_PER_ANGSTROM;
    }
    QmtEngineOptions engine_options = qmt_engine_options_default();
    engine_options.solvent = solvent;
    engine_options.method = method;
    engine_options.scf_tolerance = 1e-9;
    MdOptions options = md_options_default();
    options.ensemble = MD_NVE;
    options.equilibration_ps = options.window_every_ps = 0.0;
    options.length_ps = 0.25e-3 * (BEFORE + STEPS);
    options.key.seed = 42;
    const MdHooks hooks = {0};
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    assert_int_equal(xtb_create(ctx, N, NUMBERS, &engine_options, &engine), QMT_OK);
    assert_int_equal(md_create(ctx, &options, &hooks, engine, mass, (const double(*)[3])xyz, &md),
                     QMT_OK);
    assert_int_equal(md_advance(ctx, md, BEFORE, &done), QMT_OK);
    const uint64_t before = md_report(md).scf_iterations;
    assert_int_equal(md_advance(ctx, md, STEPS, &done), QMT_OK);
    const double builds = (double)(md_report(md).scf_iterations - before) / STEPS;
    md_destroy(&md);
    engine_destroy(&engine);
    qmt_context_destroy(&ctx);
    return builds;
}

// Without the response of charges to the solvent's potential three builds and more are needed: residuals begin at 1e-7
// instead of 2e-8, and a build leaves a sixtieth.
static void guesses_follow_the_kinks_of_the_surface(void **state)
{
    (void)state;
    static const char *const METHODS[] = {"GFN2-xTB", "GFN1-xTB"};
    for (size_t m = 0; m < 2; m++) {
        const double builds = builds_per_step("water", METHODS[m]);
        print_message("%s in water: %.2f density builds a step\n", METHODS[m], builds);
        assert_true(builds < 2.7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guesses_follow_the_kinks_of_the_surface),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
