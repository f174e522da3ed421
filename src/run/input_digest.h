#ifndef RUN_INPUT_DIGEST_H
#define RUN_INPUT_DIGEST_H

#include "run/spec.h"

/// A checksum of what a trajectory was asked to be: name, replica, SMILES or start geometry, for a copy of a frame that of
/// its origin, and every key of
/// the configuration that decides numbers. It stands in run.json beside the size and the time of
/// trajectory.npz, so that a finished trajectory of a long list costs a stat and one small read.
///
/// 64 bits (FNV-1a) against accidents, not against intent. The same for a SMILES with and without its atoms only
/// if it is taken before they are made.
///
/// @param task    structure, config and replica are read
/// @param digest  [INPUT_DIGEST_SIZE]
/// Fails with QMT_ERR_MEMORY.
QmtStatus input_digest(QmtContext *ctx, const RunSpec *task, char digest[INPUT_DIGEST_SIZE]);

#endif
