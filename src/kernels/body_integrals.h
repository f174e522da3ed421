// Part of kernels_body.c: moments of pairs of contracted Gaussian shells and their slopes.

enum {
    POWERS_A = KERNELS_MAX_L + 2, // 0 .. l+1: one more for the derivative
    POWERS_B = KERNELS_MAX_L + 3  // 0 .. l+2: the moment operator sits on B
};

/// Moments in one dimension, <(x-A)^i (x-B)^m> over the normalised Gaussians of one line of primitive
/// pairs.
typedef Vec Moments1d[POWERS_A][POWERS_B];

/// Powers of x, y, z in the Cartesian functions of a shell, in the order of kernels.h.
static const unsigned char POWER[3][6][3] = {
    {{0, 0, 0}},
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{2, 0, 0}, {1, 1, 0}, {0, 2, 0}, {1, 0, 1}, {0, 1, 1}, {0, 0, 2}},
};
static const int N_CARTESIAN[3] = {1, 3, 6};

/// exp(x) for -60 <= x <= 0: x = n ln2 + r with |r| <= ln2/2, Taylor series of degree 13 in r, whose
/// rest is below 5e-18.
static inline Vec exp_of_negative(Vec x)
{
    const double magic = 6755399441055744.0; // 1.5 * 2^52 rounds to the nearest integer
    const Vec shifted = x * 1.4426950408889634074 + magic;
    const Vec n = shifted - magic;
    const Vec r = (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
    Vec e = r * (1.0 / 6227020800.0) + 1.0 / 479001600.0;
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
    uint64_t bits[KERNELS_PAD];
    memcpy(bits, &shifted, sizeof bits);
    for (int k = 0; k < KERNELS_PAD; k++)
        bits[k] = (bits[k] + 1023u) << 52; // the low bits of shifted hold n
    Vec power;
    memcpy(&power, bits, sizeof power);
    return e * power;
}

/// Primitive pairs that are near enough; they are sorted by mu, so the first that is not ends the list.
static inline size_t n_active(size_t n_prim, const double *mu, double r2, double mu_r2_max)
{
    size_t n = 0;
    while (n < n_prim && !(mu[n] * r2 > mu_r2_max))
        n++;
    return n;
}

/// Weights of a line of primitive pairs, zero for those that are too far.
static inline Vec line_weight(const double *prim, size_t ld, size_t k, size_t active, double r2)
{
    Vec exponent, w = load(prim + 5 * ld + k);
    for (size_t i = 0; i < KERNELS_PAD; i++) {
        const bool near = k + i < active;
        exponent[i] = near ? -prim[k + i] * r2 : 0.0;
        w[i] = near ? w[i] : 0.0;
    }
    return w * exp_of_negative(exponent);
}

/// The moments along one direction for powers up to max_a and max_b.
__attribute__((always_inline)) static inline void line_moments(const int max_a, const int max_b,
                                                               double t, Vec half_inv_p,
                                                               Vec minus_b_p, Vec a_p, Moments1d m)
{
    const Vec pa = minus_b_p * t, pb = a_p * t, one = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
    m[0][0] = one;
    // <(x-B)^(j+1)> = PB <(x-B)^j> + j/(2p) <(x-B)^(j-1)>
    for (int j = 0; j < max_b; j++) {
        m[0][j + 1] = pb * m[0][j];
        if (j > 0)
            m[0][j + 1] += (double)j * half_inv_p * m[0][j - 1];
    }
    // <(x-A)^(i+1) (x-B)^j> = PA <i,j> + i/(2p) <i-1,j> + j/(2p) <i,j-1>
    for (int i = 0; i < max_a; i++)
        for (int j = 0; j <= max_b; j++) {
            m[i + 1][j] = pa * m[i][j];
            if (i > 0)
                m[i + 1][j] += (double)i * half_inv_p * m[i - 1][j];
            if (j > 0)
                m[i + 1][j] += (double)j * half_inv_p * m[i][j - 1];
        }
}

/// moment_integrals for constant la and lb, one line of primitive pairs at a time.
__attribute__((always_inline)) static inline void
integrals_of(const int la, const int lb, size_t n_prim, size_t ld, const double *restrict prim,
             const double t[3], double mu_r2_max, double *restrict out)
{
    const int na = N_CARTESIAN[la], nb = N_CARTESIAN[lb], stride = na * nb;
    const double r2 = t[0] * t[0] + t[1] * t[1] + t[2] * t[2];
    const size_t active = n_active(n_prim, prim, r2, mu_r2_max);
    Vec sum[6][6][KERNELS_MOMENTS];
    for (int i = 0; i < na; i++)
        for (int j = 0; j < nb; j++)
            for (int c = 0; c < KERNELS_MOMENTS; c++)
                sum[i][j][c] = (Vec){0.0};

    for (size_t k = 0; k < active; k += KERNELS_PAD) {
        Moments1d m[3];
        const Vec w = line_weight(prim, ld, k, active, r2);
        const Vec half_inv_p = load(prim + ld + k), minus_b_p = load(prim + 2 * ld + k),
                  a_p = load(prim + 3 * ld + k);
        for (int x = 0; x < 3; x++)
            line_moments(la, lb + 2, t[x], half_inv_p, minus_b_p, a_p, m[x]);
        for (int i = 0; i < na; i++)
            for (int j = 0; j < nb; j++) {
                const unsigned char *pa = POWER[la][i], *pb = POWER[lb][j];
                const Vec *mx = m[0][pa[0]] + pb[0], *y = m[1][pa[1]] + pb[1],
                          *z = m[2][pa[2]] + pb[2];
                const Vec x0 = w * mx[0], x1 = w * mx[1], xy = x0 * y[0], yz = y[0] * z[0],
                          xz = x0 * z[0];
                Vec *s = sum[i][j];
                s[0] += xy * z[0];
                s[1] += x1 * yz;
                s[2] += xz * y[1];
                s[3] += xy * z[1];
                s[4] += w * mx[2] * yz;
                s[5] += x1 * y[1] * z[0];
                s[6] += xz * y[2];
                s[7] += x1 * y[0] * z[1];
                s[8] += x0 * y[1] * z[1];
                s[9] += xy * z[2];
            }
    }
    for (int i = 0; i < na; i++)
        for (int j = 0; j < nb; j++)
            for (int c = 0; c < KERNELS_MOMENTS; c++)
                out[c * stride + i * nb + j] = sum_of(sum[i][j][c]);
}

static void moment_integrals(int la, int lb, size_t n_prim, size_t ld, const double *restrict prim,
                             const double t[3], double mu_r2_max, double *restrict out)
{
    switch (3 * la + lb) {
    case 0:
        integrals_of(0, 0, n_prim, ld, prim, t, mu_r2_max, out);
        break;
    case 1:
        integrals_of(0, 1, n_prim, ld, prim, t, mu_r2_max, out);
        break;
    case 3:
        integrals_of(1, 0, n_prim, ld, prim, t, mu_r2_max, out);
        break;
    case 4:
        integrals_of(1, 1, n_prim, ld, prim, t, mu_r2_max, out);
        break;
    default:
        // Shells of d functions: rarer, and too large to unroll.
        integrals_of(la, lb, n_prim, ld, prim, t, mu_r2_max, out);
    }
}

/// moment_gradient for constant la and lb, one line of primitive pairs at a time. With the
/// coefficients q of one pair of functions sorted by the power of x,
///
///     sum_c q_c X Y Z = X_0 A_0 + X_1 A_1 + X_2 A_2,   A_0 = q_S Y_0 Z_0 + q_y Y_1 Z_0 + ...
///
/// the slope along x takes three products more, and likewise for y and z.
__attribute__((always_inline)) static inline void
gradient_of(const int la, const int lb, size_t n_prim, size_t ld, const double *restrict prim,
            const double t[3], double mu_r2_max, const double *restrict coefficient, double g[3])
{
    const int na = N_CARTESIAN[la], nb = N_CARTESIAN[lb], stride = na * nb;
    const double r2 = t[0] * t[0] + t[1] * t[1] + t[2] * t[2];
    const size_t active = n_active(n_prim, prim, r2, mu_r2_max);
    Vec total[3] = {{0.0}};
    for (size_t k = 0; k < active; k += KERNELS_PAD) {
        Moments1d value[3];
        Vec slope[3][KERNELS_MAX_L + 1][POWERS_B];
        const Vec w = line_weight(prim, ld, k, active, r2);
        const Vec half_inv_p = load(prim + ld + k), minus_b_p = load(prim + 2 * ld + k),
                  a_p = load(prim + 3 * ld + k), two_a = load(prim + 4 * ld + k);
        for (int x = 0; x < 3; x++) {
            line_moments(la + 1, lb + 2, t[x], half_inv_p, minus_b_p, a_p, value[x]);
            for (int i = 0; i <= la; i++)
                for (int j = 0; j <= lb + 2; j++) {
                    // d/dA (x-A)^i exp(-a (x-A)^2) = 2a (x-A)^(i+1) - i (x-A)^(i-1)
                    slope[x][i][j] = two_a * value[x][i + 1][j];
                    if (i > 0)
                        slope[x][i][j] -= (double)i * value[x][i - 1][j];
                }
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
    switch (3 * la + lb) {
    case 0:
        gradient_of(0, 0, n_prim, ld, prim, t, mu_r2_max, coefficient, g);
        break;
    case 1:
        gradient_of(0, 1, n_prim, ld, prim, t, mu_r2_max, coefficient, g);
        break;
    case 3:
        gradient_of(1, 0, n_prim, ld, prim, t, mu_r2_max, coefficient, g);
        break;
    case 4:
        gradient_of(1, 1, n_prim, ld, prim, t, mu_r2_max, coefficient, g);
        break;
    default:
        gradient_of(la, lb, n_prim, ld, prim, t, mu_r2_max, coefficient, g);
    }
}
