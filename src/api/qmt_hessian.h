#ifndef API_QMT_HESSIAN_H
#define API_QMT_HESSIAN_H

#include "qmtraj/hessian.h"
#include "vibration/normal_modes.h"

struct QmtModes {
    NormalModes modes;
    double *masses;   ///< [n_atoms] Da
    double (*xyz)[3]; ///< [n_atoms] bohr
};

#endif
