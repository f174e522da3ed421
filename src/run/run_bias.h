#ifndef RUN_RUN_BIAS_H
#define RUN_RUN_BIAS_H

#include "bias/bias.h"
#include "md/md.h"
#include "run/spec.h"

struct cJSON;

/// Walls, biases and pushes of a configuration against the molecule that they are for.

/// Fails with QMT_ERR_CONFIG if they name atoms that the molecule does not have, or do not fit its start
/// geometry.
QmtStatus run_bias_check(QmtContext *ctx, const RunSpec *task);

/// Puts the biases of the configuration around the engine; *bias is NULL if there are none. Fails with
/// QMT_ERR_MEMORY.
///
/// @param masses  [n_atoms] Da, those that move
QmtStatus run_bias_create(QmtContext *ctx, const RunSpec *task, const double *masses, Engine *inner,
                          Engine **bias);
/// The push of the configuration, none if there is none.
MdPush run_push(const RunSpec *task);

/// What the configuration leaves open, for the metadata: the radius of the wall, the hills.
///
/// @param bias  its decorator; NULL: what it did is not known
struct cJSON *run_bias_json(const RunSpec *task, const Engine *bias);

/// Radius of the wall, nm; 0: there is none.
double run_bias_radius_nm(const RunSpec *task);

#endif
