#ifndef KERNELS_KERNELS_H
#define KERNELS_KERNELS_H

#include <stddef.h>

/// The hot loops over plain arrays, compiled once per instruction set from kernels_body.c and chosen
/// once per context. All matrices are row-major with a leading dimension (ld..) in doubles.
typedef struct Kernels {
    const char *isa; ///< "generic", "avx2", "avx512"

    /// C[m][n] = A[m][k] B[k][n]
    void (*matmul_nn)(size_t m, size_t n, size_t k, const double *a, size_t lda, const double *b,
                      size_t ldb, double *c, size_t ldc);
    /// C[m][n] = A[k][m]^T B[k][n]
    void (*matmul_tn)(size_t m, size_t n, size_t k, const double *a, size_t lda, const double *b,
                      size_t ldb, double *c, size_t ldc);
    /// sum_i x[i] y[i]
    double (*dot)(size_t n, const double *x, const double *y);
    /// y[i] += s x[i]
    void (*axpy)(size_t n, double s, const double *x, double *y);
    /// y[i] = sum_j a[i][j] x[j]
    void (*matvec)(size_t m, size_t n, const double *a, size_t lda, const double *x, double *y);
} Kernels;

/// The best table this machine can run, or the named one; NULL if the name is unknown or the machine
/// lacks it. name may be NULL.
const Kernels *kernels_choose(const char *name);

#endif
