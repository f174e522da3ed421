#include "base/vec3.h"
#include "dynamics/motion.h"
#include "md/observables.h"

#include <stdlib.h>
#include <string.h>

/// Water under BAOAB with a strong thermostat, looked at so seldom that looks are independent. The
/// bonds are soft, so that the known error of whole-step velocities, -(omega dt)^2/4, is small.

enum { N = WATER_ATOMS, LOOKS = 20000, STEPS_BETWEEN = 100, DOF = 3 * WATER_ATOMS - 3 };

static const ModelBond SOFT_BONDS[] = {
    {0, 1, 0.05, 1.81, 0.0}, {0, 2, 0.05, 1.81, 0.0}, {1, 2, 0.02, 2.861, 0.0}};
static const double KELVIN = 300.0;

/// Mean number of steps between random parts: the second pass over the tests thins the noise, so that
/// each part takes a quarter of the velocities.
static double noise_steps = 1.0;

static struct {
    double kinetic[LOOKS]; // in kT
    double of_atom[N], turning;
    double mass[N], kt;
} seen;

static int look(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof seen);
    Motion motion;
    const ModelOptions options = BONDS_OF(SOFT_BONDS);
    motion_begin(&motion, &options, N, WATER_MASS, WATER_XYZ);
    motion.settings.dt = 0.5 / FS_PER_AUT;
    motion.settings.rate = 60.0 * PS_PER_AUT;
    motion.settings.noise_interval = noise_steps * motion.settings.dt;
    motion_heat(&motion, KELVIN);
    seen.kt = motion.settings.kt;
    for (int i = -100; i < LOOKS; i++) {
        for (int k = 0; k < STEPS_BETWEEN; k++)
            motion_step(&motion, &integrator_baoab);
        if (i < 0)
            continue;
        const double(*v)[3] = (const double(*)[3])motion.now.velocity;
        seen.kinetic[i] = motion.now.at.kinetic / seen.kt;
        for (size_t a = 0; a < N; a++)
            seen.of_atom[a] += 0.5 * motion.mass[a] * vec3_dot(v[a], v[a]) / seen.kt / LOOKS;

        // What removing the rotation takes away is the energy of turning.
        double still[N][3];
        memcpy(still, motion.now.velocity, sizeof still);
        velocities_remove_rotation(N, motion.mass, (const double(*)[3])motion.now.xyz, false,
                                   still);
        seen.turning += (motion.now.at.kinetic -
                         velocities_kinetic(N, motion.mass, (const double(*)[3])still)) /
                        seen.kt / LOOKS;
    }
    memcpy(seen.mass, motion.mass, sizeof seen.mass);
    motion_end(&motion);
    return 0;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void kinetic_energy_has_mean_and_width_of_its_gamma_distribution(void **state)
{
    (void)state;
    double mean = 0.0, variance = 0.0;
    for (int i = 0; i < LOOKS; i++)
        mean += seen.kinetic[i] / LOOKS;
    for (int i = 0; i < LOOKS; i++)
        variance += (seen.kinetic[i] - mean) * (seen.kinetic[i] - mean) / LOOKS;
    print_message("kinetic energy: mean %.4f of exact, variance %.4f of exact\n",
                  mean / (0.5 * DOF), variance / (0.5 * DOF));
    // Gamma with shape DOF/2: variance DOF/2; the sample variance spreads by sqrt((2 + 12/DOF)/n).
    CHECK_NEAR(mean / (0.5 * DOF), 1.0, 4.0 / sqrt(0.5 * DOF * LOOKS) + 0.005);
    CHECK_NEAR(variance / (0.5 * DOF), 1.0, 4.0 * sqrt((2.0 + 12.0 / DOF) / LOOKS) + 0.01);
}

static void kinetic_energy_passes_kolmogorov_and_smirnov(void **state)
{
    (void)state;
    qsort(seen.kinetic, LOOKS, sizeof *seen.kinetic, by_size);
    double distance = 0.0;
    for (int i = 0; i < LOOKS; i++) {
        // Gamma with shape 3 in closed form.
        const double x = seen.kinetic[i];
        const double below = 1.0 - exp(-x) * (1.0 + x + 0.5 * x * x);
        distance = fmax(distance, fmax(below - (double)i / LOOKS, (i + 1.0) / LOOKS - below));
    }
    assert_int_equal(DOF, 6);
    print_message("kinetic energy: Kolmogorov-Smirnov D sqrt(n) = %.2f (p = 0.01 at 1.63)\n",
                  distance * sqrt(LOOKS));
    assert_true(distance * sqrt(LOOKS) < 1.63);
}

static void energy_is_shared_fairly(void **state)
{
    (void)state;
    double total = 0.0;
    for (size_t a = 0; a < N; a++)
        total += seen.mass[a];
    const double tolerance = 4.0 * sqrt(1.5 / LOOKS); // four standard errors of three squares
    for (size_t a = 0; a < N; a++) {
        // With the centre of mass at rest an atom keeps the share 1 - m/M.
        const double exact = 1.5 * (1.0 - seen.mass[a] / total);
        print_message("atom %zu: %.4f kT, exact %.4f\n", a + 1, seen.of_atom[a], exact);
        CHECK_NEAR(seen.of_atom[a], exact, tolerance);
    }
    print_message("rotation: %.4f kT, exact 1.5\n", seen.turning);
    CHECK_NEAR(seen.turning, 1.5, tolerance);
}

/// The mean of a long run lies within three of the errors that the run itself estimates.
static void mean_temperature_is_within_its_own_error(void **state)
{
    (void)state;
    Motion motion;
    const ModelOptions options = BONDS_OF(METHANE_BONDS);
    motion_begin(&motion, &options, METHANE_ATOMS, METHANE_MASS, METHANE_XYZ);
    motion.settings.dt = 0.25 / FS_PER_AUT;
    motion.settings.rate = 5.0 * PS_PER_AUT;
    motion_heat(&motion, KELVIN);
    enum { STEPS = 400000, METHANE_DOF = 3 * METHANE_ATOMS - 3 };
    BlockMean blocks = {0};
    for (int i = -20000; i < STEPS; i++) {
        motion_step(&motion, &integrator_baoab);
        if (i >= 0)
            block_mean_add(&blocks, velocities_temperature(motion.now.at.kinetic, METHANE_DOF));
    }
    const double error = expected_temperature_spread(
        &blocks, KELVIN, &(TemperatureSpread){3, METHANE_DOF - 3, 5.0, false, STEPS * 0.25e-3});
    print_message("100 ps at 5 /ps: %.1f +- %.1f K\n", block_mean_value(&blocks), error);
    assert_true(error > 1.0 && error < 15.0);
    CHECK_NEAR(block_mean_value(&blocks), KELVIN, 3.0 * error);
    motion_end(&motion);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinetic_energy_has_mean_and_width_of_its_gamma_distribution),
        cmocka_unit_test(kinetic_energy_passes_kolmogorov_and_smirnov),
        cmocka_unit_test(energy_is_shared_fairly),
        cmocka_unit_test(mean_temperature_is_within_its_own_error),
    };
    int failed = cmocka_run_group_tests(tests, look, NULL);
    noise_steps = 8.0;
    failed += cmocka_run_group_tests(tests, look, NULL);
    return failed;
}
