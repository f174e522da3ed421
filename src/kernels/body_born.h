// Part of kernels_body.c: pairs of atoms in a solvent.

/// log(x) of positive numbers that are no denormals: x = 2^n m with m between sqrt(1/2) and sqrt(2), and twice the series of
/// artanh((m - 1)/(m + 1)), whose rest is below 3e-17.
static inline Vec log_of(Vec x)
{
    typedef unsigned long long Bits __attribute__((vector_size(sizeof(Vec)), aligned(8)));
    const unsigned long long root_half = 0x3fe6a09e667f3bcdULL, one = 0x3ff0000000000000ULL;
    const double whole = 4503599627370496.0; // 2^52: the low bits of 2^52 + n are those of n
    const Bits exponent = ((Bits)x + (one - root_half)) >> 52;
    const Vec n = (Vec)(exponent | (Bits)all_lanes(whole)) - (whole + 1023.0);
    const Vec m = (Vec)((Bits)x - ((exponent - 1023) << 52));
    const Vec f = (m - 1.0) / (m + 1.0), s = f * f;
    Vec p = s * (1.0 / 23.0) + 1.0 / 21.0;
    p = p * s + 1.0 / 19.0;
    p = p * s + 1.0 / 17.0;
    p = p * s + 1.0 / 15.0;
    p = p * s + 1.0 / 13.0;
    p = p * s + 1.0 / 11.0;
    p = p * s + 1.0 / 9.0;
    p = p * s + 1.0 / 7.0;
    p = p * s + 1.0 / 5.0;
    p = p * s + 1.0 / 3.0;
    const Vec twice = 2.0 * f;
    return n * 6.93147180369123816490e-01 +
           (twice + (twice * s * p + n * 1.90821492927058770002e-10));
}

static void descreening_pairs(size_t n, double cutoff, const double *distance, const double *radius,
                              const double *other, double *g, double *slope)
{
    const Vec one = all_lanes(1.0);
    for (size_t i = 0; i < n; i += KERNELS_PAD) {
        const Vec r = load(distance + i), a = load(radius + i), rho = load(other + i);
        const Vec sum = r + rho, difference = r - rho;
        const Mask far = at_most(a + rho, r),
                   counts = at_most(r, all_lanes(cutoff)) & (far | less(a, sum));
        // One division for 1/r, 1/sum and 1/difference.
        const Vec apart = select_of(far, difference, one), all = 1.0 / (r * sum * apart);
        const Vec per_r = all * sum * apart, per_sum = all * r * apart, product = all * r;
        const Vec per_a = 1.0 / a, half = 0.5 * per_r;
        const Vec logarithm = log_of(select_of(far, difference * per_sum, sum * per_a));
        const Vec g_far = rho * product + half * logarithm,
                  slope_far =
                      rho * product * (per_r - 2.0 * r * product) - half * logarithm * per_r;
        const Vec edge = per_sum - sum * per_a * per_a;
        const Vec bracket = 0.5 * difference * edge - logarithm,
                  bracket_slope =
                      0.5 * edge - 0.5 * difference * (per_sum * per_sum + per_a * per_a) - per_sum;
        const Vec g_near = per_a - per_sum + half * bracket,
                  slope_near = per_sum * per_sum + half * (bracket_slope - bracket * per_r);
        store(g + i, masked(select_of(far, g_far, g_near), counts));
        store(slope + i, masked(select_of(far, slope_far, slope_near) * per_r, counts));
    }
}

static void born_pairs_p16(size_t n, double zeta, const double *distance, const double *root_m,
                           double *per_f, double *along, double *of_radii)
{
    for (size_t i = 0; i < n; i += KERNELS_PAD) {
        const Vec r = load(distance + i), m = load(root_m + i), ratio = zeta * r;
        const Vec t = 16.0 * m / (16.0 * m + ratio);
        const Vec t2 = t * t, t4 = t2 * t2, t8 = t4 * t4, t16 = t8 * t8;
        const Vec f = r + m * t16, both = 1.0 / (f * r), u = both * r;
        store(per_f + i, u);
        store(along + i, (1.0 - zeta * t16 * t) * u * both);
        store(of_radii + i, 0.5 * t16 * (m + ratio * t) * (u * u));
    }
}

static void born_pairs_still(size_t n, const double *distance, const double *root_m, double *per_f,
                             double *along, double *of_radii)
{
    const Vec most = all_lanes(700.0);
    for (size_t i = 0; i < n; i += KERNELS_PAD) {
        const Vec r = load(distance + i), root = load(root_m + i), m = root * root;
        const Vec x = r * r / (4.0 * m), e = exp_of_minus(select_of(less(x, most), x, most));
        const Vec u = 1.0 / root_of(r * r + m * e), u3 = u * u * u;
        store(per_f + i, u);
        store(along + i, (1.0 - 0.25 * e) * u3);
        store(of_radii + i, 0.5 * m * e * (1.0 + x) * u3);
    }
}
