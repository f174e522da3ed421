#include "scf/rank_updated_matrix.h"

#include <math.h>
#include <string.h>

enum { LINE = 16 };

static size_t padded(size_t n)
{
    return (n + LINE - 1) / LINE * LINE;
}

static float *kept_rows(Arena *arena, size_t n_rows, size_t n)
{
    return arena_kept(arena, n_rows * padded(n) * sizeof(float));
}

void rank_updated_matrix_layout(RankUpdatedMatrix *matrix, Arena *arena, size_t n_rows,
                                size_t n_columns)
{
    matrix->n_rows = n_rows;
    matrix->n_columns = n_columns;
    matrix->n_pending = arena_kept(arena, sizeof *matrix->n_pending);
    matrix->u = kept_rows(arena, RANK_UPDATED_MATRIX_PENDING, n_rows);
    matrix->v = kept_rows(arena, RANK_UPDATED_MATRIX_PENDING, n_columns);
    matrix->elements = kept_rows(arena, n_rows, n_columns);
    matrix->x = arena_bytes(arena, padded(n_columns) * sizeof(float));
    matrix->y = arena_bytes(arena, padded(n_rows) * sizeof(float));
    matrix->changes = arena_bytes(arena, n_rows * RANK_UPDATED_MATRIX_PENDING * sizeof(float));
}

void rank_updated_matrix_clear(RankUpdatedMatrix *matrix)
{
    *matrix->n_pending = 0;
    memset(matrix->elements, 0, matrix->n_rows * padded(matrix->n_columns) * sizeof(float));
}

float *rank_updated_matrix_row(const RankUpdatedMatrix *matrix, size_t i)
{
    return matrix->elements + i * padded(matrix->n_columns);
}

void rank_updated_matrix_apply(const RankUpdatedMatrix *matrix, const double *x, double *y)
{
    const size_t n = matrix->n_rows, m = matrix->n_columns, ld = padded(m);
    const Kernels *kernels = matrix->kernels;
    const int n_pending = (int)*matrix->n_pending;
    kernels->narrow(1, m, 1.0, x, m, matrix->x, ld);
    memset(matrix->x + m, 0, (ld - m) * sizeof(float));
    kernels->matvec_single(n, ld, matrix->elements, ld, matrix->x, matrix->y);
    for (size_t i = 0; i < n; i++)
        y[i] = (double)matrix->y[i];
    if (n_pending == 0)
        return;
    float share[RANK_UPDATED_MATRIX_PENDING];
    const float *u[RANK_UPDATED_MATRIX_PENDING];
    kernels->matvec_single((size_t)n_pending, ld, matrix->v, ld, matrix->x, share);
    for (int k = 0; k < n_pending; k++)
        u[k] = matrix->u + (size_t)k * padded(n);
    kernels->combine_single(n, n_pending, share, u, matrix->y);
    for (size_t i = 0; i < n; i++)
        y[i] += (double)matrix->y[i];
}

/// All changes that wait, in one pass over the elements.
static void apply_pending(RankUpdatedMatrix *matrix)
{
    const size_t n = matrix->n_rows, ld = padded(matrix->n_columns);
    matrix->kernels->transpose_single(RANK_UPDATED_MATRIX_PENDING, n, 1.0F, matrix->u, padded(n),
                                      matrix->changes, RANK_UPDATED_MATRIX_PENDING);
    matrix->kernels->matmul_single(n, ld, RANK_UPDATED_MATRIX_PENDING, matrix->changes,
                                   RANK_UPDATED_MATRIX_PENDING, matrix->v, ld, matrix->elements,
                                   matrix->elements, ld);
    *matrix->n_pending = 0;
}

void rank_updated_matrix_add(RankUpdatedMatrix *matrix, double scale, const double *u,
                             const double *v)
{
    const size_t n = matrix->n_rows, m = matrix->n_columns;
    const Kernels *kernels = matrix->kernels;
    if ((int)*matrix->n_pending == RANK_UPDATED_MATRIX_PENDING)
        apply_pending(matrix);
    const size_t k = (size_t)*matrix->n_pending;
    // Both of a length that single precision holds.
    const double length = sqrt(kernels->dot(m, v, v));
    kernels->narrow(1, n, scale * length, u, n, matrix->u + k * padded(n), padded(n));
    kernels->narrow(1, m, 1.0 / length, v, m, matrix->v + k * padded(m), padded(m));
    ++*matrix->n_pending;
}
