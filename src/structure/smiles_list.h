#ifndef STRUCTURE_SMILES_LIST_H
#define STRUCTURE_SMILES_LIST_H

#include "io/text.h"
#include "structure/structure.h"

/// Lists of SMILES: a line per molecule, its columns between blanks, tabs, commas or semicolons; without a header each line has
/// its own separator. The first is the
/// SMILES and the second the name, unless a header says otherwise ("smiles,name", "smiles zinc_id"). Behind a tab the
/// name is the rest of its column; blanks in names become "_". A molecule without a name becomes mol_0001, ... by
/// its line. A third column of whole numbers, a column "multiplicity" or a word "multiplicity=3" is the
/// multiplicity. CXSMILES extensions (|...|) are left out. Lines that begin with # are comments, as is what
/// follows "# ".

enum { SMILES_SIZE_LIMIT = 1 << 28 };

/// Which columns hold what: a word of the header, or a number from 1; NULL: found as above.
typedef struct {
    const char *smiles, *name;
} SmilesColumns;

/// Appends the molecules of a file to the list, without atoms; "-" is standard input.
///
/// Fails with QMT_ERR_IO (cannot be read) or QMT_ERR_FORMAT / QMT_ERR_INPUT with file:line:column. With
/// list->rejected such lines are noted there, and the others are read.
/// After a failure the list is as it was.
///
/// @param columns  that the caller knows; NULL: found. An unknown column is QMT_ERR_USAGE.
QmtStatus smiles_read_table(QmtContext *ctx, const char *path, const SmilesColumns *columns,
                            StructureList *list);
/// The same from lines that were read before, which it cuts.
QmtStatus smiles_read_text(QmtContext *ctx, const char *path, const Text *text,
                           const SmilesColumns *columns, StructureList *list);
/// The same from n bytes of memory; path is for messages.
QmtStatus smiles_read_memory(QmtContext *ctx, const char *path, const char *data, size_t n,
                             StructureList *list);
/// One molecule from a word: "CCO", "CCO ethanol" or "CCO=ethanol". What stands behind the last "=" is a name if it has letters that
/// no SMILES has outside brackets, or if what stands before it is a molecule and the whole is none ("S=C=S=CS2").
QmtStatus smiles_read_word(QmtContext *ctx, const char *word, StructureList *list);

#endif
