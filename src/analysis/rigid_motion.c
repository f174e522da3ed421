#include "analysis/rigid_motion.h"

#include <math.h>
#include <string.h>

#include "base/vec3.h"

static const double LINEAR = 1e-8; // of the largest moment of inertia

static double dot(size_t n, const double *u, const double *v)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += u[i] * v[i];
    return sum;
}

static void centre_of_mass(size_t n, const double *masses, const double (*xyz)[3], double centre[3])
{
    double total = 0.0;
    memset(centre, 0, 3 * sizeof *centre);
    for (size_t a = 0; a < n; a++) {
        const double m = masses != NULL ? masses[a] : 1.0;
        vec3_add_scaled(m, xyz[a], centre);
        total += m;
    }
    for (int x = 0; x < 3; x++)
        centre[x] /= total;
}

/// Row `axis` becomes the translation along an axis, row 3 + axis the rotation around it.
static void motion_rows(size_t n, const double *masses, const double (*xyz)[3], int axis,
                        double *basis)
{
    double centre[3], unit[3] = {0.0};
    unit[axis] = 1.0;
    centre_of_mass(n, masses, xyz, centre);
    for (size_t a = 0; a < n; a++) {
        const double root = masses != NULL ? sqrt(masses[a]) : 1.0;
        double r[3], turn[3];
        vec3_difference(xyz[a], centre, r);
        vec3_cross(unit, r, turn);
        for (int x = 0; x < 3; x++) {
            basis[(size_t)axis * 3 * n + 3 * a + (size_t)x] = root * unit[x];
            basis[(size_t)(3 + axis) * 3 * n + 3 * a + (size_t)x] = root * turn[x];
        }
    }
}

/// The longest of the rows from `first` on becomes row `first` of length 1, and the others are made orthogonal to it.
/// Returns the square of its length before.
static double row_take(size_t n, size_t first, double *basis)
{
    size_t longest = first;
    double *const to = basis + first * n;
    for (size_t k = first; k < RIGID_MOTIONS_MAX; k++)
        if (dot(n, basis + k * n, basis + k * n) > dot(n, basis + longest * n, basis + longest * n))
            longest = k;
    for (size_t i = 0; i < n && longest != first; i++) {
        const double kept = to[i];
        to[i] = basis[longest * n + i];
        basis[longest * n + i] = kept;
    }
    const double square = dot(n, to, to);
    for (size_t i = 0; i < n && square > 0.0; i++)
        to[i] /= sqrt(square);
    for (size_t k = first + 1; k < RIGID_MOTIONS_MAX; k++) {
        const double along = dot(n, to, basis + k * n);
        for (size_t i = 0; i < n; i++)
            basis[k * n + i] -= along * to[i];
    }
    return square;
}

size_t rigid_motions(size_t n_atoms, const double *masses, const double (*xyz)[3], double *basis)
{
    const size_t n = 3 * n_atoms;
    for (int axis = 0; axis < 3; axis++)
        motion_rows(n_atoms, masses, xyz, axis, basis);
    for (size_t axis = 0; axis < 3; axis++) {
        const double length = sqrt(dot(n, basis + axis * n, basis + axis * n));
        for (size_t i = 0; i < n; i++)
            basis[axis * n + i] /= length;
    }
    // Rotations around the centre of mass are orthogonal to the translations already.
    const double largest = row_take(n, 3, basis);
    if (n_atoms == 1 || !(largest > 0.0))
        return 3;
    (void)row_take(n, 4, basis);
    return row_take(n, 5, basis) > LINEAR * largest ? 6 : 5;
}
