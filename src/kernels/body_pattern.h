// Part of kernels_body.c: products of large symmetric matrices of which a pattern tells what is not zero. A tile of the
// result has the rows of one block of the pattern. What there is of A is copied once, block by block, into the room of the pattern, so
// that it is read in a row. A panel of B, as wide as a tile, is copied with all its rows, stays in the second cache, and every tile picks
// the groups of rows that belong to it.

enum {
    BLOCK = KERNELS_PATTERN_ROWS,
    GROUP = KERNELS_PATTERN_GROUP,
    PANEL_DEPTH = 1024, ///< rows of B in a panel
    AHEAD = 8,          ///< rows fetched before they are copied
    LOW_ROWS = 4        ///< of a tile in less than a whole panel
};

/// The first group of a block from a row of B on.
static size_t group_from(const KernelsPattern *pattern, size_t block, size_t row)
{
    size_t g = (size_t)pattern->first[block];
    const size_t last = (size_t)pattern->first[block + 1];
    while (g < last && (size_t)pattern->group[g] * GROUP < row)
        g++;
    return g;
}

static inline size_t rows_of_block(const KernelsPattern *pattern, size_t block)
{
    return (size_t)(pattern->row[block + 1] - pattern->row[block]);
}

static inline size_t groups_of_block(const KernelsPattern *pattern, size_t block)
{
    return (size_t)(pattern->first[block + 1] - pattern->first[block]);
}

/// Where the terms of a block begin in the packed A.
static size_t packed_at(const KernelsPattern *pattern, size_t block)
{
    size_t at = 0;
    for (size_t b = 0; b < block; b++)
        at += groups_of_block(pattern, b) * GROUP * rows_of_block(pattern, b);
    return at;
}

/// Vectors of the next panel of `columns`: two or three, if there are so many.
static inline size_t vectors_of_panel(size_t columns, size_t lanes)
{
    const size_t left = (columns + lanes - 1) / lanes, n_panels = (left + 2) / 3;
    return (left + n_panels - 1) / n_panels;
}

/// A tile: some rows of a block, which has `stride`, and the groups group[0..n_groups] of rows of the panel, whose first row
/// is the row `start` of B.
#define DEFINE_PATTERN_TILE(REAL, TYPE, LANES, ROWS, COLS)                                         \
    static void pattern_tile_##REAL##_##ROWS##x##COLS(                                             \
        size_t n_groups, const int *group, size_t start, const REAL *restrict a, size_t stride,    \
        const REAL *restrict panel, const Target *to, size_t at)                                   \
    {                                                                                              \
        typedef REAL Scalar;                                                                       \
        typedef REAL Lane __attribute__((vector_size(LANES * sizeof(REAL))));                      \
        typedef Lane Unaligned __attribute__((aligned(sizeof(REAL)), may_alias));                  \
        const size_t from_i = 1, from_l = stride, ldb = COLS * LANES;                              \
        REPEAT_##ROWS(ZERO_##COLS) for (size_t g = 0; g < n_groups; g++, a += GROUP * stride)      \
        {                                                                                          \
            const REAL *restrict b = panel + ((size_t)group[g] * GROUP - start) * ldb;             \
            for (size_t l = 0; l < GROUP; l++) {                                                   \
                LINES_##COLS REPEAT_##ROWS(ADD_##COLS)                                             \
            }                                                                                      \
        }                                                                                          \
        void (*const put)(size_t, const REAL *, const Target *, size_t) = put_##REAL;              \
        REPEAT_##ROWS(PUT_##COLS)                                                                  \
    }
#define PATTERN_TILE_NAME(REAL, TYPE, LANES, ROWS, COLS)                                           \
    [ROWS] = pattern_tile_##REAL##_##ROWS##x##COLS,

#define DEFINE_PATTERN_PRODUCT(REAL, LANES, TARGET)                                                \
    typedef void PatternTile_##REAL(size_t n_groups, const int *group, size_t start,               \
                                    const REAL *a, size_t stride, const REAL *panel,               \
                                    const Target *to, size_t at);                                  \
    ROWS_UP_TO_4(DEFINE_PATTERN_TILE, REAL, , LANES, 1)                                            \
    ROWS_UP_TO_4(DEFINE_PATTERN_TILE, REAL, , LANES, 2)                                            \
    TILE_ROWS_3(DEFINE_PATTERN_TILE, REAL, , LANES, 3)                                             \
    static PatternTile_##REAL *const PATTERN_TILES_##REAL[4][ROWS_3 + 1] = {                       \
        [1] = {ROWS_UP_TO_4(PATTERN_TILE_NAME, REAL, , LANES, 1)},                                 \
        [2] = {ROWS_UP_TO_4(PATTERN_TILE_NAME, REAL, , LANES, 2)},                                 \
        [3] = {TILE_ROWS_3(PATTERN_TILE_NAME, REAL, , LANES, 3)},                                  \
    };                                                                                             \
                                                                                                   \
    /** The terms of the blocks first..last; A is symmetric, so that a row of it is a column. */   \
    static void pack_pattern_##REAL(size_t m, size_t first, size_t last,                           \
                                    const KernelsPattern *pattern, const REAL *restrict a,         \
                                    size_t lda)                                                    \
    {                                                                                              \
        REAL *restrict out = (REAL *)pattern->room + packed_at(pattern, first);                    \
        for (size_t block = first; block < last; block++) {                                        \
            const size_t rows = rows_of_block(pattern, block);                                     \
            const REAL *restrict of_block = a + pattern->row[block];                               \
            for (int g = pattern->first[block]; g < pattern->first[block + 1]; g++)                \
                for (size_t l = 0; l < GROUP; l++, out += rows) {                                  \
                    const size_t place = (size_t)pattern->group[g] * GROUP + l;                    \
                    for (size_t r = 0; r < rows; r++)                                              \
                        out[r] = place < m ? of_block[place * lda + r] : (REAL)0;                  \
                }                                                                                  \
        }                                                                                          \
    }                                                                                              \
                                                                                                   \
    /** Rows of B padded with zeros to `width` columns and to whole groups of rows. */             \
    static void copy_panel_##REAL(size_t depth, size_t columns, size_t width, const REAL *b,       \
                                  size_t ldb, REAL *panel)                                         \
    {                                                                                              \
        for (size_t d = 0; d < depth; d++) {                                                       \
            const REAL *from = b + d * ldb;                                                        \
            REAL *to = panel + d * width;                                                          \
            /* Rows lie apart: those to come are fetched. */                                       \
            const size_t ahead = d + AHEAD < depth ? AHEAD * ldb : 0;                              \
            for (size_t j = 0; j < columns; j += 64 / sizeof(REAL))                                \
                __builtin_prefetch(from + ahead + j);                                              \
            if (columns == 3 * (LANES))                                                            \
                memcpy(to, from, 3 * (LANES) * sizeof *to);                                        \
            else                                                                                   \
                for (size_t j = 0; j < width; j++)                                                 \
                    to[j] = j < columns ? from[j] : (REAL)0;                                       \
        }                                                                                          \
        for (size_t d = depth; d % GROUP != 0; d++)                                                \
            memset(panel + d * width, 0, width * sizeof *panel);                                   \
    }                                                                                              \
                                                                                                   \
    /** The tiles of a block in one panel, beside the last column by way of a whole tile. */       \
    static inline void block_of_##REAL(                                                            \
        size_t vectors, size_t rows, size_t columns, size_t n_groups, const int *group,            \
        size_t start, const REAL *a, const REAL *panel, const Target *to, size_t at)               \
    {                                                                                              \
        const size_t width = vectors * (LANES), most = vectors == 3 ? ROWS_3 : LOW_ROWS;           \
        for (size_t r = 0, height; r < rows; r += height) {                                        \
            height = rows - r < most ? rows - r : most;                                            \
            PatternTile_##REAL *tile = PATTERN_TILES_##REAL[vectors][height];                      \
            if (columns == width) {                                                                \
                tile(n_groups, group, start, a + r, rows, panel, to, at + r * to->ld);             \
                continue;                                                                          \
            }                                                                                      \
            REAL part[BLOCK * 3 * (LANES)];                                                        \
            const Target here = {.TARGET = part, .ld = width};                                     \
            tile(n_groups, group, start, a + r, rows, panel, &here, 0);                            \
            for (size_t q = 0; q < height; q++)                                                    \
                put_##REAL(columns, part + q * width, to, at + (r + q) * to->ld);                  \
        }                                                                                          \
    }                                                                                              \
                                                                                                   \
    /** C, in the columns of a panel, from the rows start..start+depth of B. */                    \
    static void panel_of_##REAL(size_t vectors, size_t columns, size_t start, size_t depth,        \
                                size_t first_block, size_t last_block,                             \
                                const KernelsPattern *pattern, const REAL *panel,                  \
                                const Target *to, size_t at)                                       \
    {                                                                                              \
        const REAL *packed = (const REAL *)pattern->room + packed_at(pattern, first_block);        \
        for (size_t block = first_block; block < last_block; block++) {                            \
            const size_t rows = rows_of_block(pattern, block),                                     \
                         before = (size_t)pattern->first[block],                                   \
                         first = group_from(pattern, block, start),                                \
                         last = group_from(pattern, block, start + depth);                         \
            block_of_##REAL(vectors, rows, columns, last - first, pattern->group + first, start,   \
                            packed + (first - before) * GROUP * rows, panel, to,                   \
                            at + (size_t)pattern->row[block] * to->ld);                            \
            packed += groups_of_block(pattern, block) * GROUP * rows;                              \
        }                                                                                          \
    }                                                                                              \
                                                                                                   \
    static void panels_of_##REAL(size_t begin, size_t end, size_t first_block, size_t last_block,  \
                                 size_t n, const KernelsPattern *pattern, const REAL *b,           \
                                 size_t ldb, const Target *to)                                     \
    {                                                                                              \
        REAL panel[PANEL_DEPTH * 3 * (LANES)] __attribute__((aligned(64)));                        \
        for (size_t j = 0, width; j < n; j += width) {                                             \
            const size_t vectors = vectors_of_panel(n - j, LANES);                                 \
            width = vectors * (LANES);                                                             \
            const size_t columns = n - j < width ? n - j : width;                                  \
            Target here = *to;                                                                     \
            for (size_t start = begin; start < end; start += PANEL_DEPTH) {                        \
                const size_t depth = end - start < PANEL_DEPTH ? end - start : PANEL_DEPTH;        \
                if (start > begin)                                                                 \
                    add_to_##REAL(&here);                                                          \
                copy_panel_##REAL(depth, columns, width, b + start * ldb + j, ldb, panel);         \
                panel_of_##REAL(vectors, columns, start, depth, first_block, last_block, pattern,  \
                                panel, &here, j);                                                  \
            }                                                                                      \
        }                                                                                          \
    }

#if defined(KERNELS_AVX512_BUILD)
DEFINE_PATTERN_PRODUCT(double, 8, c)
DEFINE_PATTERN_PRODUCT(float, 16, single)
#elif defined(KERNELS_AVX2_BUILD)
DEFINE_PATTERN_PRODUCT(double, 4, c)
DEFINE_PATTERN_PRODUCT(float, 8, single)
#else
DEFINE_PATTERN_PRODUCT(double, 2, c)
DEFINE_PATTERN_PRODUCT(float, 4, single)
#endif

static void matmul_packed(size_t m, size_t n, const KernelsPattern *pattern, const double *b,
                          size_t ldb, double *c, size_t ldc)
{
    const Target to = {.c = c, .ld = ldc};
    panels_of_double(0, m, 0, pattern->n_blocks, n, pattern, b, ldb, &to);
}

static void matmul_packed_single(size_t m, size_t n, const KernelsPattern *pattern, const float *b,
                                 size_t ldb, float *c, size_t ldc)
{
    const Target to = {.single = c, .ld = ldc};
    panels_of_float(0, m, 0, pattern->n_blocks, n, pattern, b, ldb, &to);
}

static void matmul_packed_part(size_t begin, size_t end, size_t first_block, size_t last_block,
                               size_t n, const KernelsPattern *pattern, const double *b, size_t ldb,
                               double *c, size_t ldc)
{
    const Target to = {.c = c, .ld = ldc};
    panels_of_double(begin, end, first_block, last_block, n, pattern, b, ldb, &to);
}

static void matmul_packed_part_single(size_t begin, size_t end, size_t first_block,
                                      size_t last_block, size_t n, const KernelsPattern *pattern,
                                      const float *b, size_t ldb, float *c, size_t ldc)
{
    const Target to = {.single = c, .ld = ldc};
    panels_of_float(begin, end, first_block, last_block, n, pattern, b, ldb, &to);
}

static void matmul_pattern(size_t m, size_t n, const KernelsPattern *pattern, const double *a,
                           size_t lda, const double *b, size_t ldb, double *c, size_t ldc)
{
    pack_pattern_double(m, 0, pattern->n_blocks, pattern, a, lda);
    matmul_packed(m, n, pattern, b, ldb, c, ldc);
}

static void matmul_pattern_single(size_t m, size_t n, const KernelsPattern *pattern, const float *a,
                                  size_t lda, const float *b, size_t ldb, float *c, size_t ldc)
{
    pack_pattern_float(m, 0, pattern->n_blocks, pattern, a, lda);
    matmul_packed_single(m, n, pattern, b, ldb, c, ldc);
}
