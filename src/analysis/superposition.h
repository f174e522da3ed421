#ifndef ANALYSIS_SUPERPOSITION_H
#define ANALYSIS_SUPERPOSITION_H

#include <stddef.h>

/// How different two geometries of one molecule are, atom by atom, whatever their place and orientation:
///
///     RMSD(A, B) = min over rotations R of sqrt( 1/n sum_i |a_i - R b_i|^2 ),     both about their centres
///
/// from the largest eigenvalue of a 4 x 4 matrix (Horn, J. Opt. Soc. Am. A 4, 629 (1987), 10.1364/JOSAA.4.000629), found
/// by Newton's method on its characteristic polynomial (Theobald, Acta Cryst. A 61, 478 (2005),
/// 10.1107/S0108767305015266); of geometries that are nearly alike the rotation is made and the sum taken. Mirror images stay different, and so do atoms of one element that changed places.
/// All atoms count alike. The RMSD is a metric: it obeys the triangle inequality.
///
/// Positions are single precision, as files have them; what they do not resolve is about 1e-7 of the size of the
/// molecule.

/// Moves the centre of n atoms to the origin.
///
/// @param xyz  [n][3], any unit
/// @return sum of the squares of all coordinates, which superposition_rmsd() wants
double superposition_centre(size_t n, float (*xyz)[3]);

/// RMSD of two geometries whose centres are at the origin, in the unit of the positions.
///
/// @param a, b                [n][3]
/// @param square_a, square_b  what superposition_centre() returned
double superposition_rmsd(size_t n, const float (*a)[3], double square_a, const float (*b)[3],
                          double square_b);

/// A number that the RMSD is never below, much cheaper: that of the distances of the atoms from the centre,
/// because |a - R b| >= | |a| - |b| |.
///
/// @param a, b  [n] distances of the atoms from the centre
double superposition_bound(size_t n, const float *a, const float *b);

#endif
