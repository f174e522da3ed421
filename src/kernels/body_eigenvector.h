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

/// The iteration: vectors of kernels_padded(m) and the numbers of the last step.
typedef struct {
    Symmetric matrix;
    size_t end;
    double sign;
    double *x, *levels, *r, *scale, *p, *q, *change;
    float *scratch;
    double norm, value, weight; ///< x.x, its Rayleigh quotient, x.D^-1.x
    double part, missing;       ///< x.D^-1.r, and r.D^-1.r orthogonal to x
    double before, gained;      ///< missing a step before; what the steps have taken off the value
} EigenvectorSteps;

/// The Rayleigh quotient of x and its residual, behind the distances of the levels. Returns the smallest of
/// them.
static double eigenvector_start(EigenvectorSteps *steps, const EigenvectorTask *task)
{
    const size_t m = task->m, end = steps->end;
    const double sign = steps->sign;
    const double *restrict x = steps->x;
    double *restrict levels = steps->levels, *restrict r = steps->r;
    for (size_t i = 0; i < end; i += KERNELS_PAD)
        store(levels + i, load_first(task->diagonal + i, m - i));
    symmetric_product(&steps->matrix, x, steps->scratch, r);
    Vec square = all_lanes(0.0), product = square;
    for (size_t i = 0; i < end; i += KERNELS_PAD) {
        square += load(x + i) * load(x + i);
        product += load(x + i) * load(r + i);
    }
    const double norm = sum_of(square), value = sum_of(product) / norm;

    const Vec closest = all_lanes(task->closest);
    Vec rr = all_lanes(0.0), xr = rr, xx = rr, nearest = all_lanes(1e300);
    for (size_t i = 0; i < end; i += KERNELS_PAD) {
        const Vec v = load(x + i), residual = sign * (load(r + i) - value * v);
        const Vec above = sign * (load(levels + i) - value);
        const Vec s = 1.0 / select_of(less(closest, above), above, closest);
        const Vec seen = select_of(lanes_below(m, i), above, nearest);
        nearest = select_of(less(seen, nearest), seen, nearest);
        rr += s * residual * residual;
        xr += s * residual * v;
        xx += s * v * v;
        store(r + i, residual);
        store(steps->scale + i, s);
        store(steps->p + i, all_lanes(0.0));
        store(steps->change + i, all_lanes(0.0));
    }
    steps->norm = norm;
    steps->value = value;
    steps->weight = sum_of(xx);
    steps->part = sum_of(xr);
    steps->missing = sum_of(rr) - steps->part * steps->part / steps->weight;
    steps->before = steps->missing;
    return smallest_of(nearest);
}

/// One step of conjugate gradients. Returns false if the value is not an outermost one.
static bool eigenvector_step(EigenvectorSteps *steps, bool first)
{
    const size_t end = steps->end;
    const double sign = steps->sign, value = steps->value;
    const double share = steps->part / steps->weight,
                 turn = first ? 0.0 : steps->missing / steps->before;
    const double *restrict x = steps->x, *restrict scale = steps->scale;
    double *restrict r = steps->r, *restrict p = steps->p, *restrict q = steps->q;
    for (size_t i = 0; i < end; i += KERNELS_PAD)
        store(p + i, load(scale + i) * (load(r + i) - share * load(x + i)) + turn * load(p + i));
    symmetric_product(&steps->matrix, p, steps->scratch, q);
    Vec pq = all_lanes(0.0);
    for (size_t i = 0; i < end; i += KERNELS_PAD) {
        const Vec v = load(p + i), image = sign * (load(q + i) - value * v);
        pq += v * image;
        store(q + i, image);
    }
    const double curvature = sum_of(pq);
    if (!(curvature > 0.0))
        return false;
    const double length = steps->missing / curvature;
    Vec rr = all_lanes(0.0), xr = rr;
    for (size_t i = 0; i < end; i += KERNELS_PAD) {
        const Vec residual = load(r + i) - length * load(q + i), s = load(scale + i);
        store(steps->change + i, load(steps->change + i) + length * load(p + i));
        store(r + i, residual);
        rr += s * residual * residual;
        xr += s * residual * load(x + i);
    }
    steps->gained += length * steps->missing;
    steps->before = steps->missing;
    steps->part = sum_of(xr);
    steps->missing = sum_of(rr) - steps->part * steps->part / steps->weight;
    return true;
}

/// The unit vector: x with the changes of the steps and the first-order correction that is left.
static void eigenvector_finish(const EigenvectorSteps *steps)
{
    const size_t end = steps->end;
    const double share = steps->part / steps->weight;
    double *restrict x = steps->x;
    Vec square = all_lanes(0.0);
    for (size_t i = 0; i < end; i += KERNELS_PAD) {
        const Vec v = load(x + i);
        const Vec better =
            v - load(steps->change + i) - load(steps->scale + i) * (load(steps->r + i) - share * v);
        square += better * better;
        store(x + i, better);
    }
    const double unit = 1.0 / __builtin_sqrt(sum_of(square));
    for (size_t i = 0; i < end; i += KERNELS_PAD)
        store(x + i, unit * load(x + i));
}

static EigenvectorResult eigenvector(const EigenvectorTask *task)
{
    const size_t end = kernels_padded(task->m);
    double *work = task->work;
    EigenvectorSteps steps = {.matrix = {.m = task->m,
                                         .ld = task->ld,
                                         .all = task->a,
                                         .off = task->off,
                                         .diagonal = work},
                              .end = end,
                              .sign = task->sign,
                              .x = task->x,
                              .levels = work,
                              .r = work + end,
                              .scale = work + 2 * end,
                              .p = work + 3 * end,
                              .q = work + 4 * end,
                              .change = work + 5 * end,
                              .scratch = (float *)(work + 6 * end)};
    EigenvectorResult result = {.level_distance = eigenvector_start(&steps, task)};
    bool outermost = true;
    while (steps.missing > task->tolerance * steps.norm && result.n_steps < task->max_steps) {
        outermost = eigenvector_step(&steps, result.n_steps == 0);
        if (!outermost)
            break;
        result.n_steps++;
    }
    if (!outermost)
        steps.missing = __builtin_inf();
    eigenvector_finish(&steps);
    result.value = steps.value - steps.sign * (steps.gained + steps.missing) / steps.norm;
    result.correction = steps.missing / steps.norm;
    result.correction_all = (steps.gained + steps.missing) / steps.norm;
    return result;
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
