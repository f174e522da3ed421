#include "proof/statistics.h"

#include <math.h>
#include <stdlib.h>

double gamma_below(int half_shape, double x)
{
    // P(s + 1, x) = P(s, x) - x^s exp(-x) / Gamma(s + 1), from P(1/2) or P(1).
    double s = half_shape % 2 == 1 ? 0.5 : 1.0;
    double below = half_shape % 2 == 1 ? erf(sqrt(x)) : -expm1(-x);
    for (; 2.0 * s + 0.5 < half_shape; s += 1.0)
        below -= exp(s * log(x) - x - lgamma(s + 1.0));
    return below;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double kolmogorov_smirnov(double *values, size_t n, int half_shape)
{
    qsort(values, n, sizeof *values, by_size);
    double distance = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double below = gamma_below(half_shape, values[i]);
        distance = fmax(distance,
                        fmax(below - (double)i / (double)n, ((double)i + 1.0) / (double)n - below));
    }
    const double root = sqrt((double)n), lambda = (root + 0.12 + 0.11 / root) * distance;
    if (lambda < 0.2)
        return 1.0; // where the series is slow, p is 1 to more than ten digits
    double p = 0.0;
    for (int j = 1; j <= 100; j++)
        p += (j % 2 == 1 ? 2.0 : -2.0) * exp(-2.0 * j * j * lambda * lambda);
    return p;
}

SeriesMean series_mean(const double *values, size_t n)
{
    double mean = 0.0, variance = 0.0;
    for (size_t i = 0; i < n; i++)
        mean += values[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        variance += (values[i] - mean) * (values[i] - mean) / (double)n;
    double tau = 0.5;
    for (size_t lag = 1; lag < n / 2 && (double)lag < 6.0 * tau; lag++) {
        double sum = 0.0;
        for (size_t i = 0; i + lag < n; i++)
            sum += (values[i] - mean) * (values[i + lag] - mean);
        tau += sum / ((double)(n - lag) * variance);
    }
    return (SeriesMean){mean, sqrt(2.0 * tau * variance / (double)n), tau};
}

BoltzmannRatio boltzmann_ratio(const double *first, const double *second, size_t n)
{
    // Newton's method on the logarithm of the likelihood in a and b, energies about their middle.
    double middle = 0.0;
    for (size_t i = 0; i < n; i++)
        middle += 0.5 * (first[i] + second[i]) / (double)n;
    double a = 0.0, b = 0.0, aa = 1.0, ab = 0.0, bb = 1.0;
    for (int round = 0; round < 50; round++) {
        double ga = 0.0, gb = 0.0;
        aa = ab = bb = 0.0;
        for (size_t i = 0; i < 2 * n; i++) {
            const double e = (i < n ? first[i] : second[i - n]) - middle;
            const double p = 1.0 / (1.0 + exp(-(a - b * e))); // that this value is of the second
            const double off = (i < n ? 0.0 : 1.0) - p, weight = p * (1.0 - p);
            ga += off;
            gb -= off * e;
            aa += weight;
            ab -= weight * e;
            bb += weight * e * e;
        }
        const double determinant = aa * bb - ab * ab;
        const double step_a = (bb * ga - ab * gb) / determinant;
        const double step_b = (aa * gb - ab * ga) / determinant;
        a += step_a;
        b += step_b;
        if (fabs(step_b) <= 1e-12 * fabs(b))
            break;
    }
    return (BoltzmannRatio){b, sqrt(aa / (aa * bb - ab * ab))};
}
