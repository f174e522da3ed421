#include "support/check.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"

/// Matrices so large that the kernels multiply them in blocks (src/kernels/body_matmul.h); smaller ones are in
/// test_kernels.c. The columns of C fill no whole vector, the depth no whole block.

enum { M = 1100, N = 29, K = 1043, LD = 1112, MARGIN = 3 };

typedef struct {
    double *a, *b, *c, *sum, *size; ///< A [M][LD], B [K][LD], C, sum and size [M][LD]
    float *a_single, *b_single, *c_single;
} Matrices;

static void fill(size_t n, double *x, unsigned seed)
{
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        x[i] = (double)seed / 4294967296.0 - 0.5;
    }
}

static void *room(size_t bytes)
{
    void *const memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    assert_non_null(memory);
    return memory;
}

/// sum = A B by plain loops, size the same of magnitudes; a from_i of one: A lies in columns.
static void multiply_plainly(Matrices *x, size_t m, size_t n, size_t from_i, size_t from_l)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0.0, size = 0.0;
            for (size_t l = 0; l < K; l++) {
                const double term = x->a[i * from_i + l * from_l] * x->b[l * LD + j];
                sum += term;
                size += fabs(term);
            }
            x->sum[i * LD + j] = sum;
            x->size[i * LD + j] = size;
        }
}

/// Each sum has K rounded terms: K eps of the sum of magnitudes, far below it in practice.
static void check_double(const Matrices *x, size_t m, size_t n)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n + MARGIN; j++)
            CHECK_NEAR(x->c[i * LD + j], j < n ? x->sum[i * LD + j] : 7.0,
                       j < n ? 1e-14 * x->size[i * LD + j] : 0.0);
}

static void check_single(const Matrices *x, size_t m, size_t n, double times)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n + MARGIN; j++)
            CHECK_NEAR((double)x->c_single[i * LD + j], j < n ? times * x->sum[i * LD + j] : 7.0,
                       j < n ? 2e-6 * x->size[i * LD + j] : 0.0);
}

static void clear(Matrices *x)
{
    for (size_t i = 0; i < (size_t)M * LD; i++) {
        x->c[i] = 7.0;
        x->c_single[i] = 7.0F;
    }
}

static void check_rows(const Kernels *kernels, Matrices *x)
{
    multiply_plainly(x, M, N, LD, 1);
    clear(x);
    kernels->matmul_nn(M, N, K, x->a, LD, x->b, LD, x->c, LD);
    check_double(x, M, N);
    kernels->narrow(M, K, 1.0, x->a, LD, x->a_single, LD);
    kernels->narrow(K, N, 1.0, x->b, LD, x->b_single, LD);
    kernels->matmul_single(M, N, K, x->a_single, LD, x->b_single, LD, NULL, x->c_single, LD);
    check_single(x, M, N, 1.0);
    kernels->matmul_single(M, N, K, x->a_single, LD, x->b_single, LD, x->c_single, x->c_single, LD);
    check_single(x, M, N, 2.0);
    // A correction to what is there, once from elsewhere and once in place.
    kernels->matmul_correction(M, N, K, x->a_single, LD, x->b_single, LD, x->sum, x->c, LD);
    kernels->matmul_correction(M, N, K, x->a_single, LD, x->b_single, LD, x->c, x->c, LD);
    for (size_t i = 0; i < M; i++)
        for (size_t j = 0; j < N; j++)
            CHECK_NEAR(x->c[i * LD + j], 3.0 * x->sum[i * LD + j], 2e-6 * x->size[i * LD + j]);
}

static void check_columns(const Kernels *kernels, Matrices *x)
{
    multiply_plainly(x, K, N, 1, LD); // K rows of A^T, too
    clear(x);
    kernels->matmul_tn(K, N, K, x->a, LD, x->b, LD, x->c, LD);
    check_double(x, K, N);
    kernels->narrow(K, K, 1.0, x->a, LD, x->a_single, LD);
    kernels->narrow(K, N, 1.0, x->b, LD, x->b_single, LD);
    kernels->matmul_tn_single(K, N, K, x->a_single, LD, x->b_single, LD, x->c_single, LD);
    check_single(x, K, N, 1.0);
}

/// A^T A of a matrix with few columns that is deep; every element of the result is one of two.
static void check_symmetric(const Kernels *kernels, Matrices *x)
{
    enum { ORDER = 320 };
    kernels->matmul_tn_symmetric(ORDER, ORDER, K, x->a, LD, x->a, LD, x->c, LD);
    for (size_t i = 0; i < ORDER; i += 7)
        for (size_t j = 0; j < ORDER; j++) {
            double sum = 0.0, size = 0.0;
            for (size_t l = 0; l < K; l++) {
                sum += x->a[l * LD + i] * x->a[l * LD + j];
                size += fabs(x->a[l * LD + i] * x->a[l * LD + j]);
            }
            CHECK_NEAR(x->c[i * LD + j], sum, 1e-14 * size);
            assert_true(x->c[i * LD + j] == x->c[j * LD + i]);
        }
}

/// A^T B from strips, half of the terms after the other, without what is above the diagonal: rows and columns fill no tile.
static void check_strips(const Kernels *kernels, Matrices *x)
{
    enum { ROWS = 331, COLUMNS = 203, HALF = K / 2 };
    double *of_a = room(sizeof(double) * (ROWS + 8) * (K - HALF)),
           *of_b = room(sizeof(double) * (COLUMNS + 8) * (K - HALF));
    for (size_t l = 0; l < K; l += l == 0 ? HALF : K) {
        const size_t k = l == 0 ? HALF : K - HALF;
        kernels->pack_strips(ROWS, 0, ROWS, k, x->a + l * LD, LD, of_a);
        kernels->pack_strips(COLUMNS, 0, COLUMNS, k, x->b + l * LD, LD, of_b);
        kernels->matmul_strips_triangle(ROWS, 0, ROWS, COLUMNS, k, of_a, of_b, l > 0, x->c, LD);
    }
    for (size_t i = 0; i < ROWS; i += 3)
        for (size_t j = 0; j <= i && j < COLUMNS; j++) {
            double sum = 0.0, size = 0.0;
            for (size_t l = 0; l < K; l++) {
                sum += x->a[l * LD + i] * x->b[l * LD + j];
                size += fabs(x->a[l * LD + i] * x->b[l * LD + j]);
            }
            CHECK_NEAR(x->c[i * LD + j], sum, 1e-14 * size); // as in check_double()
        }
    free(of_a);
    free(of_b);
}

static void products_in_blocks_are_triple_loops(void **state)
{
    (void)state;
    const size_t all = (size_t)M * LD;
    Matrices x = {room(all * 8), room(all * 8), room(all * 8), room(all * 8),
                  room(all * 8), room(all * 4), room(all * 4), room(all * 4)};
    fill(all, x.a, 1);
    fill(all, x.b, 2);
    static const char *const NAMES[] = {"generic", "avx2", "avx512"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const Kernels *const kernels = kernels_choose(NAMES[i]);
        if (kernels == NULL)
            continue;
        check_rows(kernels, &x);
        check_columns(kernels, &x);
        check_symmetric(kernels, &x);
        check_strips(kernels, &x);
    }
    free(x.a);
    free(x.b);
    free(x.c);
    free(x.sum);
    free(x.size);
    free(x.a_single);
    free(x.b_single);
    free(x.c_single);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(products_in_blocks_are_triple_loops)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
