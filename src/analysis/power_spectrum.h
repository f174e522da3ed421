#ifndef ANALYSIS_POWER_SPECTRUM_H
#define ANALYSIS_POWER_SPECTRUM_H

#include "base/context.h"

/// The power spectrum of several series that belong together, such as the velocities of all atoms,
///
///     P_k = sum_d w_d  < | sum_j h_j (x_d,j - mean) exp(-2 pi i j k / n) |^2 >,     k = 0 ... n/2
///
/// averaged over segments of n samples that overlap by half (Welch, IEEE Trans. Audio Electroacoust. 15, 70 (1967),
/// 10.1109/TAU.1967.1161901), with Hann's window h_j = sin^2(pi j / n). With w_d the masses and x the velocities it is
/// the vibrational density of states; of dipoles, times the square of the frequency, the infrared spectrum in the
/// classical limit (McQuarrie, Statistical Mechanics, ch. 21; harmonic quantum correction). A line is 1.44 / (n dt)
/// wide at half its height, and what is faster than 1 / (2 dt) appears folded back below it.
///
/// Samples come one after another; memory does not depend on their number.

typedef struct {
    size_t length; ///< n, a power of two
    size_t dims;   ///< series
    size_t held;   ///< samples in the segment
    size_t n_segments;
    float *segment;      ///< [dims][length]
    double *weight;      ///< [dims]
    double (*work)[2];   ///< [length]
    double *window;      ///< [length] h_j
    double (*phases)[2]; ///< [length / 2] of the Fourier transform
    double *power;       ///< [length / 2 + 1] sums over the segments
} PowerSpectrum;

/// @param samples  how many there will be, at least 2
/// @param longest  the most samples of a segment that are wanted; both are rounded down to a power of two
/// @param weight   [dims], copied; NULL: 1
/// Fails with QMT_ERR_MEMORY.
QmtStatus power_spectrum_begin(QmtContext *ctx, size_t samples, size_t longest, size_t dims,
                               const double *weight, PowerSpectrum *spectrum);
/// Adds a sample x [dims].
void power_spectrum_add(PowerSpectrum *spectrum, const double *x);
/// Divides by the number of segments. All zero if no segment was full.
void power_spectrum_finish(PowerSpectrum *spectrum);
void power_spectrum_release(PowerSpectrum *spectrum);

#endif
