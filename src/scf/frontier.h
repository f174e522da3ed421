#ifndef SCF_FRONTIER_H
#define SCF_FRONTIER_H

#include "scf/density.h"

/// Vectors for the search of the frontier orbitals.
typedef struct {
    double *vector[8]; ///< [ld] each
} Frontier;

void frontier_layout(Arena *arena, size_t n_ao, Frontier *frontier);

/// Gap between the highest filled and the lowest empty orbital of the spin with more electrons,
/// hartree; NaN if there are no electrons or no empty orbitals.
///
/// Orbitals that were refined span the two spaces without diagonalising F in them. There the outermost
/// eigenvalue of each is found by locally optimal conjugate gradients (Knyazev, SIAM J. Sci. Comput. 23,
/// 517 (2001), 10.1137/S1064827500366124), first on the blocks that the refinement left behind, then on
/// F itself until the residual is below 1e-7 hartree; the error of the eigenvalue is of its square.
///
/// @param density  of the last density_build(), with its F; the scratch matrix may be overwritten
///
/// Cannot fail. Allocates nothing.
double frontier_gap(Density *density, Frontier *frontier);

#endif
