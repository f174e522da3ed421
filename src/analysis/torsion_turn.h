#ifndef ANALYSIS_TORSION_TURN_H
#define ANALYSIS_TORSION_TURN_H

#include "analysis/bonds.h"

/// Turns what hangs on the third atom of a torsion a-b-c-d about the bond b-c, so that the torsion becomes an angle.
///
/// @param bonds  of the molecule; b-c must be one
/// @param angle  radian, IUPAC's sign
/// @param moved  [n_atoms] scratch
/// @param xyz    [n_atoms][3]
/// @return false, and nothing is moved, if b-c is no bond or one of a ring, or if three of the atoms are on a line
bool torsion_turn(const Bonds *bonds, const size_t torsion[4], double angle, unsigned char *moved,
                  double (*xyz)[3]);

#endif
