#ifndef CAMPAIGN_START_GEOMETRY_H
#define CAMPAIGN_START_GEOMETRY_H

#include "run/options.h"
#include "run/spec.h"

/// Atoms of a task that was planned as a SMILES or as a copy of a frame, made where it is computed.

/// Gives a planned task its atoms. Of a copy of a frame those of the frame (run/quench.h); of a SMILES those of OUT/LABEL/start.xyz if a trajectory of this SMILES was begun there,
/// else from the SMILES. Both are the same geometry to the last bit; the first costs a millisecond.
///
/// @param planned    its structure has no atoms yet, or those of the trajectory that it is a copy of
/// @param structure  written on success, to be released; task points to it
/// @param task       written on success
/// Fails as smiles_embed(), quench_start() and spec_make().
QmtStatus start_geometry_make(QmtContext *ctx, const RunOptions *settings, const RunSpec *planned,
                              Structure *structure, RunSpec *task);

/// True if a planned task has no atoms of its own yet.
bool start_geometry_is_missing(const RunSpec *task);

#endif
