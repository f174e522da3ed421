#include "base/team_kernels.h"

#include <assert.h>
#include <string.h>

enum {
    // Below these numbers of multiplications, and of elements, a loop is over before another thread has come.
    PRODUCTS_FROM = 1 << 18,
    ELEMENTS_FROM = 1 << 15,
    PIECES_PER_THREAD = 4,
    TRIANGLE_PIECES_PER_THREAD = 8,
    // Columns for which it pays to go through A once more: few, but where blocks of it are copied each time.
    PANELS_PER_THREAD = 12,
    COLUMNS_OF_BLOCKS = 96,
    ROWS_OF_STRIPS = 6 * KERNELS_PATTERN_ROWS,
    // Rows that some kernels do together.
    ROWS_TOGETHER = KERNELS_PAD,
    POINTS_MAX = 16,
    ROW_PIECES_MAX = 64
};

static bool pays(size_t m, size_t n, size_t k)
{
    return team_size() > 1 && m * n * k >= PRODUCTS_FROM;
}

static size_t divided_evenly(size_t n, size_t n_pieces, size_t multiple)
{
    const size_t blocks = (n + multiple - 1) / multiple;
    return (blocks + n_pieces - 1) / n_pieces * multiple;
}

/// Of a loop over 0..n: all of it where the others would come too late.
static size_t piece_of(bool pays, size_t n, size_t per_thread, size_t multiple)
{
    return pays ? divided_evenly(n, per_thread * team_size(), multiple) : n;
}

// ------------------------------------------------------------------------------ products, by columns of the result

/// Arguments of a product. C and its base stand for doubles or singles, as the kernel has it.
typedef struct {
    size_t m, k, lda, ldb, ldc;
    const void *a, *b, *base;
    void *c;
    const KernelsPattern *pattern;
} Product;

/// Columns of full tiles of registers that are whole lines of the cache as well: two threads never write to one.
static size_t panel_of_doubles(void)
{
    const size_t panel = team_plain_kernels()->panel_columns;
    return panel % KERNELS_PAD == 0 ? panel : 2 * panel;
}

static size_t panel_of_singles(void)
{
    return 2 * panel_of_doubles();
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/// Columns at a time of n, whole tiles: as few as there can be, or `at_least` where A is gone through in blocks.
static size_t piece_of_columns(size_t n, size_t panel, size_t at_least)
{
    return larger(divided_evenly(n, PANELS_PER_THREAD * team_size(), panel),
                  divided_evenly(at_least, 1, panel));
}

/// Bytes of A from `blocks_from` on are gone through in blocks.
static void share_columns(const Product *product, size_t n, size_t panel, size_t bytes,
                          size_t blocks_from, TeamPart *part)
{
    if (pays(product->m, n, product->k))
        team_share(n, piece_of_columns(n, panel, bytes < blocks_from ? 1 : COLUMNS_OF_BLOCKS), part,
                   (void *)product);
    else
        part((void *)product, 0, n);
}

static void part_nn(void *task, size_t first, size_t last)
{
    const Product *p = task;
    team_plain_kernels()->matmul_nn(p->m, last - first, p->k, p->a, p->lda,
                                    (const double *)p->b + first, p->ldb, (double *)p->c + first,
                                    p->ldc);
}

static void matmul_nn(size_t m, size_t n, size_t k, const double *a, size_t lda, const double *b,
                      size_t ldb, double *c, size_t ldc)
{
    const Product product = {
        .m = m, .k = k, .lda = lda, .ldb = ldb, .ldc = ldc, .a = a, .b = b, .c = c};
    share_columns(&product, n, panel_of_doubles(), m * k * sizeof *a, KERNELS_BLOCKS_OF_ROWS,
                  part_nn);
}

static void part_tn(void *task, size_t first, size_t last)
{
    const Product *p = task;
    team_plain_kernels()->matmul_tn(p->m, last - first, p->k, p->a, p->lda,
                                    (const double *)p->b + first, p->ldb, (double *)p->c + first,
                                    p->ldc);
}

static void matmul_tn(size_t m, size_t n, size_t k, const double *a, size_t lda, const double *b,
                      size_t ldb, double *c, size_t ldc)
{
    const Product product = {
        .m = m, .k = k, .lda = lda, .ldb = ldb, .ldc = ldc, .a = a, .b = b, .c = c};
    share_columns(&product, n, panel_of_doubles(), m * k * sizeof *a, KERNELS_BLOCKS_OF_COLUMNS,
                  part_tn);
}

static void part_lower(void *task, size_t first, size_t last)
{
    const Product *p = task;
    team_plain_kernels()->matmul_tn_lower(p->m, first, last, p->k, p->a, p->lda, p->b, p->ldb, p->c,
                                          p->ldc);
}

static void part_mirror(void *task, size_t first, size_t last)
{
    const Product *p = task;
    team_plain_kernels()->mirror(first, last, p->c, p->ldc);
}

/// Columns from the longest to the shortest one.
static size_t piece_of_triangle(size_t n, size_t bytes)
{
    if (bytes < KERNELS_BLOCKS_OF_COLUMNS)
        return piece_of_columns(n, panel_of_doubles(), 1);
    return divided_evenly(n, 4 * team_size(), panel_of_doubles());
}

static void matmul_tn_symmetric(size_t m, size_t n, size_t k, const double *a, size_t lda,
                                const double *b, size_t ldb, double *c, size_t ldc)
{
    const bool shared = pays(m, n, k);
    Product product = {.m = m, .k = k, .lda = lda, .ldb = ldb, .ldc = ldc, .a = a, .b = b, .c = c};
    team_share(n, shared ? piece_of_triangle(n, m * k * sizeof *a) : n, part_lower, &product);
    team_share(m, piece_of(shared, m, TRIANGLE_PIECES_PER_THREAD, ROWS_TOGETHER), part_mirror,
               &product);
}

static void part_single(void *task, size_t first, size_t last)
{
    const Product *p = task;
    const float *base = p->base;
    team_plain_kernels()->matmul_single(
        p->m, last - first, p->k, p->a, p->lda, (const float *)p->b + first, p->ldb,
        base != NULL ? base + first : NULL, (float *)p->c + first, p->ldc);
}

static void matmul_single(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                          size_t ldb, const float *base, float *c, size_t ldc)
{
    const Product product = {
        .m = m, .k = k, .lda = lda, .ldb = ldb, .ldc = ldc, .a = a, .b = b, .base = base, .c = c};
    share_columns(&product, n, panel_of_singles(), m * k * sizeof *a, KERNELS_BLOCKS_OF_ROWS,
                  part_single);
}

static void part_tn_single(void *task, size_t first, size_t last)
{
    const Product *p = task;
    team_plain_kernels()->matmul_tn_single(p->m, last - first, p->k, p->a, p->lda,
                                           (const float *)p->b + first, p->ldb,
                                           (float *)p->c + first, p->ldc);
}

static void matmul_tn_single(size_t m, size_t n, size_t k, const float *a, size_t lda,
                             const float *b, size_t ldb, float *c, size_t ldc)
{
    const Product product = {
        .m = m, .k = k, .lda = lda, .ldb = ldb, .ldc = ldc, .a = a, .b = b, .c = c};
    share_columns(&product, n, panel_of_singles(), m * k * sizeof *a, KERNELS_BLOCKS_OF_COLUMNS,
                  part_tn_single);
}

static void part_lower_single(void *task, size_t first, size_t last)
{
    const Product *p = task;
    team_plain_kernels()->matmul_tn_lower_single(p->m, first, last, p->k, p->a, p->lda, p->b,
                                                 p->ldb, p->c, p->ldc);
}

static void matmul_tn_triangle_single(size_t m, size_t n, size_t k, const float *a, size_t lda,
                                      const float *b, size_t ldb, float *c, size_t ldc)
{
    Product product = {.m = m, .k = k, .lda = lda, .ldb = ldb, .ldc = ldc, .a = a, .b = b, .c = c};
    team_share(n, pays(m, n, k) ? divided_evenly(n, 4 * team_size(), panel_of_singles()) : n,
               part_lower_single, &product);
}

static void part_correction(void *task, size_t first, size_t last)
{
    const Product *p = task;
    team_plain_kernels()->matmul_correction(
        p->m, last - first, p->k, p->a, p->lda, (const float *)p->b + first, p->ldb,
        (const double *)p->base + first, (double *)p->c + first, p->ldc);
}

static void matmul_correction(size_t m, size_t n, size_t k, const float *a, size_t lda,
                              const float *b, size_t ldb, const double *base, double *c, size_t ldc)
{
    const Product product = {
        .m = m, .k = k, .lda = lda, .ldb = ldb, .ldc = ldc, .a = a, .b = b, .base = base, .c = c};
    share_columns(&product, n, panel_of_singles(), m * k * sizeof *a, KERNELS_BLOCKS_OF_ROWS,
                  part_correction);
}

/// Products with a pattern: A is copied by blocks of rows, the result divided into columns.
static void part_pack(void *task, size_t first, size_t last)
{
    const Product *p = task;
    team_plain_kernels()->pack_pattern(p->m, first, last, p->pattern, p->a, p->lda);
}

static void part_pack_single(void *task, size_t first, size_t last)
{
    const Product *p = task;
    team_plain_kernels()->pack_pattern_single(p->m, first, last, p->pattern, p->a, p->lda);
}

static void part_packed(void *task, size_t first, size_t last)
{
    const Product *p = task;
    team_plain_kernels()->matmul_packed(p->m, last - first, p->pattern,
                                        (const double *)p->b + first, p->ldb,
                                        (double *)p->c + first, p->ldc);
}

static void part_packed_single(void *task, size_t first, size_t last)
{
    const Product *p = task;
    team_plain_kernels()->matmul_packed_single(p->m, last - first, p->pattern,
                                               (const float *)p->b + first, p->ldb,
                                               (float *)p->c + first, p->ldc);
}

static void share_pattern(Product *product, size_t n, size_t panel, TeamPart *pack, TeamPart *part)
{
    const bool shared = pays(product->m, n, product->m);
    const size_t n_blocks = product->pattern->n_blocks;
    team_share(n_blocks, piece_of(shared, n_blocks, PANELS_PER_THREAD, 1), pack, product);
    team_share(n, shared ? piece_of_columns(n, panel, 1) : n, part, product);
}

static void matmul_pattern(size_t m, size_t n, const KernelsPattern *pattern, const double *a,
                           size_t lda, const double *b, size_t ldb, double *c, size_t ldc)
{
    Product product = {
        .m = m, .lda = lda, .ldb = ldb, .ldc = ldc, .a = a, .b = b, .c = c, .pattern = pattern};
    share_pattern(&product, n, panel_of_doubles(), part_pack, part_packed);
}

static void matmul_pattern_single(size_t m, size_t n, const KernelsPattern *pattern, const float *a,
                                  size_t lda, const float *b, size_t ldb, float *c, size_t ldc)
{
    Product product = {
        .m = m, .lda = lda, .ldb = ldb, .ldc = ldc, .a = a, .b = b, .c = c, .pattern = pattern};
    share_pattern(&product, n, panel_of_singles(), part_pack_single, part_packed_single);
}

/// A^T B of factors in strips, inside a pattern or, without one, up to the diagonal: pieces of rows.
typedef struct {
    Product product; ///< a and b in strips
    size_t n;        ///< columns, without a pattern
    bool add;
} StripsProduct;

/// One factor: b[k][m], into c.
static void part_strips(void *task, size_t first, size_t last)
{
    const Product *p = task;
    team_plain_kernels()->pack_strips(p->m, first, last, p->k, p->b, p->ldb, p->c);
}

static void pack_strips(size_t n, size_t first, size_t last, size_t k, const double *b, size_t ldb,
                        double *out)
{
    assert(first == 0 && last == n);
    Product product = {.m = n, .k = k, .ldb = ldb, .b = b, .c = out};
    team_share(last - first, piece_of(pays(n, n, k), n, PANELS_PER_THREAD, KERNELS_PATTERN_ROWS),
               part_strips, &product);
}

static size_t pieces_of_strips(size_t n_rows)
{
    return (n_rows + ROWS_OF_STRIPS - 1) / ROWS_OF_STRIPS;
}

/// Pieces of rows from the last one on, which is the longest.
static void part_strips_product(void *task, size_t first, size_t last)
{
    const StripsProduct *strips = task;
    const Product *p = &strips->product;
    const Kernels *plain = team_plain_kernels();
    const size_t n_pieces = pieces_of_strips(p->m);
    for (size_t i = first; i < last; i++) {
        const size_t begin = (n_pieces - 1 - i) * ROWS_OF_STRIPS;
        const size_t end = i == 0 ? p->m : begin + ROWS_OF_STRIPS;
        if (p->pattern != NULL)
            plain->matmul_strips_lower(p->m, begin, end, p->k, p->pattern, p->a, p->b, strips->add,
                                       p->c, p->ldc);
        else
            plain->matmul_strips_triangle(p->m, begin, end, strips->n, p->k, p->a, p->b,
                                          strips->add, p->c, p->ldc);
    }
}

static void matmul_strips_triangle(size_t m, size_t first, size_t last, size_t n, size_t k,
                                   const double *a, const double *b, bool add, double *c,
                                   size_t ldc)
{
    assert(first == 0 && last == m);
    if (!pays(m, n, k)) {
        team_plain_kernels()->matmul_strips_triangle(m, first, last, n, k, a, b, add, c, ldc);
        return;
    }
    StripsProduct strips = {
        .product = {.m = m, .k = k, .ldc = ldc, .a = a, .b = b, .c = c}, .n = n, .add = add};
    team_share(pieces_of_strips(m), 1, part_strips_product, &strips);
}

static void part_mirror_pattern(void *task, size_t first, size_t last)
{
    const Product *p = task;
    team_plain_kernels()->mirror_pattern(first, last, p->pattern, p->c, p->ldc);
}

static void matmul_tn_pattern(size_t n, size_t k, const KernelsPattern *pattern, const double *a,
                              size_t lda, const double *b, size_t ldb, double *c, size_t ldc)
{
    const bool shared = pays(n, n, k);
    const size_t n_pieces = pieces_of_strips(n), depth = kernels_strip_depth(n);
    double *of_b = kernels_strips(pattern, n, false), *of_a = kernels_strips(pattern, n, a != b);
    StripsProduct strips = {
        .product = {.m = n, .ldc = ldc, .a = of_a, .b = of_b, .c = c, .pattern = pattern}};
    for (size_t l = 0; l < k; l += depth) {
        const size_t terms = k - l < depth ? k - l : depth;
        pack_strips(n, 0, n, terms, b + l * ldb, ldb, of_b);
        if (a != b)
            pack_strips(n, 0, n, terms, a + l * lda, lda, of_a);
        strips.product.k = terms;
        strips.add = l > 0;
        team_share(n_pieces, shared ? 1 : n_pieces, part_strips_product, &strips);
    }
    team_share(n, piece_of(shared, n, TRIANGLE_PIECES_PER_THREAD, ROWS_TOGETHER),
               part_mirror_pattern, &strips.product);
}

// ------------------------------------------------------------------------------ all others, by rows

/// Arguments of a kernel that goes through rows.
typedef struct {
    size_t n, lda, ldb;
    double scale;
    const void *a;
    void *b;
} Rows;

static bool rows_pay(size_t m, size_t n)
{
    return pays(m, n, PRODUCTS_FROM / ELEMENTS_FROM);
}

static size_t piece_of_rows(size_t m, size_t n)
{
    return piece_of(rows_pay(m, n), m, PIECES_PER_THREAD, ROWS_TOGETHER);
}

static void part_transpose(void *task, size_t first, size_t last)
{
    const Rows *r = task;
    team_plain_kernels()->transpose(last - first, r->n, r->scale,
                                    (const double *)r->a + first * r->lda, r->lda,
                                    (double *)r->b + first, r->ldb);
}

static void transpose(size_t m, size_t n, double scale, const double *a, size_t lda, double *b,
                      size_t ldb)
{
    Rows rows = {.n = n, .lda = lda, .ldb = ldb, .scale = scale, .a = a, .b = b};
    team_share(m, piece_of_rows(m, n), part_transpose, &rows);
}

static void part_transpose_single(void *task, size_t first, size_t last)
{
    const Rows *r = task;
    team_plain_kernels()->transpose_single(last - first, r->n, (float)r->scale,
                                           (const float *)r->a + first * r->lda, r->lda,
                                           (float *)r->b + first, r->ldb);
}

static void transpose_single(size_t m, size_t n, float scale, const float *a, size_t lda, float *b,
                             size_t ldb)
{
    Rows rows = {.n = n, .lda = lda, .ldb = ldb, .scale = (double)scale, .a = a, .b = b};
    team_share(m, piece_of_rows(m, n), part_transpose_single, &rows);
}

static void part_narrow(void *task, size_t first, size_t last)
{
    const Rows *r = task;
    team_plain_kernels()->narrow(last - first, r->n, r->scale,
                                 (const double *)r->a + first * r->lda, r->lda,
                                 (float *)r->b + first * r->ldb, r->ldb);
}

static void narrow(size_t m, size_t n, double scale, const double *a, size_t lda, float *b,
                   size_t ldb)
{
    Rows rows = {.n = n, .lda = lda, .ldb = ldb, .scale = scale, .a = a, .b = b};
    team_share(m, piece_of_rows(m, n), part_narrow, &rows);
}

static void part_matvec(void *task, size_t first, size_t last)
{
    const Rows *r = task;
    const double *const *two = r->a; // the matrix and the vector
    team_plain_kernels()->matvec(last - first, r->n, two[0] + first * r->lda, r->lda, two[1],
                                 (double *)r->b + first);
}

static void matvec(size_t m, size_t n, const double *a, size_t lda, const double *x, double *y)
{
    const double *const two[2] = {a, x};
    Rows rows = {.n = n, .lda = lda, .a = two, .b = y};
    team_share(m, piece_of_rows(m, n), part_matvec, &rows);
}

static void part_matvec_single(void *task, size_t first, size_t last)
{
    const Rows *r = task;
    const float *const *two = r->a;
    team_plain_kernels()->matvec_single(last - first, r->n, two[0] + first * r->lda, r->lda, two[1],
                                        (float *)r->b + first);
}

static void matvec_single(size_t m, size_t n, const float *a, size_t lda, const float *x, float *y)
{
    const float *const two[2] = {a, x};
    Rows rows = {.n = n, .lda = lda, .a = two, .b = y};
    team_share(m, piece_of_rows(m, n), part_matvec_single, &rows);
}

typedef struct {
    int n_points;
    const float *coefficient;
    const float *const *point;
    float *out;
} Combination;

static void part_combine_single(void *task, size_t first, size_t last)
{
    const Combination *c = task;
    const float *point[POINTS_MAX];
    for (int k = 0; k < c->n_points; k++)
        point[k] = c->point[k] + first;
    team_plain_kernels()->combine_single(last - first, c->n_points, c->coefficient, point,
                                         c->out + first);
}

static void combine_single(size_t n, int n_points, const float *coefficient,
                           const float *const *point, float *out)
{
    Combination combination = {n_points, coefficient, point, out};
    if (!rows_pay(n, (size_t)n_points) || n_points > POINTS_MAX)
        team_plain_kernels()->combine_single(n, n_points, coefficient, point, out);
    else
        team_share(n, divided_evenly(n, PIECES_PER_THREAD * team_size(), KERNELS_PAD_SINGLE),
                   part_combine_single, &combination);
}

/// Arguments of the steps of the Sylvester equation, and the largest number of each piece.
typedef struct {
    size_t n, ld, piece;
    const double *g, *e, *row_eps, *column_eps;
    float *scale, *r, *step, *x;
    bool first;
    double largest[ROW_PIECES_MAX];
} Sylvester;

static size_t sylvester_piece(size_t m, size_t n)
{
    if (!rows_pay(m, n))
        return m;
    size_t n_pieces = PIECES_PER_THREAD * team_size();
    n_pieces = n_pieces < ROW_PIECES_MAX ? n_pieces : ROW_PIECES_MAX;
    return divided_evenly(m, n_pieces, ROWS_TOGETHER);
}

/// Of the pieces of m rows.
static double largest_of(size_t m, size_t piece, const double *of_piece)
{
    double largest = 0.0;
    for (size_t k = 0; k * piece < m; k++)
        largest = of_piece[k] > largest ? of_piece[k] : largest;
    return largest;
}

static void part_start(void *task, size_t first, size_t last)
{
    const Sylvester *s = task;
    const size_t at = first * s->ld;
    team_plain_kernels()->sylvester_start(last - first, s->n, s->ld, s->g + at, s->e + at,
                                          s->row_eps + first, s->column_eps, s->scale + at,
                                          s->r + at);
}

static void sylvester_start(size_t m, size_t n, size_t ld, const double *g, const double *e,
                            const double *row_eps, const double *column_eps, float *scale, float *r)
{
    Sylvester s = {.n = n,
                   .ld = ld,
                   .g = g,
                   .e = e,
                   .row_eps = row_eps,
                   .column_eps = column_eps,
                   .scale = scale,
                   .r = r};
    team_share(m, sylvester_piece(m, n), part_start, &s);
}

static void part_step(void *task, size_t first, size_t last)
{
    Sylvester *s = task;
    const size_t at = first * s->ld;
    s->largest[first / s->piece] = team_plain_kernels()->sylvester_step(
        last - first, s->n, s->ld, s->r + at, s->scale + at, s->step + at, s->x + at, s->first);
}

static double sylvester_step(size_t m, size_t n, size_t ld, const float *r, const float *scale,
                             float *step, float *x, bool first)
{
    Sylvester s = {.n = n,
                   .ld = ld,
                   .piece = sylvester_piece(m, n),
                   .scale = (float *)scale,
                   .r = (float *)r,
                   .step = step,
                   .x = x,
                   .first = first};
    team_share(m, s.piece, part_step, &s);
    return largest_of(m, s.piece, s.largest);
}

/// Arguments of conjugate gradients.
typedef struct {
    size_t n, ld, piece;
    double factor;
    const float *p, *scale;
    float *q, *x, *r, *direction;
    double *sum;
    double largest[ROW_PIECES_MAX];
} Gradients;

static void part_direction(void *task, size_t first, size_t last)
{
    const Gradients *g = task;
    const size_t at = first * g->ld;
    team_plain_kernels()->gradient_direction(last - first, g->n, g->ld, g->factor, g->r + at,
                                             g->scale + at, g->direction + at);
}

static void gradient_direction(size_t m, size_t n, size_t ld, double beta, const float *r,
                               const float *scale, float *p)
{
    Gradients g = {
        .n = n, .ld = ld, .factor = beta, .scale = scale, .r = (float *)r, .direction = p};
    team_share(m, sylvester_piece(m, n), part_direction, &g);
}

static void part_curvature(void *task, size_t first, size_t last)
{
    const Gradients *g = task;
    const size_t at = first * g->ld;
    team_plain_kernels()->gradient_curvature(last - first, g->n, g->ld, g->p + at, g->scale + at,
                                             g->q + at, g->sum + first);
}

static void gradient_curvature(size_t m, size_t n, size_t ld, const float *p, const float *scale,
                               float *q, double *sum)
{
    Gradients g = {.n = n, .ld = ld, .p = p, .scale = scale, .q = q, .sum = sum};
    team_share(m, sylvester_piece(m, n), part_curvature, &g);
}

static void part_gradient_step(void *task, size_t first, size_t last)
{
    Gradients *g = task;
    const size_t at = first * g->ld;
    const bool moves = g->p != NULL;
    g->largest[first / g->piece] = team_plain_kernels()->gradient_step(
        last - first, g->n, g->ld, g->factor, moves ? g->p + at : NULL, moves ? g->q + at : NULL,
        g->scale + at, g->x + at, g->r + at, g->sum + first);
}

static double gradient_step(size_t m, size_t n, size_t ld, double alpha, const float *p,
                            const float *q, const float *scale, float *x, float *r, double *sum)
{
    Gradients g = {.n = n,
                   .ld = ld,
                   .piece = sylvester_piece(m, n),
                   .factor = alpha,
                   .p = p,
                   .scale = scale,
                   .q = (float *)q,
                   .x = x,
                   .r = r,
                   .sum = sum};
    team_share(m, g.piece, part_gradient_step, &g);
    return largest_of(m, g.piece, g.largest);
}

static void part_largest(void *task, size_t first, size_t last)
{
    Sylvester *s = task;
    s->largest[first / s->piece] =
        team_plain_kernels()->largest_single(last - first, s->n, s->r + first * s->ld, s->ld);
}

static double largest_single(size_t m, size_t n, const float *a, size_t lda)
{
    Sylvester s = {.n = n, .ld = lda, .piece = sylvester_piece(m, n), .r = (float *)a};
    team_share(m, s.piece, part_largest, &s);
    return largest_of(m, s.piece, s.largest);
}

// ------------------------------------------------------------------------------ sums over partners, by atoms

/// Arguments of the kernels of points.
typedef struct {
    size_t n, ld;
    const double *xyz, *moments, *radius, *per_r, *g3, *g5;
    double *out;
} Points;

/// Pieces of whole vectors; a pair of points costs as much as so many products.
enum { POINT_PRODUCTS = 64 };

static size_t piece_of_points(size_t n)
{
    return pays(n, n, POINT_PRODUCTS) ? 2 * KERNELS_PAD : n;
}

static void part_potentials(void *task, size_t first, size_t last)
{
    const Points *p = task;
    team_plain_kernels()->multipole_potentials(first, last, p->n, p->ld, p->xyz, p->moments, p->g3,
                                               p->g5, p->out);
}

static void multipole_potentials(size_t first, size_t last, size_t n, size_t ld, const double *xyz,
                                 const double *moments, const double *g3, const double *g5,
                                 double *out)
{
    assert(first == 0 && last == n);
    (void)first;
    Points points = {
        .n = n, .ld = ld, .xyz = xyz, .moments = moments, .g3 = g3, .g5 = g5, .out = out};
    team_share(last, piece_of_points(n), part_potentials, &points);
}

static void part_slopes(void *task, size_t first, size_t last)
{
    const Points *p = task;
    team_plain_kernels()->multipole_slopes(first, last, p->n, p->ld, p->xyz, p->moments, p->radius,
                                           p->per_r, p->g3, p->g5, p->out);
}

static void multipole_slopes(size_t first, size_t last, size_t n, size_t ld, const double *xyz,
                             const double *moments, const double *radius, const double *per_r,
                             const double *g3, const double *g5, double *out)
{
    assert(first == 0 && last == n);
    (void)first;
    Points points = {.n = n,
                     .ld = ld,
                     .xyz = xyz,
                     .moments = moments,
                     .radius = radius,
                     .per_r = per_r,
                     .g3 = g3,
                     .g5 = g5,
                     .out = out};
    team_share(last, piece_of_points(n), part_slopes, &points);
}

static void part_cubic(void *task, size_t first, size_t last)
{
    const Points *p = task;
    team_plain_kernels()->cubic_slopes(first, last, p->n, p->ld, p->g3, p->moments, p->xyz, p->out);
}

static void cubic_slopes(size_t first, size_t last, size_t n, size_t ld, const double *gamma,
                         const double *charge, const double *xyz, double *out)
{
    assert(first == 0 && last == n);
    (void)first;
    Points points = {.n = n, .ld = ld, .xyz = xyz, .moments = charge, .g3 = gamma, .out = out};
    team_share(last, piece_of_points(n), part_cubic, &points);
}

Kernels team_kernels(const Kernels *plain)
{
    Kernels divided = *plain;
    divided.matmul_nn = matmul_nn;
    divided.matmul_tn = matmul_tn;
    divided.matmul_tn_symmetric = matmul_tn_symmetric;
    divided.matmul_single = matmul_single;
    divided.matmul_tn_single = matmul_tn_single;
    divided.matmul_tn_triangle_single = matmul_tn_triangle_single;
    divided.matmul_correction = matmul_correction;
    divided.matmul_pattern = matmul_pattern;
    divided.matmul_pattern_single = matmul_pattern_single;
    divided.matmul_tn_pattern = matmul_tn_pattern;
    divided.pack_strips = pack_strips;
    divided.matmul_strips_triangle = matmul_strips_triangle;
    divided.transpose = transpose;
    divided.transpose_single = transpose_single;
    divided.narrow = narrow;
    divided.matvec = matvec;
    divided.matvec_single = matvec_single;
    divided.combine_single = combine_single;
    divided.sylvester_start = sylvester_start;
    divided.sylvester_step = sylvester_step;
    divided.gradient_direction = gradient_direction;
    divided.gradient_curvature = gradient_curvature;
    divided.gradient_step = gradient_step;
    divided.largest_single = largest_single;
    divided.multipole_potentials = multipole_potentials;
    divided.multipole_slopes = multipole_slopes;
    divided.cubic_slopes = cubic_slopes;
    return divided;
}
