// Part of kernels_body.c: C = A^T B of large matrices of which a part is wanted, what is inside a pattern or not above the diagonal. A and B lie
// in strips, a few columns with all terms of a sum, one strip after the other. A tile has the columns of one or two strips of A and of
// as many of B as fill its vectors.

enum {
    STRIP_ROWS = LANES_DOUBLE == 8 ? 2 * GROUP : GROUP, ///< of C in a tile
    IN_TILE = LANES_DOUBLE == 2 ? 1 : 3 * LANES_DOUBLE / GROUP,
    TILE_WIDTH = IN_TILE * GROUP
};

/// A row of a few strips, `width` columns, of which the last are missing.
static inline void pack_row(size_t columns, size_t width, size_t k, const double *restrict row,
                            double *restrict out)
{
    for (size_t j = 0; j < width; j += GROUP, out += GROUP * k)
        if (j + GROUP <= columns)
            memcpy(out, row + j, GROUP * sizeof *out);
        else
            for (size_t q = 0; q < GROUP; q++)
                out[q] = j + q < columns ? row[j + q] : 0.0;
}

static void pack_strips(size_t n, size_t first, size_t last, size_t k, const double *restrict b,
                        size_t ldb, double *restrict out)
{
    // As many streams as the processor follows.
    enum { COLUMNS = 16 * GROUP };
    for (size_t j = first; j < last; j += COLUMNS) {
        const size_t end = last - j < COLUMNS ? (last + GROUP - 1) / GROUP * GROUP : j + COLUMNS;
        for (size_t l = 0; l < k; l++)
            pack_row(n - j, end - j, k, b + l * ldb + j, out + j * k + l * GROUP);
    }
}

typedef double Strip __attribute__((vector_size(GROUP * sizeof(double))));
typedef Strip UnalignedStrip __attribute__((aligned(sizeof(double)), may_alias));

#define STRIP(I) (*(const UnalignedStrip *)(b[I] + l * GROUP))
#define OF_A(I) a[((I) / GROUP) * GROUP * k + l * GROUP + (I) % GROUP]
#define ADD_STRIPS_2(i)                                                                            \
    {                                                                                              \
        const double s = OF_A(i);                                                                  \
        s##i##_0 += s * line0;                                                                     \
        s##i##_1 += s * line1;                                                                     \
    }
#define ADD_STRIPS_3(i)                                                                            \
    {                                                                                              \
        const double s = OF_A(i);                                                                  \
        s##i##_0 += s * line0;                                                                     \
        s##i##_1 += s * line1;                                                                     \
        s##i##_2 += s * line2;                                                                     \
    }

/// STRIP_ROWS rows of A^T B; a: one strip, or the first of two.
static void strips_tile(size_t k, const double *restrict a, const double *const *strips,
                        const Target *to, size_t at)
{
    typedef double Scalar;
    typedef double Lane __attribute__((vector_size(LANES_DOUBLE * sizeof(double))));
    const double *b[IN_TILE];
    for (size_t s = 0; s < IN_TILE; s++)
        b[s] = strips[s];
    void (*const put)(size_t, const double *, const Target *, size_t) = put_double;
#if defined(KERNELS_AVX512_BUILD)
    REPEAT_8(ZERO_3)
    for (size_t l = 0; l < k; l++) {
        const Lane line0 = __builtin_shufflevector(STRIP(0), STRIP(1), 0, 1, 2, 3, 4, 5, 6, 7);
        const Lane line1 = __builtin_shufflevector(STRIP(2), STRIP(3), 0, 1, 2, 3, 4, 5, 6, 7);
        const Lane line2 = __builtin_shufflevector(STRIP(4), STRIP(5), 0, 1, 2, 3, 4, 5, 6, 7);
        REPEAT_8(ADD_STRIPS_3)
    }
    REPEAT_8(PUT_3)
#elif defined(KERNELS_AVX2_BUILD)
    REPEAT_4(ZERO_3)
    for (size_t l = 0; l < k; l++) {
        const Lane line0 = STRIP(0), line1 = STRIP(1), line2 = STRIP(2);
        REPEAT_4(ADD_STRIPS_3)
    }
    REPEAT_4(PUT_3)
#else
    typedef Lane Unaligned __attribute__((aligned(sizeof(double)), may_alias));
    REPEAT_4(ZERO_2)
    for (size_t l = 0; l < k; l++) {
        const Lane line0 = *(const Unaligned *)(b[0] + l * GROUP),
                   line1 = *(const Unaligned *)(b[0] + l * GROUP + LANES_DOUBLE);
        REPEAT_4(ADD_STRIPS_2)
    }
    REPEAT_4(PUT_2)
#endif
}

/// The columns of the strips of a tile: C += part, or C = part.
static void scatter_strips(size_t rows, size_t n, const int *group, size_t n_groups,
                           const double *part, bool add, double *c, size_t ldc)
{
    for (size_t g = 0; g < n_groups; g++) {
        const size_t j = (size_t)group[g] * GROUP, columns = n - j < GROUP ? n - j : GROUP;
        for (size_t r = 0; r < rows; r++) {
            const double *from = part + r * TILE_WIDTH + g * GROUP;
            double *to = c + r * ldc + j;
            if (columns == GROUP && !add)
                memcpy(to, from, GROUP * sizeof *to);
            else
                for (size_t q = 0; q < columns; q++)
                    to[q] = add ? to[q] + from[q] : from[q];
        }
    }
}

/// The rows i..end of one block, in the columns of some groups.
static void strips_of_block(size_t n, size_t i, size_t end, size_t k, const int *group,
                            size_t n_groups, const double *a, const double *b, bool add, double *c,
                            size_t ldc)
{
    double part[STRIP_ROWS * TILE_WIDTH] __attribute__((aligned(64)));
    const Target whole = {.c = part, .ld = TILE_WIDTH};
    for (size_t g = 0; g < n_groups; g += IN_TILE) {
        const size_t here = n_groups - g < IN_TILE ? n_groups - g : IN_TILE;
        const double *strips[IN_TILE];
        for (size_t s = 0; s < IN_TILE; s++)
            strips[s] = b + (size_t)group[g + (s < here ? s : 0)] * GROUP * k;
        for (size_t row = i; row < end; row += STRIP_ROWS) {
            strips_tile(k, a + row * k, strips, &whole, 0);
            scatter_strips(end - row < STRIP_ROWS ? end - row : STRIP_ROWS, n, group + g, here,
                           part, add, c + row * ldc, ldc);
        }
    }
}

static void matmul_strips_lower(size_t n, size_t first, size_t last, size_t k,
                                const KernelsPattern *pattern, const double *a, const double *b,
                                bool add, double *c, size_t ldc)
{
    for (size_t i = first; i < last; i += BLOCK) {
        const size_t block = i / BLOCK, end = i + BLOCK < n ? i + BLOCK : n,
                     g = (size_t)pattern->first[block];
        strips_of_block(n, i, end, k, pattern->group + g, group_from(pattern, block, end) - g, a, b,
                        add, c, ldc);
    }
}

/// The columns from..to of the rows i..end of C, or what is to be added to them.
static void strips_of_rows(size_t i, size_t end, size_t from, size_t to, size_t k, const double *a,
                           const double *b, const Target *c)
{
    for (size_t j = from; j < to; j += TILE_WIDTH) {
        const size_t columns = to - j < TILE_WIDTH ? to - j : TILE_WIDTH;
        const double *strips[IN_TILE];
        for (size_t s = 0; s < IN_TILE; s++)
            strips[s] = b + (j + (s * GROUP < columns ? s * GROUP : 0)) * k;
        for (size_t row = i; row < end; row += STRIP_ROWS) {
            if (end - row >= STRIP_ROWS && columns == TILE_WIDTH) {
                strips_tile(k, a + row * k, strips, c, row * c->ld + j);
                continue;
            }
            double part[STRIP_ROWS * TILE_WIDTH] __attribute__((aligned(64)));
            const Target whole = {.c = part, .ld = TILE_WIDTH};
            strips_tile(k, a + row * k, strips, &whole, 0);
            for (size_t q = row; q < end && q < row + STRIP_ROWS; q++)
                put_double(columns, part + (q - row) * TILE_WIDTH, c, q * c->ld + j);
        }
    }
}

static void matmul_strips_triangle(size_t m, size_t first, size_t last, size_t n, size_t k,
                                   const double *a, const double *b, bool add, double *c,
                                   size_t ldc)
{
    // Strips of so many columns stay in the second cache.
    enum { TOGETHER = 96 };
    const Target to = {.c = c, .base = add ? c : NULL, .ld = ldc};
    for (size_t from = 0; from < n && from < last; from += TOGETHER)
        for (size_t i = first > from ? first : from; i < last; i += BLOCK) {
            const size_t end = i + BLOCK < m ? i + BLOCK : m;
            size_t right = end < n ? end : n;
            right = from + TOGETHER < right ? from + TOGETHER : right;
            strips_of_rows(i, end, from, right, k, a, b, &to);
        }
}

/// Elements above the diagonal from those below in the rows first..last, a square of a group at a time.
static void mirror_pattern(size_t first, size_t last, const KernelsPattern *pattern, double *c,
                           size_t ldc)
{
    enum { SIDE = GROUP };
    for (size_t i = first; i < last; i += SIDE) {
        const size_t block = i / BLOCK, rows = last - i < SIDE ? last - i : SIDE;
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

static void matmul_tn_pattern(size_t n, size_t k, const KernelsPattern *pattern, const double *a,
                              size_t lda, const double *b, size_t ldb, double *c, size_t ldc)
{
    const size_t depth = kernels_strip_depth(n);
    for (size_t l = 0; l < k; l += depth) {
        const size_t terms = k - l < depth ? k - l : depth;
        double *of_b = kernels_strips(pattern, n, 0), *of_a = kernels_strips(pattern, n, a != b);
        pack_strips(n, 0, n, terms, b + l * ldb, ldb, of_b);
        if (a != b)
            pack_strips(n, 0, n, terms, a + l * lda, lda, of_a);
        matmul_strips_lower(n, 0, n, terms, pattern, of_a, of_b, l > 0, c, ldc);
    }
    mirror_pattern(0, n, pattern, c, ldc);
}
