#include <math.h>

#include "analysis/fourier.h"
#include "analysis/power_spectrum.h"
#include "support/check.h"

static const double PI = 3.14159265358979323846;

/// The sum of the definition, n^2 steps.
static void sum_is_the_transform(void **state)
{
    (void)state;
    enum { N = 64 };
    double x[N][2], given[N][2], phases[N / 2][2];
    for (int j = 0; j < N; j++) {
        given[j][0] = x[j][0] = sin(0.7 * j * j);
        given[j][1] = x[j][1] = cos(1.3 * j);
    }
    fourier_phases(N, phases);
    fourier_transform(N, (const double(*)[2])phases, x);
    for (int k = 0; k < N; k++) {
        double re = 0.0, im = 0.0;
        for (int j = 0; j < N; j++) {
            const double a = -2.0 * PI * (double)(j * k) / N;
            re += given[j][0] * cos(a) - given[j][1] * sin(a);
            im += given[j][0] * sin(a) + given[j][1] * cos(a);
        }
        // 64 terms of about 1, each rounded to 1e-16
        assert_true(fabs(re - x[k][0]) < 1e-12 && fabs(im - x[k][1]) < 1e-12);
    }
}

static size_t highest(const PowerSpectrum *s)
{
    size_t best = 1;
    for (size_t k = 1; k <= s->length / 2; k++)
        if (s->power[k] > s->power[best])
            best = k;
    return best;
}

/// A harmonic oscillator of 1500 cm-1, sampled every 2 fs.
static void oscillator_has_its_line(void **state)
{
    (void)state;
    QmtContext *ctx = NULL;
    PowerSpectrum s;
    const double per_step = 1500.0 * 0.0299792458 * 0.002; // periods: cm-1 x c in cm/ps x ps
    enum { N = 20000 };
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    assert_int_equal(power_spectrum_begin(ctx, N, 4096, 1, NULL, &s), QMT_OK);
    for (int j = 0; j < N; j++)
        power_spectrum_add(&s, &(double){3.0 + cos(2.0 * PI * per_step * j)});
    power_spectrum_finish(&s);
    assert_int_equal(s.length, 4096);
    assert_int_equal(s.n_segments, 8); // 1 + (20000 - 4096) / 2048, rounded down
    // the line lies between two places: half a place is the most that the highest may be off
    assert_true(fabs((double)highest(&s) - per_step * 4096.0) <= 0.5);
    // Hann's window falls as the cube of the distance: four places away below 1e-3 in power
    assert_true(s.power[highest(&s) + 4] < 1e-3 * s.power[highest(&s)]);
    // The mean 3 is taken away (with it this would be 36), and with it up to 1 / (2 pi 368) of the oscillation, whose
    // segments are no whole number of periods: in power (4e-4 / 0.5)^2 and a margin.
    assert_true(s.power[0] < 1e-5 * s.power[highest(&s)]);
    power_spectrum_release(&s);
    qmt_context_destroy(&ctx);
}

static void weights_count(void **state)
{
    (void)state;
    QmtContext *ctx = NULL;
    PowerSpectrum s;
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    assert_int_equal(power_spectrum_begin(ctx, 1024, 1024, 2, (double[]){1.0, 9.0}, &s), QMT_OK);
    for (int j = 0; j < 1024; j++)
        power_spectrum_add(
            &s, (double[]){cos(2.0 * PI * 100 * j / 1024.0), cos(2.0 * PI * 300 * j / 1024.0)});
    power_spectrum_finish(&s);
    // samples are kept in single precision
    assert_true(fabs(s.power[300] / s.power[100] - 9.0) < 1e-5);
    power_spectrum_release(&s);
    qmt_context_destroy(&ctx);
}

static void too_few_samples_give_nothing(void **state)
{
    (void)state;
    QmtContext *ctx = NULL;
    PowerSpectrum s;
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    assert_int_equal(power_spectrum_begin(ctx, 1, 4096, 1, NULL, &s), QMT_OK);
    power_spectrum_add(&s, &(double){1.0});
    power_spectrum_finish(&s);
    assert_int_equal(s.n_segments, 0);
    assert_true(s.power[0] == 0.0 && s.power[1] == 0.0);
    power_spectrum_release(&s);
    qmt_context_destroy(&ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sum_is_the_transform), cmocka_unit_test(oscillator_has_its_line),
        cmocka_unit_test(weights_count), cmocka_unit_test(too_few_samples_give_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
