#ifndef DATASET_FRAME_ARRAY_H
#define DATASET_FRAME_ARRAY_H

#include "dataset/format.h"

/// What formats write of a frame, as arrays of numbers in the units of trajectories: nm, kJ/mol, Da, ps, e.

typedef enum {
    FRAME_POS,               ///< [n_atoms][3] nm
    FRAME_FORCES,            ///< [n_atoms][3] kJ/mol/nm
    FRAME_ENERGY,            ///< kJ/mol, with the electronic entropy
    FRAME_ENERGY_LESS_ATOMS, ///< kJ/mol, less those of single atoms
    FRAME_NUMBERS,           ///< [n_atoms] atomic numbers
    FRAME_CHARGE,            ///< e
    FRAME_MULTIPLICITY,
    FRAME_PARTIAL_CHARGES, ///< [n_atoms] e
    FRAME_DIPOLE,          ///< [3] e nm
    FRAME_BOND_ORDERS,     ///< [n_atoms][n_atoms]
    FRAME_MOMENTA,         ///< [n_atoms][3] sqrt(eV Da), ASE's unit; of pairs, as all below
    FRAME_MASSES,          ///< [n_atoms] Da
    FRAME_FUTURE_POS,      ///< [n_atoms][3] nm
    FRAME_FUTURE_MOMENTA,  ///< [n_atoms][3] sqrt(eV Da)
} FrameArrayId;

/// True if the frames of a set have it: properties are those of all its trajectories, and pairs have momenta.
bool frame_array_is_there(FrameArrayId id, const Set *set);

/// Its numbers; they are there until the scratch is used again.
///
/// @param scratch  [3 n_atoms]
/// @param n        how many numbers
const double *frame_array(const SetFrame *frame, FrameArrayId id, double *scratch, size_t *n);

/// sqrt(eV Da), ASE's unit of momenta, in one Da nm/ps.
double frame_momentum_unit(void);

#endif
