#ifndef SCF_BOND_ORDERS_H
#define SCF_BOND_ORDERS_H

#include "basis/basis.h"
#include "scf/density.h"

/// Bond orders of Mayer, the Wiberg index of a basis that overlaps:
///
///     B_AB = 2 sum_{i in A} sum_{j in B} (Pa S)_ij (Pa S)_ji + (Pb S)_ij (Pb S)_ji
///
/// with the densities Pa and Pb of the two spins; with equal spins this is sum (P S)_ij (P S)_ji. Mayer,
/// Chem. Phys. Lett. 97, 270 (1983), 10.1016/0009-2614(83)80005-0; 117, 396 (1985),
/// 10.1016/0009-2614(85)80253-0. The diagonal is the same formula, so that with whole occupations each
/// row adds up to twice the electrons of its atom.
///
/// @param density  of the last density_build(); its scratch and weighted density are overwritten
/// @param orders   [n_atoms][n_atoms]
///
/// Cannot fail. Allocates nothing. One matrix product, two with unpaired electrons.
void bond_orders(Density *density, const Basis *basis, double *orders);

#endif
