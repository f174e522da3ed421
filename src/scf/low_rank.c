#include "scf/low_rank.h"

#include <math.h>
#include <string.h>

#include "base/linalg.h"

size_t low_rank_max(size_t n)
{
    return n / 6 + 16;
}

void low_rank_layout(LowRank *matrix, Arena *arena, size_t n)
{
    const size_t n_max = low_rank_max(n);
    matrix->n = n;
    matrix->n_max = n_max;
    matrix->n_terms = arena_kept(arena, sizeof *matrix->n_terms);
    matrix->u = arena_kept(arena, n_max * n * sizeof(double));
    matrix->v = arena_kept(arena, n_max * n * sizeof(double));
    matrix->square = arena_doubles(arena, n_max * n_max);
    matrix->inverse_work = arena_doubles(arena, n_max * n_max);
    matrix->rows = arena_doubles(arena, n_max * n);
    matrix->rest = arena_doubles(arena, n);
    matrix->coefficient = arena_doubles(arena, n_max);
    matrix->iwork = arena_ints(arena, n_max);
}

void low_rank_reset(LowRank *matrix)
{
    *matrix->n_terms = 0;
}

void low_rank_apply(const LowRank *matrix, const double *x, double *y)
{
    const size_t n = matrix->n, r = low_rank_n_terms(matrix);
    matrix->kernels->matvec(r, n, matrix->v, n, x, matrix->coefficient);
    memcpy(y, x, n * sizeof *y);
    for (size_t k = 0; k < r; k++)
        matrix->kernels->axpy(n, matrix->coefficient[k], matrix->u + k * n, y);
}

void low_rank_add(LowRank *matrix, double scale, const double *u, const double *v)
{
    static const double SMALL = 0.03;
    const Kernels *kernels = matrix->kernels;
    const size_t n = matrix->n, r = low_rank_n_terms(matrix);
    double *us = matrix->u, *vs = matrix->v, smallest = INFINITY;
    size_t place = r;
    kernels->matvec(r, n, vs, n, v, matrix->coefficient);
    memcpy(matrix->rest, v, n * sizeof *v);
    for (size_t k = 0; k < r; k++) {
        kernels->axpy(n, -matrix->coefficient[k], vs + k * n, matrix->rest);
        kernels->axpy(n, scale * matrix->coefficient[k], u, us + k * n);
        const double size = r == matrix->n_max ? kernels->dot(n, us + k * n, us + k * n) : 0.0;
        if (r == matrix->n_max && size < smallest) {
            smallest = size;
            place = k;
        }
    }
    const double rest = sqrt(kernels->dot(n, matrix->rest, matrix->rest));
    if (!(rest > SMALL * sqrt(kernels->dot(n, v, v))))
        return;
    if (r == matrix->n_max) {
        if (rest * rest * scale * scale * kernels->dot(n, u, u) <= smallest)
            return;
    } else {
        ++*matrix->n_terms;
    }
    for (size_t i = 0; i < n; i++) {
        us[place * n + i] = scale * rest * u[i];
        vs[place * n + i] = matrix->rest[i] / rest;
    }
}

bool low_rank_direction(LowRank *matrix, const double *x, double *v)
{
    static const double SMALL = 1e-4;
    const Kernels *kernels = matrix->kernels;
    const size_t n = matrix->n, r = low_rank_n_terms(matrix);
    if (r == n || r == matrix->n_max)
        return false;
    memcpy(v, x, n * sizeof *v);
    // Twice, so that they are orthogonal to rounding.
    for (int pass = 0; pass < 2; pass++) {
        kernels->matvec(r, n, matrix->v, n, v, matrix->coefficient);
        for (size_t k = 0; k < r; k++)
            kernels->axpy(n, -matrix->coefficient[k], matrix->v + k * n, v);
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
    memcpy(matrix->v + r * n, v, n * sizeof *v);
    memcpy(matrix->u + r * n, jv, n * sizeof *jv);
    ++*matrix->n_terms;
}

void low_rank_invert(LowRank *matrix)
{
    const size_t r = low_rank_n_terms(matrix), n = matrix->n, ld = r;
    double *u = matrix->u, *t = matrix->square;
    // Row k: delta_jk - v_j.J v_k over j, the transpose of 1 - V J V^T.
    for (size_t k = 0; k < r; k++) {
        matrix->kernels->matvec(r, n, matrix->v, n, u + k * n, t + k * ld);
        for (size_t j = 0; j < r; j++)
            t[k * ld + j] = (j == k ? 1.0 : 0.0) - t[k * ld + j];
    }
    // Singular but for rounding counts as singular: an inverse of a map that converges is of order ten.
    static const double LARGEST = 1e6;
    bool usable = linalg_inverse(r, t, ld, matrix->inverse_work, matrix->iwork);
    for (size_t i = 0; i < r * r && usable; i++)
        usable = fabs(t[i]) < LARGEST;
    if (!usable) {
        low_rank_reset(matrix);
        return;
    }
    matrix->kernels->matmul_nn(r, n, r, t, ld, u, n, matrix->rows, n);
    memcpy(u, matrix->rows, r * n * sizeof *u);
}
