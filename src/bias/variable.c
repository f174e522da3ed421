#include "bias/variable.h"

#include <math.h>
#include <string.h>

#include "base/vec3.h"

static double torsion(const size_t *atoms, const double (*xyz)[3], double (*slope)[3])
{
    double f[3], g[3], h[3], m[3], n[3], mn[3];
    vec3_difference(xyz[atoms[0]], xyz[atoms[1]], f);
    vec3_difference(xyz[atoms[1]], xyz[atoms[2]], g);
    vec3_difference(xyz[atoms[3]], xyz[atoms[2]], h);
    vec3_cross(f, g, m);
    vec3_cross(h, g, n);
    vec3_cross(n, m, mn);
    const double length = vec3_norm(g), mm = vec3_dot(m, m), nn = vec3_dot(n, n);
    if (slope != NULL)
        memset(slope, 0, 4 * sizeof *slope);
    if (!(length > 0.0 && mm > 0.0 && nn > 0.0))
        return 0.0;
    if (slope != NULL) {
        const double fg = vec3_dot(f, g) / (mm * length), hg = vec3_dot(h, g) / (nn * length);
        for (int x = 0; x < 3; x++) {
            const double first = length / mm * m[x], last = length / nn * n[x];
            const double middle = fg * m[x] - hg * n[x];
            slope[0][x] = -first;
            slope[1][x] = first + middle;
            slope[2][x] = -middle - last;
            slope[3][x] = last;
        }
    }
    return atan2(vec3_dot(mn, g) / length, vec3_dot(m, n));
}

static double distance(const size_t *atoms, const double (*xyz)[3], double (*slope)[3])
{
    double d[3];
    vec3_difference(xyz[atoms[0]], xyz[atoms[1]], d);
    const double r = vec3_norm(d);
    if (slope != NULL) {
        memset(slope, 0, 2 * sizeof *slope);
        if (r > 0.0) {
            vec3_add_scaled(1.0 / r, d, slope[0]);
            vec3_add_scaled(-1.0 / r, d, slope[1]);
        }
    }
    return r;
}

const Variable VARIABLE_TORSION = {
    .name = "torsion", .n_atoms = 4, .periodic = true, .value = torsion};
const Variable VARIABLE_DISTANCE = {.name = "distance", .n_atoms = 2, .value = distance};
