#ifndef AUDIT_ARRAYS_H
#define AUDIT_ARRAYS_H

#include "audit/verdict.h"

/// CHECK_ARCHIVE, CHECK_CHECKSUMS and CHECK_ARRAYS: can the file be read, are its bytes those that were written, and
/// has it the arrays of a trajectory with their types and shapes.

/// Opens the file and reads every byte once. *readable is false if nothing more can be said of it.
/// Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus archive_check(QmtContext *ctx, const char *path, Check *check, bool *readable);
/// Finds the arrays; check->n_frames is 0 afterwards if there is no motion to examine.
void arrays_check(Check *check);
/// What only files of this program must have; to be called when the metadata are known.
QmtStatus arrays_check_ours(QmtContext *ctx, Check *check);

/// Finds the arrays of properties, whose faults are those of CHECK_PROPERTIES. The metadata are known.
void arrays_find_properties(Check *check);

#endif
