#include "md/observables.h"

#include "base/random.h"
#include "support/check.h"

static void a_line_is_found_in_a_long_run(void **state)
{
    (void)state;
    LineFit fit = {0};
    for (int i = 0; i < 100000; i++)
        line_fit_add(&fit, 1e3 + 0.25 * i, -17.0 + 1e-9 * i + (i % 2 == 0 ? 1e-4 : -1e-4));
    // The zigzag itself has a slope of -6 1e-4 / (n^2 0.25) = -2.4e-13.
    CHECK_NEAR(line_fit_slope(&fit), 4e-9 - 2.4e-13, 1e-15);
    CHECK_NEAR(line_fit_rms(&fit), 1e-4, 1e-9);
    const LineFit none = {0};
    assert_true(line_fit_slope(&none) == 0.0 && line_fit_rms(&none) == 0.0);
}

/// The next number of a series of variance 1 that forgets all but f of the one before, as an autoregressive process does.
static double next_of(const RandomKey *key, uint64_t k, int stream, double f, double before)
{
    double z[3];
    random_normals(key, k, (uint64_t)stream, RANDOM_PRODUCTION, z);
    return f * before + sqrt(1.0 - f * f) * z[0];
}

/// A series that forgets as f^k has a mean with variance (1 + f)/(1 - f)/n.
static void the_error_of_a_mean_knows_the_correlation(void **state)
{
    (void)state;
    enum { LENGTH = 1 << 17 };
    const RandomKey key = {.seed = 42};
    static const double FORGET[] = {0.0, 0.9, 0.99};
    for (int i = 0; i < 3; i++) {
        const double f = FORGET[i];
        BlockMean blocks = {0};
        double value = 0.0;
        for (uint64_t k = 0; k < LENGTH; k++) {
            value = next_of(&key, k, i, f, value);
            block_mean_add(&blocks, 300.0 + value);
        }
        const double exact = sqrt((1.0 + f) / (1.0 - f) / LENGTH);
        // The error of the error: blocks of a few hundred values leave some hundred blocks.
        CHECK_NEAR(block_mean_error(&blocks) / exact, 1.0, 0.2);
        CHECK_NEAR(block_mean_value(&blocks), 300.0, 4.0 * exact);
    }
}

/// The same from the series as a whole: the standard deviation of the means of blocks over the root of their number, with
/// the first blocks that are long enough (Lee et al. 2011).
static double error_by_blocks(size_t n, const double *series)
{
    double uncorrelated = 0.0;
    for (size_t length = 1; n / length >= 8; length *= 2) {
        const size_t n_blocks = n / length;
        double mean = 0.0, square = 0.0;
        for (size_t b = 0; b < n_blocks; b++)
            for (size_t i = 0; i < length; i++)
                mean += series[b * length + i] / (double)(n_blocks * length);
        for (size_t b = 0; b < n_blocks; b++) {
            double own = 0.0;
            for (size_t i = 0; i < length; i++)
                own += series[b * length + i] / (double)length;
            square += (own - mean) * (own - mean);
        }
        const double variance = square / (double)(n_blocks * (n_blocks - 1));
        uncorrelated = length == 1 ? variance : uncorrelated;
        const double inefficiency = variance / uncorrelated;
        if (pow((double)length, 3.0) > 2.0 * (double)n * inefficiency * inefficiency)
            return sqrt(variance);
    }
    return -1.0;
}

static void the_error_is_that_of_the_first_blocks_that_are_long_enough(void **state)
{
    (void)state;
    enum { LENGTH = 5000 }; // no power of two
    static double series[LENGTH];
    const RandomKey key = {.seed = 11};
    for (int i = 0; i < 3; i++) {
        const double f = 0.4 * i;
        BlockMean blocks = {0};
        double value = 0.0;
        for (uint64_t k = 0; k < LENGTH; k++) {
            value = next_of(&key, k, i, f, value);
            series[k] = 300.0 + value;
            block_mean_add(&blocks, series[k]);
        }
        const double error = error_by_blocks(LENGTH, series);
        assert_true(error > 0.0);
        // sums of 5000 numbers of 300 with 16 digits, in another order
        CHECK_NEAR(block_mean_error(&blocks) / error, 1.0, 1e-9);
    }
}

static void a_short_series_admits_that_it_cannot_tell(void **state)
{
    (void)state;
    BlockMean blocks = {0};
    assert_true(block_mean_error(&blocks) < 0.0);
    for (int i = 0; i < 200; i++) // one slow wave
        block_mean_add(&blocks, sin(0.02 * i));
    assert_true(block_mean_error(&blocks) < 0.0);
    // Without friction 2 T/dof sqrt(R/2 + V/4); at constant energy nothing turns, which leaves T/sqrt(dof).
    CHECK_NEAR(
        expected_temperature_spread(&blocks, 300.0, &(TemperatureSpread){3, 6, 0.0, false, 30.0}),
        600.0 / 9.0 * sqrt(3.0), 1e-9);
    CHECK_NEAR(
        expected_temperature_spread(&blocks, 300.0, &(TemperatureSpread){0, 9, 0.0, false, 30.0}),
        100.0, 1e-12);
    assert_true(expected_temperature_spread(&blocks, 300.0,
                                            &(TemperatureSpread){0, 0, 1.0, false, 30.0}) == 0.0);
    // The series of g meets its formula.
    CHECK_NEAR(expected_temperature_spread(&blocks, 300.0,
                                           &(TemperatureSpread){3, 6, 9.999e-4, false, 1.0}) /
                   expected_temperature_spread(&blocks, 300.0,
                                               &(TemperatureSpread){3, 6, 1.0001e-3, false, 1.0}),
               1.0, 1e-6);
}

/// The spread of the mean temperature of 400 harmonic oscillators and rotors whose energies are forgotten as the
/// formula says: simulated as the squares of two or one numbers that forget exponentially.
static void chance_spreads_mean_temperatures_as_the_formula_says(void **state)
{
    (void)state;
    enum { RUNS = 400, STEPS = 500, R = 3, V = 9 };
    const RandomKey key = {.seed = 7};
    const double friction = 5.0, length = 5.0, dt = length / STEPS;
    double sum = 0.0, square = 0.0;
    for (uint64_t run = 0; run < RUNS; run++) {
        // A vibration is two such numbers, position and velocity, that forget at half the friction.
        double number[R + 2 * V] = {0.0}, mean = 0.0;
        for (int step = -STEPS; step < STEPS; step++) {
            double energy = 0.0;
            for (int k = 0; k < R + 2 * V; k++) {
                double z[3];
                random_normals(&key, run * 2 * STEPS + (uint64_t)(step + STEPS), (uint64_t)k,
                               RANDOM_PRODUCTION, z);
                const double rate = k < R ? friction : 0.5 * friction, f = exp(-rate * dt);
                number[k] = f * number[k] + sqrt(1.0 - f * f) * z[0];
                energy += (k < R ? 0.5 : 0.25) * number[k] * number[k];
            }
            mean += step >= 0 ? 2.0 * 300.0 * energy / (R + V) / STEPS : 0.0;
        }
        sum += mean;
        square += mean * mean;
    }
    const double spread = sqrt(square / RUNS - sum * sum / RUNS / RUNS);
    const BlockMean none = {0};
    const double expected = expected_temperature_spread(
        &none, 300.0, &(TemperatureSpread){R, V, friction, false, length});
    print_message("spread %.2f K, expected %.2f K\n", spread, expected);
    // A spread of 400 is right to 1/sqrt(800).
    CHECK_NEAR(spread / expected, 1.0, 4.0 / sqrt(2.0 * RUNS));
}

static void the_median_is_found_over_many_decades(void **state)
{
    (void)state;
    LogHistogram histogram = {0};
    assert_true(isnan(log_histogram_median(&histogram)));
    for (int i = 0; i <= 1000; i++)
        log_histogram_add(&histogram, pow(10.0, -12.0 + 0.008 * i)); // 1e-12 to 1e-4
    CHECK_NEAR(log10(log_histogram_median(&histogram)), -8.0, 0.02);
    // What has no logarithm counts as small, what is too large as large.
    for (int i = 0; i < 2000; i++)
        log_histogram_add(&histogram, 0.0);
    assert_true(log_histogram_median(&histogram) < 1e-18);
    for (int i = 0; i < 9000; i++)
        log_histogram_add(&histogram, 1e30);
    assert_true(log_histogram_median(&histogram) > 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_found_in_a_long_run),
        cmocka_unit_test(the_error_of_a_mean_knows_the_correlation),
        cmocka_unit_test(the_error_is_that_of_the_first_blocks_that_are_long_enough),
        cmocka_unit_test(a_short_series_admits_that_it_cannot_tell),
        cmocka_unit_test(chance_spreads_mean_temperatures_as_the_formula_says),
        cmocka_unit_test(the_median_is_found_over_many_decades),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
