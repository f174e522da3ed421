#ifndef STRUCTURE_ATOM_COLUMNS_H
#define STRUCTURE_ATOM_COLUMNS_H

#include "structure/comment.h"

/// What extended XYZ files of ASE say atom by atom: initial_charges, initial_magmoms, masses.

/// Sums over the atoms of a frame.
typedef struct {
    double charge, moment;
} ColumnSums;

/// Takes the words of an atom line: charge and moment into the sums, a mass that is not the standard one as the isotope of
/// the atom, with a note. Fails with QMT_ERR_FORMAT, QMT_ERR_INPUT (a mass of no isotope) or QMT_ERR_MEMORY.
QmtStatus atom_columns_take(QmtContext *ctx, const char *place, const AtomColumns *columns,
                            char **words, size_t atom, ReaderNotes *notes, Structure *structure,
                            ColumnSums *sums);
/// A mass in dalton: the isotope that has it, with a note; the standard one and 0 say nothing. Fails as the former does.
QmtStatus atom_mass_take(QmtContext *ctx, const char *place, double mass, size_t atom,
                         ReaderNotes *notes, Structure *structure);
/// What the sums say of charge and spin, as ASE's calculators take them: a whole charge is one, any other stays open.
QmtStatus atom_columns_settle(QmtContext *ctx, const char *place, const AtomColumns *columns,
                              const ColumnSums *sums, StateTexts *texts);

#endif
