#ifndef VIBRATION_NORMAL_MODES_H
#define VIBRATION_NORMAL_MODES_H

#include "base/arena.h"

/// Harmonic vibrations of a molecule. With the Hessian H and masses m, the matrix H_ij / sqrt(m_i m_j) is freed from
/// translations and rotations (projected) and diagonalised; its eigenvalues are squares of angular frequencies, its
/// eigenvectors L the modes in mass-weighted coordinates. Wilson, Decius, Cross, Molecular Vibrations, McGraw-Hill (1955).
///
/// A molecule is linear if it is straight to rounding (analysis/rigid_motion.h), or if all atoms are within LINEAR_DISTANCE of
/// a line and turning them around it costs more than half of what the same displacements towards it cost: a minimisation
/// leaves a linear molecule somewhat bent, and a bent one at its stationary point turns freely.

typedef struct {
    size_t n_atoms;
    size_t n_rigid;    ///< translations and rotations: 3, 5 or 6
    size_t n_modes;    ///< 3 n_atoms - n_rigid
    double off_line;   ///< bohr, farthest atom from the line of a molecule taken as linear; else 0
    double *frequency; ///< [n_modes] rising, cm-1; imaginary ones are negative
    double *
        rigid; ///< [n_rigid] cm-1, of the lowest in size before projection: 0 at rest and without errors
    double *mode;         ///< [n_modes][3 n_atoms] L, orthonormal
    double *reduced_mass; ///< [n_modes] dalton, 1 / sum L^2/m
    double *intensity;    ///< [n_modes] km/mol; 0 without dipole slopes
} NormalModes;

/// Finds the modes. The largest element of each is positive, so that the same Hessian gives the same modes.
///
/// @param masses         [n_atoms] dalton
/// @param xyz            [n_atoms][3] bohr
/// @param hessian        [3 n_atoms][3 n_atoms] hartree/bohr^2, symmetric
/// @param dipole_slopes  [3 n_atoms][3] e; NULL: no intensities
/// @param modes          to be released
/// Fails with QMT_ERR_PHYSICS (a Hessian that is not finite) or QMT_ERR_MEMORY.
QmtStatus normal_modes(QmtContext *ctx, size_t n_atoms, const double *masses,
                       const double (*xyz)[3], const double *hessian, const double *dipole_slopes,
                       NormalModes *modes);
void normal_modes_release(NormalModes *modes);

#endif
