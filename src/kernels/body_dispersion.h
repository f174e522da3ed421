// Part of kernels_body.c: dispersion.

static void atm_row(size_t n, size_t ld, const double pair[3], double *row_i, double *row_j,
                    double sums[2])
{
    const double *restrict bs = row_i, *restrict pi = row_i + ld, *restrict ti = row_i + 2 * ld;
    const double *restrict cs = row_j, *restrict pj = row_j + ld, *restrict tj = row_j + 2 * ld;
    double *restrict di = row_i + 3 * ld, *restrict qi = row_i + 4 * ld;
    double *restrict dj = row_j + 3 * ld, *restrict qj = row_j + 4 * ld;
    const double a = pair[0], p = pair[1], tau = 6.0 * pair[2];
    double sum_d = 0.0, sum_q = 0.0;
    // Whole blocks only: a scalar remainder would cost as much as the rest.
    const size_t n_whole = n / 8 * 8;
#pragma omp simd reduction(+ : sum_d, sum_q) aligned(bs, pi, ti, cs, pj, tj, di, qi, dj, qj : 64)
    for (size_t k = 0; k < n_whole; k++) {
        const double b = bs[k], c = cs[k];
        const double q = tau * ti[k] * tj[k];
        const double damp = 1.0 / (1.0 + q);
        const double kf = p * pi[k] * pj[k] * damp;

        const double tb = a + c, vb = (a - c) * (a - c);
        const double ta = b + c, va = (b - c) * (b - c);
        const double e = kf * (a * b * c + 0.375 * (a * a - va) * (ta - a));
        const double w = 16.0 / 3.0 * q * damp * e;

        // Polynomial of the slope in P with t = Q + R, v = (Q - R)^2. The angular part is
        // homogeneous of degree -9 in the distances: the third slope follows from the other two.
        const double da = -0.375 * kf * (a * (a * (a + ta) + 2.0 * ta * ta + va) - 5.0 * va * ta);
        const double db = -0.375 * kf * (b * (b * (b + tb) + 2.0 * tb * tb + vb) - 5.0 * vb * tb);
        const double dc = -9.0 * e - da - db;

        sum_d += da + w;
        sum_q += e;
        di[k] += db + w;
        qi[k] += e;
        dj[k] += dc + w;
        qj[k] += e;
    }
    sums[0] = sum_d;
    sums[1] = sum_q;
}

static void damped_pair_row(size_t n, const double par[4], const double *restrict r2,
                            double *restrict f, double *restrict h)
{
    const double s6 = par[0], s8q = par[1], rd6 = par[2], rd8 = par[3];
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        const double r4 = r2[i] * r2[i], r6 = r4 * r2[i];
        const double t6 = 1.0 / (r6 + rd6), t8 = 1.0 / (r4 * r4 + rd8);
        f[i] = s6 * t6 + s8q * t8;
        h[i] = -6.0 * s6 * r4 * t6 * t6 - 8.0 * s8q * r6 * t8 * t8;
    }
}
