#include "report/frame_series.h"

/// Speed of light, cm/ps: a wavenumber times it is a frequency.
static const double CM_PER_PS = 0.0299792458;

double series_wavenumber(const FrameSeries *series, size_t k)
{
    return (double)k / ((double)series->velocities.length * series->sample_ps * CM_PER_PS);
}

double series_resolution(const FrameSeries *series)
{
    return 1.44 * series_wavenumber(series, 1);
}

double series_limit(const FrameSeries *series)
{
    return series_wavenumber(series, series->velocities.length / 2);
}

static void area_to_one(size_t n, double step, double *values)
{
    double sum = 0.0;
    for (size_t k = 0; k < n; k++)
        sum += values[k] * step;
    for (size_t k = 0; k < n && sum > 0.0; k++)
        values[k] /= sum;
}

void series_spectra(const FrameSeries *series, double *states, double *infrared)
{
    const size_t n = series->velocities.length / 2 + 1;
    const double step = series_wavenumber(series, 1);
    for (size_t k = 0; k < n; k++) {
        const double nu = series_wavenumber(series, k);
        states[k] = series->velocities.power[k];
        infrared[k] = series->dipoles.length > 0 ? nu * nu * series->dipoles.power[k] : 0.0;
    }
    area_to_one(n, step, states);
    area_to_one(n, step, infrared);
}
