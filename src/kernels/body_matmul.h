// Part of kernels_body.c: matrix products. One register tile of C = A B is a few rows times up to
// three vectors; A is broadcast element by element, B and C are read along their rows. The matrices of a
// molecule of some hundred orbitals stay in the caches and are multiplied as they lie, larger ones a
// block of A at a time.

#if defined(KERNELS_AVX512_BUILD)
enum { LANES_DOUBLE = 8, ROWS_1 = 12, ROWS_2 = 12, ROWS_3 = 8 };
#elif defined(KERNELS_AVX2_BUILD)
enum { LANES_DOUBLE = 4, ROWS_1 = 8, ROWS_2 = 6, ROWS_3 = 4 };
#else
enum { LANES_DOUBLE = 2, ROWS_1 = 8, ROWS_2 = 6, ROWS_3 = 4 };
#endif
enum { LANES_FLOAT = 2 * LANES_DOUBLE, ROWS_MAX = 12 };

/// Where a product goes: c = base + A B; base may be c or NULL for zero.
typedef struct {
    double *c;
    float *single; ///< instead of c
    const double *base;
    const float *base_single;
    size_t ld;
} Target;

typedef void TileDouble(size_t k, const double *a, size_t stride_i, size_t stride_l,
                        const double *b, size_t ldb, const Target *to, size_t at);
typedef void TileFloat(size_t k, const float *a, size_t stride_i, size_t stride_l, const float *b,
                       size_t ldb, const Target *to, size_t at);

static inline __attribute__((always_inline)) void put_double(size_t lanes, const double *sum,
                                                             const Target *to, size_t at)
{
    if (to->base == NULL)
        memcpy(to->c + at, sum, lanes * sizeof *sum);
    else
        for (size_t i = 0; i < lanes; i++)
            to->c[at + i] = to->base[at + i] + sum[i];
}

static inline __attribute__((always_inline)) void put_float(size_t lanes, const float *sum,
                                                            const Target *to, size_t at)
{
    if (to->single != NULL && to->base_single == NULL)
        memcpy(to->single + at, sum, lanes * sizeof *sum);
    else if (to->single != NULL)
        for (size_t i = 0; i < lanes; i++)
            to->single[at + i] = to->base_single[at + i] + sum[i];
    else
        for (size_t i = 0; i < lanes; i++)
            to->c[at + i] = to->base[at + i] + (double)sum[i];
}

// The sums of a tile are variables with names, s<row>_<vector>: arrays would end up in memory.
#define REPEAT_1(M) M(0)
#define REPEAT_2(M) REPEAT_1(M) M(1)
#define REPEAT_3(M) REPEAT_2(M) M(2)
#define REPEAT_4(M) REPEAT_3(M) M(3)
#define REPEAT_5(M) REPEAT_4(M) M(4)
#define REPEAT_6(M) REPEAT_5(M) M(5)
#define REPEAT_7(M) REPEAT_6(M) M(6)
#define REPEAT_8(M) REPEAT_7(M) M(7)
#define REPEAT_9(M) REPEAT_8(M) M(8)
#define REPEAT_10(M) REPEAT_9(M) M(9)
#define REPEAT_11(M) REPEAT_10(M) M(10)
#define REPEAT_12(M) REPEAT_11(M) M(11)
#define ZERO_1(i) Lane s##i##_0 = {0};
#define ADD_1(i)                                                                                   \
    {                                                                                              \
        const Scalar s = a[(size_t)(i)*from_i + l * from_l];                                       \
        s##i##_0 += s * line0;                                                                     \
    }
#define LINES_1                                                                                    \
    const Lane line0 = *(const Unaligned *)(b + l * ldb + 0 * (sizeof(Lane) / sizeof(Scalar)));
#define PUT_1(i) PUT(s##i##_0, at + (size_t)(i)*to->ld + 0 * (sizeof(Lane) / sizeof(Scalar)))
#define ZERO_2(i) Lane s##i##_0 = {0}, s##i##_1 = {0};
#define ADD_2(i)                                                                                   \
    {                                                                                              \
        const Scalar s = a[(size_t)(i)*from_i + l * from_l];                                       \
        s##i##_0 += s * line0;                                                                     \
        s##i##_1 += s * line1;                                                                     \
    }
#define LINES_2                                                                                    \
    const Lane line0 = *(const Unaligned *)(b + l * ldb + 0 * (sizeof(Lane) / sizeof(Scalar)));    \
    const Lane line1 = *(const Unaligned *)(b + l * ldb + 1 * (sizeof(Lane) / sizeof(Scalar)));
#define PUT_2(i)                                                                                   \
    PUT(s##i##_0, at + (size_t)(i)*to->ld + 0 * (sizeof(Lane) / sizeof(Scalar)))                   \
    PUT(s##i##_1, at + (size_t)(i)*to->ld + 1 * (sizeof(Lane) / sizeof(Scalar)))
#define ZERO_3(i) Lane s##i##_0 = {0}, s##i##_1 = {0}, s##i##_2 = {0};
#define ADD_3(i)                                                                                   \
    {                                                                                              \
        const Scalar s = a[(size_t)(i)*from_i + l * from_l];                                       \
        s##i##_0 += s * line0;                                                                     \
        s##i##_1 += s * line1;                                                                     \
        s##i##_2 += s * line2;                                                                     \
    }
#define LINES_3                                                                                    \
    const Lane line0 = *(const Unaligned *)(b + l * ldb + 0 * (sizeof(Lane) / sizeof(Scalar)));    \
    const Lane line1 = *(const Unaligned *)(b + l * ldb + 1 * (sizeof(Lane) / sizeof(Scalar)));    \
    const Lane line2 = *(const Unaligned *)(b + l * ldb + 2 * (sizeof(Lane) / sizeof(Scalar)));
#define PUT_3(i)                                                                                   \
    PUT(s##i##_0, at + (size_t)(i)*to->ld + 0 * (sizeof(Lane) / sizeof(Scalar)))                   \
    PUT(s##i##_1, at + (size_t)(i)*to->ld + 1 * (sizeof(Lane) / sizeof(Scalar)))                   \
    PUT(s##i##_2, at + (size_t)(i)*to->ld + 2 * (sizeof(Lane) / sizeof(Scalar)))
#define PUT(SUM, AT)                                                                               \
    {                                                                                              \
        Scalar whole[sizeof(Lane) / sizeof(Scalar)];                                               \
        memcpy(whole, &SUM, sizeof whole);                                                         \
        put(sizeof(Lane) / sizeof(Scalar), whole, to, AT);                                         \
    }

// Element (i,l) of A sits at a[i * stride_i + l * stride_l], one stride being one: A or its transpose.
#define TILE_SUM(ROWS, COLS, FROM_I, FROM_L)                                                       \
    {                                                                                              \
        const size_t from_i = FROM_I, from_l = FROM_L;                                             \
        for (size_t l = 0; l < k; l++) {                                                           \
            LINES_##COLS REPEAT_##ROWS(ADD_##COLS)                                                 \
        }                                                                                          \
    }

#define DEFINE_TILE(REAL, TYPE, LANES, ROWS, COLS)                                                 \
    static void tile_##REAL##_##LANES##_##ROWS##x##COLS(                                           \
        size_t k, const REAL *restrict a, size_t stride_i, size_t stride_l,                        \
        const REAL *restrict b, size_t ldb, const Target *to, size_t at)                           \
    {                                                                                              \
        typedef REAL Scalar;                                                                       \
        typedef REAL Lane __attribute__((vector_size(LANES * sizeof(REAL))));                      \
        typedef Lane Unaligned __attribute__((aligned(sizeof(REAL)), may_alias));                  \
        REPEAT_##ROWS(ZERO_##COLS) if (stride_i == 1)                                              \
            TILE_SUM(ROWS, COLS, 1, stride_l) else TILE_SUM(                                       \
                ROWS, COLS, stride_i, 1) void (*const put)(size_t, const REAL *, const Target *,   \
                                                           size_t) = put_##REAL;                   \
        REPEAT_##ROWS(PUT_##COLS)                                                                  \
    }

#define ROWS_UP_TO_4(X, REAL, TYPE, LANES, COLS)                                                   \
    X(REAL, TYPE, LANES, 1, COLS)                                                                  \
    X(REAL, TYPE, LANES, 2, COLS)                                                                  \
    X(REAL, TYPE, LANES, 3, COLS)                                                                  \
    X(REAL, TYPE, LANES, 4, COLS)
#define ROWS_UP_TO_6(X, REAL, TYPE, LANES, COLS)                                                   \
    ROWS_UP_TO_4(X, REAL, TYPE, LANES, COLS)                                                       \
    X(REAL, TYPE, LANES, 5, COLS)                                                                  \
    X(REAL, TYPE, LANES, 6, COLS)
#define ROWS_UP_TO_8(X, REAL, TYPE, LANES, COLS)                                                   \
    ROWS_UP_TO_6(X, REAL, TYPE, LANES, COLS)                                                       \
    X(REAL, TYPE, LANES, 7, COLS)                                                                  \
    X(REAL, TYPE, LANES, 8, COLS)
#define ROWS_UP_TO_12(X, REAL, TYPE, LANES, COLS)                                                  \
    ROWS_UP_TO_8(X, REAL, TYPE, LANES, COLS)                                                       \
    X(REAL, TYPE, LANES, 9, COLS)                                                                  \
    X(REAL, TYPE, LANES, 10, COLS)                                                                 \
    X(REAL, TYPE, LANES, 11, COLS)                                                                 \
    X(REAL, TYPE, LANES, 12, COLS)
#define TILE_NAME(REAL, TYPE, LANES, ROWS, COLS) [ROWS] = tile_##REAL##_##LANES##_##ROWS##x##COLS,

#if defined(KERNELS_AVX512_BUILD)
#define TILE_ROWS_1 ROWS_UP_TO_12
#define TILE_ROWS_2 ROWS_UP_TO_12
#define TILE_ROWS_3 ROWS_UP_TO_8
#else
#define TILE_ROWS_1 ROWS_UP_TO_8
#define TILE_ROWS_2 ROWS_UP_TO_6
#define TILE_ROWS_3 ROWS_UP_TO_4
#endif

/// The tiles of one width of vector: rows 1, 2, .. for one, two and three vectors.
#define DEFINE_TILES(REAL, TYPE, LANES)                                                            \
    TILE_ROWS_1(DEFINE_TILE, REAL, TYPE, LANES, 1)                                                 \
    TILE_ROWS_2(DEFINE_TILE, REAL, TYPE, LANES, 2)                                                 \
    TILE_ROWS_3(DEFINE_TILE, REAL, TYPE, LANES, 3)                                                 \
    static TYPE *const TILES_##REAL##_##LANES[4][ROWS_MAX + 1] = {                                 \
        [1] = {TILE_ROWS_1(TILE_NAME, REAL, TYPE, LANES, 1)},                                      \
        [2] = {TILE_ROWS_2(TILE_NAME, REAL, TYPE, LANES, 2)},                                      \
        [3] = {TILE_ROWS_3(TILE_NAME, REAL, TYPE, LANES, 3)},                                      \
    };
/// One vector only: what is left over beside wider ones.
#define DEFINE_NARROW_TILES(REAL, TYPE, LANES)                                                     \
    TILE_ROWS_1(DEFINE_TILE, REAL, TYPE, LANES, 1)                                                 \
    static TYPE *const TILES_##REAL##_##LANES[4][ROWS_MAX + 1] = {                                 \
        [1] = {TILE_ROWS_1(TILE_NAME, REAL, TYPE, LANES, 1)},                                      \
    };

#if defined(KERNELS_AVX512_BUILD)
DEFINE_TILES(double, TileDouble, 8)
DEFINE_NARROW_TILES(double, TileDouble, 4)
DEFINE_TILES(float, TileFloat, 16)
DEFINE_NARROW_TILES(float, TileFloat, 8)
DEFINE_NARROW_TILES(float, TileFloat, 4)
#elif defined(KERNELS_AVX2_BUILD)
DEFINE_TILES(double, TileDouble, 4)
DEFINE_TILES(float, TileFloat, 8)
DEFINE_NARROW_TILES(float, TileFloat, 4)
#else
DEFINE_TILES(double, TileDouble, 2)
DEFINE_TILES(float, TileFloat, 4)
#endif

/// Rows first..last of C that share the columns from j on, with lower only those from the diagonal on; a begins
/// with the row first.
#define COLUMN_OF_TILES(TILES, COLS)                                                               \
    do {                                                                                           \
        static const size_t ROWS_OF[4] = {0, ROWS_1, ROWS_2, ROWS_3};                              \
        for (size_t i = lower && j > first ? j : first; i < last;) {                               \
            /* Equal heights, so that no lonely rows remain. */                                    \
            const size_t n_tiles = (last - i + ROWS_OF[COLS] - 1) / ROWS_OF[COLS];                 \
            const size_t rows = (last - i + n_tiles - 1) / n_tiles;                                \
            TILES[COLS][rows](k, a + (i - first) * stride_i, stride_i, stride_l, b + j, ldb, to,   \
                              i * to->ld + j);                                                     \
            i += rows;                                                                             \
        }                                                                                          \
    } while (0)

#define WIDE_COLUMNS(TILES, LANES)                                                                 \
    for (size_t left = (n - j) / (LANES); left > 0;) {                                             \
        /* Panels of two or three vectors. */                                                      \
        const size_t n_panels = (left + 2) / 3, width = (left + n_panels - 1) / n_panels;          \
        COLUMN_OF_TILES(TILES, width);                                                             \
        j += width * (LANES);                                                                      \
        left -= width;                                                                             \
    }

#define NARROW_COLUMNS(TILES, LANES)                                                               \
    for (; n - j >= (LANES); j += (LANES))                                                         \
    COLUMN_OF_TILES(TILES, 1)

/// The last columns, fewer than four, copied beside each other and padded with zeros.
static void last_columns(size_t m, size_t n, size_t k, const double *a, size_t stride_i,
                         size_t stride_l, const double *b, size_t ldb, const Target *to, size_t at)
{
    enum { WIDTH = 4, DEPTH = 64 };
#if defined(KERNELS_AVX512_BUILD) || defined(KERNELS_AVX2_BUILD)
    enum { ROWS = ROWS_1 };
    TileDouble *const *tiles = TILES_double_4[1];
#else
    enum { ROWS = ROWS_2 };
    TileDouble *const *tiles = TILES_double_2[2];
#endif
    double line[DEPTH * WIDTH], sum[ROWS * WIDTH], part[ROWS * WIDTH];
    const Target here = {.c = part, .ld = WIDTH};
    for (size_t i = 0; i < m; i += ROWS) {
        const size_t rows = m - i < ROWS ? m - i : ROWS;
        for (size_t start = 0; start < k || start == 0; start += DEPTH) {
            const size_t depth = k - start < DEPTH ? k - start : DEPTH;
            if (i == 0 || k > DEPTH)
                for (size_t l = 0; l < depth; l++)
                    for (size_t v = 0; v < WIDTH; v++)
                        line[l * WIDTH + v] = v < n ? b[(start + l) * ldb + v] : 0.0;
            tiles[rows](depth, a + i * stride_i + start * stride_l, stride_i, stride_l, line, WIDTH,
                        &here, 0);
            for (size_t v = 0; v < rows * WIDTH; v++)
                sum[v] = start == 0 ? part[v] : sum[v] + part[v];
        }
        for (size_t r = 0; r < rows; r++)
            for (size_t v = 0; v < n; v++)
                put_double(1, sum + r * WIDTH + v, to, (i + r) * to->ld + at + v);
    }
}

// A block of A: it stays in the second cache while it is multiplied by all panels of B, which stay in the first.
// Without copying, blocks pay later.
enum { BLOCK_ROWS = 64, BLOCK_DEPTH = 256, BLOCK_LD = BLOCK_DEPTH + 8 };

static inline bool in_blocks(size_t bytes, size_t stride_i)
{
    return bytes >= (stride_i == 1 ? KERNELS_BLOCKS_OF_COLUMNS : KERNELS_BLOCKS_OF_ROWS);
}

static inline void add_to_double(Target *to)
{
    to->base = to->c;
}

static inline void add_to_float(Target *to)
{
    to->base = to->c;
    to->base_single = to->single;
}

#define DEFINE_MULTIPLY(REAL, WIDEST, NARROWER)                                                       \
    /** Columns from j on of the rows first..last of C in whole vectors; returns where they end. */   \
    static size_t rows_of_##REAL(size_t first, size_t last, size_t j, size_t n, size_t k,             \
                                 const REAL *a, size_t stride_i, size_t stride_l, const REAL *b,      \
                                 size_t ldb, const Target *to, bool lower)                            \
    {                                                                                                 \
        WIDEST NARROWER return j;                                                                     \
    }                                                                                                 \
                                                                                                      \
    /** The same for all rows of C, a block of A at a time, which is copied if it lies in columns. */ \
    static size_t blocks_of_##REAL(size_t m, size_t from, size_t n, size_t k, const REAL *a,          \
                                   size_t stride_i, size_t stride_l, const REAL *b, size_t ldb,       \
                                   const Target *to, bool lower)                                      \
    {                                                                                                 \
        REAL copy[BLOCK_ROWS * BLOCK_LD];                                                             \
        Target here = *to;                                                                            \
        size_t j = from;                                                                              \
        for (size_t l = 0; l < k; l += BLOCK_DEPTH) {                                                 \
            const size_t depth = k - l < BLOCK_DEPTH ? k - l : BLOCK_DEPTH;                           \
            if (l > 0)                                                                                \
                add_to_##REAL(&here);                                                                 \
            /* With lower, rows before the first column are not wanted. */                            \
            for (size_t i = lower ? from / BLOCK_ROWS * BLOCK_ROWS : 0; i < m; i += BLOCK_ROWS) {     \
                const size_t rows = m - i < BLOCK_ROWS ? m - i : BLOCK_ROWS;                          \
                const REAL *block = a + i * stride_i + l * stride_l;                                  \
                size_t from_i = stride_i, from_l = stride_l;                                          \
                if (stride_i == 1) {                                                                  \
                    for (size_t r = 0; r < rows; r += 8)                                              \
                        for (size_t d = 0; d < depth; d++)                                            \
                            for (size_t q = r; q < r + 8 && q < rows; q++)                            \
                                copy[q * BLOCK_LD + d] = block[d * stride_l + q];                     \
                    block = copy;                                                                     \
                    from_i = BLOCK_LD;                                                                \
                    from_l = 1;                                                                       \
                }                                                                                     \
                j = rows_of_##REAL(i, i + rows, from, n, depth, block, from_i, from_l,                \
                                   b + l * ldb, ldb, &here, lower);                                   \
            }                                                                                         \
        }                                                                                             \
        return j;                                                                                     \
    }

#if defined(KERNELS_AVX512_BUILD)
DEFINE_MULTIPLY(double, WIDE_COLUMNS(TILES_double_8, 8), NARROW_COLUMNS(TILES_double_4, 4);)
DEFINE_MULTIPLY(float, WIDE_COLUMNS(TILES_float_16, 16), NARROW_COLUMNS(TILES_float_8, 8);
                NARROW_COLUMNS(TILES_float_4, 4);)
#elif defined(KERNELS_AVX2_BUILD)
DEFINE_MULTIPLY(double, WIDE_COLUMNS(TILES_double_4, 4), )
DEFINE_MULTIPLY(float, WIDE_COLUMNS(TILES_float_8, 8), NARROW_COLUMNS(TILES_float_4, 4);)
#else
DEFINE_MULTIPLY(double, WIDE_COLUMNS(TILES_double_2, 2), )
DEFINE_MULTIPLY(float, WIDE_COLUMNS(TILES_float_4, 4), )
#endif

/// The columns from..n of C.
static void multiply_double(size_t m, size_t from, size_t n, size_t k, const double *a,
                            size_t stride_i, size_t stride_l, const double *b, size_t ldb,
                            const Target *to, bool lower)
{
    size_t j = in_blocks(m * k * sizeof *a, stride_i)
                   ? blocks_of_double(m, from, n, k, a, stride_i, stride_l, b, ldb, to, lower)
                   : rows_of_double(0, m, from, n, k, a, stride_i, stride_l, b, ldb, to, lower);
    // The columns that fill no vector; copying them does not pay for few products.
    if (j < n && m * k < 64)
        for (; j < n; j++)
            for (size_t i = 0; i < m; i++) {
                double sum = 0.0;
                for (size_t l = 0; l < k; l++)
                    sum += a[i * stride_i + l * stride_l] * b[l * ldb + j];
                put_double(1, &sum, to, i * to->ld + j);
            }
    else if (j < n)
        last_columns(m, n - j, k, a, stride_i, stride_l, b + j, ldb, to, j);
}

static void multiply_float(size_t m, size_t from, size_t n, size_t k, const float *a,
                           size_t stride_i, size_t stride_l, const float *b, size_t ldb,
                           const Target *to, bool lower)
{
    size_t j = in_blocks(m * k * sizeof *a, stride_i)
                   ? blocks_of_float(m, from, n, k, a, stride_i, stride_l, b, ldb, to, lower)
                   : rows_of_float(0, m, from, n, k, a, stride_i, stride_l, b, ldb, to, lower);
    for (; j < n; j++)
        for (size_t i = 0; i < m; i++) {
            float sum = 0.0F;
            for (size_t l = 0; l < k; l++)
                sum += a[i * stride_i + l * stride_l] * b[l * ldb + j];
            put_float(1, &sum, to, i * to->ld + j);
        }
}

static void matmul_nn(size_t m, size_t n, size_t k, const double *a, size_t lda, const double *b,
                      size_t ldb, double *c, size_t ldc)
{
    const Target to = {.c = c, .ld = ldc};
    multiply_double(m, 0, n, k, a, lda, 1, b, ldb, &to, false);
}

static void matmul_tn(size_t m, size_t n, size_t k, const double *a, size_t lda, const double *b,
                      size_t ldb, double *c, size_t ldc)
{
    const Target to = {.c = c, .ld = ldc};
    multiply_double(m, 0, n, k, a, 1, lda, b, ldb, &to, false);
}

static void matmul_tn_symmetric(size_t m, size_t n, size_t k, const double *a, size_t lda,
                                const double *b, size_t ldb, double *c, size_t ldc)
{
    const Target to = {.c = c, .ld = ldc};
    multiply_double(m, 0, n, k, a, 1, lda, b, ldb, &to, true);
    mirror(0, m, c, ldc);
}

static void matmul_tn_lower(size_t m, size_t from, size_t n, size_t k, const double *a, size_t lda,
                            const double *b, size_t ldb, double *c, size_t ldc)
{
    const Target to = {.c = c, .ld = ldc};
    multiply_double(m, from, n, k, a, 1, lda, b, ldb, &to, true);
}

static void matmul_single(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                          size_t ldb, const float *base, float *c, size_t ldc)
{
    const Target to = {.single = c, .base_single = base, .ld = ldc};
    multiply_float(m, 0, n, k, a, lda, 1, b, ldb, &to, false);
}

static void matmul_tn_single(size_t m, size_t n, size_t k, const float *a, size_t lda,
                             const float *b, size_t ldb, float *c, size_t ldc)
{
    const Target to = {.single = c, .ld = ldc};
    multiply_float(m, 0, n, k, a, 1, lda, b, ldb, &to, false);
}

static void matmul_tn_lower_single(size_t m, size_t first, size_t last, size_t k, const float *a,
                                   size_t lda, const float *b, size_t ldb, float *c, size_t ldc)
{
    const Target to = {.single = c, .ld = ldc};
    multiply_float(m, first, last, k, a, 1, lda, b, ldb, &to, true);
}

static void matmul_tn_triangle_single(size_t m, size_t n, size_t k, const float *a, size_t lda,
                                      const float *b, size_t ldb, float *c, size_t ldc)
{
    matmul_tn_lower_single(m, 0, n, k, a, lda, b, ldb, c, ldc);
}

static void matmul_correction(size_t m, size_t n, size_t k, const float *a, size_t lda,
                              const float *b, size_t ldb, const double *base, double *c, size_t ldc)
{
    const Target to = {.c = c, .base = base, .ld = ldc};
    multiply_float(m, 0, n, k, a, lda, 1, b, ldb, &to, false);
}
