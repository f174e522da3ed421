#include "support/check.h"

#include <string.h>

#include "base/linalg.h"

enum { N = 40, LD = 44 };

/// A symmetric, diagonally dominant matrix; the columns beyond N are not to be touched.
static void fill(double a[N][LD])
{
    unsigned seed = 11;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < LD; j++)
            a[i][j] = 99.0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j <= i; j++) {
            seed = seed * 1664525u + 1013904223u;
            a[i][j] = a[j][i] = (double)seed / 4294967296.0 - 0.5 + (i == j ? 20.0 : 0.0);
        }
}

static void check_margin(double a[N][LD])
{
    for (int i = 0; i < N; i++)
        for (int j = N; j < LD; j++)
            CHECK_NEAR(a[i][j], 99.0, 0.0);
}

static void eigenvectors_are_rows(void **state)
{
    (void)state;
    static double a[N][LD], v[N][LD], w[N], work[8192];
    static int iwork[512];
    assert_true(linalg_eigen_work(N) <= 8192 && linalg_eigen_iwork(N) <= 512);
    fill(a);
    fill(v);
    assert_true(linalg_eigen(NULL, N, v[0], LD, w, work, iwork));
    check_margin(v);
    for (int k = 0; k < N; k++) {
        assert_true(k == 0 || w[k] >= w[k - 1]);
        for (int i = 0; i < N; i++) {
            double av = 0.0, overlap = 0.0;
            for (int j = 0; j < N; j++) {
                av += a[i][j] * v[k][j];
                overlap += v[i][j] * v[k][j];
            }
            // LAPACK is backward stable: n eps |A| is 1e-14 for these matrices.
            CHECK_NEAR(av, w[k] * v[k][i], 1e-12);
            // Orthogonal to n eps, 1e-15.
            CHECK_NEAR(overlap, i == k ? 1.0 : 0.0, 1e-13);
        }
    }
}

static void eigenvalues_of_two_levels_are_known(void **state)
{
    (void)state;
    double a[2][2] = {{1.0, 2.0}, {2.0, -2.0}}, w[2], work[512];
    int iwork[64];
    assert_true(linalg_eigen_work(2) <= 512 && linalg_eigen_iwork(2) <= 64);
    assert_true(linalg_eigen(NULL, 2, a[0], 2, w, work, iwork));
    // Whole eigenvalues of a small matrix, to a few units in the last place.
    CHECK_NEAR(w[0], -3.0, 1e-14);
    CHECK_NEAR(w[1], 2.0, 1e-14);
}

static void inverse_cholesky_makes_the_matrix_one(void **state)
{
    (void)state;
    static double s[N][LD], l[N][LD];
    fill(s);
    fill(l);
    assert_true(linalg_inverse_cholesky(NULL, N, l[0], LD));
    check_margin(l);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            double sum = 0.0; // (L^-1 S L^-T)_ij
            for (int k = 0; k < N; k++)
                for (int m = 0; m < N; m++)
                    sum += l[i][k] * s[k][m] * l[j][m];
            CHECK_NEAR(sum, i == j ? 1.0 : 0.0, 1e-13);
            if (j > i)
                CHECK_NEAR(l[i][j], 0.0, 0.0);
        }
}

static void positive_systems_are_solved(void **state)
{
    (void)state;
    static double a[N][LD], factor[N][LD];
    double b[N];
    fill(a);
    fill(factor);
    for (int i = 0; i < N; i++)
        b[i] = i - 3.0;
    assert_true(linalg_solve_positive(N, factor[0], LD, b));
    for (int i = 0; i < N; i++) {
        double ab = 0.0;
        for (int j = 0; j < N; j++)
            ab += a[i][j] * b[j];
        // The condition number of this matrix, some hundred, times eps.
        CHECK_NEAR(ab, i - 3.0, 1e-12);
    }
}

static void general_matrices_are_inverted(void **state)
{
    (void)state;
    static double a[N][LD], inverse[N][LD], work[N * N];
    static int iwork[N];
    fill(a);
    for (int i = 0; i < N; i++)
        a[i][(i + 1) % N] += 3.0; // not symmetric
    memcpy(inverse, a, sizeof a);
    assert_true(linalg_inverse(N, inverse[0], LD, work, iwork));
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            double sum = 0.0;
            for (int k = 0; k < N; k++)
                sum += a[i][k] * inverse[k][j];
            CHECK_NEAR(sum, i == j ? 1.0 : 0.0, 1e-13);
        }
}

static void what_cannot_be_done_is_told(void **state)
{
    (void)state;
    double indefinite[2][2] = {{1.0, 2.0}, {2.0, 1.0}}, again[2][2] = {{1.0, 2.0}, {2.0, 1.0}};
    double singular[2][2] = {{1.0, 1.0}, {1.0, 1.0}}, b[2] = {1.0, 1.0}, work[4];
    int iwork[2];
    assert_false(linalg_inverse_cholesky(NULL, 2, indefinite[0], 2));
    assert_false(linalg_solve_positive(2, again[0], 2, b));
    assert_false(linalg_inverse(2, singular[0], 2, work, iwork));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eigenvectors_are_rows),
        cmocka_unit_test(eigenvalues_of_two_levels_are_known),
        cmocka_unit_test(inverse_cholesky_makes_the_matrix_one),
        cmocka_unit_test(positive_systems_are_solved),
        cmocka_unit_test(general_matrices_are_inverted),
        cmocka_unit_test(what_cannot_be_done_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
