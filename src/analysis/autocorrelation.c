#include "analysis/autocorrelation.h"

#include <math.h>

/// The window is so many times tau, and at most so many steps before pairs are joined; a lag that leaves fewer values
/// than it is long says nothing.
static const double WINDOW = 5.0;
enum { LAG_MAX = 256 };

/// Below this part of the mean square the fluctuation is rounding.
static const double ROUNDING = 1e-24;

/// Takes the mean away; returns the mean square that was there before.
static double mean_remove(size_t n, size_t dims, double *series)
{
    double square = 0.0;
    for (size_t d = 0; d < dims; d++) {
        double sum = 0.0;
        for (size_t i = 0; i < n; i++)
            sum += series[i * dims + d];
        const double mean = sum / (double)n;
        for (size_t i = 0; i < n; i++) {
            square += series[i * dims + d] * series[i * dims + d] / (double)n;
            series[i * dims + d] -= mean;
        }
    }
    return square;
}

/// < x(i) x(i + lag) >
static double correlation(size_t n, size_t dims, const double *series, size_t lag)
{
    const size_t n_products = (n - lag) * dims;
    double sum = 0.0;
    for (size_t i = 0; i < n_products; i++)
        sum += series[i] * series[i + lag * dims];
    return sum / (double)(n - lag);
}

static size_t pairs_join(size_t n, size_t dims, double *series)
{
    for (size_t i = 0; i < n / 2; i++)
        for (size_t d = 0; d < dims; d++)
            series[i * dims + d] =
                0.5 * (series[2 * i * dims + d] + series[(2 * i + 1) * dims + d]);
    return n / 2;
}

/// 1/2 + the sum over the lags up to the window; *settled: it ended within LAG_MAX and half of the series.
static double windowed_sum(size_t n, size_t dims, const double *series, double variance,
                           bool *settled)
{
    double tau = 0.5;
    *settled = false;
    for (size_t lag = 1; lag <= LAG_MAX && 2 * lag < n && !*settled; lag++) {
        tau += correlation(n, dims, series, lag) / variance;
        *settled = (double)lag >= WINDOW * tau;
    }
    return tau;
}

double autocorrelation_time(size_t n, size_t dims, double *series, bool *settled)
{
    bool own;
    bool *const ended = settled != NULL ? settled : &own;
    *ended = true;
    if (n < 2)
        return 0.5;
    const double square = mean_remove(n, dims, series);
    const double variance = correlation(n, dims, series, 0);
    if (!(variance > ROUNDING * square))
        return 0.5;
    // tau of the series = scale * tau of the one that its pairs, and pairs of pairs, make
    double scale = 1.0, now = variance, tau;
    for (;;) {
        tau = windowed_sum(n, dims, series, now, ended);
        if (*ended || n < 4 * LAG_MAX)
            break;
        n = pairs_join(n, dims, series);
        const double joined = correlation(n, dims, series, 0);
        if (!(joined > 0.0))
            break;
        scale *= 2.0 * joined / now;
        now = joined;
    }
    return fmax(0.5, scale * tau);
}
