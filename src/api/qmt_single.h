#ifndef API_QMT_SINGLE_H
#define API_QMT_SINGLE_H

#include "qmtraj/single.h"
#include "run/spec.h"

struct QmtSingle {
    const Structure *structure; ///< of the list
    RunSpec spec;
    QmtEngine *engine;
    double *masses; ///< [n_atoms] Da
};

#endif
