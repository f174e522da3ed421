#include "base/lapack_products.h"

#include <string.h>

#include "base/team.h"

// Matrices of Fortran lie by columns. Read by rows, as the kernels do, each is its own transpose, so
// that C = A B becomes C^T = B^T A^T. Names below are those of Fortran; "row j" is column j of Fortran.

static _Thread_local const Kernels *lent;

void lapack_products_lend(const Kernels *kernels)
{
    lent = kernels;
}

// A piece of C that is computed at a time, and how much of the sum.
enum { ROWS = 64, COLUMNS = 128, DEPTH = 128 };
// A triangle that is filled up to a square.
enum { TRIANGLE = 64 };

static bool is(const char *word, char letter)
{
    return (*word | 0x20) == letter;
}

static size_t at_most(size_t left, size_t limit)
{
    return left < limit ? left : limit;
}

/// y = beta y, without reading y if beta is zero.
static void scale(size_t n, double beta, double *y)
{
    if (beta == 0.0)
        memset(y, 0, n * sizeof *y);
    else if (beta != 1.0)
        for (size_t i = 0; i < n; i++)
            y[i] *= beta;
}

/// A matrix as the kernels see it: element (row, column) of op is at[row * ld + column], of its transpose
/// at[column * ld + row].
typedef struct {
    const double *at;
    size_t ld;
    bool transposed;
} Operand;

/// part[rows][columns] of left right, over the sum from l to l + depth.
static void piece(const Kernels *kernels, Operand left, Operand right, size_t row, size_t rows,
                  size_t column, size_t columns, size_t l, size_t depth, double *part)
{
    double turned[DEPTH * COLUMNS];
    const double *b = right.at + l * right.ld + column;
    size_t ldb = right.ld;
    if (right.transposed) {
        kernels->transpose(columns, depth, 1.0, right.at + column * right.ld + l, right.ld, turned,
                           COLUMNS);
        b = turned;
        ldb = COLUMNS;
    }
    if (left.transposed)
        kernels->matmul_tn(rows, columns, depth, left.at + l * left.ld + row, left.ld, b, ldb, part,
                           COLUMNS);
    else
        kernels->matmul_nn(rows, columns, depth, left.at + row * left.ld + l, left.ld, b, ldb, part,
                           COLUMNS);
}

/// c[n][m] = alpha left[n][k] right[k][m] + beta c
typedef struct {
    const Kernels *kernels;
    size_t n, m, k;
    double alpha, beta;
    Operand left, right;
    double *c;
    size_t ldc;
} Product;

/// Some of the rectangles that C is computed in, counted along its columns.
static void rectangles(void *task, size_t first, size_t last)
{
    const Product *p = task;
    const size_t along = (p->n + ROWS - 1) / ROWS;
    double part[ROWS * COLUMNS], sum[ROWS * COLUMNS];
    for (size_t r = first; r < last; r++) {
        const size_t row = r % along * ROWS, column = r / along * COLUMNS;
        const size_t rows = at_most(p->n - row, ROWS), columns = at_most(p->m - column, COLUMNS);
        for (size_t l = 0; l < p->k; l += DEPTH) {
            piece(p->kernels, p->left, p->right, row, rows, column, columns, l,
                  at_most(p->k - l, DEPTH), l == 0 ? sum : part);
            for (size_t i = 0; l > 0 && i < rows; i++)
                p->kernels->axpy(columns, 1.0, part + i * COLUMNS, sum + i * COLUMNS);
        }
        for (size_t i = 0; i < rows; i++) {
            double *const line = p->c + (row + i) * p->ldc + column;
            scale(columns, p->beta, line);
            p->kernels->axpy(columns, p->alpha, sum + i * COLUMNS, line);
        }
    }
}

static void multiply(size_t n, size_t m, size_t k, double alpha, Operand left, Operand right,
                     double beta, double *c, size_t ldc)
{
    Product product = {lent, n, m, k, alpha, beta, left, right, c, ldc};
    team_share((n + ROWS - 1) / ROWS * ((m + COLUMNS - 1) / COLUMNS), 1, rectangles, &product);
}

void qmtraj_product_dgemm(const char *trans_a, const char *trans_b, const int *m, const int *n,
                          const int *k, const double *alpha, const double *a, const int *lda,
                          const double *b, const int *ldb, const double *beta, double *c,
                          const int *ldc)
{
    const double work = (double)*m * (double)*n * (double)*k;
    const double small = (double)LAPACK_PRODUCTS_FROM * LAPACK_PRODUCTS_FROM * LAPACK_PRODUCTS_FROM;
    if (lent == NULL || work <= small) {
        qmtraj_blas_dgemm(trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
        return;
    }
    const Operand left = {b, (size_t)*ldb, !is(trans_b, 'n')};
    const Operand right = {a, (size_t)*lda, !is(trans_a, 'n')};
    multiply((size_t)*n, (size_t)*m, (size_t)*k, *alpha, left, right, *beta, c, (size_t)*ldc);
}

void qmtraj_product_dtrmm(const char *side, const char *uplo, const char *trans, const char *diag,
                          const int *m, const int *n, const double *alpha, const double *a,
                          const int *lda, double *b, const int *ldb)
{
    if (lent == NULL || *m <= LAPACK_PRODUCTS_FROM || *n > TRIANGLE || is(side, 'l')) {
        qmtraj_blas_dtrmm(side, uplo, trans, diag, m, n, alpha, a, lda, b, ldb);
        return;
    }
    // B A, B [m][n] with many rows, A a small triangle: A filled up with zeros, and a product into a copy.
    double square[TRIANGLE * TRIANGLE], product[TRIANGLE * COLUMNS];
    const size_t order = (size_t)*n, rows = (size_t)*m;
    for (size_t j = 0; j < order; j++)
        for (size_t i = 0; i < order; i++) {
            const bool inside = is(uplo, 'u') ? i < j : i > j;
            const double value = i == j && is(diag, 'u') ? 1.0
                                 : inside || i == j      ? a[j * (size_t)*lda + i]
                                                         : 0.0;
            square[is(trans, 'n') ? j * TRIANGLE + i : i * TRIANGLE + j] = *alpha * value;
        }
    for (size_t first = 0; first < rows; first += COLUMNS) {
        const size_t columns = at_most(rows - first, COLUMNS);
        lent->matmul_nn(order, columns, order, square, TRIANGLE, b + first, (size_t)*ldb, product,
                        COLUMNS);
        for (size_t j = 0; j < order; j++)
            memcpy(b + j * (size_t)*ldb + first, product + j * COLUMNS, columns * sizeof *b);
    }
}

void qmtraj_product_dsyr2k(const char *uplo, const char *trans, const int *n, const int *k,
                           const double *alpha, const double *a, const int *lda, const double *b,
                           const int *ldb, const double *beta, double *c, const int *ldc)
{
    if (lent == NULL || *n <= LAPACK_PRODUCTS_FROM || !is(uplo, 'l') || !is(trans, 'n') ||
        *beta != 1.0) {
        qmtraj_blas_dsyr2k(uplo, trans, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
        return;
    }
    // Rows from the diagonal on, in strips; what lies before the diagonal in the first square of a strip is not
    // ours to write.
    double square[ROWS * ROWS];
    const size_t order = (size_t)*n, depth = (size_t)*k, ld = (size_t)*ldc;
    for (size_t first = 0; first < order; first += ROWS) {
        const size_t rows = at_most(order - first, ROWS), next = first + rows;
        const Operand a_rows = {a + first, (size_t)*lda, true},
                      a_all = {a + first, (size_t)*lda, false};
        const Operand b_rows = {b + first, (size_t)*ldb, true},
                      b_all = {b + first, (size_t)*ldb, false};
        multiply(rows, rows, depth, *alpha, b_rows, a_all, 0.0, square, ROWS);
        multiply(rows, rows, depth, *alpha, a_rows, b_all, 1.0, square, ROWS);
        for (size_t j = 0; j < rows; j++)
            lent->axpy(rows - j, 1.0, square + j * ROWS + j, c + (first + j) * ld + first + j);
        if (next == order)
            break;
        const Operand a_rest = {a + next, (size_t)*lda, false},
                      b_rest = {b + next, (size_t)*ldb, false};
        multiply(rows, order - next, depth, *alpha, b_rows, a_rest, 1.0, c + first * ld + next, ld);
        multiply(rows, order - next, depth, *alpha, a_rows, b_rest, 1.0, c + first * ld + next, ld);
    }
}

void qmtraj_product_dsymv(const char *uplo, const int *n, const double *alpha, const double *a,
                          const int *lda, const double *x, const int *incx, const double *beta,
                          double *y, const int *incy)
{
    if (lent == NULL || *n <= LAPACK_PRODUCTS_FROM || !is(uplo, 'l') || *incx != 1 || *incy != 1) {
        qmtraj_blas_dsymv(uplo, n, alpha, a, lda, x, incx, beta, y, incy);
        return;
    }
    const size_t order = (size_t)*n;
    scale(order, *beta, y);
    for (size_t j = 0; j < order; j++) {
        const double *const line = a + j * (size_t)*lda + j;
        const size_t rest = order - j - 1;
        y[j] += *alpha * (line[0] * x[j] + lent->dot(rest, line + 1, x + j + 1));
        lent->axpy(rest, *alpha * x[j], line + 1, y + j + 1);
    }
}

void qmtraj_product_dgemv(const char *trans, const int *m, const int *n, const double *alpha,
                          const double *a, const int *lda, const double *x, const int *incx,
                          const double *beta, double *y, const int *incy)
{
    // No vector that is a row of a matrix: its elements lie apart.
    if (lent == NULL || *m <= LAPACK_PRODUCTS_FROM || (is(trans, 'n') ? *incy != 1 : *incx != 1)) {
        qmtraj_blas_dgemv(trans, m, n, alpha, a, lda, x, incx, beta, y, incy);
        return;
    }
    const size_t rows = (size_t)*m, columns = (size_t)*n;
    if (is(trans, 'n')) {
        scale(rows, *beta, y);
        for (size_t j = 0; j < columns; j++)
            lent->axpy(rows, *alpha * x[j * (size_t)*incx], a + j * (size_t)*lda, y);
        return;
    }
    for (size_t j = 0; j < columns; j++) {
        double *const here = y + j * (size_t)*incy;
        scale(1, *beta, here);
        *here += *alpha * lent->dot(rows, a + j * (size_t)*lda, x);
    }
}
