#ifndef API_QMT_STRUCTURE_H
#define API_QMT_STRUCTURE_H

#include "io/rejections.h"
#include "io/structure.h"
#include "qmtraj/structure.h"

struct QmtStructures {
    StructureList list;
    RejectionList rejected; ///< list.rejected points here while the list is tolerant
};

/// What a caller sees of an input that was passed over.
QmtRejection rejection_shown(const Rejection *rejection);

#endif
