#ifndef CAMPAIGN_START_GEOMETRY_H
#define CAMPAIGN_START_GEOMETRY_H

#include "run/options.h"
#include "run/spec.h"

/// Atoms of a task that was planned as a SMILES, made where it is computed.

/// Gives a planned task its atoms: those of OUT/LABEL/start.xyz if a trajectory of this SMILES was begun there,
/// else from the SMILES. Both are the same geometry to the last bit; the first costs a millisecond.
///
/// @param planned    its structure has no atoms yet
/// @param structure  written on success, to be released; task points to it
/// @param task       written on success
/// Fails as smiles_embed() and spec_make().
QmtStatus start_geometry_make(QmtContext *ctx, const RunOptions *settings, const RunSpec *planned,
                              Structure *structure, RunSpec *task);

/// True if the structure of a task has no atoms yet.
bool start_geometry_is_missing(const RunSpec *task);

#endif
