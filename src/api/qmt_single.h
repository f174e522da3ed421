#ifndef API_QMT_SINGLE_H
#define API_QMT_SINGLE_H

#include "qmtraj/single.h"
#include "run/spec.h"

struct QmtSingle {
    Structure structure; ///< a copy: the list may change
    RunSpec spec;        ///< of it
    QmtEngine *engine;
    double *masses; ///< [n_atoms] Da
};

#endif
