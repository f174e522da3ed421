#ifndef STRUCTURE_SMILES_STATE_H
#define STRUCTURE_SMILES_STATE_H

#include "structure/structure.h"

/// The multiplicity of a molecule from SMILES. A SMILES says where electrons are unpaired, not how they couple.

/// @param charge         sum of the formal charges
/// @param radicals       unpaired electrons by the valences
/// @param radicals_most  of them on one atom
///
/// Charge: the sum. Multiplicity: one that the list of molecules gave stays; a single atom gets its ground level
/// (data/ground_states.csv); several unpaired electrons on one atom, as in carbenes, give the known ground state of
/// the small hydrides, else the multiplicity is left open (Structure.unclear); else radicals + 1. Notes where
/// that is not certain. Fails with QMT_ERR_INPUT if the list gave another charge, or QMT_ERR_MEMORY.
QmtStatus smiles_state_settle(QmtContext *ctx, Structure *structure, int charge, int radicals,
                              int radicals_most);

#endif
