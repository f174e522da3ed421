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

// One register tile of C = A B: ROWS rows times COLS lines. Element (i,l) of A sits at
// a[i * stride_i + l * stride_l], which serves A and its transpose alike.
#define DEFINE_TILE(ROWS, COLS)                                                                    \
    static inline void tile_##ROWS##x##COLS(size_t k, const double *restrict a, size_t stride_i,   \
                                            size_t stride_l, const double *restrict b, size_t ldb, \
                                            double *restrict c, size_t ldc)                        \
    {                                                                                              \
        Vec sum[ROWS][COLS] = {{{0.0}}};                                                           \
        for (size_t l = 0; l < k; l++) {                                                           \
            Vec line[COLS];                                                                        \
            for (int v = 0; v < COLS; v++)                                                         \
                line[v] = load(b + l * ldb + KERNELS_PAD * (size_t)v);                             \
            for (int i = 0; i < ROWS; i++) {                                                       \
                const double s = a[(size_t)i * stride_i + l * stride_l];                           \
                for (int v = 0; v < COLS; v++)                                                     \
                    sum[i][v] += s * line[v];                                                      \
            }                                                                                      \
        }                                                                                          \
        for (int i = 0; i < ROWS; i++)                                                             \
            for (int v = 0; v < COLS; v++)                                                         \
                store(c + (size_t)i * ldc + KERNELS_PAD * (size_t)v, sum[i][v]);                   \
    }

DEFINE_TILE(6, 4)
DEFINE_TILE(8, 3)
DEFINE_TILE(8, 2)
DEFINE_TILE(8, 1)
DEFINE_TILE(1, 4)
DEFINE_TILE(1, 3)
DEFINE_TILE(1, 2)
DEFINE_TILE(1, 1)

#define COLUMN_OF_TILES(ROWS, COLS)                                                                \
    do {                                                                                           \
        size_t i = lower ? j : 0;                                                                  \
        for (; i + ROWS <= m; i += ROWS)                                                           \
            tile_##ROWS##x##COLS(k, a + i * stride_i, stride_i, stride_l, b + j, ldb,              \
                                 c + i * ldc + j, ldc);                                            \
        for (; i < m; i++)                                                                         \
            tile_1x##COLS(k, a + i * stride_i, stride_i, stride_l, b + j, ldb, c + i * ldc + j,    \
                          ldc);                                                                    \
    } while (0)

/// The columns that fill no line, fewer than KERNELS_PAD.
static void last_columns(size_t m, size_t n, size_t k, const double *restrict a, size_t stride_i,
                         size_t stride_l, const double *restrict b, size_t ldb, double *restrict c,
                         size_t ldc)
{
    for (size_t i = 0; i < m; i++) {
        double sum[KERNELS_PAD] = {0.0};
        for (size_t l = 0; l < k; l++) {
            const double s = a[i * stride_i + l * stride_l];
            for (size_t v = 0; v < n; v++)
                sum[v] += s * b[l * ldb + v];
        }
        for (size_t v = 0; v < n; v++)
            c[i * ldc + v] = sum[v];
    }
}

static void matmul(size_t m, size_t n, size_t k, const double *restrict a, size_t stride_i,
                   size_t stride_l, const double *restrict b, size_t ldb, double *restrict c,
                   size_t ldc, bool lower)
{
    size_t left = n / KERNELS_PAD, j = 0;
    while (left > 0) {
        // Tiles of three lines; four at the end instead of a lonely last one.
        const size_t width = left == 4 ? 4 : left >= 3 ? 3 : left;
        switch (width) {
        case 4:
            COLUMN_OF_TILES(6, 4);
            break;
        case 3:
            COLUMN_OF_TILES(8, 3);
            break;
        case 2:
            COLUMN_OF_TILES(8, 2);
            break;
        default:
            COLUMN_OF_TILES(8, 1);
        }
        j += width * KERNELS_PAD;
        left -= width;
    }
    if (j < n)
        last_columns(m, n - j, k, a, stride_i, stride_l, b + j, ldb, c + j, ldc);
}

static void matmul_nn(size_t m, size_t n, size_t k, const double *restrict a, size_t lda,
                      const double *restrict b, size_t ldb, double *restrict c, size_t ldc)
{
    matmul(m, n, k, a, lda, 1, b, ldb, c, ldc, false);
}

static void matmul_tn(size_t m, size_t n, size_t k, const double *restrict a, size_t lda,
                      const double *restrict b, size_t ldb, double *restrict c, size_t ldc)
{
    matmul(m, n, k, a, 1, lda, b, ldb, c, ldc, false);
}

static void matmul_nn_symmetric(size_t n, size_t k, const double *restrict a, size_t lda,
                                const double *restrict b, size_t ldb, double *restrict c,
                                size_t ldc)
{
    // The rows of a column of tiles begin at its diagonal; the columns that fill no line are whole.
    matmul(n, n, k, a, lda, 1, b, ldb, c, ldc, true);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            c[i * ldc + j] = c[j * ldc + i];
}
