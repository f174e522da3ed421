#include "scf/quasi_newton.h"

#include <math.h>
#include <string.h>

#include "base/linalg.h"

static bool is_dense(size_t n)
{
    return n <= QUASI_NEWTON_DENSE_MAX;
}

void quasi_newton_layout(QuasiNewton *newton, Arena *arena, size_t n)
{
    newton->n = n;
    newton->dense = is_dense(n);
    newton->kept = arena_kept(arena, sizeof *newton->kept);
    if (newton->dense) {
        rank_updated_matrix_layout(&newton->whole, arena, n, n);
        newton->matrix = arena_doubles(arena, n * n);
        newton->inverse_work = arena_doubles(arena, linalg_inverse_work(n));
        newton->inverse_iwork = arena_ints(arena, n);
    } else {
        low_rank_layout(&newton->low_rank, arena, n);
    }
}

void quasi_newton_setup(QuasiNewton *newton, const Kernels *kernels)
{
    newton->kernels = newton->low_rank.kernels = newton->whole.kernels = kernels;
}

void quasi_newton_reset(QuasiNewton *newton)
{
    newton->kept->quality = QUASI_NEWTON_LEARNT;
    if (newton->dense)
        rank_updated_matrix_clear(&newton->whole);
    else
        low_rank_reset(&newton->low_rank);
}

/// From columns of J to K.
static void finish(QuasiNewton *newton)
{
    newton->kept->quality = QUASI_NEWTON_MEASURED;
    if (!newton->dense) {
        low_rank_invert(&newton->low_rank);
        return;
    }
    const size_t n = newton->n;
    double *k = newton->matrix;
    // Rows hold the transpose of J.
    for (size_t j = 0; j < n; j++) {
        const float *column = rank_updated_matrix_row(&newton->whole, j);
        for (size_t i = 0; i < n; i++)
            k[i * n + j] = (i == j ? 1.0 : 0.0) - (double)column[i];
    }
    if (!linalg_inverse(n, k, n, newton->inverse_work, newton->inverse_iwork)) {
        quasi_newton_reset(newton);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        float *row = rank_updated_matrix_row(&newton->whole, i);
        for (size_t j = 0; j < n; j++)
            row[j] = (float)(k[i * n + j] - (i == j ? 1.0 : 0.0));
    }
}

bool quasi_newton_probe(QuasiNewton *newton, const double *hint, double *v)
{
    if (quasi_newton_quality(newton) == QUASI_NEWTON_MEASURED)
        return false;
    if (quasi_newton_quality(newton) != QUASI_NEWTON_MEASURING) {
        newton->kept->quality = QUASI_NEWTON_MEASURING;
        newton->kept->columns = 0;
        if (newton->dense)
            rank_updated_matrix_clear(&newton->whole);
        else
            low_rank_reset(&newton->low_rank);
    }
    if (newton->dense) {
        memset(v, 0, newton->n * sizeof *v);
        v[(size_t)newton->kept->columns] = 1.0;
        return true;
    }
    if (low_rank_direction(&newton->low_rank, hint, v))
        return true;
    finish(newton);
    return false;
}

void quasi_newton_measured(QuasiNewton *newton, const double *v, const double *jv)
{
    const size_t n = newton->n, column = (size_t)newton->kept->columns;
    if (newton->dense)
        newton->kernels->narrow(1, n, 1.0, jv, n, rank_updated_matrix_row(&newton->whole, column),
                                n);
    else
        low_rank_store(&newton->low_rank, v, jv);
    newton->kept->columns++;
    if (column + 1 == (newton->dense ? n : newton->low_rank.n_max))
        finish(newton);
}

void quasi_newton_apply(const QuasiNewton *newton, const double *f, double *step)
{
    if (!newton->dense) {
        low_rank_apply(&newton->low_rank, f, step);
        return;
    }
    rank_updated_matrix_apply(&newton->whole, f, step);
    for (size_t i = 0; i < newton->n; i++)
        step[i] += f[i];
}

/// K += scale u v^T
static void add(QuasiNewton *newton, double scale, const double *u, const double *v)
{
    if (newton->dense)
        rank_updated_matrix_add(&newton->whole, scale, u, v);
    else
        low_rank_add(&newton->low_rank, scale, u, v);
}

void quasi_newton_update(QuasiNewton *newton, const double *dx, const double *df, double *work)
{
    const double norm = newton->kernels->dot(newton->n, df, df);
    quasi_newton_apply(newton, df, work);
    if (!(norm > 0.0) || !isfinite(norm))
        return;
    for (size_t i = 0; i < newton->n; i++)
        work[i] += dx[i];
    add(newton, -1.0 / norm, work, df);
}

void quasi_newton_next_step(QuasiNewton *newton, const double *f, const double *df, double *step)
{
    // K dF = K F - dx with dx = K F_last, so the update of K is -(K F) dF^T/|dF|^2 and the next step
    // a multiple of K F.
    const size_t n = newton->n;
    quasi_newton_apply(newton, f, step);
    const double norm = newton->kernels->dot(n, df, df);
    if (!(norm > 0.0) || !isfinite(norm))
        return;
    const double shrink = 1.0 - newton->kernels->dot(n, df, f) / norm;
    add(newton, -1.0 / norm, step, df);
    for (size_t i = 0; i < n; i++)
        step[i] *= shrink;
}

void quasi_newton_next(QuasiNewton *newton, const double *f, const double *dx, const double *df,
                       double *kf, double *work)
{
    const size_t n = newton->n;
    // -dx - K dF, from two K F with the same K.
    for (size_t i = 0; i < n; i++)
        work[i] = kf[i] - dx[i];
    quasi_newton_apply(newton, f, kf);
    const double norm = newton->kernels->dot(n, df, df);
    if (!(norm > 0.0) || !isfinite(norm))
        return;
    for (size_t i = 0; i < n; i++)
        work[i] -= kf[i];
    add(newton, 1.0 / norm, work, df);
    newton->kernels->axpy(n, newton->kernels->dot(n, df, f) / norm, work, kf);
}
