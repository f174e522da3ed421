#ifndef STRUCTURE_SMILES_RDKIT_H
#define STRUCTURE_SMILES_RDKIT_H

#include <stddef.h>

/// What crosses the border between C and the C++ of RDKit: plain values, no exceptions.

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    size_t n_atoms;
    int *numbers;     ///< [n_atoms], malloc'ed
    double (*xyz)[3]; ///< [n_atoms][3] angstrom, malloc'ed
    size_t n_bonds;
    int (*bonds)[2]; ///< [n_bonds] pairs of atoms, malloc'ed
    int charge;
    int *isotopes;     ///< [n_atoms] mass numbers, 0: natural; malloc'ed
    int radicals;      ///< unpaired electrons
    int radicals_most; ///< of them on one atom
    int fragments;     ///< separate molecules; more than one is not embedded
    int force_field;   ///< 1 if MMFF94 knows all atoms
    int known;         ///< 1 if its atoms are the known ones: xyz is NULL then
} RdkitMolecule;

typedef enum { RDKIT_OK, RDKIT_NO_MOLECULE, RDKIT_NO_GEOMETRY, RDKIT_NO_MEMORY } RdkitResult;

/// Makes a molecule from SMILES. On RDKIT_NO_MOLECULE and RDKIT_NO_GEOMETRY reason [n_reason] says why,
/// in one line. On anything but RDKIT_OK nothing is to be freed.
///
/// @param known  [n_known] atomic numbers of a geometry that the caller has already; if they are those of the
///               SMILES nothing is embedded. NULL with n_known = 0
RdkitResult smiles_rdkit_embed(const char *smiles, int seed, const int *known, size_t n_known,
                               RdkitMolecule *molecule, char *reason, size_t n_reason);
/// Fills only n_atoms and numbers of *molecule: the atoms of a SMILES without a geometry. Otherwise the same.
RdkitResult smiles_rdkit_atoms(const char *smiles, RdkitMolecule *molecule, char *reason,
                               size_t n_reason);

#ifdef __cplusplus
}
#endif
#endif
