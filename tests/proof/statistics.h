#ifndef PROOF_STATISTICS_H
#define PROOF_STATISTICS_H

#include <stddef.h>

/// What samples of a distribution say about it.

/// Probability that a variable of the Gamma distribution with shape half_shape / 2 and scale 1 is below
/// x: for half_shape degrees of freedom, of the kinetic energy over kT.
double gamma_below(int half_shape, double x);

/// p-value of the two-sided test of Kolmogorov and Smirnov of n independent values against
/// gamma_below(). Sorts them. Large-n form; Marsaglia, Tsang, Wang, J. Stat. Softw. 8, 18 (2003),
/// 10.18637/jss.v008.i18.
double kolmogorov_smirnov(double *values, size_t n, int half_shape);

/// Mean of an evenly spaced series and its standard error sqrt(2 tau s^2 / n), where tau, in steps,
/// is the integrated autocorrelation time 1/2 + sum rho(t), summed to the first t >= 6 tau: Sokal, in
/// Functional Integration, Plenum 1997, 131, 10.1007/978-1-4899-0319-8_6.
typedef struct {
    double mean, error, tau;
} SeriesMean;
SeriesMean series_mean(const double *values, size_t n);

/// The ratio of two energy distributions as ln p_2/p_1 = a - b E, b being beta_2 - beta_1 if both are
/// canonical: maximum likelihood, which needs no histogram. Shirts, J. Chem. Theory Comput. 9, 909
/// (2013), 10.1021/ct300688p.
typedef struct {
    double slope, error; ///< b and its standard error for independent values
} BoltzmannRatio;
BoltzmannRatio boltzmann_ratio(const double *first, const double *second, size_t n);

#endif
