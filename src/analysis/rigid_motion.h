#ifndef ANALYSIS_RIGID_MOTION_H
#define ANALYSIS_RIGID_MOTION_H

#include <stddef.h>

enum { RIGID_MOTIONS_MAX = 6 };

/// bohr: a molecule with all atoms within this distance of a line may be linear, and one beyond it is bent. 0.2 bohr is a CO2
/// molecule bent by 14 degrees, more than an imprecise minimisation leaves and far less than the 1.7 bohr of the hydrogen in
/// HOCl.
#define LINEAR_DISTANCE 0.2

/// Orthonormal directions of the translations and rotations of a molecule, in mass-weighted coordinates
/// u_i = sqrt(m_i) x_i: 3 for an atom, 5 for a linear molecule, else 6. A molecule counts as linear if its least moment of
/// inertia is below 1e-8 of the largest one: its atoms are within about 1e-4 of its length of a line.
///
/// @param masses  [n_atoms] in any unit; NULL: all are 1
/// @param xyz     [n_atoms][3]
/// @param basis   [6][3 n_atoms] rows
/// @return how many there are
size_t rigid_motions(size_t n_atoms, const double *masses, const double (*xyz)[3], double *basis);

/// Largest distance of an atom from the line through the centre of mass along the axis of the least moment of inertia, in the
/// unit of xyz; 0 for an atom.
///
/// @param masses  [n_atoms] in any unit; NULL: all are 1
/// @param xyz     [n_atoms][3]
double rigid_off_line(size_t n_atoms, const double *masses, const double (*xyz)[3]);

/// The same directions for a molecule that is nearly a line: rows 0 to 2 are translations, 3 and 4 rotations around the
/// principal axes across the line, row 5 that around the line (0 if it is one). Where the molecule is taken as linear, row
/// 5 is a bend, and so is `bend`: the displacements of row 5 turned around the line by a quarter, which lead the atoms to it.
///
/// @param masses  [n_atoms] in any unit; NULL: all are 1
/// @param xyz     [n_atoms][3]
/// @param basis   [6][3 n_atoms] rows
/// @param bend    [3 n_atoms]; NULL: not wanted
void rigid_motions_of_line(size_t n_atoms, const double *masses, const double (*xyz)[3],
                           double *basis, double *bend);

#endif
