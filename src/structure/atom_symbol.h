#ifndef STRUCTURE_ATOM_SYMBOL_H
#define STRUCTURE_ATOM_SYMBOL_H

#include "base/context.h"

/// The words that name an atom in files of coordinates.

typedef struct {
    int number;      ///< atomic number
    int mass_number; ///< of D, T, 13C; 0: of natural abundance
    bool is_label;   ///< the word was a label, "C13" or "H2", of which the letters count
} AtomSymbol;

/// Symbols in any case, atomic numbers, isotopes (D, T, 2H, 13C), labels (O1, H2, C13, Cl_3).
///
/// @param place  "water.xyz:4", for messages
/// Fails with QMT_ERR_INPUT: dummy atoms, unknown elements, elements beyond the methods, unknown isotopes.
QmtStatus atom_symbol_read(QmtContext *ctx, const char *place, const char *word, AtomSymbol *atom);

#endif
