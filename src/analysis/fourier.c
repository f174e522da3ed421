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

void fourier_phases(size_t n, double (*phases)[2])
{
    for (size_t k = 0; k < n / 2; k++) {
        const double angle = -PI * (double)k / (double)(n / 2);
        phases[k][0] = cos(angle);
        phases[k][1] = sin(angle);
    }
}

/// Joins two transforms of length m, one behind the other, to that of their numbers in turn; every is how many phases
/// lie between two of a transform of length 2 m.
static void halves_join(size_t m, size_t every, const double (*phases)[2], double (*x)[2])
{
    for (size_t k = 0; k < m; k++) {
        const double c = phases[k * every][0], s = phases[k * every][1];
        double *const a = x[k], *const b = x[k + m];
        const double re = c * b[0] - s * b[1], im = c * b[1] + s * b[0];
        b[0] = a[0] - re;
        b[1] = a[1] - im;
        a[0] += re;
        a[1] += im;
    }
}

void fourier_transform(size_t n, const double (*phases)[2], double (*x)[2])
{
    bits_reverse(n, x);
    for (size_t m = 1; m < n; m *= 2)
        for (size_t i = 0; i < n; i += 2 * m)
            halves_join(m, n / 2 / m, phases, x + i);
}
