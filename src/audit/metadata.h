#ifndef AUDIT_METADATA_H
#define AUDIT_METADATA_H

#include "audit/verdict.h"

/// CHECK_METADATA: do the metadata agree with the arrays and with themselves.

/// Reads them into *check: who wrote the file, and the motion that its configuration describes.
/// Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus metadata_read(QmtContext *ctx, Check *check);
/// To be called when the atoms are known.
void metadata_check(QmtContext *ctx, Check *check);

#endif
