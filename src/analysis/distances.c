#include "analysis/distances.h"

#include <math.h>

#include "base/vec3.h"
#include "data/parameters.h"

static const double LONG_RATIO = 1.4, SHORT_RATIO = 0.66;

DistanceKind distances_look(size_t n_atoms, const int *numbers, const double (*xyz)[3],
                            double angstrom, double *largest)
{
    double least = INFINITY;
    *largest = 0.0;
    for (size_t a = 0; a < n_atoms; a++) {
        double nearest = INFINITY;
        for (size_t b = 0; b < n_atoms; b++) {
            double d[3];
            if (b == a)
                continue;
            vec3_difference(xyz[a], xyz[b], d);
            const double radii =
                gfn2_element(numbers[a])->cov_rad + gfn2_element(numbers[b])->cov_rad;
            nearest = fmin(nearest, vec3_norm(d) / (radii * angstrom));
        }
        least = fmin(least, nearest);
        *largest = fmax(*largest, nearest);
    }
    if (n_atoms < 2)
        return DISTANCES_USUAL;
    return least > LONG_RATIO       ? DISTANCES_LONG
           : *largest < SHORT_RATIO ? DISTANCES_SHORT
                                    : DISTANCES_USUAL;
}
