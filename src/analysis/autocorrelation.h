#ifndef ANALYSIS_AUTOCORRELATION_H
#define ANALYSIS_AUTOCORRELATION_H

#include <stdbool.h>
#include <stddef.h>

/// The integrated autocorrelation time of a series x(0), x(1), ... with the autocorrelation function rho(t):
///
///     tau = 1/2 + sum_{t=1}^{W} rho(t),     W the first t >= 5 tau
///
/// in steps of the series. Two values 2 tau apart count as independent: the mean of n values has the variance
/// of n / (2 tau) independent ones. Window: Sokal, in Functional Integration, 131 (1997),
/// 10.1007/978-1-4899-0319-8_6. Where the window would be long, the series is replaced by the means of neighbouring
/// pairs, which leaves the sum as it is: Goodman, Weare, Commun. Appl. Math. Comput. Sci. 5, 65 (2010),
/// 10.2140/camcos.2010.5.65. The time needed is thus linear in n.
///
/// @param n        number of values
/// @param dims     numbers of one value; the function is that of the scalar product, as for (cos, sin) of an angle
/// @param series   [n][dims], destroyed
/// @param settled  false: the series is shorter than the window, and tau is a lower bound; may be NULL
/// @return tau, at least 1/2, which is what uncorrelated and constant series have
///
/// Cannot fail. Allocates nothing.
double autocorrelation_time(size_t n, size_t dims, double *series, bool *settled);

#endif
