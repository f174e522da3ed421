#ifndef AUDIT_PROPERTIES_H
#define AUDIT_PROPERTIES_H

#include "audit/verdict.h"

/// CHECK_PROPERTIES: the arrays that `properties` adds, on their own and against the engine.

/// The arrays on their own. Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus properties_check(QmtContext *ctx, Check *check);
/// Reads those of one frame, in the unit of the file.
///
/// @param raw, stored  [properties_size()] of the set of the check
QmtStatus properties_read(QmtContext *ctx, Check *check, uint64_t frame, double *raw,
                          double *stored);
/// Holds one frame against what the engine says of it.
///
/// @param computed  [properties_size()] a.u.
/// @param spread    [properties_size()] a.u., what rounding of the positions changes them by; NULL: not known
/// @param is_last   say so if they differ
/// @return true if they agree
bool properties_compare(Check *check, uint64_t frame, const double *stored, const double *computed,
                        const double *spread, bool is_last);
/// The last word, if nothing is wrong.
void properties_report(Check *check, uint64_t n_again);

#endif
