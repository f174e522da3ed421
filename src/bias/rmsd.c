#include <math.h>
#include <string.h>

#include "base/vec3.h"
#include "bias/bias_parts.h"

/// Metadynamics on the RMSD to the structures that were kept:
///
///     V = sum_i  k f(t - t_i) exp(-alpha RMSD_i^2),     RMSD_i^2 = min over R of 1/n sum_a |x_a - R y_ia|^2
///
/// with both structures about the mean of their atoms; Grimme, J. Chem. Theory Comput. 15, 2847 (2019),
/// 10.1021/acs.jctc.9b00143. The push of a structure grows by f(t) = 2/(1 + exp(-t/ramp)) - 1 = tanh(t / (2
/// ramp)), in time and not in steps. All structures stay, whereas xtb drops the oldest: a push that ends at
/// once would tear the energy.
///
/// R follows from the largest eigenvalue of Horn's 4 x 4 matrix (J. Opt. Soc. Am. A 4, 629 (1987),
/// 10.1364/JOSAA.4.000629). Because R is stationary, d RMSD^2/d x_a = 2/n (x_a - R y_a).

enum { Q = 4 }; ///< components of a quaternion

/// A rotation in the plane of axes p and q that makes k[p][q] zero, of the matrix and of its eigenvectors so
/// far (rows).
static void jacobi_rotate(double k[Q][Q], double vectors[Q][Q], int p, int q)
{
    const double theta = 0.5 * (k[q][q] - k[p][p]) / k[p][q];
    const double t = (theta < 0.0 ? -1.0 : 1.0) / (fabs(theta) + sqrt(theta * theta + 1.0));
    const double c = 1.0 / sqrt(t * t + 1.0), s = t * c;
    for (int i = 0; i < Q; i++) {
        const double a = k[i][p], b = k[i][q];
        k[i][p] = c * a - s * b;
        k[i][q] = s * a + c * b;
    }
    for (int i = 0; i < Q; i++) {
        const double a = k[p][i], b = k[q][i], v = vectors[p][i], w = vectors[q][i];
        k[p][i] = c * a - s * b;
        k[q][i] = s * a + c * b;
        vectors[p][i] = c * v - s * w;
        vectors[q][i] = s * v + c * w;
    }
}

/// The eigenvector to the largest eigenvalue of a symmetric matrix, by Jacobi's method: for four rows it
/// takes a tenth of the time of LAPACK, and it never fails. The matrix is overwritten.
static void largest_eigenvector(double k[Q][Q], double out[Q])
{
    enum { SWEEPS_MAX = 30 };
    double vectors[Q][Q] = {
        {1.0, 0.0, 0.0, 0.0}, {0.0, 1.0, 0.0, 0.0}, {0.0, 0.0, 1.0, 0.0}, {0.0, 0.0, 0.0, 1.0}};
    double size = 0.0, off = 1.0;
    for (int i = 0; i < Q; i++)
        for (int j = 0; j < Q; j++)
            size += k[i][j] * k[i][j];
    for (int sweep = 0; sweep < SWEEPS_MAX && off > 1e-34 * size; sweep++) {
        off = 0.0;
        for (int p = 0; p < Q; p++)
            for (int q = p + 1; q < Q; q++) {
                off += k[p][q] * k[p][q];
                if (k[p][q] != 0.0)
                    jacobi_rotate(k, vectors, p, q);
            }
    }
    int best = 0;
    for (int i = 1; i < Q; i++)
        best = k[i][i] > k[best][best] ? i : best;
    memcpy(out, vectors[best], sizeof vectors[best]);
}

/// The rotation that puts b on a, both [n][3] and centred.
static void best_rotation(size_t n, const double (*a)[3], const double (*b)[3], double r[3][3])
{
    double s[3][3] = {{0.0}}, q[Q];
    for (size_t i = 0; i < n; i++)
        for (int x = 0; x < 3; x++)
            for (int y = 0; y < 3; y++)
                s[x][y] += a[i][x] * b[i][y];
    double k[Q][Q] = {
        {s[0][0] + s[1][1] + s[2][2], s[2][1] - s[1][2], s[0][2] - s[2][0], s[1][0] - s[0][1]},
        {0.0, s[0][0] - s[1][1] - s[2][2], s[1][0] + s[0][1], s[0][2] + s[2][0]},
        {0.0, 0.0, -s[0][0] + s[1][1] - s[2][2], s[2][1] + s[1][2]},
        {0.0, 0.0, 0.0, -s[0][0] - s[1][1] + s[2][2]}};
    for (int i = 0; i < Q; i++)
        for (int j = 0; j < i; j++)
            k[i][j] = k[j][i];
    largest_eigenvector(k, q);
    const double w = q[0], x = q[1], y = q[2], z = q[3];
    const double made[3][3] = {
        {w * w + x * x - y * y - z * z, 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)},
        {2.0 * (x * y + w * z), w * w - x * x + y * y - z * z, 2.0 * (y * z - w * x)},
        {2.0 * (x * z - w * y), 2.0 * (y * z + w * x), w * w - x * x - y * y + z * z}};
    memcpy(r, made, sizeof made);
}

/// x_a - R y_a
static void distance_from(const double a[3], const double r[3][3], const double b[3], double d[3])
{
    for (int x = 0; x < 3; x++)
        d[x] = a[x] - vec3_dot(r[x], b);
}

/// The chosen atoms about their mean, into out.
static void centre(const Bias *bias, const double (*xyz)[3], double (*out)[3])
{
    const size_t n = bias->options.rmsd.n_atoms;
    double mean[3] = {0.0};
    for (size_t i = 0; i < n; i++)
        vec3_add_scaled(1.0 / (double)n, xyz[bias->rmsd_atoms[i]], mean);
    for (size_t i = 0; i < n; i++)
        vec3_difference(xyz[bias->rmsd_atoms[i]], mean, out[i]);
}

static bool is_on(const BiasOptions *options)
{
    return options->rmsd.n_atoms > 0;
}

static void evaluate(const Bias *bias, const double (*xyz)[3], BiasSum *sum)
{
    const BiasRmsd *const o = &bias->options.rmsd;
    const double per_atom = 1.0 / (double)o->n_atoms;
    const double(*const now)[3] = (const double(*)[3])bias->centred;
    size_t i = 0;
    centre(bias, xyz, bias->centred);
    for (const Hill *hill; (hill = bias_next_hill(bias, &BIAS_KIND_RMSD, &i)) != NULL;) {
        const double(*const then)[3] = (const double(*)[3])(const void *)hill->place;
        double r[3][3], d[3], square = 0.0;
        best_rotation(o->n_atoms, now, then, r);
        for (size_t a = 0; a < o->n_atoms; a++) {
            distance_from(now[a], (const double(*)[3])r, then[a], d);
            square += per_atom * vec3_dot(d, d);
        }
        const double grown = tanh(0.5 * (bias->time - hill->time) / o->ramp);
        const double whole = hill->height * exp(-o->alpha * square);
        sum->energy += grown * whole;
        sum->rate += 0.5 * (1.0 - grown * grown) / o->ramp * whole;
        for (size_t a = 0; a < o->n_atoms; a++) {
            distance_from(now[a], (const double(*)[3])r, then[a], d);
            vec3_add_scaled(-2.0 * o->alpha * per_atom * grown * whole, d,
                            sum->gradient[bias->rmsd_atoms[a]]);
        }
    }
}

static uint64_t every(const BiasOptions *options)
{
    return options->rmsd.every;
}

static size_t n_place(const BiasOptions *options)
{
    return 3 * options->rmsd.n_atoms;
}

static double make_hill(const Bias *bias, const double (*xyz)[3], Hill *hill, double *energy)
{
    centre(bias, xyz, bias->centred);
    memcpy(hill->place, bias->centred, bias->options.rmsd.n_atoms * sizeof *bias->centred);
    hill->height = bias->options.rmsd.k;
    *energy = 0.0; // it grows from nothing
    return 0.5 * hill->height / bias->options.rmsd.ramp;
}

const BiasKind BIAS_KIND_RMSD = {.name = "rmsd",
                                 .is_on = is_on,
                                 .evaluate = evaluate,
                                 .every = every,
                                 .n_place = n_place,
                                 .make_hill = make_hill};
