#ifndef STRUCTURE_SMILES_FORMULA_H
#define STRUCTURE_SMILES_FORMULA_H

#include <stddef.h>

#include "data/element.h"

/// Atoms of a SMILES by element, read off the text without making a molecule: enough to order long lists by
/// size and to reserve disk space before anything is embedded.
///
/// Hydrogen atoms that are not written follow from the bonds of each atom and the usual valences of OpenSMILES
/// (opensmiles.org, "Bonds" and "Atoms"): B 3, C 4, N 3 and 5, O 2, P 3 and 5, S 2, 4 and 6, halogens 1; an
/// aromatic atom spends one of them on its ring.
///
/// @param count  [ELEMENT_MAX + 1] by atomic number
/// @return the number of atoms, 0 for a text without any
///
/// Cannot fail: what is no SMILES gives some number.
size_t smiles_formula(const char *smiles, size_t count[ELEMENT_MAX + 1]);

#endif
