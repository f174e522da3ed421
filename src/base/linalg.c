#include "base/linalg.h"

#include "base/lapack_products.h"

#ifndef QMTRAJ_SYSTEM_LAPACK
#pragma GCC visibility push(hidden) // inside the library, and not to be seen outside
#endif
// Fortran interfaces of the reference LAPACK under the names that cmake/lapack.cmake gives them (64-bit builds
// of it would need other integers).
extern void qmtraj_lapack_dsyevd(const char *job, const char *uplo, const int *n, double *a,
                                 const int *lda, double *w, double *work, const int *lwork,
                                 int *iwork, const int *liwork, int *info);
extern void qmtraj_lapack_dpotrf(const char *uplo, const int *n, double *a, const int *lda,
                                 int *info);
extern void qmtraj_lapack_dtrtri(const char *uplo, const char *diag, const int *n, double *a,
                                 const int *lda, int *info);
extern void qmtraj_lapack_dposv(const char *uplo, const int *n, const int *nrhs, double *a,
                                const int *lda, double *b, const int *ldb, int *info);

extern void qmtraj_lapack_dgetrf(const int *m, const int *n, double *a, const int *lda, int *pivot,
                                 int *info);
extern void qmtraj_lapack_dgetri(const int *n, double *a, const int *lda, const int *pivot,
                                 double *work, const int *lwork, int *info);

#ifndef QMTRAJ_SYSTEM_LAPACK
#pragma GCC visibility pop
#endif

size_t linalg_eigen_work(size_t n)
{
    // dsyevd: 1 + 6n + 2n^2; dsytrd runs blocked with 32 more columns.
    return 1 + 6 * n + 2 * n * n + 34 * n;
}

size_t linalg_eigen_iwork(size_t n)
{
    return 3 + 5 * n;
}

bool linalg_eigen(const Kernels *kernels, size_t n, double *a, size_t lda, double *eigenvalues,
                  double *work, int *iwork)
{
    const int in = (int)n, ilda = (int)lda;
    const int lwork = (int)linalg_eigen_work(n), liwork = (int)linalg_eigen_iwork(n);
    int info;
    lapack_products_lend(kernels);
    qmtraj_lapack_dsyevd("V", "L", &in, a, &ilda, eigenvalues, work, &lwork, iwork, &liwork, &info);
    lapack_products_lend(NULL);
    return info == 0;
}

bool linalg_inverse_cholesky(const Kernels *kernels, size_t n, double *a, size_t lda)
{
    // Row-major lower is Fortran's upper: S = U^T U with U = L^T, and inv(U) = (L^-1)^T.
    const int in = (int)n, ilda = (int)lda;
    int info;
    lapack_products_lend(kernels);
    qmtraj_lapack_dpotrf("U", &in, a, &ilda, &info);
    const bool positive = info == 0;
    if (positive)
        qmtraj_lapack_dtrtri("U", "N", &in, a, &ilda, &info);
    lapack_products_lend(NULL);
    if (!positive)
        return false;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            a[i * lda + j] = 0.0;
    return info == 0;
}

bool linalg_solve_positive(size_t n, double *a, size_t lda, double *b)
{
    const int in = (int)n, ilda = (int)lda, one = 1;
    int info;
    qmtraj_lapack_dposv("L", &in, &one, a, &ilda, b, &in, &info);
    return info == 0;
}

size_t linalg_inverse_work(size_t n)
{
    // LAPACK works in blocks of 64 columns.
    return n * (n < 64 ? n : 64);
}

bool linalg_inverse(size_t n, double *a, size_t lda, double *work, int *iwork)
{
    // The inverse of the transpose is the transpose of the inverse: no need to swap rows and columns.
    const int in = (int)n, ilda = (int)lda, lwork = (int)linalg_inverse_work(n);
    int info;
    qmtraj_lapack_dgetrf(&in, &in, a, &ilda, iwork, &info);
    if (info != 0)
        return false;
    qmtraj_lapack_dgetri(&in, a, &ilda, iwork, work, &lwork, &info);
    return info == 0;
}
