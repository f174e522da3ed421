#include "system/atom_order.h"

#include <math.h>

#include "base/units.h"

/// Where local orbitals have fallen off to a thousandth, as a rule.
#define NEAR (10.0 * BOHR_PER_ANGSTROM)
#define LONG_SHARE 0.5

static double distance2(const double *a, const double *b)
{
    const double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
    return x * x + y * y + z * z;
}

/// The atoms by the length of their way from `start`, into order; the shortest way to each atom that is not listed yet
/// is in `way`.
static void list_by_way(size_t n_atoms, const double (*xyz)[3], size_t start, size_t *order,
                        double *way)
{
    for (size_t a = 0; a < n_atoms; a++) {
        order[a] = a;
        way[a] = a == start ? 0.0 : INFINITY;
    }
    for (size_t k = 0; k < n_atoms; k++) {
        size_t next = k;
        for (size_t i = k + 1; i < n_atoms; i++)
            if (way[order[i]] < way[order[next]])
                next = i;
        const size_t here = order[next];
        order[next] = order[k];
        order[k] = here;
        for (size_t i = k + 1; i < n_atoms; i++) {
            const double d2 = distance2(xyz[here], xyz[order[i]]),
                         length = way[here] + d2 * sqrt(d2);
            if (length < way[order[i]])
                way[order[i]] = length;
        }
    }
}

/// Mean share of the list between the first and the last atom that is near another.
static double share_of_near(size_t n_atoms, const double (*xyz)[3], const size_t *order)
{
    double sum = 0.0;
    for (size_t i = 0; i < n_atoms; i++) {
        size_t first = i, last = i;
        for (size_t j = 0; j < n_atoms; j++)
            if (distance2(xyz[order[i]], xyz[order[j]]) < NEAR * NEAR) {
                first = j < first ? j : first;
                last = j > last ? j : last;
            }
        sum += (double)(last + 1 - first);
    }
    return sum / ((double)n_atoms * (double)n_atoms);
}

bool atom_order_along(size_t n_atoms, const double (*xyz)[3], size_t *order, double *work)
{
    // The last atom of a list from anywhere is an end.
    list_by_way(n_atoms, xyz, 0, order, work);
    list_by_way(n_atoms, xyz, order[n_atoms - 1], order, work);
    if (share_of_near(n_atoms, xyz, order) < LONG_SHARE)
        return true;
    for (size_t a = 0; a < n_atoms; a++)
        order[a] = a;
    return false;
}
