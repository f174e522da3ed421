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

    /// Triples i > j > k of the damped Axilrod-Teller energy with i, j fixed, over k = 0..n-1; n and
    /// ld are multiples of 8, the rows aligned to 64 bytes. row_i and row_j hold five arrays each, ld
    /// apart, of the pairs ik and jk: in r^2, p = S sqrt(C)/r^5 (0 drops the triple) and
    /// tau = (Rd/r)^(16/3); added to D = r dE/dr and Q = E, both without the scale s9.
    ///
    /// @param pair  r^2, p, tau of the pair ij
    /// @param sums  D and Q of the pair ij, overwritten; sums[1] is the energy of all triples
    void (*atm_row)(size_t n, size_t ld, const double pair[3], double *row_i, double *row_j,
                    double sums[2]);
    /// One atom with a row of others of one kind, two-body D4 or D3 without its smooth end:
    /// f = s6/(r^6 + rd6) + s8q/(r^8 + rd8) and h = (df/dr)/r.
    ///
    /// @param par  s6, s8q, rd6, rd8
    void (*damped_pair_row)(size_t n, const double par[4], const double *r2, double *f, double *h);
} Kernels;

/// The best table this machine can run, or the named one; NULL if the name is unknown or the machine
/// lacks it. name may be NULL.
const Kernels *kernels_choose(const char *name);

#endif
