// Part of kernels_body.c: blocks of integrals of pairs of shells with d functions.

enum {
    POWERS_A = 4, // 0 .. l+1: one more for the derivative
    POWERS_B = 5, // 0 .. l+2: the moment operator sits on b
    CARTESIANS_MAX = 6,
    SPHERICALS_MAX = 5,
    MOMENTS = 10 // S; x y z; xx xy yy xz yz zz
};

/// Moments in one dimension, <(x-A)^i (x-B)^m> over normalised Gaussians.
typedef Vec Moments1d[POWERS_A][POWERS_B];
/// Of all Cartesian functions of two shells.
typedef Vec Cartesians[MOMENTS][CARTESIANS_MAX][CARTESIANS_MAX];

/// Powers of x, y, z in the Cartesian functions of a shell: 1; x y z; xx xy yy xz yz zz.
static const unsigned char POWER[3][CARTESIANS_MAX][3] = {
    {{0, 0, 0}},
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{2, 0, 0}, {1, 1, 0}, {0, 2, 0}, {1, 0, 1}, {0, 1, 1}, {0, 0, 2}},
};
static const int N_CARTESIAN[3] = {1, 3, 6};

/// One real solid harmonic: up to three Cartesian functions with their factors, in the normalisation
/// of x^l. s: 1   p: y z x   d: sqrt3 xy, sqrt3 yz, zz - (xx+yy)/2, sqrt3 xz, sqrt3/2 (xx-yy).
typedef struct {
    int n;
    int index[3];
    double factor[3];
} Harmonic;

#define SQRT3 1.7320508075688772935
static const Harmonic HARMONIC[3][SPHERICALS_MAX] = {
    {{1, {0}, {1.0}}},
    {{1, {1}, {1.0}}, {1, {2}, {1.0}}, {1, {0}, {1.0}}},
    {{1, {1}, {SQRT3}},
     {1, {4}, {SQRT3}},
     {3, {5, 0, 2}, {1.0, -0.5, -0.5}},
     {1, {3}, {SQRT3}},
     {2, {0, 2}, {0.5 * SQRT3, -0.5 * SQRT3}}},
};
#undef SQRT3

/// The moments along one direction for powers up to max_a and max_b; at and bt are the distances of
/// the centre of the product from a and b.
static inline void moments_1d(int max_a, int max_b, Vec at, Vec bt, Vec h, Moments1d m)
{
    m[0][0] = all_lanes(1.0);
    // <(x-B)^(j+1)> = bt <(x-B)^j> + j h <(x-B)^(j-1)>
    for (int j = 0; j < max_b; j++) {
        m[0][j + 1] = bt * m[0][j];
        if (j > 0)
            m[0][j + 1] += (double)j * h * m[0][j - 1];
    }
    // <(x-A)^(i+1) (x-B)^j> = at <i,j> + i h <i-1,j> + j h <i,j-1>
    for (int i = 0; i < max_a; i++)
        for (int j = 0; j <= max_b; j++) {
            m[i + 1][j] = at * m[i][j];
            if (i > 0)
                m[i + 1][j] += (double)i * h * m[i - 1][j];
            if (j > 0)
                m[i + 1][j] += (double)j * h * m[i][j - 1];
        }
}

static void cartesian_moments(const PairShells *shells, bool multipoles, const Vec t[3], Vec r2,
                              double r2_min, double mu_r2_max, Cartesians sum)
{
    const int la = shells->la, lb = shells->lb, na = N_CARTESIAN[la], nb = N_CARTESIAN[lb];
    const int n_moments = multipoles ? MOMENTS : 1;
    for (int c = 0; c < n_moments; c++)
        for (int i = 0; i < na; i++)
            for (int j = 0; j < nb; j++)
                sum[c][i][j] = all_lanes(0.0);
    const double *row = shells->primitive;
    for (size_t p = 0; p < shells->n_primitives; p++, row += PRIMITIVE_ROWS * PAIR_LANES) {
        if (all_too_far(row, r2_min, mu_r2_max))
            break;
        const Vec s = load(row + PRIMITIVE_S * PAIR_LANES),
                  q = load(row + PRIMITIVE_Q * PAIR_LANES),
                  h = load(row + PRIMITIVE_H * PAIR_LANES);
        const Vec w = primitive_weight(row, r2, mu_r2_max);
        Moments1d m[3];
        for (int x = 0; x < 3; x++)
            moments_1d(la, lb + 2, -q * t[x], s * t[x], h, m[x]);
        for (int i = 0; i < na; i++)
            for (int j = 0; j < nb; j++) {
                const unsigned char *pa = POWER[la][i], *pb = POWER[lb][j];
                const Vec *x = m[0][pa[0]] + pb[0], *y = m[1][pa[1]] + pb[1],
                          *z = m[2][pa[2]] + pb[2];
                const Vec x0 = w * x[0], xy = x0 * y[0];
                sum[0][i][j] += xy * z[0];
                if (!multipoles)
                    continue;
                const Vec x1 = w * x[1], yz = y[0] * z[0], xz = x0 * z[0];
                sum[1][i][j] += x1 * yz;
                sum[2][i][j] += xz * y[1];
                sum[3][i][j] += xy * z[1];
                sum[4][i][j] += w * x[2] * yz;
                sum[5][i][j] += x1 * y[1] * z[0];
                sum[6][i][j] += xz * y[2];
                sum[7][i][j] += x1 * y[0] * z[1];
                sum[8][i][j] += x0 * y[1] * z[1];
                sum[9][i][j] += xy * z[2];
            }
    }
}

/// Fills the values of a pair of shells with d functions.
static void moment_block(const PairBatch *batch, const PairShells *shells, const Vec t[3], Vec r2,
                         double r2_min, double mu_r2_max)
{
    const int la = shells->la, lb = shells->lb;
    const bool multipoles = batch->moments;
    Cartesians cartesian;
    cartesian_moments(shells, multipoles, t, r2, r2_min, mu_r2_max, cartesian);
    double *out = batch->data + shells->value;
    for (int c = 0; c < (multipoles ? BLOCK_MOMENTS : 1); c++) {
        // The trace never counts: zz is taken off xx and yy.
        const bool of_trace = c == 4 || c == 6;
        for (int i = 0; i < 2 * la + 1; i++)
            for (int j = 0; j < 2 * lb + 1; j++, out += PAIR_LANES) {
                const Harmonic *hi = &HARMONIC[la][i], *hj = &HARMONIC[lb][j];
                Vec sum = all_lanes(0.0);
                for (int m = 0; m < hi->n; m++)
                    for (int n = 0; n < hj->n; n++) {
                        Vec v = cartesian[c][hi->index[m]][hj->index[n]];
                        if (of_trace)
                            v -= cartesian[9][hi->index[m]][hj->index[n]];
                        sum += hi->factor[m] * hj->factor[n] * v;
                    }
                store(out, sum);
            }
    }
}

/// Adds the slope with respect to t of sum coefficient x moment, with the operators fixed on b.
///
/// @param coefficient  of Cartesian functions
static void moment_slope(const PairShells *shells, const Vec t[3], Vec r2, double r2_min,
                         double mu_r2_max, Cartesians coefficient, Vec g[3])
{
    const int la = shells->la, lb = shells->lb, na = N_CARTESIAN[la], nb = N_CARTESIAN[lb];
    const double *row = shells->primitive;
    for (size_t p = 0; p < shells->n_primitives; p++, row += PRIMITIVE_ROWS * PAIR_LANES) {
        if (all_too_far(row, r2_min, mu_r2_max))
            break;
        const Vec s = load(row + PRIMITIVE_S * PAIR_LANES),
                  q = load(row + PRIMITIVE_Q * PAIR_LANES),
                  h = load(row + PRIMITIVE_H * PAIR_LANES);
        const Vec w = primitive_weight(row, r2, mu_r2_max), two_alpha = s / h;
        Moments1d value[3];
        Vec slope[3][POWERS_A - 1][POWERS_B];
        for (int x = 0; x < 3; x++) {
            moments_1d(la + 1, lb + 2, -q * t[x], s * t[x], h, value[x]);
            for (int i = 0; i <= la; i++)
                for (int j = 0; j <= lb + 2; j++) {
                    // d/dA (x-A)^i exp(-a (x-A)^2) = 2a (x-A)^(i+1) - i (x-A)^(i-1)
                    slope[x][i][j] = two_alpha * value[x][i + 1][j];
                    if (i > 0)
                        slope[x][i][j] -= (double)i * value[x][i - 1][j];
                }
        }
        Vec sum[3] = {all_lanes(0.0), all_lanes(0.0), all_lanes(0.0)};
        for (int i = 0; i < na; i++)
            for (int j = 0; j < nb; j++) {
                Vec k[MOMENTS];
                for (int c = 0; c < MOMENTS; c++)
                    k[c] = coefficient[c][i][j];
                const unsigned char *pa = POWER[la][i], *pb = POWER[lb][j];
                const Vec *x = value[0][pa[0]] + pb[0], *dx = slope[0][pa[0]] + pb[0];
                const Vec *y = value[1][pa[1]] + pb[1], *dy = slope[1][pa[1]] + pb[1];
                const Vec *z = value[2][pa[2]] + pb[2], *dz = slope[2][pa[2]] + pb[2];
                // Sorted by the power of x: sum = x0 A0 + x1 A1 + x2 A2, and likewise below.
                const Vec z0 = k[0] * z[0] + k[3] * z[1] + k[9] * z[2],
                          z1 = k[2] * z[0] + k[8] * z[1], z2 = k[6] * z[0];
                const Vec zx = k[1] * z[0] + k[7] * z[1], zxy = k[5] * z[0], zxx = k[4] * z[0];
                sum[0] += dx[0] * (z0 * y[0] + z1 * y[1] + z2 * y[2]) +
                          dx[1] * (zx * y[0] + zxy * y[1]) + dx[2] * (zxx * y[0]);
                sum[1] += x[0] * (z0 * dy[0] + z1 * dy[1] + z2 * dy[2]) +
                          x[1] * (zx * dy[0] + zxy * dy[1]) + x[2] * (zxx * dy[0]);
                const Vec d0 = k[0] * dz[0] + k[3] * dz[1] + k[9] * dz[2],
                          d1 = k[2] * dz[0] + k[8] * dz[1];
                const Vec e0 = k[1] * dz[0] + k[7] * dz[1];
                sum[2] += x[0] * (d0 * y[0] + d1 * y[1] + k[6] * dz[0] * y[2]) +
                          x[1] * (e0 * y[0] + k[5] * dz[0] * y[1]) + x[2] * (k[4] * dz[0] * y[0]);
            }
        for (int x = 0; x < 3; x++)
            g[x] += w * sum[x];
    }
}
