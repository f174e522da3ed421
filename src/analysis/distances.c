#include "analysis/distances.h"

#include <math.h>
#include <stdbool.h>

#include "base/vec3.h"
#include "data/parameters.h"

static const double LONG_RATIO = 1.4, SHORT_RATIO = 0.66;
/// Of two hydrogen atoms: one electron binds them at 1.06 angstrom, 1.65 times the sum of their radii; H2 whose 1.40 bohr are
/// taken as angstrom has 2.2 times.
static const double LONG_RATIO_HYDROGEN = 1.9;

DistanceKind distances_look(size_t n_atoms, const int *numbers, const double (*xyz)[3],
                            double angstrom, double *largest)
{
    double least = INFINITY;
    *largest = 0.0;
    for (size_t a = 0; a < n_atoms; a++) {
        double nearest = INFINITY, nearest_bond = INFINITY;
        for (size_t b = 0; b < n_atoms; b++) {
            double d[3];
            if (b == a)
                continue;
            vec3_difference(xyz[a], xyz[b], d);
            const double radii =
                gfn2_element(numbers[a])->cov_rad + gfn2_element(numbers[b])->cov_rad;
            const double ratio = vec3_norm(d) / (radii * angstrom);
            const bool hydrogen = numbers[a] == 1 && numbers[b] == 1;
            nearest = fmin(nearest, ratio);
            nearest_bond =
                fmin(nearest_bond, hydrogen ? ratio * LONG_RATIO / LONG_RATIO_HYDROGEN : ratio);
        }
        least = fmin(least, nearest_bond);
        *largest = fmax(*largest, nearest);
    }
    if (n_atoms < 2)
        return DISTANCES_USUAL;
    return least > LONG_RATIO       ? DISTANCES_LONG
           : *largest < SHORT_RATIO ? DISTANCES_SHORT
                                    : DISTANCES_USUAL;
}
