#include "scf/jacobian.h"

#include <math.h>
#include <string.h>

#include "base/linalg.h"

enum { QUALITY = 0, COLUMNS = 1, MATRIX = 8 };

static bool is_dense(size_t n)
{
    return n <= JACOBIAN_DENSE_MAX;
}

size_t jacobian_memory_size(size_t n)
{
    return MATRIX + (is_dense(n) ? kept_matrix_memory_size(n, n) : low_rank_memory_size(n));
}

void jacobian_layout(Arena *arena, size_t n, Jacobian *jacobian)
{
    jacobian->n = n;
    jacobian->dense = is_dense(n);
    if (jacobian->dense) {
        kept_matrix_layout(arena, n, n, &jacobian->whole);
        jacobian->matrix = arena_doubles(arena, n * n);
        jacobian->inverse_work = arena_doubles(arena, n * n);
        jacobian->inverse_iwork = arena_ints(arena, n);
    } else {
        low_rank_layout(arena, n, &jacobian->low_rank);
    }
}

static double *matrix_of(const Jacobian *jacobian)
{
    return jacobian->memory + MATRIX;
}

void jacobian_setup(Jacobian *jacobian)
{
    jacobian->low_rank.kernels = jacobian->whole.kernels = jacobian->kernels;
    jacobian->low_rank.memory = jacobian->whole.memory = matrix_of(jacobian);
}

void jacobian_reset(Jacobian *jacobian)
{
    jacobian->memory[QUALITY] = JACOBIAN_LEARNT;
    if (jacobian->dense)
        kept_matrix_clear(&jacobian->whole);
    else
        low_rank_reset(&jacobian->low_rank);
}

/// From columns of J to K.
static void finish(Jacobian *jacobian)
{
    jacobian->memory[QUALITY] = JACOBIAN_MEASURED;
    if (!jacobian->dense) {
        low_rank_invert(&jacobian->low_rank);
        return;
    }
    const size_t n = jacobian->n;
    double *k = jacobian->matrix;
    // Rows hold the transpose of J.
    for (size_t j = 0; j < n; j++) {
        const float *column = kept_matrix_row(&jacobian->whole, j);
        for (size_t i = 0; i < n; i++)
            k[i * n + j] = (i == j ? 1.0 : 0.0) - (double)column[i];
    }
    if (!linalg_inverse(n, k, n, jacobian->inverse_work, jacobian->inverse_iwork)) {
        jacobian_reset(jacobian);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        float *row = kept_matrix_row(&jacobian->whole, i);
        for (size_t j = 0; j < n; j++)
            row[j] = (float)(k[i * n + j] - (i == j ? 1.0 : 0.0));
    }
}

bool jacobian_probe(Jacobian *jacobian, const double *hint, double *v)
{
    if (jacobian_quality(jacobian) == JACOBIAN_MEASURED)
        return false;
    if (jacobian_quality(jacobian) != JACOBIAN_MEASURING) {
        jacobian->memory[QUALITY] = JACOBIAN_MEASURING;
        jacobian->memory[COLUMNS] = 0.0;
        if (jacobian->dense)
            kept_matrix_clear(&jacobian->whole);
        else
            low_rank_reset(&jacobian->low_rank);
    }
    if (jacobian->dense) {
        memset(v, 0, jacobian->n * sizeof *v);
        v[(size_t)jacobian->memory[COLUMNS]] = 1.0;
        return true;
    }
    if (low_rank_direction(&jacobian->low_rank, hint, v))
        return true;
    finish(jacobian);
    return false;
}

void jacobian_measured(Jacobian *jacobian, const double *v, const double *jv)
{
    const size_t n = jacobian->n, column = (size_t)jacobian->memory[COLUMNS];
    if (jacobian->dense)
        jacobian->kernels->narrow(1, n, 1.0, jv, n, kept_matrix_row(&jacobian->whole, column), n);
    else
        low_rank_store(&jacobian->low_rank, v, jv);
    jacobian->memory[COLUMNS] += 1.0;
    if (column + 1 == (jacobian->dense ? n : jacobian->low_rank.n_max))
        finish(jacobian);
}

void jacobian_apply(const Jacobian *jacobian, const double *f, double *step)
{
    if (!jacobian->dense) {
        low_rank_apply(&jacobian->low_rank, f, step);
        return;
    }
    kept_matrix_apply(&jacobian->whole, f, step);
    for (size_t i = 0; i < jacobian->n; i++)
        step[i] += f[i];
}

/// K += scale u v^T
static void add(Jacobian *jacobian, double scale, const double *u, const double *v)
{
    if (jacobian->dense)
        kept_matrix_add(&jacobian->whole, scale, u, v);
    else
        low_rank_add(&jacobian->low_rank, scale, u, v);
}

void jacobian_update(Jacobian *jacobian, const double *dx, const double *df, double *work)
{
    const double norm = jacobian->kernels->dot(jacobian->n, df, df);
    jacobian_apply(jacobian, df, work);
    if (!(norm > 0.0) || !isfinite(norm))
        return;
    for (size_t i = 0; i < jacobian->n; i++)
        work[i] += dx[i];
    add(jacobian, -1.0 / norm, work, df);
}

void jacobian_next_step(Jacobian *jacobian, const double *f, const double *df, double *step)
{
    // K dF = K F - dx with dx = K F_last, so the update of K is -(K F) dF^T/|dF|^2 and the next step
    // a multiple of K F.
    const size_t n = jacobian->n;
    jacobian_apply(jacobian, f, step);
    const double norm = jacobian->kernels->dot(n, df, df);
    if (!(norm > 0.0) || !isfinite(norm))
        return;
    const double shrink = 1.0 - jacobian->kernels->dot(n, df, f) / norm;
    add(jacobian, -1.0 / norm, step, df);
    for (size_t i = 0; i < n; i++)
        step[i] *= shrink;
}
