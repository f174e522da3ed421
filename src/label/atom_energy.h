#ifndef LABEL_ATOM_ENERGY_H
#define LABEL_ATOM_ENERGY_H

#include "base/context.h"
#include "qmtraj/atoms.h"
#include "qmtraj/engine.h"

/// Energies of free atoms.

/// Computes one atom; see qmt_atom_energies().
///
/// @param options  method, electronic temperature and SCF; charge, unpaired electrons and solvent do not count
/// Fails with QMT_ERR_INPUT (no element of the method), QMT_ERR_SCF or QMT_ERR_MEMORY; *atom is then untouched.
QmtStatus atom_energy(QmtContext *ctx, int number, const QmtEngineOptions *options,
                      QmtAtomEnergy *atom);

#endif
