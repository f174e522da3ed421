#ifndef SCF_LEVEL_BOUNDS_H
#define SCF_LEVEL_BOUNDS_H

#include <stdbool.h>
#include <stddef.h>

#include "kernels/kernels.h"

/// Where the levels of orbitals begin that are carried along and drift among themselves: the diagonal elements of the
/// Hamiltonian tell it only roughly. With parts that turn in hot motion the lowest was 0.2 hartree too high.

/// M = s (diag(diagonal) + t off), s = +1 or -1, t = +1 or -1: its lowest eigenvalue is the lowest level, or the highest with
/// the other sign.
typedef struct {
    const Kernels *kernels;
    size_t n, ld;
    const double *diagonal; ///< [n]
    const float *off;       ///< [n][ld] diagonal zero
    double s, t;
} LevelMatrix;

/// Lowest eigenvalue, estimated from above by some steps of a preconditioned descent in the space of v and d:
///
///     d_a = -(M v - lambda v)_a / (M_aa - lambda)
///
/// Davidson, J. Comput. Phys. 17, 87 (1975), 10.1016/0021-9991(75)90065-0.
/// @param work  [4][n]
double levels_lowest(const LevelMatrix *matrix, double *work);

/// Whether all eigenvalues are above a level: whether M - level has a Cholesky decomposition.
/// @param work  [n][ld]
bool levels_are_above(const LevelMatrix *matrix, double level, float *work);

#endif
