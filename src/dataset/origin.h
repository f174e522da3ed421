#ifndef DATASET_ORIGIN_H
#define DATASET_ORIGIN_H

#include "dataset/source.h"

/// Finds the trajectory that each copy of a frame (run/quench.h) comes from, by the folders of both: OUT/NAME.q001 is a copy of
/// OUT/NAME. One whose trajectory is not in the list, or has other atoms, stays without. Fails with QMT_ERR_MEMORY.
QmtStatus origins_find(QmtContext *ctx, SourceList *list);

#endif
