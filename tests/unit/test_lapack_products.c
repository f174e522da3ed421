#include "support/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/lapack_products.h"
#include "base/linalg.h"

/// Products under LAPACK against those of the reference BLAS, for every kind of call it makes, and what LAPACK makes
/// of large matrices with them.

enum { LD = 331, ALL = LD * LD, ORDER = 301 };
// Sums of 300 terms of up to 0.25, each rounded.
static const double ROUNDING = 1e-12;

static double a[ALL], b[ALL], ours[ALL], theirs[ALL];

static void fill(double *x, unsigned seed)
{
    for (size_t i = 0; i < ALL; i++) {
        seed = seed * 1664525u + 1013904223u;
        x[i] = (double)seed / 4294967296.0 - 0.5;
    }
}

static void begin(void)
{
    fill(a, 1);
    fill(b, 2);
    fill(ours, 3);
    memcpy(theirs, ours, sizeof ours);
}

/// Largest difference; all of the arrays, so that nothing outside a result was written.
static void check_same(double allowed)
{
    for (size_t i = 0; i < ALL; i++)
        CHECK_NEAR(ours[i], theirs[i], allowed);
}

static void check_gemm(const char *trans_a, const char *trans_b, int m, int n, int k, double alpha,
                       double beta, double allowed)
{
    const int ld = LD;
    begin();
    qmtraj_product_dgemm(trans_a, trans_b, &m, &n, &k, &alpha, a, &ld, b, &ld, &beta, ours, &ld);
    qmtraj_blas_dgemm(trans_a, trans_b, &m, &n, &k, &alpha, a, &ld, b, &ld, &beta, theirs, &ld);
    check_same(allowed);
}

static void check_all_gemm(int m, int n, int k, double allowed)
{
    static const char *const TRANS[] = {"N", "T", "C", "n", "t"};
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 5; j++) {
            check_gemm(TRANS[i], TRANS[j], m, n, k, 1.0, 0.0, allowed);
            check_gemm(TRANS[i], TRANS[j], m, n, k, -0.7, 1.0, allowed);
            check_gemm(TRANS[i], TRANS[j], m, n, k, 1.3, 0.4, allowed);
        }
}

#define EACH_TABLE(KERNELS)                                                                        \
    static const char *const TABLES[] = {"generic", "avx2", "avx512"};                             \
    for (int table = 0; table < 3; table++)                                                        \
        for (const Kernels *KERNELS = kernels_choose(TABLES[table]); KERNELS != NULL;              \
             KERNELS = NULL)

static void general_products_are_those_of_the_reference(void **state)
{
    (void)state;
    EACH_TABLE(kernels)
    {
        lapack_products_lend(kernels);
        check_all_gemm(301, 32, 290, ROUNDING);
        check_all_gemm(131, 301, 65, ROUNDING);
        check_all_gemm(33, 127, 258, ROUNDING);
        check_all_gemm(80, 80, 80, 0.0); // not large: the reference itself
        lapack_products_lend(NULL);
        check_all_gemm(301, 32, 290, 0.0);
    }
}

/// The old C counts for nothing if beta is zero, whatever it is.
static void what_is_replaced_is_not_read(void **state)
{
    (void)state;
    const int m = 200, n = 200, k = 100, ld = LD;
    const double one = 1.0, zero = 0.0;
    begin();
    for (size_t i = 0; i < ALL; i++)
        ours[i] = NAN;
    lapack_products_lend(kernels_choose(NULL));
    qmtraj_product_dgemm("N", "N", &m, &n, &k, &one, a, &ld, b, &ld, &zero, ours, &ld);
    lapack_products_lend(NULL);
    for (int j = 0; j < n; j++)
        for (int i = 0; i < m; i++)
            assert_true(isfinite(ours[j * LD + i]));
    assert_true(isnan(ours[m]));
}

static void triangles_are_those_of_the_reference(void **state)
{
    (void)state;
    static const char *const SIDES[] = {"R", "L"}, *const SHAPES[] = {"U", "L"},
                             *const TRANS[] = {"N", "T"}, *const DIAG[] = {"N", "U"};
    static const int COLUMNS[] = {1, 31, 32, 64, 65};
    const int m = 261, ld = LD;
    const double alpha = -1.2;
    EACH_TABLE(kernels)
    for (int i = 0; i < 16; i++)
        for (int c = 0; c < 5; c++) {
            begin();
            lapack_products_lend(kernels);
            const int n = COLUMNS[c];
            qmtraj_product_dtrmm(SIDES[i & 1], SHAPES[i >> 1 & 1], TRANS[i >> 2 & 1], DIAG[i >> 3],
                                 &m, &n, &alpha, a, &ld, ours, &ld);
            lapack_products_lend(NULL);
            qmtraj_blas_dtrmm(SIDES[i & 1], SHAPES[i >> 1 & 1], TRANS[i >> 2 & 1], DIAG[i >> 3], &m,
                              &n, &alpha, a, &ld, theirs, &ld);
            check_same(ROUNDING);
        }
}

static void symmetric_updates_are_those_of_the_reference(void **state)
{
    (void)state;
    static const char *const SHAPES[] = {"L", "U"};
    static const double BETA[] = {1.0, 0.5};
    const int ld = LD, k = 32;
    const double alpha = -1.0;
    EACH_TABLE(kernels)
    for (int i = 0; i < 4; i++)
        for (int n = ORDER; n > 0; n -= 75) {
            begin();
            lapack_products_lend(kernels);
            qmtraj_product_dsyr2k(SHAPES[i & 1], "N", &n, &k, &alpha, a, &ld, b, &ld, &BETA[i >> 1],
                                  ours, &ld);
            lapack_products_lend(NULL);
            qmtraj_blas_dsyr2k(SHAPES[i & 1], "N", &n, &k, &alpha, a, &ld, b, &ld, &BETA[i >> 1],
                               theirs, &ld);
            check_same(n > LAPACK_PRODUCTS_FROM ? ROUNDING : 0.0);
        }
}

static void products_with_vectors_are_those_of_the_reference(void **state)
{
    (void)state;
    static const char *const SHAPES[] = {"L", "U"}, *const TRANS[] = {"N", "T"};
    static const int STEPS[] = {1, 3};
    static const double BETA[] = {0.0, 1.0, -0.3};
    const int ld = LD, m = ORDER, n = 31;
    const double alpha = 0.9;
    EACH_TABLE(kernels)
    for (int i = 0; i < 24; i++) {
        const int *const step = &STEPS[i >> 1 & 1], *const other = &STEPS[i >> 2 & 1];
        const double *const beta = &BETA[i >> 3];
        begin();
        lapack_products_lend(kernels);
        qmtraj_product_dsymv(SHAPES[i & 1], &m, &alpha, a, &ld, b, step, beta, ours, other);
        qmtraj_product_dgemv(TRANS[i & 1], &m, &n, &alpha, a, &ld, b, step, beta, ours + 5 * LD,
                             other);
        lapack_products_lend(NULL);
        qmtraj_blas_dsymv(SHAPES[i & 1], &m, &alpha, a, &ld, b, step, beta, theirs, other);
        qmtraj_blas_dgemv(TRANS[i & 1], &m, &n, &alpha, a, &ld, b, step, beta, theirs + 5 * LD,
                          other);
        check_same(ROUNDING);
    }
}

/// a = R R^T + 5, positive definite.
static void fill_positive(double *out)
{
    fill(b, 7);
    for (int i = 0; i < ORDER; i++)
        for (int j = 0; j <= i; j++) {
            double sum = i == j ? 5.0 : 0.0;
            for (int k = 0; k < ORDER; k++)
                sum += b[i * LD + k] * b[j * LD + k];
            out[i * LD + j] = out[j * LD + i] = sum;
        }
}

static void large_matrices_are_diagonalised(void **state)
{
    (void)state;
    static double values[ORDER];
    double *const work = malloc(linalg_eigen_work(ORDER) * sizeof *work);
    int *const iwork = malloc(linalg_eigen_iwork(ORDER) * sizeof *iwork);
    assert_true(work != NULL && iwork != NULL);
    fill_positive(a);
    EACH_TABLE(kernels)
    {
        memcpy(ours, a, sizeof a);
        assert_true(linalg_eigen(kernels, ORDER, ours, LD, values, work, iwork));
        for (int k = 0; k < ORDER; k += 3)
            for (int i = 0; i < ORDER; i++) {
                double av = 0.0, overlap = 0.0;
                for (int j = 0; j < ORDER; j++) {
                    av += a[i * LD + j] * ours[k * LD + j];
                    overlap += ours[i * LD + j] * ours[k * LD + j];
                }
                // Backward stable: n eps |A| with |A| of some 100; orthogonal to n eps.
                CHECK_NEAR(av, values[k] * ours[k * LD + i], 1e-11);
                CHECK_NEAR(overlap, i == k ? 1.0 : 0.0, 1e-12);
            }
    }
    free(work);
    free(iwork);
}

static void large_overlaps_are_inverted(void **state)
{
    (void)state;
    fill_positive(a);
    EACH_TABLE(kernels)
    {
        memcpy(ours, a, sizeof a);
        assert_true(linalg_inverse_cholesky(kernels, ORDER, ours, LD));
        // L^-1 S L^-T = 1, of every seventh row.
        for (int i = 0; i < ORDER; i += 7) {
            double row[ORDER];
            for (int m = 0; m < ORDER; m++) {
                row[m] = 0.0;
                for (int k = 0; k <= i; k++)
                    row[m] += ours[i * LD + k] * a[k * LD + m];
            }
            for (int j = 0; j < ORDER; j++) {
                double sum = 0.0;
                for (int m = 0; m <= j; m++)
                    sum += row[m] * ours[j * LD + m];
                CHECK_NEAR(sum, i == j ? 1.0 : 0.0, 1e-12);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(general_products_are_those_of_the_reference),
        cmocka_unit_test(what_is_replaced_is_not_read),
        cmocka_unit_test(triangles_are_those_of_the_reference),
        cmocka_unit_test(symmetric_updates_are_those_of_the_reference),
        cmocka_unit_test(products_with_vectors_are_those_of_the_reference),
        cmocka_unit_test(large_matrices_are_diagonalised),
        cmocka_unit_test(large_overlaps_are_inverted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
