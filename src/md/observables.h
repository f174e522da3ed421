#ifndef MD_OBSERVABLES_H
#define MD_OBSERVABLES_H

#include "md/state.h"

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

/// How well energy is conserved: E + K minus the heat of the thermostat, plain and as shadow energy,
///
///     E + K + dt^2 ( v.H.v / 12 - F.M^-1.F / 24 ) - shadow heat,
///
/// which velocity Verlet conserves to fourth order, so that a hundredfold smaller drift can be seen
/// (Gans, Shalloway, Phys. Rev. E 61, 4587 (2000), 10.1103/PhysRevE.61.4587). v.H.v comes from the
/// gradients one step before and one step after: it costs nothing.
typedef struct {
    LineFit plain, shadow; ///< t in atomic units, energies in hartree relative to the first
    double first, worst;   ///< hartree: plain energy at the start, largest deviation from it
    double n_steps;        ///< steps seen
    size_t n_atoms;        ///< of the array
    double (*before)[3];   ///< [n_atoms] gradient one step ago, hartree/bohr
} EnergyWatch;

/// The part of an EnergyWatch that is not an array, for snapshots.
enum { ENERGY_WATCH_PLAIN = offsetof(EnergyWatch, n_atoms) };

void energy_watch_layout(EnergyWatch *watch, Arena *arena, size_t n_atoms);
/// Forgets everything and takes the first point.
void energy_watch_begin(EnergyWatch *watch, const MdState *state);
/// A step from now to next has been made.
void energy_watch_add(EnergyWatch *watch, const double *mass, double dt, const MdState *now,
                      const MdState *next);

/// Expected error of a mean temperature: temperature / sqrt(dof / 2), the spread between runs of
/// constant energy, if the thermostat forgets more slowly (1/friction) than the run is long or the run
/// is too short for statistics; else the standard error of the series. Kelvin.
///
/// @param length    of the run; friction in the inverse of its unit
double expected_temperature_error(const BlockMean *temperatures, double temperature, size_t dof,
                                  double friction, double length);

#endif
