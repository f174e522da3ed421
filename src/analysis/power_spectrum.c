#include "analysis/power_spectrum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/fourier.h"

static const double PI = 3.14159265358979323846;

static size_t power_of_two_below(size_t n)
{
    size_t power = 2;
    while (power <= n / 2)
        power *= 2;
    return power;
}

QmtStatus power_spectrum_begin(QmtContext *ctx, size_t samples, size_t longest, size_t dims,
                               const double *weight, PowerSpectrum *spectrum)
{
    const size_t n = power_of_two_below(samples < longest ? samples : longest);
    *spectrum = (PowerSpectrum){.length = n, .dims = dims};
    spectrum->segment = calloc(dims * n + 1, sizeof *spectrum->segment);
    spectrum->weight = calloc(dims + 1, sizeof *spectrum->weight);
    spectrum->work = calloc(n, sizeof *spectrum->work);
    spectrum->power = calloc(n / 2 + 1, sizeof *spectrum->power);
    spectrum->window = calloc(n, sizeof *spectrum->window);
    spectrum->phases = calloc(n / 2, sizeof *spectrum->phases);
    if (spectrum->segment == NULL || spectrum->weight == NULL || spectrum->work == NULL ||
        spectrum->power == NULL || spectrum->window == NULL || spectrum->phases == NULL) {
        power_spectrum_release(spectrum);
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for a spectrum of %zu series", dims);
    }
    for (size_t d = 0; d < dims; d++)
        spectrum->weight[d] = weight != NULL ? weight[d] : 1.0;
    for (size_t j = 0; j < n; j++) {
        const double s = sin(PI * (double)j / (double)n);
        spectrum->window[j] = s * s;
    }
    fourier_phases(n, spectrum->phases);
    return QMT_OK;
}

static void series_add(PowerSpectrum *spectrum, size_t d)
{
    const size_t n = spectrum->length;
    const float *const x = spectrum->segment + d * n;
    double mean = 0.0;
    for (size_t j = 0; j < n; j++)
        mean += x[j];
    mean /= (double)n;
    for (size_t j = 0; j < n; j++) {
        spectrum->work[j][0] = spectrum->window[j] * (x[j] - mean);
        spectrum->work[j][1] = 0.0;
    }
    fourier_transform(n, (const double(*)[2])spectrum->phases, spectrum->work);
    for (size_t k = 0; k <= n / 2; k++)
        spectrum->power[k] += spectrum->weight[d] * (spectrum->work[k][0] * spectrum->work[k][0] +
                                                     spectrum->work[k][1] * spectrum->work[k][1]);
}

void power_spectrum_add(PowerSpectrum *spectrum, const double *x)
{
    const size_t n = spectrum->length;
    for (size_t d = 0; d < spectrum->dims; d++)
        spectrum->segment[d * n + spectrum->held] = (float)x[d];
    if (++spectrum->held < n)
        return;
    for (size_t d = 0; d < spectrum->dims; d++) {
        series_add(spectrum, d);
        memmove(spectrum->segment + d * n, spectrum->segment + d * n + n / 2,
                n / 2 * sizeof *spectrum->segment);
    }
    spectrum->held = n / 2;
    spectrum->n_segments++;
}

void power_spectrum_finish(PowerSpectrum *spectrum)
{
    for (size_t k = 0; k <= spectrum->length / 2 && spectrum->n_segments > 1; k++)
        spectrum->power[k] /= (double)spectrum->n_segments;
}

void power_spectrum_release(PowerSpectrum *spectrum)
{
    free(spectrum->segment);
    free(spectrum->weight);
    free(spectrum->work);
    free(spectrum->power);
    free(spectrum->window);
    free(spectrum->phases);
    *spectrum = (PowerSpectrum){0};
}
