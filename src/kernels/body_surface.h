// Part of kernels_body.c: the surface that a sphere shows to the solvent.

enum { QUAD = KERNELS_PAD / 2, MASK_BYTES = 32 };
static const unsigned char HALVES[2] = {0x0f, 0xf0};

/// Four points. Of eight in a register too many would have nothing to do, and roots and quotients, which take most of
/// the time, are no faster by the number.
typedef double Quad __attribute__((vector_size(QUAD * sizeof(double)), aligned(8), may_alias));
#if defined(KERNELS_AVX2_BUILD) || defined(KERNELS_AVX512_BUILD)
typedef double QuadRegister __attribute__((vector_size(QUAD * sizeof(double))));
#endif

static inline Quad quad_of(const double *p)
{
    Quad v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline Quad quad_root(Quad v)
{
#if defined(KERNELS_AVX2_BUILD) || defined(KERNELS_AVX512_BUILD)
    return (Quad)__builtin_ia32_sqrtpd256((QuadRegister)v);
#else
    double root[QUAD];
    memcpy(root, &v, sizeof v);
#pragma omp simd
    for (int i = 0; i < QUAD; i++)
        root[i] = __builtin_sqrt(root[i]);
    return quad_of(root);
#endif
}

/// The larger of v and `least`, which is what a NaN becomes.
static inline Quad quad_above(double least, Quad v)
{
#if defined(KERNELS_AVX2_BUILD) || defined(KERNELS_AVX512_BUILD)
    const QuadRegister low = {least, least, least, least};
    return (Quad)__builtin_ia32_maxpd256((QuadRegister)v, low);
#else
    double x[QUAD];
    memcpy(x, &v, sizeof v);
#pragma omp simd
    for (int i = 0; i < QUAD; i++)
        x[i] = x[i] > least ? x[i] : least;
    return quad_of(x);
#endif
}

/// The smaller of v and `most`.
static inline Quad quad_below(double most, Quad v)
{
#if defined(KERNELS_AVX2_BUILD) || defined(KERNELS_AVX512_BUILD)
    const QuadRegister high = {most, most, most, most};
    return (Quad)__builtin_ia32_minpd256((QuadRegister)v, high);
#else
    double x[QUAD];
    memcpy(x, &v, sizeof v);
#pragma omp simd
    for (int i = 0; i < QUAD; i++)
        x[i] = x[i] < most ? x[i] : most;
    return quad_of(x);
#endif
}

static inline double quad_sum(Quad v)
{
    typedef double Two __attribute__((vector_size(2 * sizeof(double))));
    Two half[2];
    memcpy(half, &v, sizeof v);
    half[0] += half[1];
    return half[0][0] + half[0][1];
}

/// A bit for each of eight numbers below a limit.
static inline unsigned bits_below(const float *restrict c, float limit)
{
#if defined(KERNELS_AVX2_BUILD) || defined(KERNELS_AVX512_BUILD)
    typedef float Floats __attribute__((vector_size(KERNELS_PAD * sizeof(float))));
    Floats v;
    memcpy(&v, c, sizeof v);
    return (unsigned)__builtin_ia32_movmskps256((Floats)(v < (Floats){0.0f} + limit));
#else
    unsigned bits = 0;
    for (unsigned i = 0; i < KERNELS_PAD; i++)
        bits |= (unsigned)(c[i] < limit) << i;
    return bits;
#endif
}

static void sphere_masks(size_t n_points, const float *restrict points, const float away[3],
                         const float range[2], unsigned char *restrict covered,
                         unsigned char *restrict edge)
{
    for (size_t p = 0; p < n_points; p += KERNELS_PAD) {
        const float *x = points + p, *y = x + n_points, *z = y + n_points;
        float c[KERNELS_PAD];
#pragma omp simd
        for (int i = 0; i < KERNELS_PAD; i++)
            c[i] = away[0] * x[i] + away[1] * y[i] + away[2] * z[i];
        const unsigned inside = bits_below(c, range[0]);
        covered[p / KERNELS_PAD] = (unsigned char)inside;
        edge[p / KERNELS_PAD] = (unsigned char)(bits_below(c, range[1]) & ~inside);
    }
}

/// Which of 32 groups have a point in one of their halves that is at the edge of a sphere and not covered, a bit each.
static inline unsigned groups_with(const unsigned char *restrict edge,
                                   const unsigned char *restrict covered, unsigned char half)
{
#if defined(KERNELS_AVX2_BUILD) || defined(KERNELS_AVX512_BUILD)
    typedef char Bytes __attribute__((vector_size(MASK_BYTES)));
    Bytes e, c;
    memcpy(&e, edge, sizeof e);
    memcpy(&c, covered, sizeof c);
    const Bytes found = (e & ~c & (Bytes)((Bytes){0} + (char)half)) != 0;
    return (unsigned)__builtin_ia32_pmovmskb256(found);
#else
    const uint64_t low = 0x7f7f7f7f7f7f7f7fULL, each = 0x0101010101010101ULL;
    unsigned bits = 0;
    for (unsigned i = 0; i < MASK_BYTES; i += 8) {
        uint64_t e, c;
        memcpy(&e, edge + i, sizeof e);
        memcpy(&c, covered + i, sizeof c);
        const uint64_t found = e & ~c & each * half;
        // The highest bit of every byte that is not 0; the product puts these bits side by side.
        const uint64_t flags = (((found & low) + low) | found) & ~low;
        bits |= (unsigned)((flags >> 7) * 0x0102040810204080ULL >> 56) << i;
    }
    return bits;
#endif
}

/// Adds the points that a sphere covers to those that others cover.
static inline void join_covered(size_t ld, const unsigned char *restrict more,
                                unsigned char *restrict covered)
{
    typedef uint64_t Words __attribute__((vector_size(MASK_BYTES)));
    for (size_t i = 0; i < ld; i += MASK_BYTES) {
        Words a, b;
        memcpy(&a, covered + i, sizeof a);
        memcpy(&b, more + i, sizeof b);
        a |= b;
        memcpy(covered + i, &a, sizeof a);
    }
}

/// Multiplies four factors by the steps of a sphere; d ln s/dt per length of the way from its centre.
static inline Quad step_over(size_t n_points, const double *restrict points, double radius,
                             double per_width, const double *restrict o, double *restrict factors)
{
    const Quad c = o[0] * quad_of(points) + o[1] * quad_of(points + n_points) +
                   o[2] * quad_of(points + 2 * n_points);
    // What is covered for certain does not count, but neither must it give a NaN.
    const Quad r = quad_root(quad_above(1e-20, o[3] + 2.0 * radius * c));
    const Quad t = quad_above(-1.0, quad_below(1.0, (r - o[4]) * per_width));
    const Quad step = 0.5 + t * (0.75 - 0.25 * t * t), factor = quad_of(factors) * step;
    memcpy(factors, &factor, sizeof factor);
    return 0.75 * per_width * (1.0 - t * t) / (quad_above(1e-300, step) * r);
}

static inline void sum_slopes(size_t n_points, const double *restrict points, double radius,
                              const double *restrict o, size_t n, const int *restrict at,
                              const double *restrict weights, const double *restrict ratios,
                              double slope[3])
{
    Quad sum = {0.0}, x = sum, y = sum, z = sum;
    for (size_t i = 0; i < n; i++) {
        const double *from = points + at[i];
        const Quad w = quad_of(weights + at[i]) * quad_of(ratios + QUAD * i);
        sum += w;
        x += w * quad_of(from);
        y += w * quad_of(from + n_points);
        z += w * quad_of(from + 2 * n_points);
    }
    const double whole = quad_sum(sum);
    slope[0] = radius * quad_sum(x) + whole * o[0];
    slope[1] = radius * quad_sum(y) + whole * o[1];
    slope[2] = radius * quad_sum(z) + whole * o[2];
}

static double sphere_area(size_t n_points, const double *restrict points,
                          const double shape[KERNELS_SPHERE_SHAPE], size_t n,
                          const double *restrict others, size_t ld,
                          const unsigned char *const *restrict masks,
                          unsigned char *restrict covered, int *restrict list,
                          double *restrict scratch, double (*restrict slopes)[3])
{
    const double radius = shape[0], per_width = 1.0 / shape[1];
    const size_t n_groups = n_points / KERNELS_PAD;
    double *restrict factors = scratch, *restrict ratios = scratch + n_points;
    int *restrict end = list, *restrict at = list + n;
    const Vec zero = {0.0}, one = zero + 1.0, least = all_lanes(shape[2]);
    memset(covered, 0, ld);
    for (size_t b = 0; b < n; b++)
        join_covered(ld, masks[b], covered);
    for (size_t p = 0; p < n_points; p += KERNELS_PAD)
        store(factors + p, one);

    size_t n_edges = 0;
    for (size_t b = 0; b < n; b++) {
        const double *o = others + KERNELS_SPHERE_ROW * b;
        for (size_t g = 0; g < n_groups; g += MASK_BYTES)
            for (size_t half = 0; half < 2; half++)
                for (unsigned left = groups_with(masks[b] + ld + g, covered + g, HALVES[half]);
                     left != 0; left &= left - 1) {
                    const size_t p = KERNELS_PAD * (g + (size_t)__builtin_ctz(left)) + QUAD * half;
                    const Quad ratio =
                        step_over(n_points, points + p, radius, per_width, o, factors + p);
                    memcpy(ratios + QUAD * n_edges, &ratio, sizeof ratio);
                    at[n_edges++] = (int)p;
                }
        end[b] = (int)n_edges;
    }

    Vec area = zero;
    for (size_t g = 0; g < n_groups; g++) {
        // Weights may be negative.
        if (covered[g] == 0xff)
            continue;
        const size_t p = KERNELS_PAD * g;
        const Vec factor = load(factors + p);
        const Mask counts = less(least, factor) & ~mask_of(covered[g]);
        const Vec w = masked(factor * load(points + 3 * n_points + p), counts);
        area += w;
        store(factors + p, w);
    }
    for (size_t b = 0; b < n; b++) {
        const size_t first = b == 0 ? 0 : (size_t)end[b - 1], last = (size_t)end[b];
        slopes[b][0] = slopes[b][1] = slopes[b][2] = 0.0;
        if (first == last)
            continue;
        sum_slopes(n_points, points, radius, others + KERNELS_SPHERE_ROW * b, last - first,
                   at + first, factors, ratios + QUAD * first, slopes[b]);
    }
    return sum_of(area);
}
