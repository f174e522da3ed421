#ifndef RUN_RUN_BIAS_H
#define RUN_RUN_BIAS_H

#include "run/spec.h"

/// Walls, biases and pushes of a configuration against the molecule that they are for.

/// Fails with QMT_ERR_CONFIG if they name atoms that the molecule does not have, or do not fit its start
/// geometry.
QmtStatus run_bias_check(QmtContext *ctx, const RunSpec *task);

/// Radius of the wall, nm; 0: there is none.
double run_bias_radius_nm(const RunSpec *task);

#endif
