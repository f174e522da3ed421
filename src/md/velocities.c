#include "md/velocities.h"

#include "analysis/rigid_motion.h"
#include "base/units.h"
#include "base/vec3.h"

double velocities_kinetic(size_t n, const double *mass, const double (*velocity)[3])
{
    double sum = 0.0;
    for (size_t a = 0; a < n; a++)
        sum += mass[a] * vec3_dot(velocity[a], velocity[a]);
    return 0.5 * sum;
}

void velocities_momentum(size_t n, const double *mass, const double (*velocity)[3], double p[3])
{
    p[0] = p[1] = p[2] = 0.0;
    for (size_t a = 0; a < n; a++)
        vec3_add_scaled(mass[a], velocity[a], p);
}

static double total_mass(size_t n, const double *mass)
{
    double sum = 0.0;
    for (size_t a = 0; a < n; a++)
        sum += mass[a];
    return sum;
}

void velocities_centre_of_mass(size_t n, const double *mass, const double (*xyz)[3],
                               double centre[3])
{
    velocities_momentum(n, mass, xyz, centre); // the same weighted sum
    const double inverse = 1.0 / total_mass(n, mass);
    for (int x = 0; x < 3; x++)
        centre[x] *= inverse;
}

void velocities_angular_momentum(size_t n, const double *mass, const double (*xyz)[3],
                                 const double (*velocity)[3], double l[3])
{
    double centre[3], drift[3];
    velocities_centre_of_mass(n, mass, xyz, centre);
    velocities_centre_of_mass(n, mass, velocity, drift);
    l[0] = l[1] = l[2] = 0.0;
    for (size_t a = 0; a < n; a++) {
        double r[3], v[3], cross[3];
        vec3_difference(xyz[a], centre, r);
        vec3_difference(velocity[a], drift, v);
        vec3_cross(r, v, cross);
        vec3_add_scaled(mass[a], cross, l);
    }
}

double velocities_temperature(double kinetic, size_t dof)
{
    return dof == 0 ? 0.0 : 2.0 * kinetic / ((double)dof * HARTREE_PER_KELVIN);
}

/// Moments of inertia about the centre of mass: tensor t, symmetric.
static void inertia(size_t n, const double *mass, const double (*xyz)[3], double t[3][3])
{
    double centre[3];
    velocities_centre_of_mass(n, mass, xyz, centre);
    for (int x = 0; x < 3; x++)
        for (int y = 0; y < 3; y++)
            t[x][y] = 0.0;
    for (size_t a = 0; a < n; a++) {
        double r[3];
        vec3_difference(xyz[a], centre, r);
        const double r2 = vec3_dot(r, r);
        for (int x = 0; x < 3; x++)
            for (int y = 0; y < 3; y++)
                t[x][y] += mass[a] * ((x == y ? r2 : 0.0) - r[x] * r[y]);
    }
}

/// One Jacobi rotation that makes t[p][q] zero; the axes are the rows of axis.
static void jacobi_rotate(double t[3][3], double axis[3][3], int p, int q)
{
    if (t[p][q] == 0.0)
        return;
    const double theta = (t[q][q] - t[p][p]) / (2.0 * t[p][q]);
    const double tangent = copysign(1.0, theta) / (fabs(theta) + sqrt(theta * theta + 1.0));
    const double c = 1.0 / sqrt(tangent * tangent + 1.0), s = tangent * c;
    for (int k = 0; k < 3; k++) {
        const double kp = t[k][p], kq = t[k][q];
        t[k][p] = c * kp - s * kq;
        t[k][q] = s * kp + c * kq;
    }
    for (int k = 0; k < 3; k++) {
        const double pk = t[p][k], qk = t[q][k];
        t[p][k] = c * pk - s * qk;
        t[q][k] = s * pk + c * qk;
        const double ap = axis[p][k], aq = axis[q][k];
        axis[p][k] = c * ap - s * aq;
        axis[q][k] = s * ap + c * aq;
    }
}

/// Principal moments and axes (rows); the smallest moment is moment[*smallest]. Eight sweeps of
/// Jacobi rotations leave nothing of a 3 x 3 matrix off the diagonal.
static void principal_axes(size_t n, const double *mass, const double (*xyz)[3], double moment[3],
                           double axis[3][3], int *smallest)
{
    double t[3][3];
    inertia(n, mass, xyz, t);
    for (int x = 0; x < 3; x++)
        for (int y = 0; y < 3; y++)
            axis[x][y] = x == y ? 1.0 : 0.0;
    for (int sweep = 0; sweep < 8; sweep++) {
        jacobi_rotate(t, axis, 0, 1);
        jacobi_rotate(t, axis, 0, 2);
        jacobi_rotate(t, axis, 1, 2);
    }
    *smallest = 0;
    for (int k = 0; k < 3; k++) {
        moment[k] = t[k][k];
        if (moment[k] < moment[*smallest])
            *smallest = k;
    }
}

bool velocities_is_linear(size_t n, const double *mass, const double (*xyz)[3])
{
    if (n < 3)
        return true;
    double moment[3], axis[3][3], centre[3];
    int smallest;
    principal_axes(n, mass, xyz, moment, axis, &smallest);
    velocities_centre_of_mass(n, mass, xyz, centre);
    for (size_t a = 0; a < n; a++) {
        double r[3], across[3];
        vec3_difference(xyz[a], centre, r);
        vec3_cross(axis[smallest], r, across);
        if (vec3_norm(across) > LINEAR_DISTANCE)
            return false;
    }
    return true;
}

size_t velocities_degrees_of_freedom(size_t n, bool rotation_removed, bool linear)
{
    if (n < 2)
        return 0;
    if (!rotation_removed)
        return 3 * n - 3;
    return linear ? 3 * n - 5 : 3 * n - 6;
}

void velocities_draw(size_t n, const double *mass, double kt, const RandomKey *key,
                     double (*velocity)[3])
{
    for (size_t a = 0; a < n; a++) {
        double z[3];
        random_normals(key, 0, a, RANDOM_VELOCITIES, z);
        const double width = sqrt(kt / mass[a]);
        for (int x = 0; x < 3; x++)
            velocity[a][x] = width * z[x];
    }
}

void velocities_remove_momentum(size_t n, const double *mass, double (*velocity)[3])
{
    // Twice: the second pass takes the rounding error of the first.
    for (int pass = 0; pass < 2; pass++) {
        double drift[3];
        velocities_centre_of_mass(n, mass, (const double(*)[3])velocity, drift);
        for (size_t a = 0; a < n; a++)
            vec3_add_scaled(-1.0, drift, velocity[a]);
    }
}

void velocities_remove_rotation(size_t n, const double *mass, const double (*xyz)[3], bool linear,
                                double (*velocity)[3])
{
    if (n < 2)
        return;
    double moment[3], axis[3][3], centre[3], l[3];
    int smallest;
    principal_axes(n, mass, xyz, moment, axis, &smallest);
    velocities_centre_of_mass(n, mass, xyz, centre);
    velocities_angular_momentum(n, mass, xyz, (const double(*)[3])velocity, l);

    // omega = I^-1 L, without the axes about which nothing can turn.
    const double largest = fmax(moment[0], fmax(moment[1], moment[2]));
    double omega[3] = {0.0};
    for (int k = 0; k < 3; k++)
        if (moment[k] > 1e-10 * largest && !(linear && k == smallest))
            vec3_add_scaled(vec3_dot(axis[k], l) / moment[k], axis[k], omega);
    for (size_t a = 0; a < n; a++) {
        double r[3], turn[3];
        vec3_difference(xyz[a], centre, r);
        vec3_cross(omega, r, turn);
        vec3_add_scaled(-1.0, turn, velocity[a]);
    }
}

void velocities_push(const double *mass, const double (*xyz)[3], const size_t atoms[2],
                     double energy, double (*velocity)[3])
{
    const size_t a = atoms[0], b = atoms[1];
    const double reduced = mass[a] * mass[b] / (mass[a] + mass[b]);
    double u[3], relative[3];
    vec3_difference(xyz[b], xyz[a], u);
    const double length = (energy > 0.0 ? 1.0 : -1.0) * vec3_norm(u);
    for (int x = 0; x < 3; x++)
        u[x] /= length;
    vec3_difference(velocity[b], velocity[a], relative);
    const double along = vec3_dot(relative, u);
    const double p = reduced * (sqrt(along * along + 2.0 * fabs(energy) / reduced) - along);
    vec3_add_scaled(-p / mass[a], u, velocity[a]);
    vec3_add_scaled(p / mass[b], u, velocity[b]);
}

void velocities_scale_to(size_t n, const double *mass, double kinetic, double (*velocity)[3])
{
    const double now = velocities_kinetic(n, mass, (const double(*)[3])velocity);
    if (now <= 0.0)
        return;
    const double factor = sqrt(kinetic / now);
    for (size_t a = 0; a < n; a++)
        for (int x = 0; x < 3; x++)
            velocity[a][x] *= factor;
}

double velocities_kinetic_relative(size_t n, const double *mass, const double (*velocity)[3])
{
    double centre[3], sum = 0.0;
    velocities_centre_of_mass(n, mass, velocity, centre);
    for (size_t a = 0; a < n; a++) {
        double v[3];
        vec3_difference(velocity[a], centre, v);
        sum += mass[a] * vec3_dot(v, v);
    }
    return 0.5 * sum;
}

void velocities_scale_relative(size_t n, const double *mass, double factor, double (*velocity)[3])
{
    double centre[3];
    velocities_centre_of_mass(n, mass, (const double(*)[3])velocity, centre);
    for (size_t a = 0; a < n; a++)
        for (int x = 0; x < 3; x++)
            velocity[a][x] = centre[x] + factor * (velocity[a][x] - centre[x]);
}
