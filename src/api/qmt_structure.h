#ifndef API_QMT_STRUCTURE_H
#define API_QMT_STRUCTURE_H

#include "qmtraj/structure.h"
#include "structure/rejections.h"
#include "structure/structure.h"

struct QmtStructures {
    StructureList list;
    RejectionList rejected; ///< list.rejected points here while the list is tolerant
};

/// What a caller sees of an input that was passed over.
QmtRejection rejection_shown(const Rejection *rejection);

/// Fails with QMT_ERR_ARGUMENT if there is no molecule i.
QmtStatus structures_place_check(QmtContext *ctx, const QmtStructures *structures, size_t i);

/// Atoms of a caller: their number, the name, elements, finite coordinates. Fails with QMT_ERR_ARGUMENT or QMT_ERR_INPUT.
QmtStatus structure_atoms_check(QmtContext *ctx, const char *name, size_t n_atoms,
                                const int *numbers, const double *xyz);

#endif
