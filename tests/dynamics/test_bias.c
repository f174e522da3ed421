#include <math.h>
#include <stdlib.h>

#include "base/units.h"
#include "dynamics/molecules.h"
#include "md/md.h"
#include "support/check.h"
#include "support/md_run.h"
#include "support/metadynamics.h"

/// Motion with biases: what is conserved, what is saved, and whether metadynamics gives the free energy.

static QmtContext *ctx;

static const size_t METHANE_RMSD[] = {0, 1, 2, 3, 4};

static MdOptions options_of(double dt_fs, double length_ps)
{
    MdOptions options = md_options_default();
    options.optimize = false;
    options.equilibration_ps = 0.0;
    options.dt_fs = dt_fs;
    options.length_ps = length_ps;
    options.window_every_ps = 0.0;
    return options;
}

/// All kinds at once around methane; times are the same for every time step.
static Engine *methane_bias(Engine *inner, double dt_fs, double length_ps)
{
    const uint64_t per_ps = (uint64_t)(1000.0 / dt_fs + 0.5);
    const BiasOptions options = {.confine = {.radius = 2.0, .k = 0.01},
                                 .torsion = {.mode = BIAS_METADYNAMICS,
                                             .atoms = {1, 2, 3, 4},
                                             .height = 1e-3,
                                             .width = 0.3,
                                             .factor = 10.0,
                                             .every = per_ps / 20},
                                 .distance = {.mode = BIAS_RESTRAIN,
                                              .atoms = {1, 4},
                                              .at = 3.3,
                                              .to = 3.6,
                                              .over = 0.1 / PS_PER_AUT,
                                              .k = 0.02},
                                 .rmsd = {.n_atoms = METHANE_ATOMS,
                                          .atoms = METHANE_RMSD,
                                          .k = 5e-3,
                                          .alpha = 1.0,
                                          .ramp = 0.02 / PS_PER_AUT,
                                          .every = per_ps / 10},
                                 .mass = METHANE_MASS,
                                 .kt = 300.0 * HARTREE_PER_KELVIN,
                                 .dt = dt_fs / FS_PER_AUT,
                                 .n_steps = (uint64_t)(length_ps * 1000.0 / dt_fs + 0.5)};
    Engine *bias = NULL;
    assert_int_equal(bias_create(ctx, inner, &options, &bias), QMT_OK);
    return bias;
}

static Engine *methane(void)
{
    const ModelOptions model = BONDS_OF(METHANE_BONDS);
    Engine *engine = NULL;
    assert_int_equal(model_engine_create(ctx, METHANE_ATOMS, &model, &engine), QMT_OK);
    return engine;
}

/// Runs methane with all biases at constant energy and gives its figures.
static MdReport report_of(double dt_fs)
{
    Engine *inner = methane(), *bias = methane_bias(inner, dt_fs, 0.5);
    MdOptions options = options_of(dt_fs, 0.5);
    options.ensemble = MD_NVE;
    options.bias = bias;
    Md *md = NULL;
    assert_int_equal(md_create(ctx, &options, NULL, bias, METHANE_MASS, METHANE_XYZ, &md), QMT_OK);
    assert_int_equal(md_run(ctx, md), QMT_OK);
    const MdReport report = md_report(md);
    assert_int_equal(bias_n_hills(bias), 11 + 6);
    md_destroy(&md);
    engine_destroy(&bias);
    engine_destroy(&inner);
    return report;
}

/// E + K less the work of the biases is as good as velocity Verlet without any: the ripple falls with the
/// square of the step, and the work, 20 kJ/mol here, is the same for both.
static void energy_is_conserved_with_the_work_of_biases(void **state)
{
    (void)state;
    const MdReport coarse = report_of(0.2), fine = report_of(0.1);
    assert_true(fabs(fine.bias_work_kjmol) > 5.0);
    CHECK_NEAR(coarse.bias_work_kjmol, fine.bias_work_kjmol, 0.05);
    CHECK_NEAR(coarse.worst_kjmol / fine.worst_kjmol, 4.0, 0.4);
    // the shadow energy leaves only what the corners of hills and ramps make of its differences
    assert_true(fine.shadow_rms_kjmol < 0.02 * fine.rms_kjmol);
    assert_true(fabs(fine.shadow_slope_kjmol_ps) < 1e-3);
}

typedef struct {
    MdReport report;
    double least, most; ///< energy of the wall, kJ/mol
} Walled;

/// Methane whose outer atoms a wall keeps pushing back, 400 K.
static Walled walled(MdEnsemble ensemble, double dt_fs, double length_ps)
{
    Engine *inner = methane(), *bias = NULL;
    const BiasOptions wall = {.confine = {.radius = 1.9, .k = 0.05}, .mass = METHANE_MASS};
    assert_int_equal(bias_create(ctx, inner, &wall, &bias), QMT_OK);
    MdOptions options = options_of(dt_fs, length_ps);
    options.ensemble = ensemble;
    options.temperature_k = 400.0;
    options.friction_per_ps = 1.0;
    options.bias = bias;
    Md *md = NULL;
    assert_int_equal(md_create(ctx, &options, NULL, bias, METHANE_MASS, METHANE_XYZ, &md), QMT_OK);
    Walled result = {.least = INFINITY};
    for (bool done = false; !done;) {
        assert_int_equal(md_advance(ctx, md, 1, &done), QMT_OK);
        const double wall_energy = md_state(md)->at.bias * KJMOL_PER_HARTREE;
        result.least = fmin(result.least, wall_energy);
        result.most = fmax(result.most, wall_energy);
    }
    result.report = md_report(md);
    md_destroy(&md);
    engine_destroy(&bias);
    engine_destroy(&inner);
    return result;
}

/// The energy of a wall comes and goes by kilojoules; with it the total energy has the ripple of velocity Verlet and the
/// shadow energy none, with a thermostat too.
static void energy_is_conserved_with_that_of_a_wall(void **state)
{
    (void)state;
    const Walled coarse = walled(MD_NVE, 0.2, 0.2), fine = walled(MD_NVE, 0.1, 0.2);
    assert_true(fine.most - fine.least > 10.0);
    CHECK_NEAR(coarse.report.worst_kjmol / fine.report.worst_kjmol, 4.0, 0.4);
    assert_true(fine.report.worst_kjmol < 0.2);
    assert_true(fine.report.shadow_rms_kjmol < 0.02 * fine.report.rms_kjmol);
    const Walled bath = walled(MD_NVT, 0.25, 5.0);
    print_message(
        "wall moves by %.1f, %.1f kJ/mol; ripple %.1e, %.1e, shadow %.1e, with heat %.1e kJ/mol\n",
        fine.most - fine.least, bath.most - bath.least, fine.report.worst_kjmol,
        fine.report.rms_kjmol, fine.report.shadow_rms_kjmol, bath.report.shadow_rms_kjmol);
    assert_true(bath.most - bath.least > 10.0 && bath.report.heat_kjmol != 0.0);
    assert_true(bath.report.shadow_rms_kjmol < 0.02 * bath.report.rms_kjmol);
}

typedef struct {
    size_t n;
    double sum; ///< over all frames and numbers
} Frames;

static QmtStatus take_frame(QmtContext *context, void *user, const MdFrame *frame)
{
    (void)context;
    Frames *const frames = user;
    double energy;
    double gradient[METHANE_ATOMS][3];
    Engine *inner = methane();
    const EngineResult result = {.energy = &energy, .gradient = gradient};
    assert_int_equal(engine_evaluate(ctx, inner, frame->xyz, &result), QMT_OK);
    // rounding: the bias was added and taken off again
    CHECK_NEAR(frame->potential, energy, 1e-15);
    for (size_t a = 0; a < METHANE_ATOMS; a++)
        for (int x = 0; x < 3; x++) {
            CHECK_NEAR(frame->gradient[a][x], gradient[a][x], 1e-15);
            frames->sum += fabs(frame->bias_gradient[a][x]);
        }
    engine_destroy(&inner);
    frames->n++;
    return QMT_OK;
}

/// Frames have energy and forces of the method alone.
static void frames_are_those_of_the_method(void **state)
{
    (void)state;
    Engine *inner = methane(), *bias = methane_bias(inner, 0.25, 0.1);
    MdOptions options = options_of(0.25, 0.1);
    options.bias = bias;
    Frames frames = {0};
    const MdHooks hooks = {.user = &frames, .frame = take_frame};
    Md *md = NULL;
    assert_int_equal(md_create(ctx, &options, &hooks, bias, METHANE_MASS, METHANE_XYZ, &md),
                     QMT_OK);
    assert_int_equal(md_run(ctx, md), QMT_OK);
    assert_int_equal(frames.n, 401);
    assert_true(frames.sum > 1.0);
    md_destroy(&md);
    engine_destroy(&bias);
    engine_destroy(&inner);
}

/// Saved after any number of steps, also in side runs, and continued by another process: the same bytes.
static void a_snapshot_holds_hills_and_structures(void **state)
{
    (void)state;
    MdOptions options = options_of(0.25, 0.2);
    options.equilibration_ps = 0.01;
    options.window_every_ps = 0.05;
    options.window_ps = 0.01;
    Engine *inner = methane(), *bias = methane_bias(inner, 0.25, 0.2);
    options.bias = bias;
    Md *md = NULL;
    assert_int_equal(md_create(ctx, &options, NULL, bias, METHANE_MASS, METHANE_XYZ, &md), QMT_OK);
    const size_t size = md_snapshot_size(md) + 8 * sizeof(NveWindowResult);
    unsigned char *const end = calloc(1, size), *const again = calloc(1, size),
                         *const middle = calloc(1, size);
    assert_true(end != NULL && again != NULL && middle != NULL);
    assert_int_equal(md_run(ctx, md), QMT_OK);
    const size_t n_end = md_snapshot_size(md);
    md_snapshot_save(md, end);
    const size_t n_hills = bias_n_hills(bias);
    md_destroy(&md);
    for (uint64_t steps = 20; steps < 1000; steps += 113) {
        Engine *other_inner = methane(), *other = methane_bias(other_inner, 0.25, 0.2);
        bool done;
        engine_forget(bias);
        options.bias = bias;
        assert_int_equal(md_create(ctx, &options, NULL, bias, METHANE_MASS, METHANE_XYZ, &md),
                         QMT_OK);
        assert_int_equal(md_advance(ctx, md, steps, &done), QMT_OK);
        const size_t n_middle = md_snapshot_size(md);
        assert_true(n_middle <= size);
        md_snapshot_save(md, middle);
        md_destroy(&md);
        options.bias = other;
        assert_int_equal(md_create(ctx, &options, NULL, other, METHANE_MASS, METHANE_XYZ, &md),
                         QMT_OK);
        assert_int_equal(md_snapshot_load(ctx, md, middle, n_middle), QMT_OK);
        assert_int_equal(md_run(ctx, md), QMT_OK);
        assert_int_equal(bias_n_hills(other), n_hills);
        assert_int_equal(md_snapshot_size(md), n_end);
        md_snapshot_save(md, again);
        assert_memory_equal(again, end, n_end);
        md_destroy(&md);
        engine_destroy(&other);
        engine_destroy(&other_inner);
    }
    free(end);
    free(again);
    free(middle);
    engine_destroy(&bias);
    engine_destroy(&inner);
}

/// 600 ps leave 0.4 kJ/mol of chance in the worst of 36 bins; `make proof` has the long run.
static void metadynamics_gives_the_free_energy(void **state)
{
    (void)state;
    double energy[METADYNAMICS_BINS];
    assert_int_equal(metadynamics_free_energy(ctx, 2.0, 600.0, 42, energy), QMT_OK);
    CHECK_NEAR(metadynamics_error(energy), 0.0, 1.2);
}

static int setup(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) == QMT_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(energy_is_conserved_with_the_work_of_biases),
        cmocka_unit_test(energy_is_conserved_with_that_of_a_wall),
        cmocka_unit_test(frames_are_those_of_the_method),
        cmocka_unit_test(a_snapshot_holds_hills_and_structures),
        cmocka_unit_test(metadynamics_gives_the_free_energy),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
