#include "bias/bias.h"

#include <math.h>
#include <string.h>

#include "base/units.h"
#include "support/check.h"
#include "support/model.h"
#include "support/pseudo_random.h"

/// Each kind of bias around an engine without forces: its forces are the slope of its energy, and it does not
/// ask where the molecule is or how it is turned.

enum { N_ATOMS = 9 };

static QmtContext *ctx;

static const double MASS[N_ATOMS] = {12.0, 1.0, 16.0, 14.0, 1.0, 12.0, 12.0, 1.0, 19.0};
static const size_t RMSD_ATOMS[] = {0, 2, 3, 5, 6, 8};

/// A chain that is curled up, bohr, no two atoms closer than 1.5.
static const double XYZ[N_ATOMS][3] = {{0.0, 0.0, 0.0},   {1.9, 0.4, -0.3},  {2.6, 2.4, 0.5},
                                       {1.2, 3.9, 1.7},   {-0.6, 3.3, 2.9},  {-1.9, 1.5, 3.6},
                                       {-3.3, -0.2, 2.4}, {-2.4, -1.9, 1.0}, {1.5, -2.5, 1.9}};

static Engine *inner;

static int setup(void **state)
{
    (void)state;
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    const ModelOptions nothing = {0};
    assert_int_equal(model_engine_create(ctx, N_ATOMS, &nothing, &inner), QMT_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    engine_destroy(&inner);
    qmt_context_destroy(&ctx);
    return 0;
}

static Engine *bias_of(BiasOptions options)
{
    Engine *bias = NULL;
    options.mass = MASS;
    options.kt = 300.0 * HARTREE_PER_KELVIN;
    options.dt = 10.0;
    options.n_steps = 100;
    assert_int_equal(bias_create(ctx, inner, &options, &bias), QMT_OK);
    return bias;
}

static double energy_at(Engine *bias, const double (*xyz)[3], double (*gradient)[3], double *rate)
{
    double energy = -1.0;
    const EngineResult result = {
        .bias_energy = &energy, .bias_gradient = gradient, .bias_rate = rate};
    assert_int_equal(engine_evaluate(ctx, bias, xyz, &result), QMT_OK);
    return energy;
}

/// Largest difference of the gradient from five-point slopes; the stencil errs as h^4, rounding as 1/h.
static double slope_error(Engine *bias, const double (*at)[3])
{
    static const double h = 1e-3;
    double xyz[N_ATOMS][3], gradient[N_ATOMS][3], worst = 0.0;
    memcpy(xyz, at, sizeof xyz);
    energy_at(bias, (const double(*)[3])xyz, gradient, NULL);
    for (size_t a = 0; a < N_ATOMS; a++)
        for (int x = 0; x < 3; x++) {
            double e[5];
            for (int i = 0; i < 5; i++) {
                xyz[a][x] = at[a][x] + (i - 2) * h;
                e[i] = energy_at(bias, (const double(*)[3])xyz, NULL, NULL);
            }
            xyz[a][x] = at[a][x];
            const double slope = (e[0] - 8.0 * e[1] + 8.0 * e[3] - e[4]) / (12.0 * h);
            worst = fmax(worst, fabs(slope - gradient[a][x]));
        }
    return worst;
}

static void shake(double size, unsigned seed, double (*xyz)[3])
{
    for (size_t a = 0; a < N_ATOMS; a++)
        for (int x = 0; x < 3; x++)
            xyz[a][x] = XYZ[a][x] + 2.0 * size * pseudo_random(&seed);
}

/// Elsewhere and turned about an axis that is none of the coordinates.
static void moved(const double (*from)[3], double (*to)[3])
{
    const double c = cos(2.1), s = sin(2.1), u = 1.0 / sqrt(3.0);
    for (size_t a = 0; a < N_ATOMS; a++) {
        const double *r = from[a];
        const double along = (1.0 - c) * (r[0] + r[1] + r[2]) / 3.0;
        for (int x = 0; x < 3; x++)
            to[a][x] = c * r[x] + s * u * (r[(x + 2) % 3] - r[(x + 1) % 3]) * -1.0 + along +
                       (x == 0 ? 5.0 : -7.0);
    }
}

/// The slope is right at several geometries, forces and torques add up to zero, and another place and
/// orientation have the same energy.
static void kind_is_sound(Engine *bias)
{
    for (unsigned seed = 1; seed <= 3; seed++) {
        double xyz[N_ATOMS][3], other[N_ATOMS][3], gradient[N_ATOMS][3];
        shake(0.3, seed, xyz);
        CHECK_NEAR(slope_error(bias, (const double(*)[3])xyz), 0.0, 1e-10);
        const double energy = energy_at(bias, (const double(*)[3])xyz, gradient, NULL);
        assert_true(energy > 1e-6);
        for (int x = 0; x < 3; x++) {
            const int y = (x + 1) % 3, z = (x + 2) % 3;
            double force = 0.0, torque = 0.0;
            for (size_t a = 0; a < N_ATOMS; a++) {
                force += gradient[a][x];
                torque += xyz[a][y] * gradient[a][z] - xyz[a][z] * gradient[a][y];
            }
            CHECK_NEAR(force, 0.0, 1e-14);
            CHECK_NEAR(torque, 0.0, 1e-13);
        }
        moved((const double(*)[3])xyz, other);
        CHECK_NEAR(energy_at(bias, (const double(*)[3])other, NULL, NULL), energy, 1e-13);
    }
}

/// Hills at a few geometries; evaluations are for some time after.
static void hills_add(Engine *bias)
{
    for (unsigned i = 0; i < 4; i++) {
        double xyz[N_ATOMS][3];
        shake(0.4, 10 + i, xyz);
        bias_set_time(bias, 100.0 * (double)i);
        bias_add_hills(bias, 10 * i, (const double(*)[3])xyz);
    }
    bias_set_time(bias, 450.0);
}

static const BiasVariable RESTRAINT = {
    .mode = BIAS_RESTRAIN, .atoms = {0, 2, 5, 8}, .at = 0.7, .to = 1.9, .over = 1000.0, .k = 0.05};
static const BiasVariable HILLS = {.mode = BIAS_METADYNAMICS,
                                   .atoms = {3, 2, 6, 8},
                                   .height = 1e-3,
                                   .width = 0.3,
                                   .factor = 8.0,
                                   .every = 10};

static void walls_are_slopes(void **state)
{
    (void)state;
    Engine *bias = bias_of((BiasOptions){.confine = {.radius = 3.0, .k = 0.01}});
    kind_is_sound(bias);
    engine_destroy(&bias);
}

static void restraints_are_slopes(void **state)
{
    (void)state;
    Engine *torsion = bias_of((BiasOptions){.torsion = RESTRAINT});
    Engine *distance = bias_of((BiasOptions){.distance = RESTRAINT});
    bias_set_time(torsion, 300.0);
    kind_is_sound(torsion);
    kind_is_sound(distance);
    engine_destroy(&torsion);
    engine_destroy(&distance);
}

static void hills_are_slopes(void **state)
{
    (void)state;
    Engine *torsion = bias_of((BiasOptions){.torsion = HILLS});
    Engine *distance = bias_of((BiasOptions){.distance = HILLS});
    hills_add(torsion);
    hills_add(distance);
    kind_is_sound(torsion);
    kind_is_sound(distance);
    engine_destroy(&torsion);
    engine_destroy(&distance);
}

static BiasOptions rmsd_options(void)
{
    return (BiasOptions){.rmsd = {.n_atoms = 6,
                                  .atoms = RMSD_ATOMS,
                                  .k = 0.01,
                                  .alpha = 0.8,
                                  .ramp = 200.0,
                                  .every = 10}};
}

static void pushes_from_structures_are_slopes(void **state)
{
    (void)state;
    Engine *bias = bias_of(rmsd_options());
    hills_add(bias);
    assert_int_equal(bias_n_hills(bias), 4);
    kind_is_sound(bias);
    engine_destroy(&bias);
}

static void all_kinds_together_are_their_sum(void **state)
{
    (void)state;
    BiasOptions options = rmsd_options();
    Engine *rmsd = bias_of(options);
    options = (BiasOptions){.torsion = HILLS};
    Engine *torsion = bias_of(options);
    options = (BiasOptions){.distance = RESTRAINT, .confine = {.radius = 3.0, .k = 0.01}};
    Engine *others = bias_of(options);
    options.rmsd = rmsd_options().rmsd;
    options.torsion = HILLS;
    Engine *all = bias_of(options);
    hills_add(rmsd);
    hills_add(torsion);
    hills_add(all);
    bias_set_time(others, 450.0);
    assert_int_equal(bias_n_hills(all), 8);
    // rounding: the same terms in another order
    CHECK_NEAR(energy_at(all, XYZ, NULL, NULL),
               energy_at(rmsd, XYZ, NULL, NULL) + energy_at(torsion, XYZ, NULL, NULL) +
                   energy_at(others, XYZ, NULL, NULL),
               1e-14);
    kind_is_sound(all);
    engine_destroy(&rmsd);
    engine_destroy(&torsion);
    engine_destroy(&others);
    engine_destroy(&all);
}

/// dV/dt at fixed positions is what the rate says, of a moving restraint and of structures that come in.
static void rates_are_slopes_in_time(void **state)
{
    (void)state;
    BiasOptions options = rmsd_options();
    options.torsion = RESTRAINT;
    options.distance = RESTRAINT;
    Engine *bias = bias_of(options);
    hills_add(bias);
    double rate, e[5];
    energy_at(bias, XYZ, NULL, &rate);
    for (int i = 0; i < 5; i++) {
        bias_set_time(bias, 450.0 + 0.5 * (i - 2));
        e[i] = energy_at(bias, XYZ, NULL, NULL);
    }
    CHECK_NEAR(rate, (e[0] - 8.0 * e[1] + 8.0 * e[3] - e[4]) / 6.0, 1e-14);
    assert_true(fabs(rate) > 1e-8);
    engine_destroy(&bias);
}

/// A hill comes in without a tear: forces at its top stay, and energy and rate change by what is said.
static void new_hills_leave_the_forces(void **state)
{
    (void)state;
    BiasOptions options = rmsd_options();
    options.torsion = options.distance = HILLS;
    Engine *bias = bias_of(options);
    hills_add(bias);
    double before[N_ATOMS][3], after[N_ATOMS][3], rate_before, rate_after;
    const double energy = energy_at(bias, XYZ, before, &rate_before);
    const BiasChange change = bias_add_hills(bias, 50, XYZ);
    assert_true(change.energy > 1e-5 && change.energy < 2e-3);
    CHECK_NEAR(energy_at(bias, XYZ, after, &rate_after), energy + change.energy, 1e-15);
    CHECK_NEAR(rate_after, rate_before + change.rate, 1e-18);
    for (size_t a = 0; a < N_ATOMS; a++)
        for (int x = 0; x < 3; x++)
            CHECK_NEAR(after[a][x], before[a][x], 1e-16);
    engine_destroy(&bias);
}

/// The height of the second hill at the same place is that of the first times exp(-h / (kT (factor - 1))).
static void tempered_hills_become_smaller(void **state)
{
    (void)state;
    Engine *bias = bias_of((BiasOptions){.torsion = HILLS});
    bias_add_hills(bias, 0, XYZ);
    bias_add_hills(bias, 10, XYZ);
    CHECK_NEAR(bias_hill(bias, 0).height, 1e-3, 1e-18);
    CHECK_NEAR(bias_hill(bias, 1).height, 1e-3 * exp(-1e-3 / (300.0 * HARTREE_PER_KELVIN * 7.0)),
               1e-15);
    assert_int_equal(bias_add_hills(bias, 15, XYZ).energy != 0.0, 0);
    assert_int_equal(bias_n_hills(bias), 2);
    engine_forget(bias);
    assert_int_equal(bias_n_hills(bias), 0);
    engine_destroy(&bias);
}

/// Restraints go round by the way that they are told: 350 degrees in all here, not the 10 backwards.
static void moving_restraints_go_the_way_they_are_told(void **state)
{
    (void)state;
    BiasVariable turn = RESTRAINT;
    turn.at = 0.0;
    turn.to = 350.0 * 3.14159265358979323846 / 180.0;
    Engine *bias = bias_of((BiasOptions){.torsion = turn});
    bias_set_time(bias, 500.0);
    CHECK_NEAR(bias_of_variable(bias, "torsion", 0.5 * turn.to), 0.0, 1e-18);
    bias_set_time(bias, 5000.0);
    CHECK_NEAR(bias_of_variable(bias, "torsion", turn.to - 2.0 * 3.14159265358979323846), 0.0,
               1e-18);
    engine_destroy(&bias);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walls_are_slopes),
        cmocka_unit_test(restraints_are_slopes),
        cmocka_unit_test(hills_are_slopes),
        cmocka_unit_test(pushes_from_structures_are_slopes),
        cmocka_unit_test(all_kinds_together_are_their_sum),
        cmocka_unit_test(rates_are_slopes_in_time),
        cmocka_unit_test(new_hills_leave_the_forces),
        cmocka_unit_test(tempered_hills_become_smaller),
        cmocka_unit_test(moving_restraints_go_the_way_they_are_told),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
