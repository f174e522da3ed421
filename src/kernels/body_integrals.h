// Part of kernels_body.c: moments of pairs of contracted Gaussian shells and their slopes.

enum {
    LINE = KERNELS_MAX_PRIMITIVES,
    POWERS_A = KERNELS_MAX_L + 2, // 0 .. l+1: one more for the derivative
    POWERS_B = KERNELS_MAX_L + 3  // 0 .. l+2: the moment operator sits on B
};

/// Moments in one dimension, <(x-A)^i (x-B)^m> over the normalised Gaussian of each primitive pair.
typedef double Moments1d[POWERS_A][POWERS_B][LINE];

/// Powers of x, y, z in the Cartesian functions of a shell, in the order of kernels.h.
static const unsigned char POWER[3][6][3] = {
    {{0, 0, 0}},
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{2, 0, 0}, {1, 1, 0}, {0, 2, 0}, {1, 0, 1}, {0, 1, 1}, {0, 0, 2}},
};
static const int N_CARTESIAN[3] = {1, 3, 6};

/// exp(x) for -60 <= x <= 0: x = n ln2 + r with |r| <= ln2/2, Taylor series of degree 13 in r, whose
/// rest is below 5e-18. Plain arithmetic, so that the compiler can put eight in one register.
static inline double exp_of_negative(double x)
{
    const double magic = 6755399441055744.0; // 1.5 * 2^52 rounds to the nearest integer
    const double shifted = x * 1.4426950408889634074 + magic;
    const double n = shifted - magic;
    const double r = (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
    double e = 1.0 / 6227020800.0;
    e = e * r + 1.0 / 479001600.0;
    e = e * r + 1.0 / 39916800.0;
    e = e * r + 1.0 / 3628800.0;
    e = e * r + 1.0 / 362880.0;
    e = e * r + 1.0 / 40320.0;
    e = e * r + 1.0 / 5040.0;
    e = e * r + 1.0 / 720.0;
    e = e * r + 1.0 / 120.0;
    e = e * r + 1.0 / 24.0;
    e = e * r + 1.0 / 6.0;
    e = e * r + 0.5;
    e = e * r + 1.0;
    e = e * r + 1.0;
    uint64_t bits; // unsigned: the shift drops what is above n
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52; // the low bits of shifted hold n
    double power;
    memcpy(&power, &bits, sizeof power);
    return e * power;
}

/// Fills the three tables of moments and the weights; returns how many primitive pairs (rounded up to
/// full lines) take part.
static size_t fill_moments(int max_a, int max_b, size_t n_prim, size_t ld,
                           const double *restrict prim, const double t[3], double mu_r2_max,
                           Moments1d table[3], double *restrict weight)
{
    const double r2 = t[0] * t[0] + t[1] * t[1] + t[2] * t[2];
    // Primitive pairs are sorted by mu: the first that is too far ends the list.
    size_t n = 0;
    while (n < n_prim && !(prim[n] * r2 > mu_r2_max))
        n++;
    const size_t active = n;
    n = (n + KERNELS_PAD - 1) / KERNELS_PAD * KERNELS_PAD;

    const double *restrict mu = prim;
    const double *restrict half_inv_p = prim + ld;
    const double *restrict minus_b_p = prim + 2 * ld;
    const double *restrict a_p = prim + 3 * ld;
    const double *restrict w = prim + 5 * ld;
#pragma omp simd
    for (size_t k = 0; k < n; k++)
        weight[k] = w[k] * exp_of_negative(-(mu[k] * r2 < 60.0 ? mu[k] * r2 : 60.0));
    for (size_t k = active; k < n; k++)
        weight[k] = 0.0;

    for (int x = 0; x < 3; x++) {
        double(*restrict m)[POWERS_B][LINE] = table[x];
        for (size_t k = 0; k < n; k++)
            m[0][0][k] = 1.0;
        // <(x-B)^(j+1)> = PB <(x-B)^j> + j/(2p) <(x-B)^(j-1)>
        for (int j = 0; j < max_b; j++) {
            const double *restrict low = m[0][j > 0 ? j - 1 : 0];
            const double *restrict here = m[0][j];
            double *restrict next = m[0][j + 1];
            const double tx = t[x], fj = j;
#pragma omp simd
            for (size_t k = 0; k < n; k++)
                next[k] = a_p[k] * tx * here[k] + fj * half_inv_p[k] * low[k];
        }
        // <(x-A)^(i+1) (x-B)^j> = PA <i,j> + i/(2p) <i-1,j> + j/(2p) <i,j-1>
        for (int i = 0; i < max_a; i++)
            for (int j = 0; j <= max_b; j++) {
                const double *restrict low_a = m[i > 0 ? i - 1 : 0][j];
                const double *restrict low_b = m[i][j > 0 ? j - 1 : 0];
                const double *restrict here = m[i][j];
                double *restrict next = m[i + 1][j];
                const double tx = t[x], fi = i, fj = j;
#pragma omp simd
                for (size_t k = 0; k < n; k++)
                    next[k] = minus_b_p[k] * tx * here[k] +
                              half_inv_p[k] * (fi * low_a[k] + fj * low_b[k]);
            }
    }
    return n;
}

/// moment_integrals for constant la and lb: one line of primitive pairs at a time.
__attribute__((always_inline)) static inline void integrals_of(const int la, const int lb, size_t n,
                                                               Moments1d table[3],
                                                               const double *restrict weight,
                                                               double *restrict out)
{
    const int na = N_CARTESIAN[la], nb = N_CARTESIAN[lb], stride = na * nb;
    for (int i = 0; i < na; i++)
        for (int j = 0; j < nb; j++) {
            const unsigned char *pa = POWER[la][i], *pb = POWER[lb][j];
            Vec sum[KERNELS_MOMENTS] = {{0.0}};
            for (size_t k = 0; k < n; k += KERNELS_PAD) {
                const Vec w = load(weight + k);
                Vec x[3], y[3], z[3];
                for (int m = 0; m < 3; m++) {
                    x[m] = w * load(table[0][pa[0]][pb[0] + m] + k);
                    y[m] = load(table[1][pa[1]][pb[1] + m] + k);
                    z[m] = load(table[2][pa[2]][pb[2] + m] + k);
                }
                const Vec xy = x[0] * y[0], yz = y[0] * z[0], xz = x[0] * z[0];
                sum[0] += xy * z[0];
                sum[1] += x[1] * yz;
                sum[2] += xz * y[1];
                sum[3] += xy * z[1];
                sum[4] += x[2] * yz;
                sum[5] += x[1] * y[1] * z[0];
                sum[6] += xz * y[2];
                sum[7] += x[1] * y[0] * z[1];
                sum[8] += x[0] * y[1] * z[1];
                sum[9] += xy * z[2];
            }
            for (int c = 0; c < KERNELS_MOMENTS; c++)
                out[c * stride + i * nb + j] = sum_of(sum[c]);
        }
}

static void moment_integrals(int la, int lb, size_t n_prim, size_t ld, const double *restrict prim,
                             const double t[3], double mu_r2_max, double *restrict out)
{
    Moments1d table[3];
    double weight[LINE];
    const size_t n = fill_moments(la, lb + 2, n_prim, ld, prim, t, mu_r2_max, table, weight);
    switch (3 * la + lb) {
    case 0:
        integrals_of(0, 0, n, table, weight, out);
        break;
    case 1:
        integrals_of(0, 1, n, table, weight, out);
        break;
    case 3:
        integrals_of(1, 0, n, table, weight, out);
        break;
    case 4:
        integrals_of(1, 1, n, table, weight, out);
        break;
    default:
        integrals_of(la, lb, n, table, weight, out);
    }
}

/// moment_gradient for constant la and lb, one line of primitive pairs at a time. With the coefficients
/// q of one pair of functions sorted by the power of x,
///
///     sum_c q_c X Y Z = X_0 A_0 + X_1 A_1 + X_2 A_2,   A_0 = q_S Y_0 Z_0 + q_y Y_1 Z_0 + ...
///
/// the slope along x takes three products more, and likewise for y and z.
__attribute__((always_inline)) static inline void
gradient_of(const int la, const int lb, size_t n, const double *restrict two_a, Moments1d table[3],
            const double *restrict weight, const double *restrict coefficient, double g[3])
{
    const int na = N_CARTESIAN[la], nb = N_CARTESIAN[lb], stride = na * nb;
    Vec total[3] = {{0.0}};
    for (size_t k = 0; k < n; k += KERNELS_PAD) {
        Vec value[3][KERNELS_MAX_L + 1][POWERS_B], slope[3][KERNELS_MAX_L + 1][POWERS_B];
        const Vec ta = load(two_a + k);
        for (int x = 0; x < 3; x++)
            for (int i = 0; i <= la; i++)
                for (int j = 0; j <= lb + 2; j++) {
                    // d/dA (x-A)^i exp(-a (x-A)^2) = 2a (x-A)^(i+1) - i (x-A)^(i-1)
                    value[x][i][j] = load(table[x][i][j] + k);
                    slope[x][i][j] = ta * load(table[x][i + 1][j] + k);
                    if (i > 0)
                        slope[x][i][j] -= (double)i * load(table[x][i - 1][j] + k);
                }
        Vec sum[3] = {{0.0}};
        for (int i = 0; i < na; i++)
            for (int j = 0; j < nb; j++) {
                const double *q = coefficient + i * nb + j;
                const unsigned char *pa = POWER[la][i], *pb = POWER[lb][j];
                const Vec *x = value[0][pa[0]] + pb[0], *dx = slope[0][pa[0]] + pb[0];
                const Vec *y = value[1][pa[1]] + pb[1], *dy = slope[1][pa[1]] + pb[1];
                const Vec *z = value[2][pa[2]] + pb[2], *dz = slope[2][pa[2]] + pb[2];
                const double s = q[0], qx = q[stride], qy = q[2 * stride], qz = q[3 * stride],
                             xx = q[4 * stride], xy = q[5 * stride], yy = q[6 * stride],
                             xz = q[7 * stride], yz = q[8 * stride], zz = q[9 * stride];
                const Vec z0 = s * z[0] + qz * z[1] + zz * z[2], z1 = qy * z[0] + yz * z[1],
                          z2 = yy * z[0];
                const Vec zx = qx * z[0] + xz * z[1], zxy = xy * z[0];
                const Vec plane_0 = z0 * y[0] + z1 * y[1] + z2 * y[2];
                const Vec plane_1 = zx * y[0] + zxy * y[1], plane_2 = xx * z[0] * y[0];
                sum[0] += dx[0] * plane_0 + dx[1] * plane_1 + dx[2] * plane_2;
                sum[1] += x[0] * (z0 * dy[0] + z1 * dy[1] + z2 * dy[2]) +
                          x[1] * (zx * dy[0] + zxy * dy[1]) + x[2] * (xx * z[0] * dy[0]);
                const Vec d0 = s * dz[0] + qz * dz[1] + zz * dz[2], d1 = qy * dz[0] + yz * dz[1];
                const Vec e0 = qx * dz[0] + xz * dz[1];
                sum[2] += x[0] * (d0 * y[0] + d1 * y[1] + yy * dz[0] * y[2]) +
                          x[1] * (e0 * y[0] + xy * dz[0] * y[1]) + x[2] * (xx * dz[0] * y[0]);
            }
        const Vec w = load(weight + k);
        for (int x = 0; x < 3; x++)
            total[x] += w * sum[x];
    }
    for (int x = 0; x < 3; x++)
        g[x] += sum_of(total[x]);
}

static void moment_gradient(int la, int lb, size_t n_prim, size_t ld, const double *restrict prim,
                            const double t[3], double mu_r2_max, const double *restrict coefficient,
                            double g[3])
{
    Moments1d table[3];
    double weight[LINE];
    const size_t n = fill_moments(la + 1, lb + 2, n_prim, ld, prim, t, mu_r2_max, table, weight);
    const double *two_a = prim + 4 * ld;
    switch (3 * la + lb) {
    case 0:
        gradient_of(0, 0, n, two_a, table, weight, coefficient, g);
        break;
    case 1:
        gradient_of(0, 1, n, two_a, table, weight, coefficient, g);
        break;
    case 3:
        gradient_of(1, 0, n, two_a, table, weight, coefficient, g);
        break;
    case 4:
        gradient_of(1, 1, n, two_a, table, weight, coefficient, g);
        break;
    default:
        // Shells of d functions: rarer, and too large to unroll.
        gradient_of(la, lb, n, two_a, table, weight, coefficient, g);
    }
}
