#include "opt/internals.h"

#include <math.h>
#include <string.h>

#include "analysis/rigid_motion.h"
#include "analysis/torsions.h"
#include "base/vec3.h"

static const double STRAIGHT = 3.05; // radian, 175 degrees

static double distance(const double (*xyz)[3], size_t a, size_t b)
{
    double d[3];
    vec3_difference(xyz[a], xyz[b], d);
    return vec3_norm(d);
}

static double angle(const double (*xyz)[3], const size_t atom[3])
{
    double u[3], v[3], cross[3];
    vec3_difference(xyz[atom[0]], xyz[atom[1]], u);
    vec3_difference(xyz[atom[2]], xyz[atom[1]], v);
    vec3_cross(u, v, cross);
    return atan2(vec3_norm(cross), vec3_dot(u, v));
}

static double torsion(const double (*xyz)[3], const size_t atom[4])
{
    double cosine, sine;
    torsion_angle(xyz, atom, &cosine, &sine);
    return atan2(sine, cosine);
}

static const double *direction_row(const Internals *internals, const Internal *item)
{
    return internals->directions + item->direction * 3 * internals->n_atoms;
}

static double along_direction(const Internals *internals, const Internal *item,
                              const double (*xyz)[3])
{
    const double *const direction = direction_row(internals, item);
    double sum = 0.0;
    for (size_t a = 0; a < internals->n_atoms; a++)
        sum += vec3_dot(direction + 3 * a, xyz[a]);
    return sum;
}

void internals_values(const Internals *internals, const double (*xyz)[3], double *values)
{
    for (size_t i = 0; i < internals->n; i++) {
        const Internal *const item = &internals->items[i];
        switch (item->kind) {
        case INTERNAL_BOND:
            values[i] = distance(xyz, item->atom[0], item->atom[1]);
            break;
        case INTERNAL_ANGLE:
            values[i] = angle(xyz, item->atom);
            break;
        case INTERNAL_TORSION:
            values[i] = torsion(xyz, item->atom);
            break;
        case INTERNAL_DIRECTION:
            values[i] = along_direction(internals, item, xyz);
        }
    }
}

void internals_difference(const Internals *internals, const double *a, const double *b, double *out)
{
    const double turn = 2.0 * acos(-1.0);
    for (size_t i = 0; i < internals->n; i++) {
        out[i] = a[i] - b[i];
        if (internals->items[i].kind == INTERNAL_TORSION)
            out[i] -= turn * round(out[i] / turn);
    }
}

size_t internals_rigid(const Internals *internals, const double (*xyz)[3], double *rows)
{
    if (!internals->linear)
        return rigid_motions(internals->n_atoms, NULL, xyz, rows);
    rigid_motions_of_line(internals->n_atoms, NULL, xyz, rows, NULL);
    return 5;
}

bool internals_hold(const Internals *internals, const double (*xyz)[3])
{
    for (size_t i = 0; i < internals->n; i++) {
        const Internal *const item = &internals->items[i];
        if (item->kind == INTERNAL_ANGLE && angle(xyz, item->atom) > STRAIGHT)
            return false;
        if (item->kind == INTERNAL_TORSION &&
            (angle(xyz, item->atom) > STRAIGHT || angle(xyz, item->atom + 1) > STRAIGHT))
            return false;
    }
    // Apart by a factor, so that no molecule goes to and fro.
    const double off_line = rigid_off_line(internals->n_atoms, NULL, xyz);
    return internals->n_atoms < 3 || (internals->linear ? off_line < 2.0 * LINEAR_DISTANCE
                                                        : off_line > 0.5 * LINEAR_DISTANCE);
}

static void bond_row(const double (*xyz)[3], const size_t atom[2], double *row)
{
    const double r = distance(xyz, atom[0], atom[1]);
    for (int x = 0; x < 3; x++) {
        row[x] = (xyz[atom[0]][x] - xyz[atom[1]][x]) / r;
        row[3 + x] = -row[x];
    }
}

/// d(angle)/dr of its ends: (cos e_u - e_v) / (r sin), and of the middle what makes the sum vanish.
static void angle_row(const double (*xyz)[3], const size_t atom[3], double *row)
{
    double u[3], v[3];
    vec3_difference(xyz[atom[0]], xyz[atom[1]], u);
    vec3_difference(xyz[atom[2]], xyz[atom[1]], v);
    const double ru = vec3_norm(u), rv = vec3_norm(v);
    const double cosine = vec3_dot(u, v) / (ru * rv);
    const double sine = fmax(sin(angle(xyz, atom)), 1e-6);
    for (int x = 0; x < 3; x++) {
        row[x] = (cosine * u[x] / ru - v[x] / rv) / (ru * sine);
        row[6 + x] = (cosine * v[x] / rv - u[x] / ru) / (rv * sine);
        row[3 + x] = -row[x] - row[6 + x];
    }
}

/// d(torsion)/dr with F = r0 - r1, G = r1 - r2, H = r3 - r2, A = F x G, B = H x G: Blondel, Karplus, J. Comput. Chem. 17,
/// 1132 (1996), 10.1002/(SICI)1096-987X(19960715)17:9<1132::AID-JCC5>3.0.CO;2-T. Their torsion has the sign of ours.
static void torsion_row(const double (*xyz)[3], const size_t atom[4], double *row)
{
    double f[3], g[3], h[3], a[3], b[3];
    vec3_difference(xyz[atom[0]], xyz[atom[1]], f);
    vec3_difference(xyz[atom[1]], xyz[atom[2]], g);
    vec3_difference(xyz[atom[3]], xyz[atom[2]], h);
    vec3_cross(f, g, a);
    vec3_cross(h, g, b);
    const double aa = fmax(vec3_dot(a, a), 1e-12), bb = fmax(vec3_dot(b, b), 1e-12);
    const double length = vec3_norm(g);
    const double fg = vec3_dot(f, g) / length, hg = vec3_dot(h, g) / length;
    for (int x = 0; x < 3; x++) {
        row[x] = -length * a[x] / aa;
        row[9 + x] = length * b[x] / bb;
        row[3 + x] = -row[x] + fg * a[x] / aa - hg * b[x] / bb;
        row[6 + x] = -row[9 + x] - fg * a[x] / aa + hg * b[x] / bb;
    }
}

void internals_rows(const Internals *internals, const double (*xyz)[3],
                    double (*rows)[INTERNAL_ROW])
{
    for (size_t i = 0; i < internals->n; i++) {
        const Internal *const item = &internals->items[i];
        memset(rows[i], 0, sizeof rows[i]);
        if (item->kind == INTERNAL_BOND)
            bond_row(xyz, item->atom, rows[i]);
        else if (item->kind == INTERNAL_ANGLE)
            angle_row(xyz, item->atom, rows[i]);
        else if (item->kind == INTERNAL_TORSION)
            torsion_row(xyz, item->atom, rows[i]);
    }
}

/// Atoms that a coordinate names.
static size_t atoms_of(const Internal *item)
{
    return item->kind == INTERNAL_DIRECTION ? 0 : 2 + (size_t)item->kind;
}

void internals_forward(const Internals *internals, const double (*rows)[INTERNAL_ROW],
                       const double *dx, double *out)
{
    for (size_t i = 0; i < internals->n; i++) {
        const Internal *const item = &internals->items[i];
        double sum = 0.0;
        for (size_t k = 0; k < atoms_of(item); k++)
            sum += vec3_dot(rows[i] + 3 * k, dx + 3 * item->atom[k]);
        if (item->kind == INTERNAL_DIRECTION)
            sum = along_direction(internals, item, (const double(*)[3])dx);
        out[i] = sum;
    }
}

void internals_back(const Internals *internals, const double (*rows)[INTERNAL_ROW], const double *u,
                    double *out)
{
    memset(out, 0, 3 * internals->n_atoms * sizeof *out);
    for (size_t i = 0; i < internals->n; i++) {
        const Internal *const item = &internals->items[i];
        for (size_t k = 0; k < atoms_of(item); k++)
            vec3_add_scaled(u[i], rows[i] + 3 * k, out + 3 * item->atom[k]);
        if (item->kind == INTERNAL_DIRECTION) {
            const double *const direction = direction_row(internals, item);
            for (size_t k = 0; k < 3 * internals->n_atoms; k++)
                out[k] += u[i] * direction[k];
        }
    }
}

/// out += s row row^T of one coordinate.
static void outer_add(size_t n_x, const Internal *item, const double *row, double s, double *out)
{
    const size_t n = atoms_of(item);
    for (size_t k = 0; k < 3 * n; k++)
        for (size_t l = 0; l < 3 * n; l++)
            out[(3 * item->atom[k / 3] + k % 3) * n_x + 3 * item->atom[l / 3] + l % 3] +=
                s * row[k] * row[l];
}

void internals_metric(const Internals *internals, const double (*rows)[INTERNAL_ROW],
                      const double *diagonal, double *out)
{
    const size_t n_x = 3 * internals->n_atoms;
    memset(out, 0, n_x * n_x * sizeof *out);
    for (size_t i = 0; i < internals->n; i++) {
        const Internal *const item = &internals->items[i];
        outer_add(n_x, item, rows[i], diagonal[i], out);
        if (item->kind != INTERNAL_DIRECTION)
            continue;
        const double *const direction = direction_row(internals, item);
        for (size_t k = 0; k < n_x; k++)
            for (size_t l = 0; l < n_x; l++)
                out[k * n_x + l] += diagonal[i] * direction[k] * direction[l];
    }
}
