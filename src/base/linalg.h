#ifndef BASE_LINALG_H
#define BASE_LINALG_H

#include <stdbool.h>
#include <stddef.h>

#include "kernels/kernels.h"

/// The only file that calls LAPACK. Matrices are row-major with a leading dimension; symmetric
/// matrices are the same either way, so nothing is transposed for LAPACK.

/// Doubles of work space that linalg_eigen() wants for matrices up to n x n.
size_t linalg_eigen_work(size_t n);
/// Ints of work space, same.
size_t linalg_eigen_iwork(size_t n);

/// Eigenvalues (rising) and eigenvectors of a symmetric matrix, in place: row k of a becomes
/// eigenvector k. Returns false if the algorithm did not converge.
///
/// @param kernels  for the products of large matrices; NULL: those of the reference BLAS
bool linalg_eigen(const Kernels *kernels, size_t n, double *a, size_t lda, double *eigenvalues,
                  double *work, int *iwork);

/// Cholesky factor S = L L^T and the inverse of L, in place: the lower triangle of a becomes L^-1, the
/// upper one zero. Returns false if S is not positive definite.
///
/// @param kernels  as above
bool linalg_inverse_cholesky(const Kernels *kernels, size_t n, double *a, size_t lda);

/// Solves A x = b for a symmetric positive definite A, both overwritten. Returns false if A is not.
bool linalg_solve_positive(size_t n, double *a, size_t lda, double *b);

/// Doubles of workspace for linalg_inverse.
size_t linalg_inverse_work(size_t n);
/// Inverse of a general matrix, in place. Returns false if it is singular.
///
/// @param work   [linalg_inverse_work(n)]
/// @param iwork  [n]
bool linalg_inverse(size_t n, double *a, size_t lda, double *work, int *iwork);

#endif
