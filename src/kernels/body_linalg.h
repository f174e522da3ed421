// Part of kernels_body.c: small dense linear algebra.

/// One line of doubles in registers; the compiler splits it where registers are narrower.
typedef double Vec __attribute__((vector_size(KERNELS_PAD * sizeof(double)), aligned(8)));

static inline Vec load(const double *p)
{
    Vec v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void store(double *p, Vec v)
{
    memcpy(p, &v, sizeof v);
}

/// Sum of the elements, in a fixed tree.
static inline double sum_of(Vec v)
{
    return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

static double dot(size_t n, const double *restrict x, const double *restrict y)
{
    double sum = 0.0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

static void axpy(size_t n, double s, const double *restrict x, double *restrict y)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] += s * x[i];
}

static void matvec(size_t m, size_t n, const double *restrict a, size_t lda,
                   const double *restrict x, double *restrict y)
{
    // Four rows share what is loaded of x, and their sums do not wait for each other.
    size_t i = 0;
    for (; i + 4 <= m; i += 4) {
        const double *restrict r = a + i * lda;
        double s0 = 0.0, s1 = 0.0, s2 = 0.0, s3 = 0.0;
#pragma omp simd reduction(+ : s0, s1, s2, s3)
        for (size_t j = 0; j < n; j++) {
            s0 += r[j] * x[j];
            s1 += r[lda + j] * x[j];
            s2 += r[2 * lda + j] * x[j];
            s3 += r[3 * lda + j] * x[j];
        }
        y[i] = s0, y[i + 1] = s1, y[i + 2] = s2, y[i + 3] = s3;
    }
    for (; i < m; i++)
        y[i] = dot(n, a + i * lda, x);
}

static void combine(size_t n, int n_rows, const double *weight, const double *rows, size_t ld,
                    double *out)
{
    // Along the rows, four at a time: they are too many for the caches' foresight across them.
    for (int k = 0; k < n_rows; k += 4) {
        const int left = n_rows - k;
        const double *row = rows + (size_t)k * ld, w0 = weight[k],
                     w1 = left > 1 ? weight[k + 1] : 0.0, w2 = left > 2 ? weight[k + 2] : 0.0,
                     w3 = left > 3 ? weight[k + 3] : 0.0;
        const size_t s1 = left > 1 ? ld : 0, s2 = left > 2 ? 2 * ld : 0, s3 = left > 3 ? 3 * ld : 0;
        for (size_t i = 0; i < n; i += KERNELS_PAD) {
            const Vec sum = (w0 * load(row + i) + w1 * load(row + s1 + i)) +
                            (w2 * load(row + s2 + i) + w3 * load(row + s3 + i));
            store(out + i, k == 0 ? sum : sum + load(out + i));
        }
    }
}

static void difference_store(size_t n, int orders, double *x, double *d, size_t ld, double *squares)
{
    for (int k = 0; k < orders; k++, d += ld) {
        Vec sum = {0.0};
        for (size_t i = 0; i < n; i += KERNELS_PAD) {
            const Vec v = load(x + i), difference = v - load(d + i);
            store(d + i, v);
            store(x + i, difference);
            sum += difference * difference;
        }
        squares[k] = sum_of(sum);
    }
}

/// Square of four by four doubles from a to b, transposed and scaled.
static inline void transpose_square(double scale, const double *restrict a, size_t lda,
                                    double *restrict b, size_t ldb)
{
    typedef double Quad __attribute__((vector_size(4 * sizeof(double)), aligned(8)));
    Quad r[4];
    for (int i = 0; i < 4; i++)
        memcpy(&r[i], a + (size_t)i * lda, sizeof r[i]);
    const Quad low01 = __builtin_shufflevector(r[0], r[1], 0, 4, 2, 6),
               high01 = __builtin_shufflevector(r[0], r[1], 1, 5, 3, 7),
               low23 = __builtin_shufflevector(r[2], r[3], 0, 4, 2, 6),
               high23 = __builtin_shufflevector(r[2], r[3], 1, 5, 3, 7);
    r[0] = scale * __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
    r[1] = scale * __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
    r[2] = scale * __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
    r[3] = scale * __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
    for (int i = 0; i < 4; i++)
        memcpy(b + (size_t)i * ldb, &r[i], sizeof r[i]);
}

static void transpose_double(size_t m, size_t n, double scale, const double *restrict a, size_t lda,
                             double *restrict b, size_t ldb)
{
    const size_t whole = m / 4 * 4, across = n / 4 * 4;
    for (size_t i = 0; i < whole; i += 4) {
        for (size_t j = 0; j < across; j += 4)
            transpose_square(scale, a + i * lda + j, lda, b + j * ldb + i, ldb);
        for (size_t j = across; j < n; j++)
            for (size_t r = i; r < i + 4; r++)
                b[j * ldb + r] = scale * a[r * lda + j];
    }
    for (size_t i = whole; i < m; i++)
        for (size_t j = 0; j < n; j++)
            b[j * ldb + i] = scale * a[i * lda + j];
}

/// The upper triangle from the lower one, as far as it comes from the rows first..last, first a multiple of 4.
static void mirror(size_t first, size_t last, double *c, size_t ldc)
{
    size_t i = first;
    for (; i + 4 <= last; i += 4) {
        for (size_t j = 0; j < i; j += 4)
            transpose_square(1.0, c + i * ldc + j, ldc, c + j * ldc + i, ldc);
        for (size_t r = i; r < i + 4; r++)
            for (size_t j = i; j < r; j++)
                c[j * ldc + r] = c[r * ldc + j];
    }
    for (; i < last; i++)
        for (size_t j = 0; j < i; j++)
            c[j * ldc + i] = c[i * ldc + j];
}

static void narrow(size_t m, size_t n, double scale, const double *restrict a, size_t lda,
                   float *restrict b, size_t ldb)
{
    typedef float Half __attribute__((vector_size(KERNELS_PAD * sizeof(float)), aligned(4)));
    typedef double Four __attribute__((vector_size(4 * sizeof(double)), aligned(8)));
    typedef float FourSingles __attribute__((vector_size(4 * sizeof(float)), aligned(4)));
    for (size_t i = 0; i < m; i++) {
        size_t j = 0;
        for (; j + KERNELS_PAD <= n; j += KERNELS_PAD) {
            const Half v = __builtin_convertvector(scale * load(a + i * lda + j), Half);
            memcpy(b + i * ldb + j, &v, sizeof v);
        }
        if (j + 4 <= n) {
            Four wide;
            memcpy(&wide, a + i * lda + j, sizeof wide);
            const FourSingles v = __builtin_convertvector(scale * wide, FourSingles);
            memcpy(b + i * ldb + j, &v, sizeof v);
            j += 4;
        }
        for (; j < n; j++)
            b[i * ldb + j] = (float)(scale * a[i * lda + j]);
    }
}
