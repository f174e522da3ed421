#ifndef QMTRAJ_TORSION_H
#define QMTRAJ_TORSION_H

/// Torsions of a molecule, to look at and to turn, and what became of its bonds.

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

/// The same with the bonds of another geometry of the molecule: what is turned stays the same where a scan brings ends
/// so near to each other that distances would tell a ring.
///
/// @param bonded  [3 n_atoms] bohr, whose distances tell the bonds
QMT_API QmtStatus qmt_torsion_turn_bonded(QmtContext *ctx, size_t n_atoms, const int *numbers,
                                          const double *bonded, double *xyz, const size_t atoms[4],
                                          double degrees);

/// A bond that one of two geometries has and the other has not; a vibration is none: bonds form within 1.15 times the
/// sum of the covalent radii (Pyykko, Atsumi, Chem. Eur. J. 15, 186 (2009)) and break beyond 1.7.
///
/// @param numbers  [n_atoms] atomic numbers
/// @param before   [3 n_atoms] bohr
/// @param after    [3 n_atoms] bohr
/// @param pair     [2] the first such pair of atoms, from 0; untouched if there is none
/// @param change   1: it forms, -1: it breaks, 0: the bonds are the same
/// Fails with QMT_ERR_ARGUMENT or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_bond_change(QmtContext *ctx, size_t n_atoms, const int *numbers,
                                  const double *before, const double *after, size_t pair[2],
                                  int *change);

#ifdef __cplusplus
}
#endif
#endif
