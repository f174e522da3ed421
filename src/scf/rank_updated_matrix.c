#include "scf/rank_updated_matrix.h"

#include <math.h>
#include <string.h>

/// memory = [changes that wait][free][u: pending][v: pending][elements: rows], from u on in single
/// precision, in rows padded to whole cache lines.
enum { N_PENDING = 0, HEADER = 8, LINE = 16 };

static size_t padded(size_t n)
{
    return (n + LINE - 1) / LINE * LINE;
}

size_t rank_updated_matrix_memory_size(size_t n_rows, size_t n_columns)
{
    const size_t pending = RANK_UPDATED_MATRIX_PENDING * (padded(n_rows) + padded(n_columns));
    return HEADER + (pending + n_rows * padded(n_columns)) / 2;
}

void rank_updated_matrix_layout(Arena *arena, size_t n_rows, size_t n_columns,
                                RankUpdatedMatrix *matrix)
{
    matrix->n_rows = n_rows;
    matrix->n_columns = n_columns;
    matrix->x = arena_bytes(arena, padded(n_columns) * sizeof(float));
    matrix->y = arena_bytes(arena, padded(n_rows) * sizeof(float));
    matrix->changes = arena_bytes(arena, n_rows * RANK_UPDATED_MATRIX_PENDING * sizeof(float));
}

static float *pending_u(const RankUpdatedMatrix *matrix)
{
    return (float *)(matrix->memory + HEADER);
}

static float *pending_v(const RankUpdatedMatrix *matrix)
{
    return pending_u(matrix) + RANK_UPDATED_MATRIX_PENDING * padded(matrix->n_rows);
}

static float *elements(const RankUpdatedMatrix *matrix)
{
    return pending_v(matrix) + RANK_UPDATED_MATRIX_PENDING * padded(matrix->n_columns);
}

void rank_updated_matrix_clear(RankUpdatedMatrix *matrix)
{
    memset(matrix->memory, 0,
           rank_updated_matrix_memory_size(matrix->n_rows, matrix->n_columns) * sizeof(double));
}

float *rank_updated_matrix_row(const RankUpdatedMatrix *matrix, size_t i)
{
    return elements(matrix) + i * padded(matrix->n_columns);
}

void rank_updated_matrix_apply(const RankUpdatedMatrix *matrix, const double *x, double *y)
{
    const size_t n = matrix->n_rows, m = matrix->n_columns, ld = padded(m);
    const Kernels *kernels = matrix->kernels;
    const int n_pending = (int)matrix->memory[N_PENDING];
    kernels->narrow(1, m, 1.0, x, m, matrix->x, ld);
    memset(matrix->x + m, 0, (ld - m) * sizeof(float));
    kernels->matvec_single(n, ld, elements(matrix), ld, matrix->x, matrix->y);
    for (size_t i = 0; i < n; i++)
        y[i] = (double)matrix->y[i];
    if (n_pending == 0)
        return;
    float share[RANK_UPDATED_MATRIX_PENDING];
    const float *u[RANK_UPDATED_MATRIX_PENDING];
    kernels->matvec_single((size_t)n_pending, ld, pending_v(matrix), ld, matrix->x, share);
    for (int k = 0; k < n_pending; k++)
        u[k] = pending_u(matrix) + (size_t)k * padded(n);
    kernels->combine_single(n, n_pending, share, u, matrix->y);
    for (size_t i = 0; i < n; i++)
        y[i] += (double)matrix->y[i];
}

/// All changes that wait, in one pass over the elements.
static void apply_pending(RankUpdatedMatrix *matrix)
{
    const size_t n = matrix->n_rows, ld = padded(matrix->n_columns);
    matrix->kernels->transpose_single(RANK_UPDATED_MATRIX_PENDING, n, 1.0F, pending_u(matrix),
                                      padded(n), matrix->changes, RANK_UPDATED_MATRIX_PENDING);
    matrix->kernels->matmul_single(n, ld, RANK_UPDATED_MATRIX_PENDING, matrix->changes,
                                   RANK_UPDATED_MATRIX_PENDING, pending_v(matrix), ld,
                                   elements(matrix), elements(matrix), ld);
    matrix->memory[N_PENDING] = 0.0;
}

void rank_updated_matrix_add(RankUpdatedMatrix *matrix, double scale, const double *u,
                             const double *v)
{
    const size_t n = matrix->n_rows, m = matrix->n_columns;
    const Kernels *kernels = matrix->kernels;
    if ((int)matrix->memory[N_PENDING] == RANK_UPDATED_MATRIX_PENDING)
        apply_pending(matrix);
    const size_t k = (size_t)matrix->memory[N_PENDING];
    // Both of a length that single precision holds.
    const double length = sqrt(kernels->dot(m, v, v));
    kernels->narrow(1, n, scale * length, u, n, pending_u(matrix) + k * padded(n), padded(n));
    kernels->narrow(1, m, 1.0 / length, v, m, pending_v(matrix) + k * padded(m), padded(m));
    matrix->memory[N_PENDING] += 1.0;
}
