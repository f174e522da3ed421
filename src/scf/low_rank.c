#include "scf/low_rank.h"

#include <math.h>
#include <string.h>

#include "base/linalg.h"

enum { LINE = 16, PENDING = LOW_RANK_PENDING, BLOCK_ROWS = 256 };
_Static_assert((int)BLOCK_ROWS >= (int)PENDING, "room for the shares of all that wait");

/// Singular but for rounding counts as singular: an inverse of a map that converges is of order ten.
static const double LARGEST_INVERSE = 1e6;

static size_t padded(size_t n)
{
    return (n + LINE - 1) / LINE * LINE;
}

size_t low_rank_max(size_t n)
{
    return n / 12 + 16;
}

static float *singles(Arena *arena, size_t n)
{
    return arena_bytes(arena, n * sizeof(float));
}

static float *kept_singles(Arena *arena, size_t n)
{
    return arena_kept(arena, n * sizeof(float));
}

void low_rank_layout(LowRank *matrix, Arena *arena, size_t n)
{
    const size_t n_max = low_rank_max(n), ld = padded(n), ldu = padded(n_max);
    matrix->n = n;
    matrix->n_max = n_max;
    matrix->ld = ld;
    matrix->ldu = ldu;
    matrix->n_terms = arena_kept(arena, sizeof *matrix->n_terms);
    matrix->n_pending = arena_kept(arena, sizeof *matrix->n_pending);
    matrix->u = kept_singles(arena, n * ldu);
    matrix->v = kept_singles(arena, n_max * ld);
    matrix->pending_u = kept_singles(arena, PENDING * ld);
    matrix->pending_v = kept_singles(arena, PENDING * ld);
    // The square, and the same in single precision, are needed while the Jacobian is inverted and never else.
    matrix->square = arena_turn(arena, n_max * (n_max * sizeof(double) + ldu * sizeof(float)));
    matrix->square_single =
        matrix->square == NULL ? NULL : (float *)(matrix->square + n_max * n_max);
    matrix->inverse_work = arena_doubles(arena, linalg_inverse_work(n_max));
    matrix->iwork = arena_ints(arena, n_max);
    matrix->product = singles(arena, BLOCK_ROWS * ldu);
    matrix->x = singles(arena, ld);
    matrix->y = singles(arena, ld);
    matrix->coefficient = singles(arena, ldu);
    matrix->turned = singles(arena, ld * PENDING);
    matrix->shares = singles(arena, ldu * PENDING);
    matrix->rest = singles(arena, PENDING * ld);
    matrix->sizes = arena_doubles(arena, ldu);
}

void low_rank_reset(LowRank *matrix)
{
    *matrix->n_pending = 0;
    // Nothing is written before there is a term: pages that nobody has touched cost no memory.
    if (*matrix->n_terms == 0)
        return;
    *matrix->n_terms = 0;
    memset(matrix->u, 0, matrix->n * matrix->ldu * sizeof(float));
    memset(matrix->v, 0, matrix->n_max * matrix->ld * sizeof(float));
}

static void to_single(const LowRank *matrix, double scale, const double *x, float *out)
{
    matrix->kernels->narrow(1, matrix->n, scale, x, matrix->n, out, matrix->ld);
    memset(out + matrix->n, 0, (matrix->ld - matrix->n) * sizeof *out);
}

void low_rank_apply(const LowRank *matrix, const double *x, double *y)
{
    const size_t n = matrix->n, r = low_rank_n_terms(matrix), ld = matrix->ld;
    const int n_pending = (int)*matrix->n_pending;
    const Kernels *kernels = matrix->kernels;
    memcpy(y, x, n * sizeof *y);
    to_single(matrix, 1.0, x, matrix->x);
    if (r > 0) {
        memset(matrix->coefficient, 0, matrix->ldu * sizeof(float));
        kernels->matvec_single(r, ld, matrix->v, ld, matrix->x, matrix->coefficient);
        kernels->matvec_single(n, padded(r), matrix->u, matrix->ldu, matrix->coefficient,
                               matrix->y);
        for (size_t i = 0; i < n; i++)
            y[i] += (double)matrix->y[i];
    }
    if (n_pending == 0)
        return;
    float share[PENDING];
    const float *u[PENDING];
    kernels->matvec_single((size_t)n_pending, ld, matrix->pending_v, ld, matrix->x, share);
    for (int k = 0; k < n_pending; k++)
        u[k] = matrix->pending_u + (size_t)k * ld;
    kernels->combine_single(n, n_pending, share, u, matrix->y);
    for (size_t i = 0; i < n; i++)
        y[i] += (double)matrix->y[i];
}

static double dot(size_t n, const float *x, const float *y)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)y[i];
    return sum;
}

/// Squares of the lengths of the u_k.
static void measure_terms(LowRank *matrix)
{
    memset(matrix->sizes, 0, matrix->ldu * sizeof *matrix->sizes);
    for (size_t i = 0; i < matrix->n; i++)
        for (size_t k = 0; k < matrix->ldu; k++) {
            const double u = (double)matrix->u[i * matrix->ldu + k];
            matrix->sizes[k] += u * u;
        }
}

/// Where a term as large as `size`, the square of its length, goes: behind the others or in the place of the smallest; or
/// n_max, if that is larger.
static size_t place_for(LowRank *matrix, double size)
{
    if (low_rank_n_terms(matrix) < matrix->n_max)
        return (size_t)(*matrix->n_terms)++;
    size_t smallest = 0;
    for (size_t k = 1; k < matrix->n_max; k++)
        if (matrix->sizes[k] < matrix->sizes[smallest])
            smallest = k;
    return size > matrix->sizes[smallest] ? smallest : matrix->n_max;
}

/// What a pending term has outside the space of the v_k, which those before it have enlarged by added[..n_added].
/// Returns where it has become a term of its own, n_max if it has not.
static size_t add_rest(LowRank *matrix, int pending, const size_t *added, int n_added)
{
    static const double SMALL = 0.03;
    const size_t n = matrix->n, ld = matrix->ld, ldu = matrix->ldu;
    float *rest = matrix->rest + (size_t)pending * ld;
    const float *u = matrix->pending_u + (size_t)pending * ld;
    for (int k = 0; k < n_added; k++) {
        const float *v = matrix->v + added[k] * ld;
        const float share = (float)dot(n, v, rest);
        for (size_t i = 0; i < n; i++) {
            rest[i] -= share * v[i];
            matrix->u[i * ldu + added[k]] += share * u[i];
        }
    }
    const double length = sqrt(dot(n, rest, rest)); // of a v whose length is one
    if (!(length > SMALL))
        return matrix->n_max;
    const double size = length * length * dot(n, u, u);
    const size_t place = place_for(matrix, size);
    if (place == matrix->n_max)
        return place;
    matrix->sizes[place] = size;
    for (size_t i = 0; i < n; i++) {
        matrix->u[i * ldu + place] = (float)length * u[i];
        matrix->v[place * ld + i] = rest[i] / (float)length;
    }
    return place;
}

/// All terms that wait, in few passes over the others.
static void apply_pending(LowRank *matrix)
{
    const size_t n = matrix->n, r = low_rank_n_terms(matrix), ld = matrix->ld, ldu = matrix->ldu;
    const Kernels *kernels = matrix->kernels;
    memcpy(matrix->rest, matrix->pending_v, PENDING * ld * sizeof(float));
    if (r > 0) {
        // Shares of the v_k: their terms grow, and the rest lies outside.
        float *shares_t = matrix->product;
        kernels->transpose_single(PENDING, n, 1.0F, matrix->pending_v, ld, matrix->turned, PENDING);
        kernels->matmul_single(r, PENDING, n, matrix->v, ld, matrix->turned, PENDING, NULL,
                               matrix->shares, PENDING);
        memset(shares_t, 0, PENDING * ldu * sizeof(float));
        kernels->transpose_single(r, PENDING, 1.0F, matrix->shares, PENDING, shares_t, ldu);
        kernels->transpose_single(PENDING, n, 1.0F, matrix->pending_u, ld, matrix->turned, PENDING);
        kernels->matmul_single(n, padded(r), PENDING, matrix->turned, PENDING, shares_t, ldu,
                               matrix->u, matrix->u, ldu);
        kernels->transpose_single(r, PENDING, -1.0F, matrix->shares, PENDING, shares_t, ldu);
        kernels->matmul_single(PENDING, ld, r, shares_t, ldu, matrix->v, ld, matrix->rest,
                               matrix->rest, ld);
    }
    if (r + PENDING > matrix->n_max)
        measure_terms(matrix);
    size_t added[PENDING];
    int n_added = 0;
    for (int k = 0; k < (int)*matrix->n_pending; k++) {
        const size_t place = add_rest(matrix, k, added, n_added);
        if (place < matrix->n_max)
            added[n_added++] = place;
    }
    *matrix->n_pending = 0;
}

void low_rank_add(LowRank *matrix, double scale, const double *u, const double *v)
{
    const double length = sqrt(matrix->kernels->dot(matrix->n, v, v));
    if (length == 0.0)
        return;
    if ((int)*matrix->n_pending == PENDING)
        apply_pending(matrix);
    const size_t k = (size_t)(*matrix->n_pending)++;
    to_single(matrix, scale * length, u, matrix->pending_u + k * matrix->ld);
    to_single(matrix, 1.0 / length, v, matrix->pending_v + k * matrix->ld);
}

bool low_rank_direction(LowRank *matrix, const double *x, double *v)
{
    static const double SMALL = 1e-4;
    const Kernels *kernels = matrix->kernels;
    const size_t n = matrix->n, r = low_rank_n_terms(matrix), ld = matrix->ld;
    if (r == n || r == matrix->n_max)
        return false;
    memcpy(v, x, n * sizeof *v);
    // Twice, so that they are orthogonal to rounding.
    for (int pass = 0; pass < 2; pass++) {
        to_single(matrix, 1.0, v, matrix->x);
        kernels->matvec_single(r, ld, matrix->v, ld, matrix->x, matrix->coefficient);
        for (size_t k = 0; k < r; k++)
            for (size_t i = 0; i < n; i++)
                v[i] -= (double)(matrix->coefficient[k] * matrix->v[k * ld + i]);
    }
    const double norm = sqrt(kernels->dot(n, v, v));
    if (!(norm > SMALL * sqrt(kernels->dot(n, x, x))))
        return false;
    for (size_t i = 0; i < n; i++)
        v[i] = (double)(float)(v[i] / norm);
    return true;
}

void low_rank_store(LowRank *matrix, const double *v, const double *jv)
{
    const size_t r = low_rank_n_terms(matrix), n = matrix->n;
    to_single(matrix, 1.0, v, matrix->v + r * matrix->ld);
    for (size_t i = 0; i < n; i++)
        matrix->u[i * matrix->ldu + r] = (float)jv[i];
    ++*matrix->n_terms;
}

void low_rank_invert(LowRank *matrix)
{
    const size_t r = low_rank_n_terms(matrix), n = matrix->n, ldu = matrix->ldu;
    const Kernels *kernels = matrix->kernels;
    float *vjv = matrix->square_single;
    double *t = matrix->square;
    // 1 - V J V^T, and K - 1 = (J V^T) (1 - V J V^T)^-1 V.
    kernels->matmul_single(r, padded(r), n, matrix->v, matrix->ld, matrix->u, ldu, NULL, vjv, ldu);
    for (size_t j = 0; j < r; j++)
        for (size_t k = 0; k < r; k++)
            t[j * r + k] = (j == k ? 1.0 : 0.0) - (double)vjv[j * ldu + k];
    bool usable = linalg_inverse(r, t, r, matrix->inverse_work, matrix->iwork);
    for (size_t i = 0; i < r * r && usable; i++)
        usable = fabs(t[i]) < LARGEST_INVERSE;
    if (!usable) {
        low_rank_reset(matrix);
        return;
    }
    memset(vjv, 0, r * ldu * sizeof *vjv);
    kernels->narrow(r, r, 1.0, t, r, vjv, ldu);
    for (size_t first = 0; first < n; first += BLOCK_ROWS) {
        const size_t rows = n - first < BLOCK_ROWS ? n - first : BLOCK_ROWS;
        float *u = matrix->u + first * ldu;
        kernels->matmul_single(rows, padded(r), r, u, ldu, vjv, ldu, NULL, matrix->product, ldu);
        for (size_t i = 0; i < rows; i++)
            memcpy(u + i * ldu, matrix->product + i * ldu, padded(r) * sizeof *u);
    }
}
