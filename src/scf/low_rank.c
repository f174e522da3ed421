#include "scf/low_rank.h"

#include <math.h>
#include <string.h>

#include "base/linalg.h"

enum { N_TERMS = 0, TERMS = 1 };

size_t low_rank_memory_size(size_t n)
{
    return TERMS + 2 * (size_t)LOW_RANK_MAX * n;
}

void low_rank_layout(Arena *arena, size_t n, LowRank *matrix)
{
    const size_t square = (size_t)LOW_RANK_MAX * LOW_RANK_MAX;
    matrix->n = n;
    matrix->gram = arena_doubles(arena, square);
    matrix->inverse_work = arena_doubles(arena, square);
    matrix->rows = arena_doubles(arena, LOW_RANK_KEPT * n);
    matrix->rest = arena_doubles(arena, n);
    matrix->coefficient = arena_doubles(arena, LOW_RANK_MAX);
    matrix->eigenvalue = arena_doubles(arena, LOW_RANK_MAX);
    matrix->work = arena_doubles(arena, linalg_eigen_work(LOW_RANK_MAX));
    matrix->iwork = arena_ints(arena, linalg_eigen_iwork(LOW_RANK_MAX));
}

static double *u_rows(const LowRank *matrix)
{
    return matrix->memory + TERMS;
}

static double *v_rows(const LowRank *matrix)
{
    return u_rows(matrix) + (size_t)LOW_RANK_MAX * matrix->n;
}

void low_rank_reset(LowRank *matrix)
{
    matrix->memory[N_TERMS] = 0.0;
}

void low_rank_apply(const LowRank *matrix, const double *x, double *y)
{
    const size_t n = matrix->n, r = low_rank_n_terms(matrix);
    matrix->kernels->matvec(r, n, v_rows(matrix), n, x, matrix->coefficient);
    memcpy(y, x, n * sizeof *y);
    for (size_t k = 0; k < r; k++)
        matrix->kernels->axpy(n, matrix->coefficient[k], u_rows(matrix) + k * n, y);
}

/// The first LOW_RANK_KEPT rows of mix [r][r] times the r rows of terms take their place.
static void mix_rows(LowRank *matrix, size_t r, const double *mix, double *terms)
{
    const size_t n = matrix->n;
    matrix->kernels->matmul_nn(LOW_RANK_KEPT, n, r, mix, LOW_RANK_MAX, terms, n, matrix->rows, n);
    memcpy(terms, matrix->rows, LOW_RANK_KEPT * n * sizeof *terms);
}

/// The largest singular values of U^T V, V orthonormal: U U^T = Q D Q^T makes the rows Q^T U and Q^T V.
static void compress(LowRank *matrix)
{
    const size_t r = low_rank_n_terms(matrix), n = matrix->n, ld = LOW_RANK_MAX;
    double *u = u_rows(matrix);
    for (size_t i = 0; i < r; i++) {
        matrix->kernels->matvec(i + 1, n, u, n, u + i * n, matrix->gram + i * ld);
        for (size_t j = 0; j < i; j++)
            matrix->gram[j * ld + i] = matrix->gram[i * ld + j];
    }
    if (!linalg_eigen(r, matrix->gram, ld, matrix->eigenvalue, matrix->work, matrix->iwork)) {
        low_rank_reset(matrix);
        return;
    }
    const double *largest = matrix->gram + (r - LOW_RANK_KEPT) * ld;
    mix_rows(matrix, r, largest, u);
    mix_rows(matrix, r, largest, v_rows(matrix));
    matrix->memory[N_TERMS] = LOW_RANK_KEPT;
}

void low_rank_add(LowRank *matrix, double scale, const double *u, const double *v)
{
    static const double SMALL = 0.03;
    const Kernels *kernels = matrix->kernels;
    const size_t n = matrix->n;
    if (low_rank_n_terms(matrix) == LOW_RANK_MAX)
        compress(matrix);
    const size_t r = low_rank_n_terms(matrix);
    double *us = u_rows(matrix), *vs = v_rows(matrix);
    kernels->matvec(r, n, vs, n, v, matrix->coefficient);
    memcpy(matrix->rest, v, n * sizeof *v);
    for (size_t k = 0; k < r; k++) {
        kernels->axpy(n, -matrix->coefficient[k], vs + k * n, matrix->rest);
        kernels->axpy(n, scale * matrix->coefficient[k], u, us + k * n);
    }
    const double rest = sqrt(kernels->dot(n, matrix->rest, matrix->rest));
    if (!(rest > SMALL * sqrt(kernels->dot(n, v, v))))
        return;
    for (size_t i = 0; i < n; i++) {
        us[r * n + i] = scale * rest * u[i];
        vs[r * n + i] = matrix->rest[i] / rest;
    }
    matrix->memory[N_TERMS] += 1.0;
}

bool low_rank_direction(LowRank *matrix, const double *x, double *v)
{
    static const double SMALL = 1e-4;
    const Kernels *kernels = matrix->kernels;
    const size_t n = matrix->n, r = low_rank_n_terms(matrix);
    if (r == n || r == LOW_RANK_KEPT)
        return false;
    memcpy(v, x, n * sizeof *v);
    // Twice, so that they are orthogonal to rounding.
    for (int pass = 0; pass < 2; pass++) {
        kernels->matvec(r, n, v_rows(matrix), n, v, matrix->coefficient);
        for (size_t k = 0; k < r; k++)
            kernels->axpy(n, -matrix->coefficient[k], v_rows(matrix) + k * n, v);
    }
    const double norm = sqrt(kernels->dot(n, v, v));
    if (!(norm > SMALL * sqrt(kernels->dot(n, x, x))))
        return false;
    for (size_t i = 0; i < n; i++)
        v[i] /= norm;
    return true;
}

void low_rank_store(LowRank *matrix, const double *v, const double *jv)
{
    const size_t r = low_rank_n_terms(matrix), n = matrix->n;
    memcpy(v_rows(matrix) + r * n, v, n * sizeof *v);
    memcpy(u_rows(matrix) + r * n, jv, n * sizeof *jv);
    matrix->memory[N_TERMS] += 1.0;
}

void low_rank_invert(LowRank *matrix)
{
    const size_t r = low_rank_n_terms(matrix), n = matrix->n, ld = LOW_RANK_MAX;
    double *u = u_rows(matrix), *t = matrix->gram;
    // Row k: delta_jk - v_j.J v_k over j, the transpose of 1 - V J V^T.
    for (size_t k = 0; k < r; k++) {
        matrix->kernels->matvec(r, n, v_rows(matrix), n, u + k * n, t + k * ld);
        for (size_t j = 0; j < r; j++)
            t[k * ld + j] = (j == k ? 1.0 : 0.0) - t[k * ld + j];
    }
    if (!linalg_inverse(r, t, ld, matrix->inverse_work, matrix->iwork)) {
        low_rank_reset(matrix);
        return;
    }
    matrix->kernels->matmul_nn(r, n, r, t, ld, u, n, matrix->rows, n);
    memcpy(u, matrix->rows, r * n * sizeof *u);
}
