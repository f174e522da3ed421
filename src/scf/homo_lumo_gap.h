#ifndef SCF_HOMO_LUMO_GAP_H
#define SCF_HOMO_LUMO_GAP_H

#include <stdint.h>

#include "scf/density.h"

enum { GAP_POINTS = 4 };

typedef struct {
    int64_t n_known; ///< geometries
    int64_t newest;  ///< its place in the ring
} GapKept;

/// Vectors for the search of the frontier orbitals.
typedef struct {
    double *vector[9]; ///< [ld] each
    double *x;         ///< [ld + KERNELS_PAD] vectors of both spaces
    double *work;      ///< [8 ld]
    GapKept *kept;
    double *kept_vectors; ///< [GAP_POINTS] as x, of the last geometries, a ring
} GapSearch;

void homo_lumo_gap_layout(GapSearch *gap_search, Arena *arena, size_t n_ao);

/// Gap between the highest filled and the lowest empty orbital of the spin with more electrons,
/// hartree; NaN if there are no electrons or no empty orbitals.
///
/// Orbitals that were refined span the two spaces without diagonalising F in them. There the outermost
/// eigenvalue of each is that of the vector to which those of the last geometries point, after a few
/// steps of first-order perturbation theory in the blocks of F that the refinement leaves behind, until
/// second order puts the rest below 1e-11 hartree. The virtual block is in single precision and may be a
/// little old, so F itself has the last word. Where the steps do not lead there in time, locally optimal
/// conjugate gradients do (Knyazev, SIAM J. Sci. Comput. 23, 517 (2001), 10.1137/S1064827500366124), up
/// to 1e-10 hartree. A level that has crossed the one that was followed shows in the diagonal of its
/// block.
///
/// @param density  of the last density_build(), with its F; scratch and weighted density may be overwritten
///
/// Cannot fail. Allocates nothing.
double homo_lumo_gap(Density *density, GapSearch *gap_search);

#endif
