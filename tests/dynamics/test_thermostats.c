#include "base/vec3.h"
#include "dynamics/molecules.h"
#include "dynamics/motion.h"
#include "md/md.h"
#include "md/observables.h"
#include "md/shadow_energy.h"
#include "md/thermostat_interval.h"
#include "support/md_run.h"

#include <stdlib.h>
#include <string.h>

/// Every thermostat on a molecule whose distributions are known: three atoms, a harmonic bond and one with a double
/// well of twice kT. Atoms 1 and 2 do not feel each other, so that each bond length has p(R) ~ R^2 exp(-V(R)/kT),
/// and the kinetic energy, the centre of mass being at rest, is Gamma-distributed with shape 3.

enum {
    N = 3,
    DOF = 3 * N - 3,
    LOOKS = 2000,
    LOOKS_BEFORE = 20,
    STEPS_LEAST = 2000,
    STEPS_SPREAD = 2000
};

static const double KELVIN = 300.0, BARRIER = 0.0019, R0 = 2.5, CURVATURE = 0.0608;
/// A light atom in the middle couples the bonds.
static const double MASS[N] = {1.008, 15.999, 12.011};
static const double XYZ[N][3] = {{0.0, 0.0, 0.0}, {1.81, 0.0, 0.0}, {-0.45, 2.9, 0.0}};
static const ModelBond BONDS[] = {{0, 1, 0.05, 1.81, 0.0}, {0, 2, CURVATURE, R0, -BARRIER}};

typedef struct {
    double kinetic[LOOKS], harmonic[LOOKS], double_well[LOOKS]; // kT, bohr
} Looks;

static double length(const Motion *motion, size_t a)
{
    double d[3];
    vec3_difference(motion->now.xyz[0], motion->now.xyz[a], d);
    return vec3_norm(d);
}

static void motion_make(Motion *motion, const Thermostat *thermostat, void *kept, double time_fs)
{
    const ModelOptions options = BONDS_OF(BONDS);
    motion_begin(motion, &options, N, MASS, XYZ);
    motion->settings.dt = 0.5 / FS_PER_AUT;
    motion->settings.rate = FS_PER_AUT / time_fs;
    motion->settings.noise_interval = thermostat_interval(1e3 / time_fs);
    motion->settings.dof = DOF;
    motion->settings.thermostat = thermostat;
    motion->settings.thermostat_kept = kept;
    motion_heat(motion, KELVIN);
}

/// Scaling leaves vibrations their phase: looks at equal distances would see the same one again and again.
static int steps_to_next(int look)
{
    const RandomKey key = {.seed = 7};
    double u[4];
    random_uniforms(&key, (uint64_t)(look + LOOKS_BEFORE), 0, RANDOM_SPLIT, u);
    return STEPS_LEAST + (int)(STEPS_SPREAD * u[0]);
}

static void look(const Thermostat *thermostat, Looks *looks)
{
    Motion motion;
    unsigned char kept[256] = {0};
    assert_true(thermostat->kept_size <= sizeof kept);
    motion_make(&motion, thermostat, kept, 25.0);
    for (int i = -LOOKS_BEFORE; i < LOOKS; i++) {
        for (int k = steps_to_next(i); k > 0; k--)
            motion_step(&motion, &integrator_baoab);
        if (i < 0)
            continue;
        looks->kinetic[i] = motion.now.at.kinetic / motion.settings.kt;
        looks->harmonic[i] = length(&motion, 1);
        looks->double_well[i] = length(&motion, 2);
    }
    motion_end(&motion);
}

static double kinetic_below(double x)
{
    return 1.0 - exp(-x) * (1.0 + x + 0.5 * x * x);
}

static double weight(double r, bool harmonic)
{
    const double x = r - (harmonic ? BONDS[0].r0 : R0), y = x * x * CURVATURE / (8.0 * BARRIER);
    const double v = harmonic ? 0.5 * BONDS[0].k * x * x : BARRIER * (y - 1.0) * (y - 1.0);
    return r * r * exp(-v / (KELVIN * HARTREE_PER_KELVIN));
}

enum { GRID = 4000 };
static const double GRID_END = 5.0; // bohr

/// Part of the distribution of a bond length below r.
static double length_below(double r, bool harmonic)
{
    static double below[2][GRID + 1];
    double *const sum = below[harmonic];
    for (int i = 0; i < GRID && sum[GRID] == 0.0; i++)
        sum[i + 1] = sum[i] + weight((i + 0.5) * GRID_END / GRID, harmonic);
    const double at = r / GRID_END * GRID;
    const int i = at >= GRID ? GRID - 1 : (int)at;
    return (sum[i] + (at - i) * (sum[i + 1] - sum[i])) / sum[GRID];
}

static double harmonic_below(double r)
{
    return length_below(r, true);
}

static double double_well_below(double r)
{
    return length_below(r, false);
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/// Correlation of one look with the next, which scatters by 1/sqrt(LOOKS).
static double correlation(const double *values)
{
    double mean = 0.0, square = 0.0, product = 0.0;
    for (int i = 0; i < LOOKS; i++)
        mean += values[i] / LOOKS;
    for (int i = 0; i < LOOKS; i++)
        square += (values[i] - mean) * (values[i] - mean);
    for (int i = 1; i < LOOKS; i++)
        product += (values[i] - mean) * (values[i - 1] - mean);
    return product / square;
}

static void check_distribution(const char *what, double *values, double (*below)(double))
{
    const double next = correlation(values);
    double distance = 0.0;
    qsort(values, LOOKS, sizeof *values, by_size);
    for (int i = 0; i < LOOKS; i++) {
        const double x = below(values[i]);
        distance = fmax(distance, fmax(x - (double)i / LOOKS, (i + 1.0) / LOOKS - x));
    }
    // Of looks that know a little of the one before, fewer are independent.
    const double n = LOOKS * (1.0 - fmax(next, 0.0)) / (1.0 + fmax(next, 0.0));
    print_message("%s: Kolmogorov-Smirnov D sqrt(n) = %.2f (p = 0.01 at 1.63), correlation %.3f\n",
                  what, distance * sqrt(n), next);
    assert_true(fabs(next) < 0.3);
    assert_true(distance * sqrt(n) < 1.63);
}

static void distributions_are_canonical(const Thermostat *thermostat)
{
    static Looks looks;
    look(thermostat, &looks);
    print_message("%s\n", thermostat->name);
    check_distribution("  kinetic energy", looks.kinetic, kinetic_below);
    check_distribution("  harmonic bond", looks.harmonic, harmonic_below);
    check_distribution("  double well", looks.double_well, double_well_below);
}

static void distributions_of_langevin_are_canonical(void **state)
{
    (void)state;
    distributions_are_canonical(&THERMOSTAT_LANGEVIN);
}

static void distributions_of_bussi_are_canonical(void **state)
{
    (void)state;
    distributions_are_canonical(&THERMOSTAT_BUSSI);
}

static void distributions_of_nose_hoover_are_canonical(void **state)
{
    (void)state;
    distributions_are_canonical(&THERMOSTAT_NOSE_HOOVER);
}

/// What dynamics conserves less what the bath gave, with all errors of the heat: kJ/mol/ps per atom over 25 ps.
static void energy_less_heat_is_conserved(void **state)
{
    (void)state;
    const Thermostat *thermostat;
    for (size_t row = 0; (thermostat = thermostat_at(row)) != NULL; row++) {
        Motion motion;
        ShadowEnergy watch = {0};
        Arena arena = {0};
        unsigned char kept[256] = {0};
        motion_make(&motion, thermostat, kept, 500.0);
        motion.settings.dt = 0.25 / FS_PER_AUT;
        shadow_energy_layout(&watch, &arena, N);
        assert_int_equal(arena_reserve(motion.ctx, &arena), QMT_OK);
        shadow_energy_layout(&watch, &arena, N);
        shadow_energy_begin(&watch, &motion.now);
        for (int i = 0; i < 100000; i++) {
            const MdState before = motion.now;
            motion_step(&motion, &integrator_baoab);
            shadow_energy_add(&watch, motion.mass, motion.settings.dt, &before, &motion.now);
        }
        const double slope =
            line_fit_slope(&watch.shadow) * KJMOL_PER_HARTREE / PS_PER_AUT / (double)N;
        print_message("%s: %.1e kJ/mol/ps per atom, %.1f kJ/mol of heat\n", thermostat->name, slope,
                      motion.now.at.heat * KJMOL_PER_HARTREE);
        assert_true(fabs(slope) < 1e-6);
        assert_true(motion.now.at.heat != 0.0);
        arena_release(&arena);
        motion_end(&motion);
    }
}

/// Steps of 1 fs, in which stiff bonds turn by 40 degrees: no series of differences on one side of an O part holds, and its
/// heat comes from both sides.
static void energy_less_heat_is_conserved_by_long_steps(void **state)
{
    (void)state;
    const ModelOptions model = BONDS_OF(METHANE_BONDS);
    QmtContext *ctx = NULL;
    Engine *engine = NULL;
    Md *md = NULL;
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    assert_int_equal(model_engine_create(ctx, METHANE_ATOMS, &model, &engine), QMT_OK);
    MdOptions options = md_options_default();
    options.optimize = false;
    options.temperature_k = 400.0;
    options.friction_per_ps = 1.0;
    options.dt_fs = 1.0;
    options.length_ps = 100.0;
    options.window_every_ps = 0.0;
    assert_int_equal(md_create(ctx, &options, NULL, engine, METHANE_MASS, METHANE_XYZ, &md),
                     QMT_OK);
    assert_int_equal(md_run(ctx, md), QMT_OK);
    const MdReport report = md_report(md);
    print_message("1 fs: shadow energy %.1e kJ/mol/ps, scatter %.1e; total energy %.1e, %.1e\n",
                  report.shadow_slope_kjmol_ps, report.shadow_rms_kjmol, report.slope_kjmol_ps,
                  report.rms_kjmol);
    // a series on one side leaves a scatter of 0.36
    assert_true(report.shadow_rms_kjmol < 0.03);
    assert_true(fabs(report.shadow_slope_kjmol_ps) < 1e-3);
    md_destroy(&md);
    engine_destroy(&engine);
    qmt_context_destroy(&ctx);
}

/// One O part of nose-hoover: the kinetic energy rises by what the bath's own energy falls, and the heat says so.
static void bath_of_nose_hoover_gives_what_the_atoms_get(void **state)
{
    (void)state;
    Motion motion;
    double kept[32] = {0};
    motion_make(&motion, &THERMOSTAT_NOSE_HOOVER, kept, 10.0);
    double velocity[N][3], worst = 0.0;
    memcpy(velocity, motion.now.velocity, sizeof velocity);
    for (int i = 0; i < 1000; i++) {
        const double full = THERMOSTAT_NOSE_HOOVER.energy(&motion.settings, kept);
        const double cold = velocities_kinetic(N, motion.mass, (const double(*)[3])velocity);
        THERMOSTAT_NOSE_HOOVER.apply(&motion.settings, &motion.now, kept, velocity);
        const double gain = velocities_kinetic(N, motion.mass, (const double(*)[3])velocity) - cold;
        const double loss = full - THERMOSTAT_NOSE_HOOVER.energy(&motion.settings, kept);
        worst = fmax(worst, fabs(gain - loss));
    }
    print_message("worst mismatch %.1e hartree\n", worst);
    assert_true(worst < 1e-12); // sixth order, a tenth of the thermostat's time in ten steps
    motion_end(&motion);
}

/// The mean of the velocities, which is at rest in a molecule, and their directions are none of the bath's business.
static void those_that_scale_keep_momentum_and_directions(void **state)
{
    (void)state;
    const Thermostat *thermostat;
    for (size_t row = 0; (thermostat = thermostat_at(row)) != NULL; row++) {
        Motion motion;
        unsigned char kept[256] = {0};
        if (!thermostat->scales)
            continue;
        motion_make(&motion, thermostat, kept, 25.0);
        double velocity[N][3], before[3], after[3], cross[3];
        for (size_t a = 0; a < N; a++) // moving as a whole, too
            motion.now.velocity[a][1] += 1e-4;
        memcpy(velocity, motion.now.velocity, sizeof velocity);
        velocities_centre_of_mass(N, motion.mass, (const double(*)[3])velocity, before);
        thermostat->apply(&motion.settings, &motion.now, kept, velocity);
        velocities_centre_of_mass(N, motion.mass, (const double(*)[3])velocity, after);
        for (int x = 0; x < 3; x++)
            CHECK_NEAR(after[x], before[x], 1e-17);
        for (size_t a = 0; a < N; a++) {
            double v[3], w[3];
            vec3_difference(motion.now.velocity[a], before, v);
            vec3_difference(velocity[a], before, w);
            vec3_cross(v, w, cross);
            assert_true(vec3_norm(cross) < 1e-15 * vec3_norm(v));
            assert_true(fabs(vec3_norm(w) / vec3_norm(v) - 1.0) > 1e-6);
        }
        motion_end(&motion);
    }
}

/// Exact for any time that an O part stands for: after a long one the kinetic energy is drawn anew from its
/// distribution, whatever it was; with one degree of freedom as with many.
static void bussi_forgets_the_kinetic_energy_in_a_long_block(void **state)
{
    (void)state;
    Motion motion;
    motion_make(&motion, &THERMOSTAT_BUSSI, NULL, 25.0);
    motion.settings.rate = 10.0 / motion.settings.dt;
    motion.settings.noise_interval = 2.0 * motion.settings.dt;
    enum { DRAWS = 20000 };
    for (size_t dof = 1; dof <= 7; dof += 3) {
        double mean = 0.0, square = 0.0;
        motion.settings.dof = dof;
        for (int i = 0; i < DRAWS; i++) {
            double velocity[N][3];
            memcpy(velocity, motion.now.velocity, sizeof velocity);
            motion.now.at.step = (uint64_t)i;
            THERMOSTAT_BUSSI.apply(&motion.settings, &motion.now, NULL, velocity);
            const double k = velocities_kinetic(N, motion.mass, (const double(*)[3])velocity) /
                             motion.settings.kt;
            mean += k / DRAWS;
            square += k * k / DRAWS;
        }
        const double shape = 0.5 * (double)dof;
        print_message("dof %zu: mean %.4f, variance %.4f, both %.1f\n", dof, mean,
                      square - mean * mean, shape);
        CHECK_NEAR(mean, shape, 4.0 * sqrt(shape / DRAWS));
        CHECK_NEAR(square - mean * mean, shape,
                   4.0 * shape * sqrt((2.0 + 6.0 / shape) / DRAWS)); // kurtosis of Gamma
    }
    motion_end(&motion);
}

/// Means of many runs scatter as expected_temperature_spread() says, whatever bath.
static void mean_temperatures_scatter_as_expected(void **state)
{
    (void)state;
    enum { RUNS = 300, STEPS = 4000 };
    const Thermostat *const list[] = {&THERMOSTAT_BUSSI, &THERMOSTAT_NOSE_HOOVER};
    for (size_t t = 0; t < 2; t++) {
        double square = 0.0;
        for (int run = 0; run < RUNS; run++) {
            Motion motion;
            unsigned char kept[256] = {0};
            motion_make(&motion, &THERMOSTAT_LANGEVIN, kept, 25.0);
            motion.settings.key.seed = (uint64_t)run;
            motion_heat(&motion, KELVIN);
            for (int i = 0; i < 1000; i++)
                motion_step(&motion, &integrator_baoab);
            motion.settings.thermostat = list[t];
            motion.settings.rate = FS_PER_AUT / 500.0;
            motion.settings.noise_interval = thermostat_interval(2.0);
            double mean = 0.0;
            for (int i = 0; i < STEPS; i++) {
                motion_step(&motion, &integrator_baoab);
                mean += velocities_temperature(motion.now.at.kinetic, DOF) / STEPS;
            }
            square += (mean - KELVIN) * (mean - KELVIN) / RUNS;
            motion_end(&motion);
        }
        const BlockMean none = {0};
        const TemperatureSpread spread = {
            .rotations = 3, .vibrations = 3, .rate = 2.0, .scales = true, .length = STEPS * 0.5e-3};
        const double expected = expected_temperature_spread(&none, KELVIN, &spread);
        print_message("%s: means scatter by %.1f K, expected %.1f K\n", list[t]->name, sqrt(square),
                      expected);
        // Nose-Hoover swings about the wanted temperature and does better; both are within a factor.
        assert_true(sqrt(square) < 1.3 * expected && sqrt(square) > 0.2 * expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distributions_of_langevin_are_canonical),
        cmocka_unit_test(distributions_of_bussi_are_canonical),
        cmocka_unit_test(distributions_of_nose_hoover_are_canonical),
        cmocka_unit_test(energy_less_heat_is_conserved),
        cmocka_unit_test(energy_less_heat_is_conserved_by_long_steps),
        cmocka_unit_test(bath_of_nose_hoover_gives_what_the_atoms_get),
        cmocka_unit_test(those_that_scale_keep_momentum_and_directions),
        cmocka_unit_test(bussi_forgets_the_kinetic_energy_in_a_long_block),
        cmocka_unit_test(mean_temperatures_scatter_as_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
