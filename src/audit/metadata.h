#ifndef AUDIT_METADATA_H
#define AUDIT_METADATA_H

#include "audit/verdict.h"

/// CHECK_METADATA: do the metadata agree with the arrays and with themselves.

/// Reads them into *check: who wrote the file, and the motion that its configuration describes.
/// Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus metadata_read(QmtContext *ctx, Check *check);
/// To be called when the atoms are known.
void metadata_check(QmtContext *ctx, Check *check);

/// Rate of the thermostat of the configuration, 1/ps: friction_per_ps or, of those that scale, 1/thermostat_time_ps.
/// False if the metadata do not say it.
bool metadata_thermostat_rate(const Check *check, double *rate);

#endif
