#include "scf/kept_matrix.h"

#include <math.h>
#include <string.h>

/// memory = [changes that wait][free][u: waiting][v: waiting][elements: rows], from u on in single
/// precision, in rows padded to whole cache lines.
enum { N_WAITING = 0, HEADER = 8, LINE = 16 };

static size_t padded(size_t n)
{
    return (n + LINE - 1) / LINE * LINE;
}

size_t kept_matrix_memory_size(size_t n_rows, size_t n_columns)
{
    const size_t waiting = KEPT_MATRIX_WAITING * (padded(n_rows) + padded(n_columns));
    return HEADER + (waiting + n_rows * padded(n_columns)) / 2;
}

void kept_matrix_layout(Arena *arena, size_t n_rows, size_t n_columns, KeptMatrix *matrix)
{
    matrix->n_rows = n_rows;
    matrix->n_columns = n_columns;
    matrix->x = arena_bytes(arena, padded(n_columns) * sizeof(float));
    matrix->y = arena_bytes(arena, padded(n_rows) * sizeof(float));
    matrix->changes = arena_bytes(arena, n_rows * KEPT_MATRIX_WAITING * sizeof(float));
}

static float *waiting_u(const KeptMatrix *matrix)
{
    return (float *)(matrix->memory + HEADER);
}

static float *waiting_v(const KeptMatrix *matrix)
{
    return waiting_u(matrix) + KEPT_MATRIX_WAITING * padded(matrix->n_rows);
}

static float *elements(const KeptMatrix *matrix)
{
    return waiting_v(matrix) + KEPT_MATRIX_WAITING * padded(matrix->n_columns);
}

void kept_matrix_clear(KeptMatrix *matrix)
{
    memset(matrix->memory, 0,
           kept_matrix_memory_size(matrix->n_rows, matrix->n_columns) * sizeof(double));
}

float *kept_matrix_row(const KeptMatrix *matrix, size_t i)
{
    return elements(matrix) + i * padded(matrix->n_columns);
}

void kept_matrix_apply(const KeptMatrix *matrix, const double *x, double *y)
{
    const size_t n = matrix->n_rows, m = matrix->n_columns, ld = padded(m);
    const Kernels *kernels = matrix->kernels;
    const int n_waiting = (int)matrix->memory[N_WAITING];
    kernels->narrow(1, m, 1.0, x, m, matrix->x, ld);
    memset(matrix->x + m, 0, (ld - m) * sizeof(float));
    kernels->matvec_single(n, ld, elements(matrix), ld, matrix->x, matrix->y);
    for (size_t i = 0; i < n; i++)
        y[i] = (double)matrix->y[i];
    if (n_waiting == 0)
        return;
    float share[KEPT_MATRIX_WAITING];
    const float *u[KEPT_MATRIX_WAITING];
    kernels->matvec_single((size_t)n_waiting, ld, waiting_v(matrix), ld, matrix->x, share);
    for (int k = 0; k < n_waiting; k++)
        u[k] = waiting_u(matrix) + (size_t)k * padded(n);
    kernels->combine_single(n, n_waiting, share, u, matrix->y);
    for (size_t i = 0; i < n; i++)
        y[i] += (double)matrix->y[i];
}

/// All changes that wait, in one pass over the elements.
static void take_in(KeptMatrix *matrix)
{
    const size_t n = matrix->n_rows, ld = padded(matrix->n_columns);
    matrix->kernels->transpose_single(KEPT_MATRIX_WAITING, n, 1.0F, waiting_u(matrix), padded(n),
                                      matrix->changes, KEPT_MATRIX_WAITING);
    matrix->kernels->matmul_single(n, ld, KEPT_MATRIX_WAITING, matrix->changes, KEPT_MATRIX_WAITING,
                                   waiting_v(matrix), ld, elements(matrix), elements(matrix), ld);
    matrix->memory[N_WAITING] = 0.0;
}

void kept_matrix_add(KeptMatrix *matrix, double scale, const double *u, const double *v)
{
    const size_t n = matrix->n_rows, m = matrix->n_columns;
    const Kernels *kernels = matrix->kernels;
    if ((int)matrix->memory[N_WAITING] == KEPT_MATRIX_WAITING)
        take_in(matrix);
    const size_t k = (size_t)matrix->memory[N_WAITING];
    // Both of a length that single precision holds.
    const double length = sqrt(kernels->dot(m, v, v));
    kernels->narrow(1, n, scale * length, u, n, waiting_u(matrix) + k * padded(n), padded(n));
    kernels->narrow(1, m, 1.0 / length, v, m, waiting_v(matrix) + k * padded(m), padded(m));
    matrix->memory[N_WAITING] += 1.0;
}
