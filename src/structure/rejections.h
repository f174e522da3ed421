#ifndef STRUCTURE_REJECTIONS_H
#define STRUCTURE_REJECTIONS_H

#include <stdbool.h>

#include "base/context.h"

/// Inputs that cannot be computed and were passed over, so that one bad line of a long list stops
/// nothing but itself.

/// What was wrong, as one word for programs.
typedef enum {
    REJECT_FORMAT,    ///< "format": the line or file could not be read
    REJECT_NAME,      ///< "name": it cannot be a folder, or was taken before
    REJECT_SMILES,    ///< "smiles": no molecule or no geometry for it
    REJECT_STRUCTURE, ///< "structure": elements, charge, electrons or distances
    N_REJECT_REASONS
} RejectReason;

/// "format", "name", "smiles", "structure"
const char *reject_reason_word(RejectReason reason);

/// One input that was passed over.
typedef struct {
    char *source; ///< "list.smi:12:1"
    char *name;   ///< "" if it has none
    RejectReason reason;
    QmtStatus status;
    char *sentence; ///< why, in full
} Rejection;

/// A StructureList points to one if its reader is to go on after a bad input.
typedef struct {
    Rejection *items; ///< [n] in the order of the input
    size_t n, capacity;
} RejectionList;

/// Decides about an input that failed with `failure`, whose sentence is in the context: with a list it is
/// noted there and QMT_OK comes back, so that the next one can be tried. Without one (NULL), or where the
/// fault lies in the machine (QMT_ERR_IO, QMT_ERR_MEMORY), the failure comes back. name may be NULL.
QmtStatus rejection_take(QmtContext *ctx, RejectionList *list, const char *source, const char *name,
                         RejectReason reason, QmtStatus failure);
/// Keeps the marked ones, [list->n].
void rejections_keep(RejectionList *list, const bool *keep);
void rejections_release(RejectionList *list);

#endif
