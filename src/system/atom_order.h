#ifndef SYSTEM_ATOM_ORDER_H
#define SYSTEM_ATOM_ORDER_H

#include <stdbool.h>
#include <stddef.h>

/// An order of the atoms of a long molecule in which neighbours in space are neighbours in the list: by the length of the way from
/// one end, where a hop of R counts R^3, so that ways follow bonds (Dijkstra, Numer. Math. 1, 269 (1959),
/// 10.1007/BF01386390). What falls off with the distance, the density and with it local orbitals
/// (scf/orbital_windows.h), then lies near the diagonal of its matrix.
///
/// Work grows with the square of the number of atoms.
///
/// @param xyz    [n_atoms][3] bohr
/// @param order  [n_atoms] which atom comes first, second, ..; as given if the molecule is not long
/// @param work   [n_atoms]
/// Returns whether the molecule is long: in this order the atoms within 10 angstrom of one take, in the mean, less than half of the
/// list.
bool atom_order_along(size_t n_atoms, const double (*xyz)[3], size_t *order, double *work);

#endif
