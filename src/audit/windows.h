#ifndef AUDIT_WINDOWS_H
#define AUDIT_WINDOWS_H

#include "audit/verdict.h"

/// CHECK_WINDOWS: the NVE windows are as many as the configuration says, begin with the energies of their frames, and
/// are those that the summary was made of. CHECK_DRIFT of the worst of them.
///
/// Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus windows_check(QmtContext *ctx, Check *check);

#endif
