// Part of kernels_body.c: elementary functions of rows and the electrostatics of points.

static void exponentials(size_t n, const double *x, double *y)
{
    const Vec most = all_lanes(700.0);
    for (size_t i = 0; i < n; i += KERNELS_PAD) {
        const Vec v = load(x + i);
        const Vec capped = select_of(less(v, most), v, most);
        store(y + i, exp_of_minus(-select_of(less(-most, capped), capped, -most)));
    }
}

static void inverse_roots(size_t n, const double *x, const double *y, double *out)
{
    for (size_t i = 0; i < n; i += KERNELS_PAD)
        store(out + i, 1.0 / root_of(load(x + i) + load(y + i)));
}

static void cubic_slopes(size_t first, size_t last, size_t n, size_t ld, const double *gamma,
                         const double *charge, const double *xyz, double *out)
{
    for (size_t i = first; i < last; i += KERNELS_PAD) {
        Vec here[3], sum[3];
        for (size_t x = 0; x < 3; x++) {
            here[x] = load(xyz + x * ld + i);
            sum[x] = all_lanes(0.0);
        }
        for (size_t t = 0; t < n; t++) {
            const Vec g = load(gamma + t * ld + i), w = charge[t] * g * g * g;
            for (size_t x = 0; x < 3; x++)
                sum[x] += w * (here[x] - xyz[x * ld + t]);
        }
        for (size_t x = 0; x < 3; x++)
            store(out + x * ld + i, sum[x]);
    }
}

static double repulsion_pairs(size_t n, double cutoff, const double *distance, const double *charge,
                              const double *decay, const double *exponent, double *slope)
{
    const Vec one = all_lanes(1.0), most = all_lanes(700.0);
    Vec sum = all_lanes(0.0);
    for (size_t i = 0; i < n; i += KERNELS_PAD) {
        const Vec r = load(distance + i), k = load(exponent + i), per_r = 1.0 / r;
        const Mask linear = equal(k, one), near = at_most(r, all_lanes(cutoff));
        if (!any(near)) {
            store(slope + i, all_lanes(0.0));
            continue;
        }
        const Vec power = load(decay + i) * r * select_of(linear, one, root_of(r));
        const Vec e = exp_of_minus(select_of(less(power, most), power, most));
        const Vec value = masked(load(charge + i) * per_r * e, near);
        store(slope + i, -value * (1.0 + k * power) * (per_r * per_r));
        sum += value;
    }
    return sum_of(sum);
}

/// exp(-k (radius/r - 1)), of at least exp(-700).
static inline Vec count_exponential(double k, Vec radius_per_r)
{
    const Vec most = all_lanes(700.0), x = k * radius_per_r - k;
    return exp_of_minus(select_of(less(x, most), x, most));
}

static void counting_pairs(size_t n, const double par[4], const double *distance,
                           const double *radius, double *count, double *slope)
{
    const double ka = par[0], kb = par[1], shift = par[2];
    for (size_t i = 0; i < n; i += KERNELS_PAD) {
        const Vec r = load(distance + i), per_r = 1.0 / r;
        const Mask within = at_most(r, all_lanes(par[3]));
        if (!any(within)) {
            store(count + i, all_lanes(0.0));
            store(slope + i, all_lanes(0.0));
            continue;
        }
        const Vec a = load(radius + i) * per_r, b = a + shift * per_r;
        const Vec near = count_exponential(ka, a);
        const Vec far = kb > 0.0 ? count_exponential(kb, b) : all_lanes(0.0);
        // d/dR 1/(1 + e) = -k R0/R^2 e/(1 + e)^2
        const Vec whole = 1.0 / ((1.0 + near) * (1.0 + far)), both = masked(whole, within);
        store(count + i, both);
        store(slope + i, -both * whole * (per_r * per_r) *
                             (ka * a * near * (1.0 + far) + kb * b * far * (1.0 + near)));
    }
}

/// R_B - R_A of a line of atoms B.
static inline Vec vectors_from(const double here[3], const double *xyz, size_t ld, size_t i,
                               Vec v[3])
{
    for (size_t x = 0; x < 3; x++)
        v[x] = load(xyz + x * ld + i) - here[x];
    return v[0] * v[0] + v[1] * v[1] + v[2] * v[2];
}

static void multipole_damping_row(size_t n, size_t ld, const double *xyz, const double here[3],
                                  double prefactor, double radius_here, const double *radius,
                                  double *per_r, double *g3, double *g5)
{
    for (size_t i = 0; i < n; i += KERNELS_PAD) {
        Vec v[3];
        const Vec r2 = vectors_from(here, xyz, ld, i, v);
        const Mask other = less(all_lanes(0.0), r2);
        const Vec u = masked(1.0 / root_of(select_of(other, r2, all_lanes(1.0))), other),
                  u2 = u * u, u3 = u2 * u;
        const Vec y = 0.5 * (radius_here + load(radius + i)) * u, y3 = y * y * y;
        store(per_r + i, u);
        store(g3 + i, u3 / (1.0 + prefactor * y3));
        store(g5 + i, u3 * u2 / (1.0 + prefactor * y3 * y));
    }
}

/// Theta v of the elements xx xy yy xz yz zz.
static inline void quadrupole_times(const Vec theta[6], const Vec v[3], Vec out[3])
{
    out[0] = theta[0] * v[0] + theta[1] * v[1] + theta[3] * v[2];
    out[1] = theta[1] * v[0] + theta[2] * v[1] + theta[4] * v[2];
    out[2] = theta[3] * v[0] + theta[4] * v[1] + theta[5] * v[2];
}

static inline Vec product3(const Vec a[3], const Vec b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/// The moments of one atom in all lanes.
static inline void same_moments(const double *moments, size_t ld, size_t b, Vec *q, Vec mu[3],
                                Vec theta[6])
{
    *q = all_lanes(moments[b]);
    for (size_t x = 0; x < 3; x++)
        mu[x] = all_lanes(moments[(1 + x) * ld + b]);
    for (size_t c = 0; c < 6; c++)
        theta[c] = all_lanes(moments[(4 + c) * ld + b]);
}

static void multipole_potentials(size_t first, size_t last, size_t n, size_t ld, const double *xyz,
                                 const double *moments, const double *g3, const double *g5,
                                 double *out)
{
    for (size_t i = first; i < last; i += KERNELS_PAD) {
        Vec sum[KERNELS_MULTIPOLES], here[3];
        for (int c = 0; c < KERNELS_MULTIPOLES; c++)
            sum[c] = all_lanes(0.0);
        for (size_t x = 0; x < 3; x++)
            here[x] = load(xyz + x * ld + i);
        for (size_t b = 0; b < n; b++) {
            Vec q, v[3], mu[3], theta[6], theta_v[3];
            same_moments(moments, ld, b, &q, mu, theta);
            for (size_t x = 0; x < 3; x++)
                v[x] = xyz[x * ld + b] - here[x];
            quadrupole_times(theta, v, theta_v);
            const Vec f3 = load(g3 + b * ld + i), f5 = load(g5 + b * ld + i);
            const Vec mu_v = product3(mu, v), q5 = f5 * q, along = f3 * q - 3.0 * f5 * mu_v,
                      of_mu = f5 * product3(v, v);
            sum[0] += f5 * product3(v, theta_v) - f3 * mu_v;
            for (int x = 0; x < 3; x++)
                sum[1 + x] += along * v[x] + of_mu * mu[x];
            const Vec q5x = q5 * v[0], q5y = q5 * v[1];
            sum[4] += q5x * v[0];
            sum[5] += q5x * v[1];
            sum[6] += q5y * v[1];
            sum[7] += q5x * v[2];
            sum[8] += q5y * v[2];
            sum[9] += q5 * v[2] * v[2];
        }
        sum[5] *= 2.0;
        sum[7] *= 2.0;
        sum[8] *= 2.0;
        for (size_t c = 0; c < KERNELS_MULTIPOLES; c++)
            store(out + c * ld + i, sum[c]);
    }
}

static void multipole_slopes(size_t first, size_t last, size_t n, size_t ld, const double *xyz,
                             const double *moments, const double *radius, const double *per_r,
                             const double *g3, const double *g5, double *out)
{
    for (size_t i = first; i < last; i += KERNELS_PAD) {
        Vec here[3], mu_a[3], theta_a[6], sum[4];
        const Vec qa = load(moments + i), radius_a = load(radius + i);
        for (size_t x = 0; x < 3; x++) {
            here[x] = load(xyz + x * ld + i);
            mu_a[x] = load(moments + (1 + x) * ld + i);
        }
        for (size_t c = 0; c < 6; c++)
            theta_a[c] = load(moments + (4 + c) * ld + i);
        for (int x = 0; x < 4; x++)
            sum[x] = all_lanes(0.0);
        for (size_t b = 0; b < n; b++) {
            Vec qb, v[3], mu_b[3], theta_b[6], theta_a_v[3], theta_b_v[3];
            same_moments(moments, ld, b, &qb, mu_b, theta_b);
            for (size_t x = 0; x < 3; x++)
                v[x] = xyz[x * ld + b] - here[x];
            quadrupole_times(theta_a, v, theta_a_v);
            quadrupole_times(theta_b, v, theta_b_v);
            const Vec u = load(per_r + b * ld + i), k3 = load(g3 + b * ld + i),
                      k5 = load(g5 + b * ld + i);
            const Vec mu_a_v = product3(mu_a, v), mu_b_v = product3(mu_b, v),
                      mu_ab = product3(mu_a, mu_b), r2 = product3(v, v);
            const Vec n3 = qb * mu_a_v - qa * mu_b_v;
            const Vec n5 = r2 * mu_ab - 3.0 * mu_a_v * mu_b_v + qb * product3(v, theta_a_v) +
                           qa * product3(v, theta_b_v);

            // d/dv of f3 n3/R^3 + f5 n5/R^5, with df/dy y = -k f (1 - f).
            const Vec r3 = r2 * r2 * u, f3 = k3 * r3, f5 = k5 * r2 * r3;
            const Vec e3 = k3 * n3, e5 = k5 * n5;
            const Vec radial = (e5 * (-1.0 - 4.0 * f5) - 3.0 * e3 * f3) * (u * u);
            for (int x = 0; x < 3; x++) {
                const Vec a3 = qb * mu_a[x] - qa * mu_b[x];
                const Vec a5 = 2.0 * (mu_ab * v[x] + qb * theta_a_v[x] + qa * theta_b_v[x]) -
                               3.0 * (mu_a[x] * mu_b_v + mu_b[x] * mu_a_v);
                sum[x] += k3 * a3 + k5 * a5 + radial * v[x];
            }
            sum[3] -= (3.0 * e3 * (1.0 - f3) + 4.0 * e5 * (1.0 - f5)) / (radius_a + radius[b]);
        }
        for (size_t x = 0; x < 4; x++)
            store(out + x * ld + i, sum[x]);
    }
}
