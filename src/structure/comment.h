#ifndef STRUCTURE_COMMENT_H
#define STRUCTURE_COMMENT_H

#include "structure/state.h"

/// The comment line of an XYZ frame: free text, keys with values, or two integers.

enum { COLUMNS_MAX = 256 }; ///< how many columns Properties= may declare

/// Where an atom line has what is needed, columns counted from 0.
typedef struct {
    bool declared; ///< by Properties=
    size_t n;      ///< columns of an atom line; not declared: at least 4
    size_t species, pos;
    size_t number; ///< atomic numbers beside the species; COLUMNS_MAX: not there
    double unit;   ///< bohr per unit of the positions
    size_t charge, moment, mass,
        isotope; ///< of an atom, as ASE writes them; COLUMNS_MAX: not there
} AtomColumns;

/// Reads the line, cutting it in place: name and SMILES go into the structure, charge and spin into *texts.
///
/// Fails with QMT_ERR_FORMAT (a charge that is none, columns without positions) or QMT_ERR_INPUT (a periodic
/// cell); place ("water.xyz:2") begins the message.
QmtStatus comment_read(QmtContext *ctx, const char *place, char *comment, ReaderNotes *notes,
                       Structure *structure, StateTexts *texts, AtomColumns *columns);

#endif
