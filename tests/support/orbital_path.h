#ifndef SUPPORT_ORBITAL_PATH_H
#define SUPPORT_ORBITAL_PATH_H

#include <math.h>
#include <string.h>

#include "kernels/kernels.h"

/// Overlap and Hamiltonian of a small molecule that nobody knows, along a smooth path: n orbitals, levels from
/// -1 to 1 hartree with a gap of about 0.5 behind the first n/2.
enum { PATH_N = 11, PATH_OCCUPIED = 5, PATH_LD = 16 };

static inline double path_element(size_t i, size_t j, double phase)
{
    return sin(1.0 + 1.7 * (double)(i + j) + 0.6 * (double)(i * j) + phase);
}

/// [PATH_N][PATH_LD] each, zeros behind the last column.
static inline void path_matrices(double t, double *overlap, double *fock)
{
    memset(overlap, 0, PATH_N * PATH_LD * sizeof *overlap);
    memset(fock, 0, PATH_N * PATH_LD * sizeof *fock);
    for (size_t i = 0; i < PATH_N; i++)
        for (size_t j = 0; j < PATH_N; j++) {
            const double level = i < PATH_OCCUPIED ? -1.0 + 0.1 * (double)i : 0.2 + 0.1 * (double)i;
            overlap[i * PATH_LD + j] = (i == j ? 1.0 : 0.0) + 0.03 * path_element(i, j, t);
            fock[i * PATH_LD + j] = (i == j ? level : 0.0) + 0.04 * path_element(i, j, 2.0 - t);
        }
}

/// c = a b or, transposed, a^T b, of PATH_N columns and rows.
static inline void path_product(const double *a, size_t lda, int transposed, const double *b,
                                size_t ldb, double *c)
{
    for (size_t i = 0; i < PATH_N; i++)
        for (size_t j = 0; j < PATH_N; j++) {
            double sum = 0.0;
            for (size_t k = 0; k < PATH_N; k++)
                sum += (transposed ? a[k * lda + i] : a[i * lda + k]) * b[k * ldb + j];
            c[i * PATH_LD + j] = sum;
        }
}

#endif
