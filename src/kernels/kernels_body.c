// Compiled once per instruction set; KERNELS_TABLE and KERNELS_ISA come from the build.
#include "kernels/kernels.h"

static double dot(size_t n, const double *restrict x, const double *restrict y)
{
    double sum = 0.0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

static void axpy(size_t n, double s, const double *restrict x, double *restrict y)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] += s * x[i];
}

static void matvec(size_t m, size_t n, const double *restrict a, size_t lda,
                   const double *restrict x, double *restrict y)
{
    for (size_t i = 0; i < m; i++)
        y[i] = dot(n, a + i * lda, x);
}

static void matmul_nn(size_t m, size_t n, size_t k, const double *restrict a, size_t lda,
                      const double *restrict b, size_t ldb, double *restrict c, size_t ldc)
{
    for (size_t i = 0; i < m; i++) {
        double *restrict row = c + i * ldc;
        for (size_t j = 0; j < n; j++)
            row[j] = 0.0;
        for (size_t l = 0; l < k; l++)
            axpy(n, a[i * lda + l], b + l * ldb, row);
    }
}

static void matmul_tn(size_t m, size_t n, size_t k, const double *restrict a, size_t lda,
                      const double *restrict b, size_t ldb, double *restrict c, size_t ldc)
{
    for (size_t i = 0; i < m; i++) {
        double *restrict row = c + i * ldc;
        for (size_t j = 0; j < n; j++)
            row[j] = 0.0;
        for (size_t l = 0; l < k; l++)
            axpy(n, a[l * lda + i], b + l * ldb, row);
    }
}

const Kernels KERNELS_TABLE = {
    .isa = KERNELS_ISA,
    .matmul_nn = matmul_nn,
    .matmul_tn = matmul_tn,
    .dot = dot,
    .axpy = axpy,
    .matvec = matvec,
};
