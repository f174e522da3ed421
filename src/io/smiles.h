#ifndef IO_SMILES_H
#define IO_SMILES_H

#include "io/structure.h"

/// Files of SMILES and molecules made from them.

enum { SMILES_SIZE_LIMIT = 1 << 28 };

/// Appends the molecules of a file with lines "SMILES name" to the list, without atoms. Lines that
/// begin with # are comments, as is what follows a third word that does; blank lines are skipped.
///
/// Fails with QMT_ERR_IO (cannot be read) or QMT_ERR_FORMAT / QMT_ERR_INPUT with file:line:column. With
/// list->rejected such lines are noted there, and the others are read.
/// After a failure the list is as it was.
QmtStatus smiles_read(QmtContext *ctx, const char *path, StructureList *list);
/// The same from n bytes of memory; path is for messages.
QmtStatus smiles_read_memory(QmtContext *ctx, const char *path, const char *data, size_t n,
                             StructureList *list);

/// True if this build can make atoms from SMILES.
bool smiles_can_embed(void);

/// Gives a structure that has a SMILES its atoms and a first geometry: distance geometry with
/// ETKDGv3 (Wang, Witek, Landrum, Riniker, J. Chem. Inf. Model. 60, 2044 (2020),
/// 10.1021/acs.jcim.0c00025) from random seed 42, then the MMFF94 force field (Halgren, J. Comput.
/// Chem. 17, 490 (1996)) to its minimum, both by RDKit. If a seed yields nothing the next is tried,
/// twenty in all. An element that MMFF94 does not know keeps the geometry of ETKDGv3, with a note.
///
/// Charge: sum of the formal charges. Multiplicity: radical electrons + 1. Both count as given by the
/// input. Hydrogen atoms are added; the order of the others is that of the SMILES.
///
/// Fails with QMT_ERR_INPUT: no such molecule, several molecules ("."), isotopes, dummy atoms, more than
/// 1000 atoms, no geometry found, or a build without RDKit. After a failure the structure is as it was.
/// RDKit's log is global: one call at a time in a process.
QmtStatus smiles_embed(QmtContext *ctx, Structure *structure);

/// Likewise, with the geometry of `known` (NULL: none) instead of a new one if its atoms are those of the
/// SMILES in the same order. All else comes from the SMILES either way.
QmtStatus smiles_embed_known(QmtContext *ctx, const Structure *known, Structure *structure);

/// The atoms that smiles_embed() would make, in its order, without a geometry.
///
/// @param numbers  [n] atomic numbers, malloc'ed
/// Fails with QMT_ERR_INPUT (no such molecule, or a build without RDKit) or QMT_ERR_MEMORY.
QmtStatus smiles_atoms(QmtContext *ctx, const char *smiles, int **numbers, size_t *n);

#endif
