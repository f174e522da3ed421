#ifndef BASE_LAPACK_PRODUCTS_H
#define BASE_LAPACK_PRODUCTS_H

#include "kernels/kernels.h"

/// Products that LAPACK asks for in the middle of its routines (cmake/lapack.cmake leads its calls here): by
/// our kernels while this thread has lent some and the matrices are large, else by the reference BLAS, to the
/// last bit. Fortran hands nothing of ours through, so the kernels wait in a variable of the thread.
///
/// Large is what does not occur in problems of up to LAPACK_PRODUCTS_FROM rows, whose results are those of
/// the reference library throughout.
enum { LAPACK_PRODUCTS_FROM = 80 };

/// Lends kernels to the calls of LAPACK that follow in this thread; NULL takes them back.
void lapack_products_lend(const Kernels *kernels);

#ifndef QMTRAJ_SYSTEM_LAPACK
#pragma GCC visibility push(hidden) // inside the library, and not to be seen outside
#endif

// The interfaces of the BLAS (Dongarra et al. 1990, doi:10.1145/77626.79170), without the lengths of texts,
// which nobody reads; of each product ours and that of the reference.
typedef void BlasGemm(const char *trans_a, const char *trans_b, const int *m, const int *n,
                      const int *k, const double *alpha, const double *a, const int *lda,
                      const double *b, const int *ldb, const double *beta, double *c,
                      const int *ldc);
typedef void BlasTrmm(const char *side, const char *uplo, const char *trans, const char *diag,
                      const int *m, const int *n, const double *alpha, const double *a,
                      const int *lda, double *b, const int *ldb);
typedef void BlasSyr2k(const char *uplo, const char *trans, const int *n, const int *k,
                       const double *alpha, const double *a, const int *lda, const double *b,
                       const int *ldb, const double *beta, double *c, const int *ldc);
typedef void BlasSymv(const char *uplo, const int *n, const double *alpha, const double *a,
                      const int *lda, const double *x, const int *incx, const double *beta,
                      double *y, const int *incy);
typedef void BlasGemv(const char *trans, const int *m, const int *n, const double *alpha,
                      const double *a, const int *lda, const double *x, const int *incx,
                      const double *beta, double *y, const int *incy);
BlasGemm qmtraj_product_dgemm, qmtraj_blas_dgemm;
BlasTrmm qmtraj_product_dtrmm, qmtraj_blas_dtrmm;
BlasSyr2k qmtraj_product_dsyr2k, qmtraj_blas_dsyr2k;
BlasSymv qmtraj_product_dsymv, qmtraj_blas_dsymv;
BlasGemv qmtraj_product_dgemv, qmtraj_blas_dgemv;

#ifndef QMTRAJ_SYSTEM_LAPACK
#pragma GCC visibility pop
#endif

#endif
