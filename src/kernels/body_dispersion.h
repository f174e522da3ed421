// Part of kernels_body.c: dispersion.

/// The lanes i.. of a row that are below n.
static inline Mask lanes_below(size_t n, size_t i)
{
    const Vec lane = {0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0};
    return less(lane, all_lanes((double)n - (double)i));
}

/// x^(-1/3) of positive numbers that are no denormals: a third of the exponent, right to 4 %, and twice
/// the Taylor series of (1 - h)^(-1/3), h = 1 - x y^3, as far as it counts.
static inline Vec inverse_cube_root(Vec x)
{
    const double whole = 4503599627370496.0; // 2^52: the low bits of 2^52 + n are those of n
    // The upper halves of x and of the result as numbers.
    const Vec upper = (Vec)(((Mask)x >> 32) | (Mask)all_lanes(whole)) - whole;
    const Vec third = (1430194700.0 - upper * (1.0 / 3.0)) + whole;
    Vec y = (Vec)((Mask)third << 32);
    Vec h = 1.0 - x * y * (y * y);
    y += y * h * (1.0 / 3.0 + h * (2.0 / 9.0 + h * (14.0 / 81.0 + h * (35.0 / 243.0))));
    h = 1.0 - x * y * (y * y);
    return y + y * h * (1.0 / 3.0 + h * (2.0 / 9.0));
}

/// exp(x^2) erfc(x) for 0 <= x <= 6.3: a polynomial in (x - 3.75)/(x + 3.75), interpolated at the roots
/// of the Chebyshev polynomial of degree 19, errs by less than 1e-17.
static inline Vec scaled_erfc(Vec x)
{
    const Vec u = 1.0 - 7.5 / (x + 3.75);
    Vec y = u * -2.85459316432996602e-08 - 1.89748567016595842e-07;
    y = y * u - 3.02577320524201976e-07;
    y = y * u + 5.97489477639979496e-07;
    y = y * u + 7.43092469605218622e-07;
    y = y * u - 6.17143562665461095e-06;
    y = y * u + 3.58948876194737956e-06;
    y = y * u + 4.78987640049768787e-05;
    y = y * u - 1.52463340909846367e-04;
    y = y * u - 2.55354473912057629e-05;
    y = y * u + 1.80296244999199567e-03;
    y = y * u - 8.22062114464107603e-03;
    y = y * u + 2.41432239716843564e-02;
    y = y * u - 5.48023266952991917e-02;
    y = y * u + 1.02604312032205811e-01;
    y = y * u - 1.63571895523919320e-01;
    y = y * u + 2.26008066916621397e-01;
    y = y * u - 2.73421931495426485e-01;
    return y * u + 1.45589721275038553e-01;
}

static double counting_row(size_t n, size_t ld, double steepness, const double *r2,
                           const double *par, double *cn, double *slope)
{
    const double two_per_root_pi = 1.12837916709551257390;
    const Vec zero = all_lanes(0.0), one = all_lanes(1.0), far = all_lanes(6.3);
    Vec sum = zero;
    for (size_t i = 0; i < n; i += KERNELS_PAD) {
        const Vec square = load(r2 + i);
        const Mask reached = at_most(square, load(par + 2 * ld + i)),
                   near = reached & lanes_below(n, i);
        if (!any(near)) {
            store(slope + i, zero);
            continue;
        }
        const Vec radius = load(par + i), half = load(par + ld + i);
        const Vec r = root_of(select_of(near, square, one)), per_r = 1.0 / (radius * r);
        const Vec t = steepness * (r - radius) * (r * per_r);
        const Mask inside = less(t, zero);
        const Vec size = select_of(inside, -t, t), x = select_of(less(size, far), size, far);
        const Vec gauss = exp_of_minus(x * x), tail = gauss * scaled_erfc(x);
        const Vec count = masked(half * select_of(inside, 2.0 - tail, tail), near);
        store(slope + i, masked(-steepness * two_per_root_pi * half * gauss * per_r, near));
        store(cn + i, load(cn + i) + count);
        sum += count;
    }
    return sum_of(sum);
}

static void damped_pair_row(size_t n, size_t ld, const double *xyz, const double here[3], double s6,
                            const double *par, double *r2, double *f, double *h)
{
    for (size_t i = 0; i < n; i += KERNELS_PAD) {
        Vec v[3];
        const Vec square = vectors_from(here, xyz, ld, i, v);
        const Mask other = less(all_lanes(0.0), square);
        const Vec s8q = load(par + i), rd6 = load(par + ld + i), rd8 = load(par + 2 * ld + i);
        const Vec r4 = square * square, r6 = r4 * square;
        const Vec t6 = 1.0 / (r6 + rd6), t8 = 1.0 / (r4 * r4 + rd8);
        const Vec six = s6 * t6, eight = s8q * t8;
        store(r2 + i, square);
        store(f + i, masked(six + eight, other));
        store(h + i, masked(-6.0 * r4 * six * t6 - 8.0 * r6 * eight * t8, other));
    }
}

static void charge_scaling(size_t n, double height, const double *u, const double *steepness,
                           const double *reference, const double *weight,
                           const double *weight_slope, double drop, double *g, double *g_cn,
                           double *g_q)
{
    const Vec zero = all_lanes(0.0), one = all_lanes(1.0), most = all_lanes(700.0);
    for (size_t i = 0; i < n; i += KERNELS_PAD) {
        const Vec c = load(steepness + i), w = load(weight + i), at = load(u + i);
        const Mask positive = less(zero, at);
        const Vec per_u = 1.0 / select_of(positive, at, one), ratio = load(reference + i) * per_u;
        const Vec x = c * (ratio - 1.0), capped = select_of(less(x, most), x, most);
        // Of an exponent that is cut nothing is left.
        const Mask whole = less(x, most), counts = at_most(all_lanes(drop), w);
        const Vec t = masked(exp_of_minus(capped), positive & whole);
        const Vec zeta = masked(exp_of_minus(height * (t - 1.0)), counts);
        const Vec wz = w * zeta;
        store(g + i, wz);
        store(g_cn + i, load(weight_slope + i) * zeta);
        store(g_q + i, -height * c * t * wz * ratio * per_u);
    }
}

static void reference_coefficients(size_t n_kinds, const size_t *first_place,
                                   const size_t *first_ref, const double *g, const double *c,
                                   size_t ld, double *z)
{
    for (size_t k = 0; k < n_kinds; k++) {
        const size_t n = first_place[k + 1] - first_place[k], m = first_ref[k + 1] - first_ref[k];
        for (size_t j = 0; j < n; j++, z += ld)
            for (size_t b = 0; b < ld; b += KERNELS_PAD) {
                const double *row = c + first_ref[k] * ld + b;
                Vec sum = g[j] * load(row);
                for (size_t a = 1; a < m; a++)
                    sum += g[a * n + j] * load(row + a * ld);
                store(z + b, sum);
            }
        g += m * n;
    }
}

/// Eight places of one kind with m references.
__attribute__((always_inline)) static inline void partner_sums_of(const size_t m, size_t n,
                                                                  const double *z, size_t ldz,
                                                                  const double *f, size_t ldf,
                                                                  double *y, size_t ldy)
{
    Vec sum[8];
    for (size_t a = 0; a < m; a++)
        sum[a] = all_lanes(0.0);
    for (size_t j = 0; j < n; j++) {
        const Vec line = load(f + j * ldf);
        for (size_t a = 0; a < m; a++)
            sum[a] += z[j * ldz + a] * line;
    }
    for (size_t a = 0; a < m; a++)
        store(y + a * ldy, sum[a]);
}

static void partner_sums(size_t m, size_t n, const double *z, size_t ldz, const double *f,
                         size_t ldf, double *y, size_t ldy)
{
    switch (m) {
    case 1:
        partner_sums_of(1, n, z, ldz, f, ldf, y, ldy);
        break;
    case 2:
        partner_sums_of(2, n, z, ldz, f, ldf, y, ldy);
        break;
    case 3:
        partner_sums_of(3, n, z, ldz, f, ldf, y, ldy);
        break;
    case 4:
        partner_sums_of(4, n, z, ldz, f, ldf, y, ldy);
        break;
    case 5:
        partner_sums_of(5, n, z, ldz, f, ldf, y, ldy);
        break;
    case 6:
        partner_sums_of(6, n, z, ldz, f, ldf, y, ldy);
        break;
    default:
        partner_sums_of(KERNELS_REFERENCES, n, z, ldz, f, ldf, y, ldy);
    }
}

static void reference_sums(size_t kind, size_t first, size_t last, size_t n_kinds,
                           const size_t *first_place, const size_t *first_ref, const double *z,
                           size_t ldz, const double *f, size_t ldf, double *y)
{
    for (size_t k = 0; k < kind; k++)
        y += (first_ref[k + 1] - first_ref[k]) * (first_place[k + 1] - first_place[k]);
    const size_t n = first_place[kind + 1] - first_place[kind],
                 m = first_ref[kind + 1] - first_ref[kind];
    // The last places of a row come first: what their line holds beyond the row is the beginning
    // of the next row, which is written later.
    for (size_t i = kernels_padded(last); i > first;) {
        i -= KERNELS_PAD;
        partner_sums(m, first_place[n_kinds], z + first_ref[kind], ldz, f + first_place[kind] + i,
                     ldf, y + i, n);
    }
}

static void pair_coefficients(size_t n_kinds, const size_t *first_place, const size_t *first_ref,
                              const double *g, const double *z, size_t ldz, double *c6, size_t ld)
{
    for (size_t j = 0; j < first_place[n_kinds]; j++) {
        const double *gk = g;
        for (size_t k = 0; k < n_kinds; k++) {
            const size_t n = first_place[k + 1] - first_place[k];
            const size_t m = first_ref[k + 1] - first_ref[k];
            const double *zj = z + j * ldz + first_ref[k];
            // Kinds come in the order of their places: the next one overwrites what is too much.
            for (size_t i = 0; i < n; i += KERNELS_PAD) {
                Vec sum = zj[0] * load(gk + i);
                for (size_t a = 1; a < m; a++)
                    sum += zj[a] * load(gk + a * n + i);
                store(c6 + j * ld + first_place[k] + i, sum);
            }
            gk += m * n;
        }
    }
}

static void pair_force_row(size_t n, size_t ld, const double *t, const double *xyz,
                           const double here[3], double *slopes, double out[3])
{
    Vec sum[3] = {{0.0}};
    for (size_t i = 0; i < n; i += KERNELS_PAD) {
        const Vec s = masked(load(t + i), lanes_below(n, i));
        for (size_t x = 0; x < 3; x++) {
            const Vec force = s * (here[x] - load(xyz + x * ld + i));
            store(slopes + x * ld + i, load(slopes + x * ld + i) - force);
            sum[x] += force;
        }
    }
    for (int x = 0; x < 3; x++)
        out[x] = sum_of(sum[x]);
}

static void atm_pair_row(size_t n, size_t first, size_t ld, const double *xyz, const double here[3],
                         double r2_max, const double *c, const double *power, double *row)
{
    const Vec zero = all_lanes(0.0), one = all_lanes(1.0);
    for (size_t i = first / KERNELS_PAD * KERNELS_PAD; i < n; i += KERNELS_PAD) {
        Vec v[3];
        const Vec r2 = vectors_from(here, xyz, ld, i, v);
        const Mask reached = at_most(r2, all_lanes(r2_max));
        const Mask counts = reached & lanes_below(n, i) & ~lanes_below(first, i);
        const Vec square = select_of(counts, r2, one), u = 1.0 / square, u2 = u * u;
        const Vec root = inverse_cube_root(square);
        store(row + i, square);
        // sqrt(C)/r^5 and (Rd/r)^(16/3)
        store(row + ld + i, masked(root_of(select_of(counts, load(c + i), zero) * u) * u2, counts));
        store(row + 2 * ld + i, masked(load(power + i) * (u2 * (root * root)), counts));
        store(row + 3 * ld + i, zero);
        store(row + 4 * ld + i, zero);
    }
}

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
