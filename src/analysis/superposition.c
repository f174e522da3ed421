#include "analysis/superposition.h"

#include <assert.h>
#include <math.h>

#include "base/linalg.h"

/// Where less than this part of the squares is left, the difference of large numbers says too little.
static const double CANCELLED = 1e-4;

double superposition_centre(size_t n, float (*xyz)[3])
{
    double square = 0.0;
    for (int x = 0; x < 3; x++) {
        double sum = 0.0;
        for (size_t a = 0; a < n; a++)
            sum += (double)xyz[a][x];
        const double mean = sum / (double)n;
        for (size_t a = 0; a < n; a++) {
            xyz[a][x] = (float)((double)xyz[a][x] - mean);
            square += (double)xyz[a][x] * (double)xyz[a][x];
        }
    }
    return square;
}

/// s[x][y] = sum_i a_ix b_iy
static void products(size_t n, const float (*a)[3], const float (*b)[3], double s[3][3])
{
    double sum[9] = {0.0};
    for (size_t i = 0; i < n; i++)
        for (int x = 0; x < 3; x++)
            for (int y = 0; y < 3; y++)
                sum[3 * x + y] += (double)a[i][x] * (double)b[i][y];
    for (int k = 0; k < 9; k++)
        s[k / 3][k % 3] = sum[k];
}

/// Determinant of a 3 x 3 matrix.
static double determinant(const double m[3][3])
{
    return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
           m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
           m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

/// The characteristic polynomial x^4 + c2 x^2 + c1 x + c0 of the key matrix, which has no trace. With the singular
/// values s1, s2, s3 of S (the sign of det S on one of them) its roots are +-s1 +-s2 +-s3 with an even number of
/// signs: c2 = -2 |S|^2, c1 = -8 det S, c0 = |S|^4 - 4 sum of the squares of the 2 x 2 minors.
static void polynomial(const double s[3][3], double c[3])
{
    double norm = 0.0, minors = 0.0;
    for (int x = 0; x < 3; x++)
        for (int y = 0; y < 3; y++) {
            const int x1 = (x + 1) % 3, x2 = (x + 2) % 3, y1 = (y + 1) % 3, y2 = (y + 2) % 3;
            const double minor = s[x1][y1] * s[x2][y2] - s[x1][y2] * s[x2][y1];
            norm += s[x][y] * s[x][y];
            minors += minor * minor;
        }
    c[2] = -2.0 * norm;
    c[1] = -8.0 * determinant(s);
    c[0] = norm * norm - 4.0 * minors;
}

/// The largest root, from above: there the polynomial is convex, and Newton's method never passes the root. A double
/// root (both geometries on a line) halves the distance in each step.
static double largest_root(const double c[3], double from)
{
    enum { STEPS_MAX = 60 };
    double x = from;
    for (int step = 0; step < STEPS_MAX; step++) {
        const double square = x * x;
        const double value = (square + c[2]) * square + c[1] * x + c[0];
        const double slope = (4.0 * square + 2.0 * c[2]) * x + c[1];
        if (!(slope > 0.0))
            break;
        const double change = value / slope;
        x -= change;
        if (fabs(change) <= 1e-13 * fabs(x))
            break;
    }
    return x;
}

/// The rotation that puts b on a: the eigenvector of the key matrix to its largest eigenvalue, a unit quaternion.
static bool best_rotation(const double s[3][3], double r[3][3])
{
    enum { WORK = 256, IWORK = 64 };
    assert(linalg_eigen_work(4) <= WORK && linalg_eigen_iwork(4) <= IWORK);
    double values[4], work[WORK];
    int iwork[IWORK];
    // Horn's matrix for the sum of b x a: s is transposed.
    double k[4][4] = {
        {s[0][0] + s[1][1] + s[2][2], s[2][1] - s[1][2], s[0][2] - s[2][0], s[1][0] - s[0][1]},
        {0.0, s[0][0] - s[1][1] - s[2][2], s[1][0] + s[0][1], s[0][2] + s[2][0]},
        {0.0, 0.0, -s[0][0] + s[1][1] - s[2][2], s[2][1] + s[1][2]},
        {0.0, 0.0, 0.0, -s[0][0] - s[1][1] + s[2][2]}};
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < i; j++)
            k[i][j] = k[j][i];
    if (!linalg_eigen(NULL, 4, &k[0][0], 4, values, work, iwork))
        return false;
    const double w = k[3][0], x = k[3][1], y = k[3][2], z = k[3][3];
    const double made[3][3] = {
        {w * w + x * x - y * y - z * z, 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)},
        {2.0 * (x * y + w * z), w * w - x * x + y * y - z * z, 2.0 * (y * z - w * x)},
        {2.0 * (x * z - w * y), 2.0 * (y * z + w * x), w * w - x * x - y * y + z * z}};
    for (int i = 0; i < 9; i++)
        r[i / 3][i % 3] = made[i / 3][i % 3];
    return true;
}

/// sum_i |a_i - R b_i|^2 without a difference of large numbers; that of the centres if there is no rotation.
static double square_after_rotation(size_t n, const float (*a)[3], const float (*b)[3],
                                    const double s[3][3])
{
    double r[3][3] = {{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}}, square = 0.0;
    best_rotation(s, r);
    for (size_t i = 0; i < n; i++)
        for (int x = 0; x < 3; x++) {
            const double d = (double)a[i][x] - r[x][0] * (double)b[i][0] -
                             r[x][1] * (double)b[i][1] - r[x][2] * (double)b[i][2];
            square += d * d;
        }
    return square;
}

double superposition_rmsd(size_t n, const float (*a)[3], double square_a, const float (*b)[3],
                          double square_b)
{
    double s[3][3], c[3];
    products(n, a, b, s);
    polynomial(s, c);
    const double most = 0.5 * (square_a + square_b);
    double left = 2.0 * (most - largest_root(c, most));
    if (left < CANCELLED * most)
        left = square_after_rotation(n, a, b, s);
    return n > 0 && left > 0.0 ? sqrt(left / (double)n) : 0.0;
}

double superposition_bound(size_t n, const float *a, const float *b)
{
    // in four sums, which the compiler may keep in one register
    float sum[4] = {0.0f};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t k = 0; k < 4; k++)
            sum[k] += (a[i + k] - b[i + k]) * (a[i + k] - b[i + k]);
    for (; i < n; i++)
        sum[0] += (a[i] - b[i]) * (a[i] - b[i]);
    const double square = (double)(sum[0] + sum[1]) + (double)(sum[2] + sum[3]);
    return n > 0 ? sqrt(square / (double)n) : 0.0;
}
