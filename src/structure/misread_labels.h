#ifndef STRUCTURE_MISREAD_LABELS_H
#define STRUCTURE_MISREAD_LABELS_H

#include "structure/structure.h"

/// Atom names of the Protein Data Bank where symbols belong: CA is an alpha carbon there, HG a hydrogen, CD a carbon.
/// Read as calcium, mercury and cadmium they would be computed as such; their bonds betray them.

enum { LABELS_SUSPECT_MAX = 64 }; ///< how many atoms of a frame are looked at

/// True for a word in capitals that begins like an element of life and is the symbol of another one.
bool label_is_suspect(const char *word);

/// Fails with QMT_ERR_INPUT if one of these atoms has a neighbour much nearer than its element allows.
QmtStatus labels_check(QmtContext *ctx, const Structure *structure, const size_t *suspects,
                       size_t n_suspects);

#endif
