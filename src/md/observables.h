#ifndef MD_OBSERVABLES_H
#define MD_OBSERVABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What is learnt about a trajectory while it runs, in bounded memory and as plain data.

/// A straight line through (t, e) by least squares, updated in place: means and centred sums, so
/// that a long run loses no digits.
typedef struct {
    double n, mean_t, mean_e, tt, te, ee;
} LineFit;

void line_fit_add(LineFit *fit, double t, double e);
/// de/dt; 0 with fewer than two points.
double line_fit_slope(const LineFit *fit);
/// Root mean square distance of the points from the line.
double line_fit_rms(const LineFit *fit);

enum { BLOCK_LEVELS = 40 };

/// Mean of a correlated series and its standard error, by blocking: Flyvbjerg, Petersen, J. Chem.
/// Phys. 91, 461 (1989), 10.1063/1.457480. Level k holds the statistics of means over 2^k values.
typedef struct {
    struct {
        double n, mean, sum_squares; ///< of the finished blocks, centred
        double pending;              ///< first half of the next block above
        double has_pending;
    } level[BLOCK_LEVELS];
} BlockMean;

void block_mean_add(BlockMean *blocks, double value);
double block_mean_value(const BlockMean *blocks);
/// Standard error of the mean, at the first block length B with B^3 > 2 n (g_B)^2, g_B being the
/// statistical inefficiency (twice the integrated autocorrelation time, in steps) seen with it: Lee et
/// al., Phys. Rev. E 83, 066706 (2011), 10.1103/PhysRevE.83.066706. Negative if the series is too
/// short to tell.
double block_mean_error(const BlockMean *blocks);

enum { LOG_BINS_PER_DECADE = 10, LOG_BINS = 200 };

/// Counts of positive values in bins of a tenth of a decade from 1e-19 to 10; others count in the
/// first or last bin. The median comes out right to some 5 %.
typedef struct {
    uint64_t count[LOG_BINS];
} LogHistogram;

void log_histogram_add(LogHistogram *histogram, double value);
/// NaN if it is empty.
double log_histogram_median(const LogHistogram *histogram);

/// Spread of the mean temperatures of such trajectories, kelvin, by chance alone: of a molecule of harmonic vibrations that turns freely, under a
/// Langevin thermostat, with mean square deviation
///
///     (2/dof)^2 T^2 (R/2 g(2 friction length) + V/4 g(friction length)),   g(x) = 2/x - 2/x^2 (1 - exp(-x)),
///
/// since the kinetic energy of a rotation, a square of variance (kT)^2/2, is forgotten at twice the friction and
/// that of a vibration, on the mean of its swings half its energy, of variance (kT)^2/4, at the friction. Without
/// friction g is 1: the spread between runs of constant energy. Where the series itself is long enough to tell and
/// shows more, that.
///
/// A thermostat that scales all velocities at a rate brings back the energy of the whole: of it, of variance
/// (kT)^2 (dof + V)/2, the kinetic part is dof/(dof + V), and the bath acts on that part alone,
///
///     2 T^2/(dof + V) g(rate length dof/(dof + V)).
///
typedef struct {
    size_t rotations, vibrations; ///< R and V, degrees of freedom
    double rate;                  ///< friction, or that of the scaling
    bool scales;                  ///< all velocities by one number
    double length;                ///< of the run; the rate is in the inverse of its unit
} TemperatureSpread;

double expected_temperature_spread(const BlockMean *temperatures, double temperature,
                                   const TemperatureSpread *run);

#endif
