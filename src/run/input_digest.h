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
/// @param task    structure, replica and variant are read
/// @param keys    input_digest_keys() of its configuration, which most trajectories of a list share
/// @param digest  [INPUT_DIGEST_SIZE]
/// Fails with QMT_ERR_MEMORY.
QmtStatus input_digest(QmtContext *ctx, const RunSpec *task, const char *keys,
                       char digest[INPUT_DIGEST_SIZE]);

/// The part of a configuration that the digest is of: names and values of keys, a zero behind each and one more at the
/// end. The caller frees it; NULL if there is no memory.
char *input_digest_keys(const Config *config);

#endif
