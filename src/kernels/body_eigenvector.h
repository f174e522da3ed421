// Part of kernels_body.c: one eigenvector of a small symmetric matrix, nearly known.

/// Eight elements of which those from n on are zero.
static inline Vec load_first(const double *p, size_t n)
{
    if (n >= KERNELS_PAD)
        return load(p);
    double part[KERNELS_PAD];
#pragma omp simd
    for (size_t i = 0; i < KERNELS_PAD; i++)
        part[i] = i < n ? p[i] : 0.0;
    return load(part);
}

/// Where a symmetric matrix stands: in double precision, or, where that is NULL, as its diagonal and the
/// negative of its off-diagonal elements in single precision.
typedef struct {
    size_t m, ld;
    const double *all;
    const float *off;
    const double *diagonal;
} Symmetric;

/// y = x A of some vectors of columns, rows in turn to two sums of their own.
__attribute__((always_inline)) static inline void
row_times(size_t vectors, size_t m, const double *x, const double *a, size_t ld, double *y)
{
    Vec even[4], odd[4];
    for (size_t k = 0; k < vectors; k++)
        even[k] = odd[k] = all_lanes(0.0);
    size_t i = 0;
    for (; i + 2 <= m; i += 2, a += 2 * ld)
        for (size_t k = 0; k < vectors; k++) {
            even[k] += x[i] * load(a + k * KERNELS_PAD);
            odd[k] += x[i + 1] * load(a + ld + k * KERNELS_PAD);
        }
    for (size_t k = 0; k < vectors; k++) {
        if (i < m)
            even[k] += x[i] * load(a + k * KERNELS_PAD);
        store(y + k * KERNELS_PAD, even[k] + odd[k]);
    }
}

/// The same in single precision.
__attribute__((always_inline)) static inline void
row_times_single(size_t vectors, size_t m, const float *x, const float *a, size_t ld, float *y)
{
    Singles even[4], odd[4];
    for (size_t k = 0; k < vectors; k++)
        even[k] = odd[k] = (Singles){0.0F};
    size_t i = 0;
    for (; i + 2 <= m; i += 2, a += 2 * ld)
        for (size_t k = 0; k < vectors; k++) {
            even[k] += x[i] * *(const Singles *)(a + k * N_SINGLES);
            odd[k] += x[i + 1] * *(const Singles *)(a + ld + k * N_SINGLES);
        }
    for (size_t k = 0; k < vectors; k++) {
        if (i < m)
            even[k] += x[i] * *(const Singles *)(a + k * N_SINGLES);
        *(Singles *)(y + k * N_SINGLES) = even[k] + odd[k];
    }
}

/// Calls a function for up to four vectors of columns at a time until `end`, in about equal parts.
#define IN_COLUMNS(TIMES, WIDTH)                                                                   \
    for (size_t j = 0; j < end;) {                                                                 \
        const size_t left = (end - j) / (WIDTH);                                                   \
        const size_t vectors = left == 5 ? 3 : left < 4 ? left : 4;                                \
        if (vectors == 1)                                                                          \
            TIMES(1, m, x, a + j, ld, y + j);                                                      \
        else if (vectors == 2)                                                                     \
            TIMES(2, m, x, a + j, ld, y + j);                                                      \
        else if (vectors == 3)                                                                     \
            TIMES(3, m, x, a + j, ld, y + j);                                                      \
        else                                                                                       \
            TIMES(4, m, x, a + j, ld, y + j);                                                      \
        j += vectors * (WIDTH);                                                                    \
    }

static void rows_times(size_t m, const double *x, const double *a, size_t ld, double *y)
{
    const size_t end = kernels_padded(m);
    IN_COLUMNS(row_times, (size_t)KERNELS_PAD)
}

static void rows_times_single(size_t m, const float *x, const float *a, size_t ld, float *y)
{
    const size_t end = (m + N_SINGLES - 1) / N_SINGLES * N_SINGLES;
    IN_COLUMNS(row_times_single, (size_t)N_SINGLES)
}

/// y = A x; 0 in the padding, whatever stands in that of A. Scratch: [2 kernels_padded_single(m)]
static void symmetric_product(const Symmetric *a, const double *x, float *scratch, double *y)
{
    const size_t m = a->m, end = kernels_padded(m), last = end - KERNELS_PAD;
    if (a->all != NULL) {
        rows_times(m, x, a->all, a->ld, y);
        store(y + last, masked(load(y + last), lanes_below(m, last)));
        return;
    }
    float *x_single = scratch, *y_single = scratch + kernels_padded_single(m);
#pragma omp simd
    for (size_t i = 0; i < end; i++)
        x_single[i] = (float)x[i];
    rows_times_single(m, x_single, a->off, a->ld, y_single);
    for (size_t i = 0; i < end; i += KERNELS_PAD) {
        double part[KERNELS_PAD];
#pragma omp simd
        for (size_t k = 0; k < KERNELS_PAD; k++)
            part[k] = (double)y_single[i + k];
        const Vec v = load(a->diagonal + i) * load(x + i) - load(part);
        store(y + i, i < last ? v : masked(v, lanes_below(m, last)));
    }
}

static int eigenvector(size_t m, const double *a, const float *off, size_t ld, double sign,
                       const double *diagonal, const double par[3], double *restrict x,
                       double *restrict work, double out[4])
{
    const Symmetric matrix = {.m = m, .ld = ld, .all = a, .off = off, .diagonal = work};
    const size_t end = kernels_padded(m);
    double *restrict levels = work, *restrict r = levels + end, *restrict scale = r + end,
                     *restrict p = scale + end, *restrict q = p + end, *restrict change = q + end;
    float *scratch = (float *)(change + end);
    const double closest = par[0], little = par[1];
    for (size_t i = 0; i < end; i += KERNELS_PAD)
        store(levels + i, load_first(diagonal + i, m - i));
    symmetric_product(&matrix, x, scratch, r);
    Vec square = all_lanes(0.0), product = square;
    for (size_t i = 0; i < end; i += KERNELS_PAD) {
        square += load(x + i) * load(x + i);
        product += load(x + i) * load(r + i);
    }
    const double norm = sum_of(square), value = sum_of(product) / norm;

    Vec rr = all_lanes(0.0), xr = rr, xx = rr, nearest = all_lanes(1e300);
    for (size_t i = 0; i < end; i += KERNELS_PAD) {
        const Vec v = load(x + i), residual = sign * (load(r + i) - value * v);
        const Vec above = sign * (load(levels + i) - value);
        const Vec s = 1.0 / select_of(less(all_lanes(closest), above), above, all_lanes(closest));
        const Vec seen = select_of(lanes_below(m, i), above, nearest);
        nearest = select_of(less(seen, nearest), seen, nearest);
        rr += s * residual * residual;
        xr += s * residual * v;
        xx += s * v * v;
        store(r + i, residual);
        store(scale + i, s);
        store(p + i, all_lanes(0.0));
        store(change + i, all_lanes(0.0));
    }
    const double weight = sum_of(xx);
    double part = sum_of(xr), missing = sum_of(rr) - part * part / weight, before = missing,
           gained = 0.0;
    out[3] = smallest_of(nearest);

    int step = 0;
    while (missing > little * norm && step < (int)par[2]) {
        const double share = part / weight, turn = step > 0 ? missing / before : 0.0;
        for (size_t i = 0; i < end; i += KERNELS_PAD)
            store(p + i,
                  load(scale + i) * (load(r + i) - share * load(x + i)) + turn * load(p + i));
        symmetric_product(&matrix, p, scratch, q);
        Vec pq = all_lanes(0.0);
        for (size_t i = 0; i < end; i += KERNELS_PAD) {
            const Vec v = load(p + i), image = sign * (load(q + i) - value * v);
            pq += v * image;
            store(q + i, image);
        }
        const double curvature = sum_of(pq);
        if (!(curvature > 0.0)) {
            missing = __builtin_inf();
            break;
        }
        const double length = missing / curvature;
        rr = xr = all_lanes(0.0);
        for (size_t i = 0; i < end; i += KERNELS_PAD) {
            const Vec residual = load(r + i) - length * load(q + i), s = load(scale + i);
            store(change + i, load(change + i) + length * load(p + i));
            store(r + i, residual);
            rr += s * residual * residual;
            xr += s * residual * load(x + i);
        }
        gained += length * missing;
        before = missing;
        part = sum_of(xr);
        missing = sum_of(rr) - part * part / weight;
        step++;
    }

    const double share = part / weight;
    square = all_lanes(0.0);
    for (size_t i = 0; i < end; i += KERNELS_PAD) {
        const Vec v = load(x + i);
        const Vec better = v - load(change + i) - load(scale + i) * (load(r + i) - share * v);
        square += better * better;
        store(x + i, better);
    }
    const double unit = 1.0 / __builtin_sqrt(sum_of(square));
    for (size_t i = 0; i < end; i += KERNELS_PAD)
        store(x + i, unit * load(x + i));
    out[0] = value - sign * (gained + missing) / norm;
    out[1] = missing / norm;
    out[2] = (gained + missing) / norm;
    return step;
}

/// The sums of eight vectors.
static inline Vec sums_of_eight(Vec v[KERNELS_PAD])
{
    transpose(v);
    return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

/// Eight rows of C times x.
static inline Vec rows_of_columns(size_t rows, size_t end, const double *c, size_t ldc,
                                  const double *x)
{
    Vec sum[KERNELS_PAD];
    for (int r = 0; r < KERNELS_PAD; r++)
        sum[r] = all_lanes(0.0);
    if (rows < KERNELS_PAD) {
        for (size_t r = 0; r < rows; r++)
            for (size_t j = 0; j < end; j += KERNELS_PAD)
                sum[r] += load(c + r * ldc + j) * load(x + j);
        return sums_of_eight(sum);
    }
    Vec s0 = sum[0], s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
    const double *c4 = c + 4 * ldc;
    for (size_t j = 0; j < end; j += KERNELS_PAD) {
        const Vec v = load(x + j);
        s0 += load(c + j) * v;
        s1 += load(c + ldc + j) * v;
        s2 += load(c + 2 * ldc + j) * v;
        s3 += load(c + 3 * ldc + j) * v;
        s4 += load(c4 + j) * v;
        s5 += load(c4 + ldc + j) * v;
        s6 += load(c4 + 2 * ldc + j) * v;
        s7 += load(c4 + 3 * ldc + j) * v;
    }
    Vec all[KERNELS_PAD] = {s0, s1, s2, s3, s4, s5, s6, s7};
    return sums_of_eight(all);
}

static double quotient_of_columns(size_t n, size_t m, const double *c, size_t ldc, const double *x,
                                  const double *f, size_t ldf, double *work)
{
    const size_t end = kernels_padded(m);
    double *ao = work, *image = work + kernels_padded(n);
    for (size_t i = 0; i < n; i += KERNELS_PAD) {
        const size_t rows = n - i < KERNELS_PAD ? n - i : KERNELS_PAD;
        const double *first = f + i * ldf;
        const Vec w = rows_of_columns(rows, end, c + i * ldc, ldc, x);
        const Vec w0 = all_lanes(w[0]), w1 = all_lanes(w[1]), w2 = all_lanes(w[2]),
                  w3 = all_lanes(w[3]), w4 = all_lanes(w[4]), w5 = all_lanes(w[5]),
                  w6 = all_lanes(w[6]), w7 = all_lanes(w[7]);
        store(ao + i, w);
        store(image + i, all_lanes(0.0));
        for (size_t j = 0; j <= i; j += KERNELS_PAD) {
            const double *at = first + j, *at4 = at + 4 * ldf;
            Vec sum = all_lanes(0.0), odd = sum;
            if (rows == KERNELS_PAD) {
                sum = w0 * load(at) + w2 * load(at + 2 * ldf);
                odd = w1 * load(at + ldf) + w3 * load(at + 3 * ldf);
                sum += w4 * load(at4) + w6 * load(at4 + 2 * ldf);
                odd += w5 * load(at4 + ldf) + w7 * load(at4 + 3 * ldf);
            } else {
                for (size_t r = 0; r < rows; r++)
                    sum += ao[i + r] * load(at + r * ldf);
            }
            // F is symmetric: what is left of its diagonal blocks counts twice.
            store(image + j, load(image + j) + (j < i ? 2.0 : 1.0) * (sum + odd));
        }
    }
    Vec sum = all_lanes(0.0);
    for (size_t i = 0; i < n; i += KERNELS_PAD)
        sum += load(ao + i) * load(image + i);
    return sum_of(sum);
}
