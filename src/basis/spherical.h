#ifndef BASIS_SPHERICAL_H
#define BASIS_SPHERICAL_H

#include <stddef.h>

/// Real solid harmonics of a shell in terms of Cartesian monomials, with the normalisation of x^l:
/// s: 1   p: y z x   d: sqrt3 xy, sqrt3 yz, zz - (xx+yy)/2, sqrt3 xz, sqrt3/2 (xx-yy).
/// Cartesian order: 1; x y z; xx xy yy xz yz zz.

/// Transforms blocks of Cartesian integrals and writes them into larger spherical blocks.
///
/// @param cartesian  [n_blocks][cartesian of la][cartesian of lb]
/// @param out        first element of the shell pair in block 0; row stride ld, block stride ld_block
void spherical_from_cartesian(int la, int lb, size_t n_blocks, const double *cartesian, double *out,
                              size_t ld, size_t ld_block);

/// The transpose, for coefficients that will multiply Cartesian integrals.
///
/// @param in         first element of the shell pair in block 0; row stride ld, block stride ld_block
/// @param cartesian  [n_blocks][cartesian of la][cartesian of lb]
void cartesian_from_spherical(int la, int lb, size_t n_blocks, const double *in, size_t ld,
                              size_t ld_block, double *cartesian);

#endif
