#ifndef STRUCTURE_SOLVENT_SHELL_H
#define STRUCTURE_SOLVENT_SHELL_H

#include "base/random.h"
#include "structure/structure.h"

/// Copies of a small molecule packed around another one, as a start for a relaxation: each is put, turned at
/// random, as near to the centre of the first molecule as it fits, where no two atoms of different molecules
/// are closer than the sum of their covalent radii and 0.13 nm (two oxygen atoms 0.26 nm). The same key gives
/// the same geometry.

/// Appends the copies to a structure. Its SMILES, if it has one, gets those of the copies behind dots, its
/// bonds and isotopes theirs; charge and multiplicity stay.
///
/// @param solvent  neutral and without unpaired electrons; has atoms
/// Fails with QMT_ERR_INPUT if there is no room for one within 5 nm, with QMT_ERR_MEMORY; the structure is
/// then as it was.
QmtStatus solvent_shell_add(QmtContext *ctx, const Structure *solvent, size_t count,
                            const RandomKey *key, Structure *structure);

#endif
