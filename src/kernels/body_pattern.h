// Part of kernels_body.c: products of large symmetric matrices of which a pattern tells what is not zero. What there is of a
// block of rows of A is copied, so that a tile reads it in a row, and stays in the second cache; the rows of B
// that belong to it are copied beside it into the first, as wide as a tile.

enum {
    PACKED_ROWS = KERNELS_PATTERN_ROWS, ///< of A
    PACKED_DEPTH = 256                  ///< of the sum
};

/// Terms of the sums of a block of rows; the last group may reach beyond k.
static inline size_t terms_of(const KernelsPattern *pattern, size_t block, size_t k)
{
    const int first = pattern->first[block], last = pattern->first[block + 1];
    if (last == first)
        return 0;
    const size_t end = ((size_t)pattern->group[last - 1] + 1) * KERNELS_PATTERN_GROUP;
    return (size_t)(last - first) * KERNELS_PATTERN_GROUP - (end > k ? end - k : 0);
}

/// Where the terms l..l+depth of these sums stand.
static void list_places(const KernelsPattern *pattern, size_t block, size_t l, size_t depth,
                        int *place)
{
    const int *group = pattern->group + pattern->first[block];
    for (size_t d = 0; d < depth; d++)
        place[d] = group[(l + d) / KERNELS_PATTERN_GROUP] * KERNELS_PATTERN_GROUP +
                   (int)((l + d) % KERNELS_PATTERN_GROUP);
}

// A tile of three vectors is ROWS_3 high.
enum { PANEL_ROWS = ROWS_3 };

#define DEFINE_PATTERN_PRODUCT(REAL, TYPE, LANES, TILES, NARROW_TILES)                                \
    /** The columns i..i+rows of a row of A, PANEL_ROWS of them beside each other; A is symmetric. */ \
    static void pack_rows_##REAL(size_t rows, size_t depth, const int *place,                         \
                                 const REAL *restrict a, size_t lda, REAL *restrict out)              \
    {                                                                                                 \
        for (size_t d = 0; d < depth; d++) {                                                          \
            const REAL *restrict row = a + (size_t)place[d] * lda;                                    \
            REAL *restrict to = out + d * PANEL_ROWS;                                                 \
            size_t r = 0;                                                                             \
            for (; r + PANEL_ROWS <= rows; r += PANEL_ROWS, to += PANEL_ROWS * PACKED_DEPTH)          \
                memcpy(to, row + r, PANEL_ROWS * sizeof *to);                                         \
            for (size_t q = 0; r + q < rows; q++)                                                     \
                to[q] = row[r + q];                                                                   \
        }                                                                                             \
    }                                                                                                 \
                                                                                                      \
    /** A panel of C: `rows` rows and a tile's width of columns. */                                   \
    static inline __attribute__((always_inline)) void panel_of_##REAL(                                \
        TYPE *const *tiles, size_t width, size_t rows, size_t depth, const int *place,                \
        const REAL *packed, const REAL *b, size_t ldb, const Target *to, size_t at)                   \
    {                                                                                                 \
        REAL panel[PACKED_DEPTH * 3 * (LANES)] __attribute__((aligned(64)));                          \
        /* The rows lie apart: the next panel comes while this one is multiplied. */                  \
        for (size_t d = 0; d < depth; d++) {                                                          \
            const REAL *from = b + (size_t)place[d] * ldb;                                            \
            memcpy(panel + d * width, from, width * sizeof *b);                                       \
            __builtin_prefetch(from + width, 0, 2);                                                   \
            __builtin_prefetch(from + 2 * width - 1, 0, 2);                                           \
        }                                                                                             \
        for (size_t r = 0; r < rows; r += PANEL_ROWS)                                                 \
            tiles[rows - r < PANEL_ROWS ? rows - r : PANEL_ROWS](depth, packed + r * PACKED_DEPTH,    \
                                                                 1, PANEL_ROWS, panel, width, to,     \
                                                                 at + r * to->ld);                    \
    }                                                                                                 \
                                                                                                      \
    static void pattern_product_##REAL(size_t m, size_t first, size_t last, size_t n,                 \
                                       const KernelsPattern *pattern, const REAL *a, size_t lda,      \
                                       const REAL *b, size_t ldb, const Target *to)                   \
    {                                                                                                 \
        REAL packed[PACKED_ROWS * PACKED_DEPTH] __attribute__((aligned(64)));                         \
        int place[PACKED_DEPTH];                                                                      \
        for (size_t i = first, block = first / PACKED_ROWS; i < last; i += PACKED_ROWS, block++) {    \
            const size_t rows = m - i < PACKED_ROWS ? m - i : PACKED_ROWS,                            \
                         terms = terms_of(pattern, block, m);                                         \
            Target here = *to;                                                                        \
            for (size_t l = 0; l < terms; l += PACKED_DEPTH) {                                        \
                const size_t depth = terms - l < PACKED_DEPTH ? terms - l : PACKED_DEPTH;             \
                if (l > 0)                                                                            \
                    add_to_##REAL(&here);                                                             \
                list_places(pattern, block, l, depth, place);                                         \
                pack_rows_##REAL(rows, depth, place, a + i, lda, packed);                             \
                size_t j = 0;                                                                         \
                for (; n - j >= 3 * (LANES); j += 3 * (LANES))                                        \
                    panel_of_##REAL(TILES[3], 3 * (LANES), rows, depth, place, packed, b + j, ldb,    \
                                    &here, i * to->ld + j);                                           \
                for (; n - j >= (LANES); j += (LANES))                                                \
                    panel_of_##REAL(TILES[1], (LANES), rows, depth, place, packed, b + j, ldb,        \
                                    &here, i * to->ld + j);                                           \
                for (; n - j >= 4; j += 4)                                                            \
                    panel_of_##REAL(NARROW_TILES, 4, rows, depth, place, packed, b + j, ldb,          \
                                    &here, i * to->ld + j);                                           \
            }                                                                                         \
        }                                                                                             \
    }

#if defined(KERNELS_AVX512_BUILD)
#define WHOLE_TILES TILES_double_8
DEFINE_PATTERN_PRODUCT(double, TileDouble, 8, TILES_double_8, TILES_double_4[1])
DEFINE_PATTERN_PRODUCT(float, TileFloat, 16, TILES_float_16, TILES_float_4[1])
#elif defined(KERNELS_AVX2_BUILD)
#define WHOLE_TILES TILES_double_4
DEFINE_PATTERN_PRODUCT(double, TileDouble, 4, TILES_double_4, TILES_double_4[1])
DEFINE_PATTERN_PRODUCT(float, TileFloat, 8, TILES_float_8, TILES_float_4[1])
#else
#define WHOLE_TILES TILES_double_2
DEFINE_PATTERN_PRODUCT(double, TileDouble, 2, TILES_double_2, TILES_double_2[2])
DEFINE_PATTERN_PRODUCT(float, TileFloat, 4, TILES_float_4, TILES_float_4[1])
#endif

static void matmul_pattern(size_t m, size_t first, size_t last, size_t n,
                           const KernelsPattern *pattern, const double *a, size_t lda,
                           const double *b, size_t ldb, double *c, size_t ldc)
{
    const Target to = {.c = c, .ld = ldc};
    pattern_product_double(m, first, last, n, pattern, a, lda, b, ldb, &to);
}

static void matmul_pattern_single(size_t m, size_t first, size_t last, size_t n,
                                  const KernelsPattern *pattern, const float *a, size_t lda,
                                  const float *b, size_t ldb, float *c, size_t ldc)
{
    const Target to = {.single = c, .ld = ldc};
    pattern_product_float(m, first, last, n, pattern, a, lda, b, ldb, &to);
}

// Vectors of a tile that are whole groups.
enum {
    PATTERN_VECTORS = LANES_DOUBLE == 2 ? 2 : 3,
    PATTERN_WIDTH = PATTERN_VECTORS * LANES_DOUBLE,
    IN_PANEL = PATTERN_WIDTH / KERNELS_PATTERN_GROUP
};

/// Rows of C in the columns of a few groups: C += part, or C = part.
static void scatter_groups(size_t rows, size_t n_groups, const int *group, const double *part,
                           bool add, double *c, size_t ldc)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t g = 0; g < n_groups; g++) {
            const double *from = part + r * PATTERN_WIDTH + g * KERNELS_PATTERN_GROUP;
            double *to = c + r * ldc + (size_t)group[g] * KERNELS_PATTERN_GROUP;
            for (size_t q = 0; q < KERNELS_PATTERN_GROUP; q++)
                to[q] = add ? to[q] + from[q] : from[q];
        }
}

/// Elements above the diagonal from those below in the rows first..last, a square of a group at a time.
static void mirror_pattern(size_t first, size_t last, const KernelsPattern *pattern, double *c,
                           size_t ldc)
{
    enum { SIDE = KERNELS_PATTERN_GROUP };
    for (size_t i = first; i < last; i += SIDE) {
        const size_t block = i / PACKED_ROWS, rows = last - i < SIDE ? last - i : SIDE;
        for (int g = pattern->first[block]; g < pattern->first[block + 1]; g++) {
            const size_t j = (size_t)pattern->group[g] * SIDE;
            if (j > i)
                break;
            for (size_t q = 0; q < SIDE; q++)
                for (size_t r = j == i ? q + 1 : 0; r < rows; r++)
                    c[(j + q) * ldc + i + r] = c[(i + r) * ldc + j + q];
        }
    }
}

/// The columns of a few groups of B beside each other; fewer than a panel has are repeated.
static void pack_groups(size_t depth, size_t n_groups, const int *group, const double *b,
                        size_t ldb, double *panel)
{
    size_t column[IN_PANEL];
    for (size_t q = 0; q < IN_PANEL; q++)
        column[q] = (size_t)group[q < n_groups ? q : 0] * KERNELS_PATTERN_GROUP;
    for (size_t d = 0; d < depth; d++)
        for (size_t q = 0; q < IN_PANEL; q++)
            memcpy(panel + d * PATTERN_WIDTH + q * KERNELS_PATTERN_GROUP, b + d * ldb + column[q],
                   KERNELS_PATTERN_GROUP * sizeof *b);
}

static void matmul_tn_pattern_lower(size_t n, size_t first, size_t last, size_t k,
                                    const KernelsPattern *pattern, const double *a, size_t lda,
                                    const double *b, size_t ldb, double *c, size_t ldc)
{
    double packed[PACKED_ROWS * PACKED_DEPTH] __attribute__((aligned(64)));
    double panel[PACKED_DEPTH * PATTERN_WIDTH] __attribute__((aligned(64)));
    double part[PACKED_ROWS * PATTERN_WIDTH];
    int all[PACKED_DEPTH];
    for (int d = 0; d < PACKED_DEPTH; d++)
        all[d] = d;
    const Target here = {.c = part, .ld = PATTERN_WIDTH};
    for (size_t i = first, block = first / PACKED_ROWS; i < last; i += PACKED_ROWS, block++) {
        const size_t rows = n - i < PACKED_ROWS ? n - i : PACKED_ROWS;
        const int *group = pattern->group + pattern->first[block];
        size_t n_groups = 0; // up to the diagonal
        while (n_groups < (size_t)(pattern->first[block + 1] - pattern->first[block]) &&
               (size_t)group[n_groups] * KERNELS_PATTERN_GROUP < i + rows)
            n_groups++;
        for (size_t l = 0; l < k; l += PACKED_DEPTH) {
            const size_t depth = k - l < PACKED_DEPTH ? k - l : PACKED_DEPTH;
            pack_rows_double(rows, depth, all, a + l * lda + i, lda, packed);
            for (size_t g = 0; g < n_groups; g += IN_PANEL) {
                const size_t left = n_groups - g, here_groups = left < IN_PANEL ? left : IN_PANEL;
                pack_groups(depth, here_groups, group + g, b + l * ldb, ldb, panel);
                for (size_t r = 0; r < rows; r += PANEL_ROWS)
                    WHOLE_TILES[PATTERN_VECTORS][rows - r < PANEL_ROWS ? rows - r : PANEL_ROWS](
                        depth, packed + r * PACKED_DEPTH, 1, PANEL_ROWS, panel, PATTERN_WIDTH,
                        &here, r * PATTERN_WIDTH);
                scatter_groups(rows, here_groups, group + g, part, l > 0, c + i * ldc, ldc);
            }
        }
    }
}

static void matmul_tn_pattern(size_t n, size_t k, const KernelsPattern *pattern, const double *a,
                              size_t lda, const double *b, size_t ldb, double *c, size_t ldc)
{
    matmul_tn_pattern_lower(n, 0, n, k, pattern, a, lda, b, ldb, c, ldc);
    mirror_pattern(0, n, pattern, c, ldc);
}
