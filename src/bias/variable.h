#ifndef BIAS_VARIABLE_H
#define BIAS_VARIABLE_H

#include <stdbool.h>
#include <stddef.h>

/// Collective variables of a few atoms, with their slopes.

enum { VARIABLE_ATOMS_MAX = 4 };

typedef struct {
    const char *name;
    size_t n_atoms;
    bool periodic; ///< with 2 pi
    /// The value at xyz and its slope [n_atoms][3] by the positions of its atoms; NULL: not wanted. Where
    /// three atoms of a torsion are on a line it has no slope, and zeros come back.
    double (*value)(const size_t *atoms, const double (*xyz)[3], double (*slope)[3]);
} Variable;

/// Torsion angle of atoms a-b-c-d in radian, -pi to pi, IUPAC's sign. Its slope: Blondel, Karplus, J. Comput.
/// Chem. 17, 1132 (1996), 10.1002/(SICI)1096-987X(19960715)17:9<1132::AID-JCC5>3.0.CO;2-T.
extern const Variable VARIABLE_TORSION;
/// Distance of atoms a and b in bohr.
extern const Variable VARIABLE_DISTANCE;

#endif
