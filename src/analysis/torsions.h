#ifndef ANALYSIS_TORSIONS_H
#define ANALYSIS_TORSIONS_H

#include "analysis/bonds.h"

/// Torsions a-b-c-d of the bonds of a molecule, one for each bond b-c whose two atoms have further partners.

/// Finds them.
///
/// @param torsions  [room][4] to be filled, with the lowest partners as ends; one per bond is enough room
/// @return how many there are, which may be more than room
size_t torsions_find(const Bonds *bonds, size_t (*torsions)[4], size_t room);

/// Cosine and sine of the angle between the planes a-b-c and b-c-d, IUPAC's sign: 1, 0 is syn, -1, 0 anti. 1, 0 where
/// three atoms are on a line.
///
/// @param xyz  [n_atoms][3]
void torsion_angle(const double (*xyz)[3], const size_t torsion[4], double *cosine, double *sine);

#endif
