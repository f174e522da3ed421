#ifndef SCF_TRANSIT_H
#define SCF_TRANSIT_H

#include <stdbool.h>

#include "base/arena.h"
#include "kernels/kernels.h"

/// Orbitals without a diagonalisation. The full set of orbitals is carried along a trajectory: the
/// matrices A_t with C_t = A_t C_{t-1} (orbitals as rows) change smoothly and are extrapolated; one
/// refinement made of matrix products then solves F C = S C eps for the occupied space up to second
/// order in what the guess lacks:
///
///     E = C S C^T - 1,  G = C F C^T,  G_vv X - X G_oo = E_vo G_oo - G_vo
///     C <- (1 + Z) C,  Z_oo = -E_oo/2,  Z_vv = -E_vv/2,  Z_ov = X^T,  Z_vo = -(X + E_vo)
///
/// The refinement is the occupied-virtual block form of Ogita and Aishima, Jpn. J. Ind. Appl. Math.
/// 35, 1007 (2018), 10.1007/s13160-018-0310-3. Only for a clear gap and whole occupations; whoever calls
/// diagonalises when it says no.
typedef struct {
    const Kernels *kernels;
    size_t n, ld;
    size_t n_occupied;
    double *memory;   ///< kept between geometries, see transit_memory_size()
    double *overlap;  ///< [n][ld] S of this geometry, filled by the caller
    double *orbitals; ///< [n][ld] rows; the caller's array
    double *columns;  ///< [n][ld] orbitals transposed
    double *half;     ///< [n][ld] scratch
    double *g;        ///< [n][ld] F in the basis of the orbitals
    double *e;        ///< [n][ld] overlap of the orbitals minus one
    double *z;        ///< [n][ld]
    double *z_sum;    ///< [n][ld] all corrections of this geometry
    double *guess;    ///< [n][ld] extrapolated A
    double *g_oo;     ///< [n][ld_o] occupied block, padded; afterwards that of the new orbitals
    double *x;        ///< [n][ld_o]
    double *r;        ///< [n][ld_o]
    double *product;  ///< [n][ld_o]
    double *rotation; ///< [n][ld]
    double *work, *eps;
    int *iwork;
    size_t ld_o;
    bool orthonormal;    ///< E of the current orbitals is below rounding
    bool virtuals_known; ///< the virtual block of g belongs to this geometry
    bool adopted;        ///< the orbitals of this geometry come from a diagonalisation
} Transit;

/// Doubles to keep between geometries for n orbitals.
size_t transit_memory_size(size_t n);
void transit_layout(Arena *arena, size_t n_ao, Transit *transit);

/// Orbitals of a new geometry from those before. Returns false if none are known.
bool transit_begin(Transit *transit);

/// Refines the orbitals for a Hamiltonian. Returns false, with the orbitals spoilt, if the gap is not
/// clear or the refinement does not converge: then diagonalise and call transit_adopt().
///
/// @param fock       [n][ld] F
/// @param clear_gap  smallest gap, in hartree, that counts as clear
bool transit_refine(Transit *transit, const double *fock, double clear_gap);

/// Takes over orbitals (rows, rising energies) from a diagonalisation: the history of A starts anew.
void transit_adopt(Transit *transit);

/// Remembers the orbitals of a converged geometry for the next one.
void transit_end(Transit *transit);

/// Forgets all orbitals.
void transit_clear(Transit *transit);

#endif
