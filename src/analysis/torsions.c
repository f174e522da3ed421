#include "analysis/torsions.h"

#include "base/vec3.h"

/// The lowest partner of an atom besides another one; the number of atoms if there is none.
static size_t partner(const Bonds *bonds, size_t of, size_t besides, size_t nor)
{
    size_t p = 0;
    while (p < bonds->n_atoms && (p == of || p == besides || p == nor || !bonds_has(bonds, of, p)))
        p++;
    return p;
}

size_t torsions_find(const Bonds *bonds, size_t (*torsions)[4], size_t room)
{
    size_t pair = 0, b, c, n = 0;
    while (bonds_next(bonds, &pair, &b, &c)) {
        const size_t a = partner(bonds, b, c, c);
        const size_t d = a < bonds->n_atoms ? partner(bonds, c, b, a) : bonds->n_atoms;
        if (d == bonds->n_atoms)
            continue;
        if (n < room) {
            torsions[n][0] = a;
            torsions[n][1] = b;
            torsions[n][2] = c;
            torsions[n][3] = d;
        }
        n++;
    }
    return n;
}

void torsion_angle(const double (*xyz)[3], const size_t torsion[4], double *cosine, double *sine)
{
    double ab[3], bc[3], cd[3], n1[3], n2[3], m[3];
    vec3_difference(xyz[torsion[1]], xyz[torsion[0]], ab);
    vec3_difference(xyz[torsion[2]], xyz[torsion[1]], bc);
    vec3_difference(xyz[torsion[3]], xyz[torsion[2]], cd);
    vec3_cross(ab, bc, n1);
    vec3_cross(bc, cd, n2);
    vec3_cross(n1, n2, m);
    const double along = vec3_norm(bc);
    const double x = vec3_dot(n1, n2), y = along > 0.0 ? vec3_dot(m, bc) / along : 0.0;
    const double length = sqrt(x * x + y * y);
    *cosine = length > 0.0 ? x / length : 1.0;
    *sine = length > 0.0 ? y / length : 0.0;
}
