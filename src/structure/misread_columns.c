#include "structure/misread_columns.h"

#include <math.h>

#include "base/units.h"
#include "base/vec3.h"
#include "data/method.h"

/// Beyond so many atoms a wrong column makes contacts that are refused anyway.
enum { FEWEST_ATOMS = 3, MOST_ATOMS = 500 };

/// Mean of |r / (sum of covalent radii) - 1| over the nearest neighbours: geometries near a minimum have 0.02 to 0.08.
static const double USUAL = 0.12;
/// How much worse the columns that were read must be; those of a stretched molecule have 0.2, and what stands behind them is
/// as good by chance only.
static const double WORSE = 2.0;

/// Column x of an atom in a reading that begins `shift` columns later.
static double column(const Structure *s, const double *last, size_t atom, int x)
{
    return x < 3 ? s->xyz[atom][x] : last[atom];
}

static bool is_constant(const Structure *s, const double *last, int x)
{
    for (size_t a = 1; a < s->n_atoms; a++)
        if (column(s, last, a, x) != column(s, last, 0, x))
            return false;
    return true;
}

static double neighbour_error(const Structure *s, const double *last, int shift)
{
    double sum = 0.0;
    for (size_t a = 0; a < s->n_atoms; a++) {
        double nearest = HUGE_VAL;
        for (size_t b = 0; b < s->n_atoms; b++) {
            double d[3];
            if (b == a)
                continue;
            for (int x = 0; x < 3; x++)
                d[x] = column(s, last, a, x + shift) - column(s, last, b, x + shift);
            const double radii = METHOD_GFN2.element(s->numbers[a]).cov_rad +
                                 METHOD_GFN2.element(s->numbers[b]).cov_rad;
            nearest = fmin(nearest, vec3_norm(d) / (radii * BOHR_PER_ANGSTROM));
        }
        sum += fabs(nearest - 1.0);
    }
    return sum / (double)s->n_atoms;
}

bool columns_are_shifted(const Structure *s, const double *last)
{
    if (s->n_atoms < FEWEST_ATOMS || s->n_atoms > MOST_ATOMS)
        return false;
    const double behind = neighbour_error(s, last, 1);
    if (behind > USUAL)
        return false;
    return (is_constant(s, last, 3) && !is_constant(s, last, 0)) ||
           neighbour_error(s, last, 0) > WORSE * behind;
}
