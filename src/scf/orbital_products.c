#include "scf/orbital_update_parts.h"

#include <string.h>

#include "base/team.h"

typedef struct {
    size_t n;       ///< orbitals
    size_t columns; ///< with padding
    size_t first;   ///< column
    size_t begin;   ///< block
    size_t n_blocks;
} Space;

static Space space_of(const OrbitalUpdate *update, OrbitalSpace space)
{
    const size_t fv = update->first_virtual;
    const OrbitalWindows *windows = &update->windows;
    if (space == ORBITALS_OCCUPIED)
        return (Space){.n = update->n_occupied, .columns = fv, .n_blocks = windows->n_blocks[0]};
    return (Space){.n = orbital_update_n_virtual(update),
                   .columns = update->columns - fv,
                   .first = fv,
                   .begin = windows->n_blocks[0],
                   .n_blocks = windows->n_blocks[1]};
}

/// A product, for all its forms.
typedef struct {
    const OrbitalUpdate *update;
    Space i, k, j;
    OrbitalSpace of_k, of_j;
    bool triangle; ///< blocks up to the diagonal
    const KernelsPattern *pattern;
    const double *a, *b, *from;
    double *out;
    const float *a_single, *b_single, *base;
    float *out_single;
} Product;

/// A product with rows of one space and columns of another one, summed over a third.
static Product product_of(const OrbitalUpdate *update, OrbitalSpace i, OrbitalSpace k,
                          OrbitalSpace j)
{
    return (Product){.update = update,
                     .i = space_of(update, i),
                     .k = space_of(update, k),
                     .j = space_of(update, j),
                     .of_k = k,
                     .of_j = j};
}

/// Columns first..last of the blocks of a window.
static Window columns_of(const Space *space, Window blocks)
{
    const int32_t last = blocks.last * WINDOW_ORBITALS;
    return (Window){blocks.first * WINDOW_ORBITALS,
                    last < (int32_t)space->columns ? last : (int32_t)space->columns};
}

/// The same without padding.
static Window orbitals_of(const Space *space, Window blocks)
{
    const Window columns = columns_of(space, blocks);
    const int32_t n = (int32_t)space->n;
    return (Window){columns.first, columns.last < n ? columns.last : n};
}

static size_t rows_in_block(const Space *space, size_t block)
{
    const size_t left = space->n - block * WINDOW_ORBITALS;
    return left < WINDOW_ORBITALS ? left : WINDOW_ORBITALS;
}

static size_t length(Window window)
{
    return window_is_empty(window) ? 0 : (size_t)(window.last - window.first);
}

static void clear_columns(size_t n_rows, size_t first, size_t last, double *out, size_t ld)
{
    for (size_t i = 0; i < n_rows && first < last; i++)
        memset(out + i * ld + first, 0, (last - first) * sizeof *out);
}

static void clear_columns_single(size_t n_rows, size_t first, size_t last, float *out, size_t ld)
{
    for (size_t i = 0; i < n_rows && first < last; i++)
        memset(out + i * ld + first, 0, (last - first) * sizeof *out);
}

// ------------------------------------------------------------------------------ with S and F

/// Blocks that are multiplied together, and what they have in common.
typedef struct {
    Window blocks, columns;
    Window rows;  ///< of C
    Window reach; ///< of S C and F C
    Window near;  ///< blocks of the space k
} Together;

static size_t n_together(const Space *space)
{
    return (space->n_blocks + WINDOW_TOGETHER - 1) / WINDOW_TOGETHER;
}

static Together together(const Product *p, size_t index)
{
    const OrbitalWindows *windows = &p->update->windows;
    const size_t begin = index * WINDOW_TOGETHER,
                 end = begin + WINDOW_TOGETHER < p->j.n_blocks ? begin + WINDOW_TOGETHER
                                                               : p->j.n_blocks,
                 at = p->j.begin + begin;
    Together found = {.blocks = {(int32_t)begin, (int32_t)end},
                      .rows = windows->whole[at],
                      .reach = windows->reach[at],
                      .near = windows->near[p->of_k][at]};
    found.columns = columns_of(&p->j, found.blocks);
    for (size_t b = at; b < p->j.begin + end; b++)
        found.near = window_union(found.near, windows->near[p->of_k][b]);
    return found;
}

/// Rows are divided as well, for any number of threads, so that two have equal shares.
enum { ROW_PARTS = 2 };

static Window part_of(Window all, size_t part)
{
    const size_t n = length(all);
    return (Window){all.first + (int32_t)(n * part / ROW_PARTS),
                    all.first + (int32_t)(n * (part + 1) / ROW_PARTS)};
}

/// The blocks of the pattern with rows in a window.
static Window blocks_in(const KernelsPattern *pattern, Window rows)
{
    Window found = {INT32_MAX, 0};
    for (size_t b = 0; b < pattern->n_blocks; b++)
        if (pattern->row[b] < rows.last && pattern->row[b + 1] > rows.first)
            found = window_union(found, (Window){(int32_t)b, (int32_t)b + 1});
    return found;
}

static void part_multiply(void *task, size_t first, size_t last)
{
    const Product *p = task;
    const OrbitalUpdate *update = p->update;
    const KernelsPattern *pattern = p->pattern;
    const size_t ld = update->ld;
    for (size_t i = first; i < last; i++) {
        const Together t = together(p, i / ROW_PARTS);
        const Window all = blocks_in(pattern, t.reach), blocks = part_of(all, i % ROW_PARTS);
        const size_t from = (size_t)t.rows.first / KERNELS_PATTERN_GROUP * KERNELS_PATTERN_GROUP,
                     to = (size_t)t.rows.last, at = (size_t)t.columns.first,
                     columns = length(t.columns), block = (size_t)blocks.first,
                     end = (size_t)blocks.last;
        if (p->out != NULL)
            update->kernels->matmul_packed_part(from, to, block, end, columns, pattern, p->b + at,
                                                ld, p->out + at, ld);
        else
            update->kernels->matmul_packed_part_single(from, to, block, end, columns, pattern,
                                                       p->b_single + at, ld, p->out_single + at,
                                                       ld);
    }
}

static void part_pack(void *task, size_t first, size_t last)
{
    const Product *p = task;
    const OrbitalUpdate *update = p->update;
    if (p->out != NULL)
        update->kernels->pack_pattern(update->n, first, last, p->pattern, p->a, update->ld_ao);
    else
        update->kernels->pack_pattern_single(update->n, first, last, p->pattern, p->a_single,
                                             update->ld_ao);
}

static void multiply_space(Product *p, OrbitalSpace space)
{
    p->j = space_of(p->update, space);
    team_share(n_together(&p->j) * ROW_PARTS, 1, part_multiply, p);
}

enum { BLOCKS_TOGETHER = 16 };

void orbital_multiply(const OrbitalUpdate *update, bool all, const double *a, const double *b,
                      double *out)
{
    const size_t n = update->n, ld_ao = update->ld_ao, ld = update->ld, fv = update->first_virtual,
                 columns = all ? update->columns : fv;
    const KernelsPattern *pattern = update->pattern;
    if (pattern == NULL) {
        update->kernels->matmul_tn(n, columns, n, a, ld_ao, b, ld, out, ld);
        return;
    }
    if (!orbital_update_is_local(update)) {
        update->kernels->matmul_pattern(n, columns, pattern, a, ld_ao, b, ld, out, ld);
        return;
    }
    Product product = {.update = update, .pattern = pattern, .a = a, .b = b, .out = out};
    team_share(pattern->n_blocks, BLOCKS_TOGETHER, part_pack, &product);
    multiply_space(&product, ORBITALS_OCCUPIED);
    if (!all)
        return;
    product.b = b + fv;
    product.out = out + fv;
    multiply_space(&product, ORBITALS_VIRTUAL);
}

void orbital_multiply_single(const OrbitalUpdate *update, OrbitalSpace space, const float *a,
                             const float *b, float *out)
{
    const size_t n = update->n, ld_ao = update->ld_ao, ld = update->ld,
                 columns = space_of(update, space).columns;
    const KernelsPattern *pattern = update->pattern;
    if (pattern == NULL) {
        update->kernels->matmul_tn_single(n, columns, n, a, ld_ao, b, ld, out, ld);
        return;
    }
    if (!orbital_update_is_local(update)) {
        update->kernels->matmul_pattern_single(n, columns, pattern, a, ld_ao, b, ld, out, ld);
        return;
    }
    Product product = {
        .update = update, .pattern = pattern, .a_single = a, .b_single = b, .out_single = out};
    team_share(pattern->n_blocks, BLOCKS_TOGETHER, part_pack, &product);
    multiply_space(&product, space);
}

// ------------------------------------------------------------------------------ over atomic orbitals

/// The blocks of the columns that count in a row of blocks.
static Window blocks_of_row(const Product *p, size_t i)
{
    Window near = p->update->windows.near[p->of_j][p->i.begin + i];
    if (p->triangle)
        near = window_common(near, (Window){0, (int32_t)i + 1});
    return near;
}

/// The rows of C_i and of S C_j or F C_j that are not zero.
static Window rows_shared(const OrbitalWindows *windows, size_t i, size_t j)
{
    return window_common(windows->whole[i], windows->reach[j]);
}

static void part_tn(void *task, size_t first, size_t last)
{
    const Product *p = task;
    const OrbitalUpdate *update = p->update;
    const OrbitalWindows *windows = &update->windows;
    const size_t ld = update->ld;
    for (size_t i = first; i < last; i++) {
        const Window near = blocks_of_row(p, i), columns = columns_of(&p->j, near);
        const size_t rows = rows_in_block(&p->i, i), at = i * WINDOW_ORBITALS;
        double *out = p->out + at * ld;
        clear_columns(rows, 0, length(columns) > 0 ? (size_t)columns.first : p->j.columns, out, ld);
        if (length(columns) > 0 && !p->triangle)
            clear_columns(rows, (size_t)columns.last, p->j.columns, out, ld);
        for (int32_t j = near.first; j < near.last; j++) {
            const Window shared = rows_shared(windows, p->i.begin + i, p->j.begin + (size_t)j),
                         to = columns_of(&p->j, (Window){j, j + 1});
            const size_t row = (size_t)shared.first * ld;
            update->kernels->matmul_tn(rows, length(to), length(shared), p->a + row + at, ld,
                                       p->b + row + to.first, ld, out + to.first, ld);
        }
    }
}

static void part_tn_single(void *task, size_t first, size_t last)
{
    const Product *p = task;
    const OrbitalUpdate *update = p->update;
    const OrbitalWindows *windows = &update->windows;
    const size_t ld = update->ld;
    for (size_t i = first; i < last; i++) {
        const Window near = blocks_of_row(p, i), columns = columns_of(&p->j, near);
        const size_t rows = rows_in_block(&p->i, i), at = i * WINDOW_ORBITALS;
        float *out = p->out_single + at * ld;
        clear_columns_single(rows, 0, length(columns) > 0 ? (size_t)columns.first : p->j.columns,
                             out, ld);
        if (length(columns) > 0 && !p->triangle)
            clear_columns_single(rows, (size_t)columns.last, p->j.columns, out, ld);
        for (int32_t j = near.first, end; j < near.last; j = end) {
            // Blocks with one reach go together; both hearts are enough for single precision.
            end = (j / WINDOW_TOGETHER + 1) * WINDOW_TOGETHER;
            end = end < near.last ? end : near.last;
            Window shared = windows->heart[p->i.begin + i];
            for (int32_t q = j; q < end; q++)
                shared = window_union(shared, windows->heart[p->j.begin + (size_t)q]);
            shared =
                window_common(shared, rows_shared(windows, p->i.begin + i, p->j.begin + (size_t)j));
            const Window to = columns_of(&p->j, (Window){j, end});
            const size_t row = (size_t)shared.first * ld;
            update->kernels->matmul_tn_single(rows, length(to), length(shared),
                                              p->a_single + row + at, ld,
                                              p->b_single + row + to.first, ld, out + to.first, ld);
        }
    }
}

void orbital_product_tn(const OrbitalUpdate *update, OrbitalSpace i, OrbitalSpace j,
                        const double *a, const double *b, double *out)
{
    const size_t ld = update->ld;
    Product product = product_of(update, i, j, j);
    product.a = a;
    product.b = b;
    product.out = out;
    if (orbital_update_is_local(update))
        team_share(product.i.n_blocks, 1, part_tn, &product);
    else
        update->kernels->matmul_tn(product.i.n, product.j.columns, update->n, a, ld, b, ld, out,
                                   ld);
}

void orbital_product_tn_single(const OrbitalUpdate *update, OrbitalSpace i, OrbitalSpace j,
                               const float *a, const float *b, float *out)
{
    const size_t ld = update->ld;
    Product product = product_of(update, i, j, j);
    product.a_single = a;
    product.b_single = b;
    product.out_single = out;
    if (orbital_update_is_local(update))
        team_share(product.i.n_blocks, 1, part_tn_single, &product);
    else
        update->kernels->matmul_tn_single(product.i.n, product.j.columns, update->n, a, ld, b, ld,
                                          out, ld);
}

/// The blocks above the diagonal from those below, a row of blocks of the result at a time.
static void part_mirror(void *task, size_t first, size_t last)
{
    const Product *p = task;
    const OrbitalUpdate *update = p->update;
    const size_t ld = update->ld;
    for (size_t i = first; i < last; i++) {
        const size_t at = i * WINDOW_ORBITALS, rows = rows_in_block(&p->i, i);
        const Window near = update->windows.near[p->of_j][p->i.begin + i];
        for (size_t j = i + 1; j < (size_t)near.last; j++)
            update->kernels->transpose(rows_in_block(&p->i, j), rows, 1.0,
                                       p->out + j * WINDOW_ORBITALS * ld + at, ld,
                                       p->out + at * ld + j * WINDOW_ORBITALS, ld);
        const size_t end = (size_t)columns_of(&p->j, near).last;
        clear_columns(rows, end < p->i.n ? end : p->i.n, p->j.columns, p->out + at * ld, ld);
    }
}

void orbital_product_symmetric(const OrbitalUpdate *update, OrbitalSpace space, const double *a,
                               const double *b, double *out)
{
    const size_t ld = update->ld;
    Product product = product_of(update, space, space, space);
    product.triangle = true;
    product.a = a;
    product.b = b;
    product.out = out;
    if (!orbital_update_is_local(update)) {
        update->kernels->matmul_tn_symmetric(product.i.n, product.j.columns, update->n, a, ld, b,
                                             ld, out, ld);
        return;
    }
    team_share(product.i.n_blocks, 1, part_tn, &product);
    team_share(product.i.n_blocks, 1, part_mirror, &product);
}

void orbital_product_triangle_single(const OrbitalUpdate *update, OrbitalSpace space,
                                     const float *a, const float *b, float *out)
{
    const size_t ld = update->ld;
    Product product = product_of(update, space, space, space);
    product.triangle = true;
    product.a_single = a;
    product.b_single = b;
    product.out_single = out;
    if (orbital_update_is_local(update))
        team_share(product.i.n_blocks, 1, part_tn_single, &product);
    else
        update->kernels->matmul_tn_triangle_single(product.i.n, product.j.columns, update->n, a, ld,
                                                   b, ld, out, ld);
}

// ------------------------------------------------------------------------------ over orbitals

static void part_nn_single(void *task, size_t first, size_t last)
{
    const Product *p = task;
    const OrbitalUpdate *update = p->update;
    const OrbitalWindows *windows = &update->windows;
    const size_t ld = update->ld;
    for (size_t i = first; i < last; i++) {
        const Window columns = columns_of(&p->j, windows->near[p->of_j][p->i.begin + i]);
        const Window between = orbitals_of(&p->k, windows->near[p->of_k][p->i.begin + i]);
        const size_t rows = rows_in_block(&p->i, i), row = i * WINDOW_ORBITALS * ld,
                     at = row + (size_t)columns.first;
        float *out = p->out_single + row;
        if (length(columns) == 0 || length(between) == 0) {
            if (p->base == NULL)
                clear_columns_single(rows, 0, p->j.columns, out, ld);
            continue;
        }
        // What is added to is zero there already.
        if (p->base != p->out_single) {
            clear_columns_single(rows, 0, (size_t)columns.first, out, ld);
            clear_columns_single(rows, (size_t)columns.last, p->j.columns, out, ld);
        }
        update->kernels->matmul_single(
            rows, length(columns), length(between), p->a_single + row + between.first, ld,
            p->b_single + (size_t)between.first * ld + columns.first, ld,
            p->base != NULL ? p->base + at : NULL, p->out_single + at, ld);
    }
}

void orbital_product_single(const OrbitalUpdate *update, OrbitalSpace i, OrbitalSpace k,
                            OrbitalSpace j, const float *a, const float *b, const float *base,
                            float *out)
{
    const size_t ld = update->ld;
    Product product = product_of(update, i, k, j);
    product.a_single = a;
    product.b_single = b;
    product.base = base;
    product.out_single = out;
    if (orbital_update_is_local(update))
        team_share(product.i.n_blocks, 1, part_nn_single, &product);
    else
        update->kernels->matmul_single(product.i.n, product.j.columns, product.k.n, a, ld, b, ld,
                                       base, out, ld);
}

void orbital_product_all_single(const OrbitalUpdate *update, OrbitalSpace i, OrbitalSpace j,
                                const float *a, const float *b, const float *base, float *out)
{
    const size_t ld = update->ld, fv = update->first_virtual;
    if (!orbital_update_is_local(update)) {
        update->kernels->matmul_single(space_of(update, i).n, space_of(update, j).columns,
                                       update->rows, a, ld, b, ld, base, out, ld);
        return;
    }
    orbital_product_single(update, i, ORBITALS_OCCUPIED, j, a, b, base, out);
    orbital_product_single(update, i, ORBITALS_VIRTUAL, j, a + fv, b + fv * ld, out, out);
}

/// C += C Y in the rows where C is not zero.
static void part_correct(void *task, size_t first, size_t last)
{
    const Product *p = task;
    const OrbitalUpdate *update = p->update;
    const size_t ld = update->ld;
    for (size_t i = first; i < last; i++) {
        const Together t = together(p, i / ROW_PARTS);
        const Window rows = part_of(t.rows, i % ROW_PARTS);
        const Window between = orbitals_of(&p->k, t.near);
        const size_t row = (size_t)rows.first * ld, at = row + (size_t)t.columns.first;
        update->kernels->matmul_correction(
            length(rows), length(t.columns), length(between), p->a_single + row + between.first, ld,
            p->b_single + (size_t)between.first * ld + t.columns.first, ld, p->from + at,
            p->out + at, ld);
    }
}

void orbital_correct(const OrbitalUpdate *update, OrbitalSpace k, OrbitalSpace space,
                     const float *c, const float *y, const double *from, double *to)
{
    const size_t ld = update->ld;
    Product product = product_of(update, space, k, space);
    product.a_single = c;
    product.b_single = y;
    product.from = from;
    product.out = to;
    if (orbital_update_is_local(update))
        team_share(n_together(&product.j) * ROW_PARTS, 1, part_correct, &product);
    else
        update->kernels->matmul_correction(update->n, product.j.columns, product.k.n, c, ld, y, ld,
                                           from, to, ld);
}

void orbital_correct_all(const OrbitalUpdate *update, OrbitalSpace space, const float *c,
                         const float *y, const double *from, double *to)
{
    const size_t ld = update->ld, fv = update->first_virtual;
    if (!orbital_update_is_local(update)) {
        update->kernels->matmul_correction(update->n, space_of(update, space).columns, update->rows,
                                           c, ld, y, ld, from, to, ld);
        return;
    }
    orbital_correct(update, ORBITALS_OCCUPIED, space, c, y, from, to);
    orbital_correct(update, ORBITALS_VIRTUAL, space, c + fv, y + fv * ld, to, to);
}

void orbital_clear_outside(const OrbitalUpdate *update, float *d)
{
    const size_t ld = update->ld;
    for (int s = ORBITALS_OCCUPIED; s <= ORBITALS_VIRTUAL; s++) {
        const Space space = space_of(update, (OrbitalSpace)s);
        for (size_t b = 0; b < space.n_blocks; b++) {
            const Window whole = update->windows.whole[space.begin + b],
                         columns = columns_of(&space, (Window){(int32_t)b, (int32_t)b + 1});
            float *block = d + space.first + columns.first;
            clear_columns_single((size_t)whole.first, 0, length(columns), block, ld);
            clear_columns_single(update->n - (size_t)whole.last, 0, length(columns),
                                 block + (size_t)whole.last * ld, ld);
        }
    }
}

// ------------------------------------------------------------------------------ E and G

/// E_ov = E_vo^T, a row of blocks at a time.
static void part_transpose(void *task, size_t first, size_t last)
{
    const Product *p = task;
    const OrbitalUpdate *update = p->update;
    const size_t ld = update->ld;
    for (size_t i = first; i < last; i++) {
        const Window near = update->windows.near[p->of_j][p->i.begin + i],
                     columns = columns_of(&p->j, near);
        const size_t at = i * WINDOW_ORBITALS, rows = rows_in_block(&p->i, i);
        double *out = p->out + at * ld;
        clear_columns(rows, 0, (size_t)columns.first, out, ld);
        clear_columns(rows, (size_t)columns.last, p->j.columns, out, ld);
        for (int32_t j = near.first; j < near.last; j++)
            update->kernels->transpose(rows_in_block(&p->j, (size_t)j), rows, 1.0,
                                       p->a + (size_t)(j * WINDOW_ORBITALS) * ld + at, ld,
                                       out + j * WINDOW_ORBITALS, ld);
    }
}

void orbital_blocks_of_windows(const OrbitalUpdate *update, double *e, double *g)
{
    const size_t fv = update->first_virtual, vo = orbital_update_vo(update);
    const double *c = update->orbitals, *c_v = c + fv;
    const size_t padding = (fv - update->n_occupied) * update->ld;
    memset(e + update->n_occupied * update->ld, 0, padding * sizeof *e);
    orbital_product_symmetric(update, ORBITALS_OCCUPIED, c, update->sc, e);
    orbital_product_symmetric(update, ORBITALS_VIRTUAL, c_v, update->sc + fv, e + vo + fv);
    orbital_product_tn(update, ORBITALS_VIRTUAL, ORBITALS_OCCUPIED, c_v, update->sc, e + vo);
    Product product = product_of(update, ORBITALS_OCCUPIED, ORBITALS_VIRTUAL, ORBITALS_VIRTUAL);
    product.a = e + vo;
    product.out = e + fv;
    team_share(product.i.n_blocks, 1, part_transpose, &product);
    orbital_product_symmetric(update, ORBITALS_OCCUPIED, c, update->fc, g);
    orbital_product_tn(update, ORBITALS_VIRTUAL, ORBITALS_OCCUPIED, c_v, update->fc, g + vo);
}

// ------------------------------------------------------------------------------ densities

/// The occupied orbitals whose cores have a row in common with a window.
static Window occupied_in(const OrbitalUpdate *update, Window rows)
{
    const Space occupied = space_of(update, ORBITALS_OCCUPIED);
    Window found = {INT32_MAX, 0};
    for (size_t b = 0; b < occupied.n_blocks; b++)
        if (!window_is_empty(window_common(rows, update->windows.core[b])))
            found = window_union(found, (Window){(int32_t)b, (int32_t)b + 1});
    return window_is_empty(found) ? (Window){0, 0} : orbitals_of(&occupied, found);
}

/// Rows of blocks of the density, up to the diagonal.
static void part_density(void *task, size_t first, size_t last)
{
    const Product *p = task;
    const OrbitalUpdate *update = p->update;
    const size_t ld = update->ld_ao;
    for (size_t block = first; block < last; block++) {
        const size_t begin = block * WINDOW_ORBITALS, end = begin + WINDOW_ORBITALS < update->n
                                                                ? begin + WINDOW_ORBITALS
                                                                : update->n;
        const Window rows = {(int32_t)begin, (int32_t)end},
                     reach = orbital_windows_reach(p->pattern, rows),
                     between = occupied_in(update, rows);
        const size_t from = (size_t)reach.first / KERNELS_PAD * KERNELS_PAD,
                     k = (size_t)between.first * ld;
        update->kernels->matmul_tn(end - begin, end - from, length(between), p->a + k + begin, ld,
                                   p->b + k + from, ld, p->out + begin * ld + from, ld);
    }
}

static void part_mirror_density(void *task, size_t first, size_t last)
{
    const Product *p = task;
    p->update->kernels->mirror_pattern(first, last, p->pattern, p->out, p->update->ld_ao);
}

void orbital_update_density(const OrbitalUpdate *update, const KernelsPattern *pattern,
                            const double *a, const double *b, double *out)
{
    Product product = {.update = update, .pattern = pattern, .a = a, .b = b, .out = out};
    team_share((update->n + WINDOW_ORBITALS - 1) / WINDOW_ORBITALS, 1, part_density, &product);
    team_share(update->n, 8 * KERNELS_PATTERN_ROWS, part_mirror_density, &product);
}

static void part_rows(void *task, size_t first, size_t last)
{
    const Product *p = task;
    const OrbitalUpdate *update = p->update;
    const size_t ld = update->ld, ld_ao = update->ld_ao;
    for (size_t i = first; i < last; i++) {
        const Window reach = orbital_windows_reach(p->pattern, update->windows.core[i]);
        const Window between = orbitals_of(&p->i, update->windows.near[ORBITALS_OCCUPIED][i]);
        const size_t rows = rows_in_block(&p->i, i), row = i * WINDOW_ORBITALS,
                     from = (size_t)reach.first / KERNELS_PAD * KERNELS_PAD;
        double *out = p->out + row * ld_ao;
        for (size_t r = 0; r < rows; r++)
            memset(out + r * ld_ao, 0, ld_ao * sizeof *out);
        update->kernels->matmul_nn(rows, kernels_padded((size_t)reach.last) - from, length(between),
                                   p->a + row * ld + between.first, ld,
                                   p->b + (size_t)between.first * ld_ao + from, ld_ao, out + from,
                                   ld_ao);
    }
}

void orbital_update_weighted_rows(const OrbitalUpdate *update, const KernelsPattern *pattern,
                                  const double *g, const double *a, double *out)
{
    Product product = {.update = update,
                       .i = space_of(update, ORBITALS_OCCUPIED),
                       .pattern = pattern,
                       .a = g,
                       .b = a,
                       .out = out};
    team_share(product.i.n_blocks, 1, part_rows, &product);
}
