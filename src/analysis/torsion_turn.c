#include "analysis/torsion_turn.h"

#include <math.h>
#include <string.h>

#include "analysis/torsions.h"
#include "base/vec3.h"

static const double LINE = 1e-3; // sine of an angle that has no plane

static double sine_between(const double (*xyz)[3], size_t a, size_t b, size_t c)
{
    double u[3], v[3], cross[3];
    vec3_difference(xyz[a], xyz[b], u);
    vec3_difference(xyz[c], xyz[b], v);
    vec3_cross(u, v, cross);
    return vec3_norm(cross) / (vec3_norm(u) * vec3_norm(v));
}

/// Marks the atoms that hang on c when the bond b-c is cut. False if b is among them.
static bool side_find(const Bonds *bonds, size_t b, size_t c, unsigned char *moved)
{
    bool grows = true;
    memset(moved, 0, bonds->n_atoms);
    moved[c] = 1;
    while (grows) {
        grows = false;
        for (size_t i = 0; i < bonds->n_atoms; i++)
            for (size_t j = 0; j < bonds->n_atoms && moved[i]; j++)
                if (!moved[j] && bonds_has(bonds, i, j) && !(i == c && j == b))
                    moved[j] = grows = true;
    }
    return !moved[b];
}

/// Rotation about an axis of length 1 through a point: Rodrigues' formula.
static void turn(const double axis[3], const double through[3], double angle, double xyz[3])
{
    double r[3], cross[3];
    vec3_difference(xyz, through, r);
    vec3_cross(axis, r, cross);
    const double along = vec3_dot(axis, r), c = cos(angle), s = sin(angle);
    for (int x = 0; x < 3; x++)
        xyz[x] = through[x] + c * r[x] + s * cross[x] + (1.0 - c) * along * axis[x];
}

bool torsion_turn(const Bonds *bonds, const size_t torsion[4], double angle, unsigned char *moved,
                  double (*xyz)[3])
{
    const double(*now)[3] = (const double(*)[3])xyz;
    const size_t b = torsion[1], c = torsion[2];
    double cosine, sine, axis[3];
    if (!bonds_has(bonds, b, c) || !side_find(bonds, b, c, moved) || moved[torsion[0]] ||
        !moved[torsion[3]] || sine_between(now, torsion[0], b, c) < LINE ||
        sine_between(now, b, c, torsion[3]) < LINE)
        return false;
    torsion_angle(now, torsion, &cosine, &sine);
    vec3_difference(xyz[c], xyz[b], axis);
    const double length = vec3_norm(axis);
    for (int x = 0; x < 3; x++)
        axis[x] /= length;
    const double by = angle - atan2(sine, cosine);
    for (size_t i = 0; i < bonds->n_atoms; i++)
        if (moved[i] && i != c)
            turn(axis, xyz[b], by, xyz[i]);
    return true;
}
