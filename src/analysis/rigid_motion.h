#ifndef ANALYSIS_RIGID_MOTION_H
#define ANALYSIS_RIGID_MOTION_H

#include <stddef.h>

enum { RIGID_MOTIONS_MAX = 6 };

/// Orthonormal directions of the translations and rotations of a molecule, in mass-weighted coordinates
/// u_i = sqrt(m_i) x_i: 3 for an atom, 5 for a linear molecule, else 6. A molecule counts as linear if its least moment of
/// inertia is below 1e-8 of the largest one: its atoms are within about 1e-4 of its length of a line.
///
/// @param masses  [n_atoms] in any unit; NULL: all are 1
/// @param xyz     [n_atoms][3]
/// @param basis   [6][3 n_atoms] rows
/// @return how many there are
size_t rigid_motions(size_t n_atoms, const double *masses, const double (*xyz)[3], double *basis);

#endif
