#include "analysis/fourier.h"

#include <math.h>

static const double PI = 3.14159265358979323846;

/// Puts element j where the bits of j, read backwards, point.
static void bits_reverse(size_t n, double (*x)[2])
{
    for (size_t i = 1, j = 0; i < n; i++) {
        size_t bit = n >> 1;
        for (; j & bit; bit >>= 1)
            j ^= bit;
        j ^= bit;
        if (i >= j)
            continue;
        for (int c = 0; c < 2; c++) {
            const double kept = x[i][c];
            x[i][c] = x[j][c];
            x[j][c] = kept;
        }
    }
}

/// Joins the transforms of halves of length m to those of length 2 m, at phase k of all of them.
static void halves_join(size_t n, size_t m, size_t k, double (*x)[2])
{
    const double angle = -PI * (double)k / (double)m;
    const double c = cos(angle), s = sin(angle);
    for (size_t i = k; i < n; i += 2 * m) {
        double *const a = x[i], *const b = x[i + m];
        const double re = c * b[0] - s * b[1], im = c * b[1] + s * b[0];
        b[0] = a[0] - re;
        b[1] = a[1] - im;
        a[0] += re;
        a[1] += im;
    }
}

void fourier_transform(size_t n, double (*x)[2])
{
    bits_reverse(n, x);
    for (size_t m = 1; m < n; m *= 2)
        for (size_t k = 0; k < m; k++)
            halves_join(n, m, k, x);
}
