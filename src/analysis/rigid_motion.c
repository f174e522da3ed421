#include "analysis/rigid_motion.h"

#include <math.h>
#include <string.h>

#include "base/linalg.h"
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

/// Row `place` becomes the translation along a direction, row 3 + place the rotation around it.
static void motion_rows(size_t n, const double *masses, const double (*xyz)[3],
                        const double unit[3], size_t place, double *basis)
{
    double centre[3];
    centre_of_mass(n, masses, xyz, centre);
    for (size_t a = 0; a < n; a++) {
        const double root = masses != NULL ? sqrt(masses[a]) : 1.0;
        double r[3], turn[3];
        vec3_difference(xyz[a], centre, r);
        vec3_cross(unit, r, turn);
        for (size_t x = 0; x < 3; x++) {
            basis[place * 3 * n + 3 * a + x] = root * unit[x];
            basis[(3 + place) * 3 * n + 3 * a + x] = root * turn[x];
        }
    }
}

/// A row of length 1; one of zeros stays.
static void normalise(size_t n, double *row)
{
    const double length = sqrt(dot(n, row, row));
    for (size_t i = 0; i < n && length > 0.0; i++)
        row[i] /= length;
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
    static const double AXES[3][3] = {{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}};
    const size_t n = 3 * n_atoms;
    for (size_t axis = 0; axis < 3; axis++)
        motion_rows(n_atoms, masses, xyz, AXES[axis], axis, basis);
    for (size_t axis = 0; axis < 3; axis++)
        normalise(n, basis + axis * n);
    // Rotations around the centre of mass are orthogonal to the translations already.
    const double largest = row_take(n, 3, basis);
    if (n_atoms == 1 || !(largest > 0.0))
        return 3;
    (void)row_take(n, 4, basis);
    return row_take(n, 5, basis) > LINEAR * largest ? 6 : 5;
}

/// Rows of `axis`, the last one of the least moment of inertia.
static void principal_axes(size_t n, const double *masses, const double (*xyz)[3],
                           double axis[3][3])
{
    double centre[3], tensor[9] = {0.0}, moment[3], work[256];
    int iwork[32];
    centre_of_mass(n, masses, xyz, centre);
    for (size_t a = 0; a < n; a++) {
        const double m = masses != NULL ? masses[a] : 1.0;
        double r[3];
        vec3_difference(xyz[a], centre, r);
        for (int x = 0; x < 3; x++)
            for (int y = 0; y < 3; y++)
                tensor[3 * x + y] += m * ((x == y ? vec3_dot(r, r) : 0.0) - r[x] * r[y]);
    }
    (void)linalg_eigen(NULL, 3, tensor, 3, moment, work, iwork);
    for (int k = 0; k < 3; k++)
        memcpy(axis[k], tensor + 3 * (2 - k), sizeof axis[k]);
}

double rigid_off_line(size_t n_atoms, const double *masses, const double (*xyz)[3])
{
    double axis[3][3], centre[3], largest = 0.0;
    if (n_atoms < 2)
        return 0.0;
    principal_axes(n_atoms, masses, xyz, axis);
    centre_of_mass(n_atoms, masses, xyz, centre);
    for (size_t a = 0; a < n_atoms; a++) {
        double r[3], across[3];
        vec3_difference(xyz[a], centre, r);
        vec3_cross(axis[2], r, across);
        largest = fmax(largest, vec3_norm(across));
    }
    return largest;
}

void rigid_motions_of_line(size_t n_atoms, const double *masses, const double (*xyz)[3],
                           double *basis, double *bend)
{
    const size_t n = 3 * n_atoms;
    double axis[3][3];
    principal_axes(n_atoms, masses, xyz, axis);
    // Rotations around principal axes are orthogonal.
    for (size_t k = 0; k < 3; k++)
        motion_rows(n_atoms, masses, xyz, axis[k], k, basis);
    for (size_t k = 0; k < RIGID_MOTIONS_MAX; k++)
        normalise(n, basis + k * n);
    for (size_t a = 0; a < n_atoms && bend != NULL; a++)
        vec3_cross(axis[2], basis + 5 * n + 3 * a, bend + 3 * a);
}
