#include "analysis/farthest_points.h"

#include <assert.h>
#include <math.h>

/// Brings the distances up to date with the point that was chosen as number k.
static void chosen_take(size_t n, size_t k, PointDistance distance, const void *set,
                        const size_t *chosen, double *nearest, size_t *place, double *between)
{
    for (size_t c = 0; c < k; c++)
        between[c] = distance(set, chosen[k], chosen[c]);
    for (size_t p = 0; p < n; p++) {
        if (k > 0 && between[place[p]] >= 2.0 * nearest[p])
            continue;
        const double d = distance(set, chosen[k], p);
        if (k == 0 || d < nearest[p]) {
            nearest[p] = d;
            place[p] = k;
        }
    }
    nearest[chosen[k]] = 0.0;
    place[chosen[k]] = k;
}

void farthest_points(size_t n, size_t n_choose, size_t first, PointDistance distance,
                     const void *set, size_t *chosen, double *apart, double *nearest, size_t *place,
                     double *between)
{
    assert(n_choose <= n && first < n);
    for (size_t k = 0; k < n_choose; k++) {
        size_t best = first;
        for (size_t p = 0; p < n && k > 0; p++)
            if (p == 0 || nearest[p] > nearest[best])
                best = p;
        chosen[k] = best;
        apart[k] = k > 0 ? nearest[best] : 0.0;
        chosen_take(n, k, distance, set, chosen, nearest, place, between);
    }
}
