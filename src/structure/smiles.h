#ifndef STRUCTURE_SMILES_H
#define STRUCTURE_SMILES_H

#include "structure/structure.h"

/// Molecules made from SMILES; lists of them are read by structure/smiles_list.h.

/// True if this build can make atoms from SMILES.
bool smiles_can_embed(void);

/// Gives a structure that has a SMILES its atoms and a first geometry: distance geometry with
/// ETKDGv3 (Wang, Witek, Landrum, Riniker, J. Chem. Inf. Model. 60, 2044 (2020),
/// 10.1021/acs.jcim.0c00025) from random seed 42, then the MMFF94 force field (Halgren, J. Comput.
/// Chem. 17, 490 (1996)) to its minimum, both by RDKit. If a seed yields nothing the next is tried,
/// twenty in all. An element that MMFF94 does not know keeps the geometry of ETKDGv3, with a note.
///
/// Atoms with more neighbours than a tetrahedron has corners (SF6, PF6-) start from distances alone, without ETKDG's
/// knowledge and without MMFF94. Isotopes are masses. Charge and multiplicity: structure/smiles_state.h. Hydrogen atoms are added; the order of the others is that of the SMILES.
///
/// Fails with QMT_ERR_INPUT: no such molecule, several molecules ("."), dummy atoms, more than
/// 1000 atoms, no geometry found, or a build without RDKit. After a failure the structure is as it was.
/// RDKit's log is global: one call at a time in a process.
QmtStatus smiles_embed(QmtContext *ctx, Structure *structure);

/// Another geometry of a structure that smiles_embed() gave its atoms: from seed number i, 0 being the first one's.
///
/// @param xyz  [n_atoms][3] bohr
/// Fails with QMT_ERR_INPUT or QMT_ERR_MEMORY; xyz is then as it was.
QmtStatus smiles_embed_seed(QmtContext *ctx, const Structure *structure, size_t i,
                            double (*xyz)[3]);

/// Likewise, with the geometry of `known` (NULL: none) instead of a new one if its atoms are those of the
/// SMILES in the same order. All else comes from the SMILES either way.
QmtStatus smiles_embed_known(QmtContext *ctx, const Structure *known, Structure *structure);

/// Makes RDKit build the tables that it builds at its first geometry (torsion preferences, MMFF94), some 35 ms, so that
/// processes forked later share them. Never fails: what it cannot do now is done, or said, at the first geometry.
void smiles_prepare(void);

/// The atoms that smiles_embed() would make, in its order, without a geometry.
///
/// @param numbers  [n] atomic numbers, malloc'ed
/// Fails with QMT_ERR_INPUT (no such molecule, or a build without RDKit) or QMT_ERR_MEMORY.
QmtStatus smiles_atoms(QmtContext *ctx, const char *smiles, int **numbers, size_t *n);

#endif
