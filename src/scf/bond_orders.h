#ifndef SCF_BOND_ORDERS_H
#define SCF_BOND_ORDERS_H

#include "basis/basis.h"
#include "scf/density.h"

/// Matrices for the products of refined orbitals.
typedef struct {
    size_t ld;
    double *sc;      ///< [n][ld] S C of the smaller space, where it must be made
    float *orbitals; ///< [n][ld] C of it, likewise
    float *sc_t;     ///< [ld][ld] (S C)^T
    float *product;  ///< [ld][ld] P S, or what it lacks of 2
    float *scratch;
} BondOrders;

void bond_orders_layout(BondOrders *work, Arena *arena, const Basis *basis);

/// Bond orders of Mayer, the Wiberg index of a basis that overlaps:
///
///     B_AB = 2 sum_{i in A} sum_{j in B} (Pa S)_ij (Pa S)_ji + (Pb S)_ij (Pb S)_ji
///
/// with the densities Pa and Pb of the two spins; with equal spins this is sum (P S)_ij (P S)_ji. Mayer,
/// Chem. Phys. Lett. 97, 270 (1983), 10.1016/0009-2614(83)80005-0; 117, 396 (1985),
/// 10.1016/0009-2614(85)80253-0. The diagonal is the same formula, so that with whole occupations each
/// row adds up to twice the electrons of its atom.
///
/// With orbitals that were refined from those of the geometry before,
///
///     P S = 2 C_o (S C_o)^T = 2 - 2 C_v (S C_v)^T
///
/// with the smaller of the two spaces, in single precision. S C is there from the beginning of the
/// refinement and is taken as it is if the orbitals have moved by less than 3e-7 since. That leaves
/// errors of up to 2e-6 between atoms; the diagonal, whose numbers go up to twelve, is what completes
/// the sum of its row. All other densities are multiplied with S in double precision.
///
/// @param density    of the last density_build(); its scratch and weighted density are overwritten
/// @param electrons  [n_atoms] of each atom, by Mulliken
/// @param orders     [n_atoms][n_atoms]
///
/// Cannot fail. Allocates nothing.
void bond_orders(Density *density, const Basis *basis, BondOrders *work, const double *electrons,
                 double *orders);

#endif
