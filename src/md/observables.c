#include "md/observables.h"

#include <math.h>

void line_fit_add(LineFit *fit, double t, double e)
{
    fit->n += 1.0;
    const double dt = t - fit->mean_t, de = e - fit->mean_e;
    fit->mean_t += dt / fit->n;
    fit->mean_e += de / fit->n;
    fit->tt += dt * (t - fit->mean_t);
    fit->te += dt * (e - fit->mean_e);
    fit->ee += de * (e - fit->mean_e);
}

double line_fit_slope(const LineFit *fit)
{
    return fit->tt > 0.0 ? fit->te / fit->tt : 0.0;
}

double line_fit_rms(const LineFit *fit)
{
    if (fit->n < 1.0)
        return 0.0;
    return sqrt(fmax(0.0, fit->ee - line_fit_slope(fit) * fit->te) / fit->n);
}

void block_mean_add(BlockMean *blocks, double value)
{
    for (int k = 0; k < BLOCK_LEVELS; k++) {
        blocks->level[k].n += 1.0;
        const double d = value - blocks->level[k].mean;
        blocks->level[k].mean += d / blocks->level[k].n;
        blocks->level[k].sum_squares += d * (value - blocks->level[k].mean);
        if (blocks->level[k].has_pending == 0.0) {
            blocks->level[k].pending = value;
            blocks->level[k].has_pending = 1.0;
            return;
        }
        value = 0.5 * (blocks->level[k].pending + value);
        blocks->level[k].has_pending = 0.0;
    }
}

double block_mean_value(const BlockMean *blocks)
{
    return blocks->level[0].mean;
}

/// Variance of the mean as seen with blocks of level k.
static double variance_of_mean(const BlockMean *blocks, int k)
{
    const double n = blocks->level[k].n;
    return blocks->level[k].sum_squares / (n * (n - 1.0));
}

double block_mean_error(const BlockMean *blocks)
{
    const double n = blocks->level[0].n;
    if (n < 2.0)
        return -1.0;
    const double uncorrelated = variance_of_mean(blocks, 0);
    if (uncorrelated == 0.0)
        return 0.0;
    // Fewer than eight blocks say nothing about their own spread.
    for (int k = 0; k < BLOCK_LEVELS && blocks->level[k].n >= 8.0; k++) {
        const double variance = variance_of_mean(blocks, k);
        const double inefficiency = variance / uncorrelated;
        if (ldexp(1.0, 3 * k) > 2.0 * n * inefficiency * inefficiency)
            return sqrt(variance);
    }
    return -1.0;
}

/// Exponent of ten at which the bins begin.
static const double LOG_BINS_BEGIN = -19.0;

void log_histogram_add(LogHistogram *histogram, double value)
{
    const double place = value > 0.0 ? (log10(value) - LOG_BINS_BEGIN) * LOG_BINS_PER_DECADE : 0.0;
    histogram->count[(size_t)fmin(fmax(place, 0.0), LOG_BINS - 1)]++;
}

double log_histogram_median(const LogHistogram *histogram)
{
    uint64_t total = 0, below = 0;
    for (size_t k = 0; k < LOG_BINS; k++)
        total += histogram->count[k];
    for (size_t k = 0; k < LOG_BINS; k++) {
        const uint64_t count = histogram->count[k];
        if (count > 0 && 2 * (below + count) >= total) {
            // Values are taken to be spread evenly over their bin.
            const double part = (0.5 * (double)total - (double)below) / (double)count;
            return pow(10.0, LOG_BINS_BEGIN + ((double)k + part) / LOG_BINS_PER_DECADE);
        }
        below += count;
    }
    return NAN;
}

/// Variance of a mean over x correlation times of what is forgotten exponentially, in that of one value.
static double variance_left(double x)
{
    // The series: the difference of terms near 1/x^2 would be rounded away.
    return x < 1e-3 ? 1.0 - x / 3.0 : 2.0 / x - 2.0 / (x * x) * (1.0 - exp(-x));
}

/// Variance of the mean of the kinetic energy of a run, in (kT)^2.
static double variance_of_kinetic(const TemperatureSpread *run)
{
    const double rotations = (double)run->rotations, vibrations = (double)run->vibrations;
    const double x = run->rate * run->length;
    if (run->scales) {
        const double dof = rotations + vibrations, share = dof / (dof + vibrations);
        return 0.5 * dof * share * variance_left(share * x);
    }
    return 0.5 * rotations * variance_left(2.0 * x) + 0.25 * vibrations * variance_left(x);
}

double expected_temperature_spread(const BlockMean *temperatures, double temperature,
                                   const TemperatureSpread *run)
{
    const size_t dof = run->rotations + run->vibrations;
    if (dof == 0)
        return 0.0;
    const double chance = 2.0 * temperature * sqrt(variance_of_kinetic(run)) / (double)dof;
    return run->rate * run->length >= 1.0 ? fmax(chance, block_mean_error(temperatures)) : chance;
}
