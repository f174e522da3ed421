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

/// Powers of the moment operators S; D x y z; M xx xy yy xz yz zz.
static const unsigned char MOMENT[KERNELS_MOMENTS][3] = {
    {0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {2, 0, 0},
    {1, 1, 0}, {0, 2, 0}, {1, 0, 1}, {0, 1, 1}, {0, 0, 2},
};

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

static void moment_integrals(int la, int lb, size_t n_prim, size_t ld, const double *restrict prim,
                             const double t[3], double mu_r2_max, double *restrict out)
{
    Moments1d table[3];
    double weight[LINE];
    const size_t n = fill_moments(la, lb + 2, n_prim, ld, prim, t, mu_r2_max, table, weight);
    const int na = N_CARTESIAN[la], nb = N_CARTESIAN[lb];

    for (int i = 0; i < na; i++)
        for (int j = 0; j < nb; j++) {
            const unsigned char *pa = POWER[la][i], *pb = POWER[lb][j];
            for (int c = 0; c < KERNELS_MOMENTS; c++) {
                const double *restrict mx = table[0][pa[0]][pb[0] + MOMENT[c][0]];
                const double *restrict my = table[1][pa[1]][pb[1] + MOMENT[c][1]];
                const double *restrict mz = table[2][pa[2]][pb[2] + MOMENT[c][2]];
                double sum = 0.0;
#pragma omp simd reduction(+ : sum)
                for (size_t k = 0; k < n; k++)
                    sum += weight[k] * mx[k] * my[k] * mz[k];
                out[(c * na + i) * nb + j] = sum;
            }
        }
}

static void moment_gradient(int la, int lb, size_t n_prim, size_t ld, const double *restrict prim,
                            const double t[3], double mu_r2_max, const double *restrict coefficient,
                            double g[3])
{
    Moments1d table[3];
    double weight[LINE];
    const size_t n = fill_moments(la + 1, lb + 2, n_prim, ld, prim, t, mu_r2_max, table, weight);
    const int na = N_CARTESIAN[la], nb = N_CARTESIAN[lb];
    const double *restrict two_a = prim + 4 * ld;

    // d/dA_x (x-A)^i exp(-a (x-A)^2) = [2a (i+1) - i (i-1)]: slopes of the one-dimensional moments.
    double slope[3][KERNELS_MAX_L + 1][POWERS_B][LINE];
    for (int x = 0; x < 3; x++)
        for (int i = 0; i <= la; i++)
            for (int j = 0; j <= lb + 2; j++) {
                const double *restrict up = table[x][i + 1][j];
                const double *restrict down = table[x][i > 0 ? i - 1 : 0][j];
                double *restrict s = slope[x][i][j];
                const double fi = i;
#pragma omp simd
                for (size_t k = 0; k < n; k++)
                    s[k] = two_a[k] * up[k] - fi * down[k];
            }

    double sum[3][LINE] = {{0.0}};
    for (int i = 0; i < na; i++)
        for (int j = 0; j < nb; j++) {
            const unsigned char *pa = POWER[la][i], *pb = POWER[lb][j];
            for (int c = 0; c < KERNELS_MOMENTS; c++) {
                const int px = pb[0] + MOMENT[c][0], py = pb[1] + MOMENT[c][1],
                          pz = pb[2] + MOMENT[c][2];
                const double *restrict mx = table[0][pa[0]][px], *restrict sx = slope[0][pa[0]][px];
                const double *restrict my = table[1][pa[1]][py], *restrict sy = slope[1][pa[1]][py];
                const double *restrict mz = table[2][pa[2]][pz], *restrict sz = slope[2][pa[2]][pz];
                const double q = coefficient[(c * na + i) * nb + j];
#pragma omp simd
                for (size_t k = 0; k < n; k++) {
                    sum[0][k] += q * sx[k] * my[k] * mz[k];
                    sum[1][k] += q * mx[k] * sy[k] * mz[k];
                    sum[2][k] += q * mx[k] * my[k] * sz[k];
                }
            }
        }
    for (int x = 0; x < 3; x++)
        g[x] += dot(n, sum[x], weight);
}
