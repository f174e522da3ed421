#include "vibration/mode_sampling.h"

#include <math.h>
#include <string.h>

#include "base/units.h"
#include "support/check.h"

enum { N_DRAWS = 20000 };

/// Variance of the mass-weighted coordinate of the only mode of two atoms, over many draws, electron masses.
static double variance(double frequency_cm, bool quantum, double temperature_k)
{
    static const double MASSES[2] = {1.0, 4.0}, REST[2][3] = {{0.0, 0.0, 0.0}, {0.0, 0.0, 2.0}};
    double mode[6] = {0.0, 0.0, -0.8, 0.0, 0.0, 0.6}, reduced = 1.0, none = 0.0, sum = 0.0;
    NormalModes modes = {.n_atoms = 2,
                         .n_rigid = 5,
                         .n_modes = 1,
                         .frequency = &frequency_cm,
                         .rigid = &none,
                         .mode = mode,
                         .reduced_mass = &reduced,
                         .intensity = &none};
    const ModeSampling sampling = {
        .temperature_k = temperature_k, .quantum = quantum, .lowest_cm = 10.0};
    const RandomKey key = {.seed = 42, .molecule = 1};
    for (uint64_t draw = 0; draw < N_DRAWS; draw++) {
        double xyz[2][3], q = 0.0;
        mode_sample(&modes, MASSES, REST, &sampling, &key, draw, xyz);
        for (int i = 0; i < 6; i++)
            q += mode[i] * ((&xyz[0][0])[i] - (&REST[0][0])[i]) *
                 sqrt(MASSES[i / 3] * ME_PER_DALTON);
        sum += q * q / N_DRAWS;
    }
    return sum;
}

/// A mean of n squares of normal numbers spreads by sqrt(2/n) = 1 %; four of these.
static void variances_are_those_of_oscillators(void **state)
{
    (void)state;
    for (double cm = 100.0; cm < 4000.0; cm *= 3.0)
        for (double t = 30.0; t < 2000.0; t *= 4.0) {
            const double w = cm / WAVENUMBERS_PER_HARTREE, kt = HARTREE_PER_KELVIN * t;
            const double classical = kt / (w * w);
            const double quantum = 0.5 / w * (1.0 + 2.0 / expm1(w / kt));
            CHECK_NEAR(variance(cm, false, t) / classical, 1.0, 0.04);
            CHECK_NEAR(variance(cm, true, t) / quantum, 1.0, 0.04);
        }
}

/// The coordinate of a draw is the normal number that belongs to it, times the root of the variance: what the means above leave
/// open, 4 %, is not left open here.
static void a_displacement_is_its_number_times_the_spread(void **state)
{
    (void)state;
    static const double REST[1][3] = {{0.0}}, MASS = 2.0;
    double cm = 700.0, mode[3] = {0.0, 1.0, 0.0}, one = 1.0;
    const NormalModes modes = {.n_atoms = 1,
                               .n_modes = 1,
                               .frequency = &cm,
                               .rigid = &one,
                               .mode = mode,
                               .reduced_mass = &one,
                               .intensity = &one};
    const RandomKey key = {.seed = 7, .molecule = 3};
    const double w = cm / WAVENUMBERS_PER_HARTREE;
    for (uint64_t draw = 0; draw < 5; draw++)
        for (double t = 30.0; t < 2000.0; t *= 4.0) {
            const double kt = HARTREE_PER_KELVIN * t;
            double z[3], xyz[1][3];
            ModeSampling sampling = {.temperature_k = t, .lowest_cm = 10.0};
            random_normals(&key, draw, 0, RANDOM_MODES, z);
            mode_sample(&modes, &MASS, REST, &sampling, &key, draw, xyz);
            // Classical, q = z sqrt(kT) / w; rounding of some operations.
            const double root_mass = sqrt(MASS * ME_PER_DALTON);
            CHECK_NEAR(xyz[0][1] * root_mass / (z[0] * sqrt(kt) / w), 1.0, 1e-14);
            sampling.quantum = true;
            mode_sample(&modes, &MASS, REST, &sampling, &key, draw, xyz);
            const double variance_wanted = 0.5 / w / tanh(0.5 * w / kt);
            CHECK_NEAR(xyz[0][1] * root_mass / (z[0] * sqrt(variance_wanted)), 1.0, 1e-14);
        }
}

static void low_and_imaginary_modes_stay_at_rest(void **state)
{
    (void)state;
    assert_true(variance(9.0, true, 300.0) == 0.0);
    assert_true(variance(-500.0, true, 300.0) == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variances_are_those_of_oscillators),
        cmocka_unit_test(a_displacement_is_its_number_times_the_spread),
        cmocka_unit_test(low_and_imaginary_modes_stay_at_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
