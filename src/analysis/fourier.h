#ifndef ANALYSIS_FOURIER_H
#define ANALYSIS_FOURIER_H

#include <stddef.h>

/// The discrete Fourier transform, in place:
///
///     X_k = sum_j x_j exp(-2 pi i j k / n)
///
/// for n a power of two, by halving: Cooley, Tukey, Math. Comput. 19, 297 (1965), 10.1090/S0025-5718-1965-0178586-1.
/// Spectra need no other length.
///
/// @param n       a power of two, at least 1
/// @param phases  [n / 2][2] of fourier_phases()
/// @param x       [n][2] real and imaginary parts
///
/// Cannot fail. Allocates nothing. n log2(n) steps.
void fourier_transform(size_t n, const double (*phases)[2], double (*x)[2]);

/// exp(-2 pi i k / n), k = 0 ... n/2 - 1: real and imaginary parts, which every transform of this length needs.
void fourier_phases(size_t n, double (*phases)[2]);

#endif
