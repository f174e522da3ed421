#ifndef QMTRAJ_TORSION_H
#define QMTRAJ_TORSION_H

/// Torsions of a molecule, to look at and to turn.

#include <stddef.h>

#include <qmtraj/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Angle of the torsion a-b-c-d in degrees, -180 to 180, IUPAC's sign; 0 where three of the atoms are on a line.
///
/// @param xyz    [3 n_atoms], any unit
/// @param atoms  [4] from 0
QMT_API double qmt_torsion_angle(const double *xyz, const size_t atoms[4]);

/// Turns what hangs on the third atom about the bond of the second and third, which distances tell, until the torsion
/// has an angle.
///
/// @param numbers  [n_atoms] atomic numbers
/// @param xyz      [3 n_atoms] bohr; untouched after a failure
/// @param degrees  the angle wanted
/// Fails with QMT_ERR_INPUT (no bond there, one of a ring, atoms on a line, an end on the wrong side), QMT_ERR_ARGUMENT
/// (an atom that is none, or twice) or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_torsion_turn(QmtContext *ctx, size_t n_atoms, const int *numbers, double *xyz,
                                   const size_t atoms[4], double degrees);

#ifdef __cplusplus
}
#endif
#endif
