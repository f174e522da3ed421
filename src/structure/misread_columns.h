#ifndef STRUCTURE_MISREAD_COLUMNS_H
#define STRUCTURE_MISREAD_COLUMNS_H

#include "structure/structure.h"

/// Atom lines of five columns, "symbol a b c d", in which b c d may be the positions and a something else.

/// True if the second column, a charge of the atom or the like, was read as x: the columns behind it have bonds of usual
/// lengths, and either those that were read have not, or the last column is the same number for all atoms, as in a plane.
///
/// @param last  [n_atoms] what stands behind the positions, in bohr
bool columns_are_shifted(const Structure *structure, const double *last);

#endif
