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

#endif
