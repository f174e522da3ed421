#ifndef ANALYSIS_FARTHEST_POINTS_H
#define ANALYSIS_FARTHEST_POINTS_H

#include <stddef.h>

/// A choice of points that are far from each other: each further point is the one whose nearest chosen point is
/// farthest away. The smallest distance between chosen points is then at least half of what the best choice of
/// as many has: Gonzalez, Theor. Comput. Sci. 38, 293 (1985), 10.1016/0304-3975(85)90224-5.
///
/// Most distances need not be computed: with c the nearest chosen point of p, d(new, c) >= 2 d(p, c) means
/// d(new, p) >= d(p, c) by the triangle inequality, which the distance must obey.

/// Distance of two points of a set.
typedef double (*PointDistance)(const void *set, size_t a, size_t b);

/// Chooses points; the first is point `first`, of equals the one that comes first is taken.
///
/// @param n         points of the set
/// @param n_choose  at most n
/// @param chosen    [n_choose] in the order of their choice
/// @param apart     [n_choose] the distance of each to those before it, falling; of the first: 0
/// @param nearest   [n] scratch, in the end the distance of each point to its nearest chosen one
/// @param place     [n] scratch, in the end the place in `chosen` of that one
/// @param between   [n_choose] scratch
///
/// Cannot fail. Allocates nothing.
void farthest_points(size_t n, size_t n_choose, size_t first, PointDistance distance,
                     const void *set, size_t *chosen, double *apart, double *nearest, size_t *place,
                     double *between);

#endif
