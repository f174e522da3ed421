#ifndef AUDIT_SETTINGS_H
#define AUDIT_SETTINGS_H

#include "audit/verdict.h"

/// CHECK_METADATA, of `config`: every key has a value that this program allows, written as it writes it. What is no number
/// or an unknown word would leave other checks without what they need.
///
/// Files of this version have all keys that decide numbers and no other; in those of other versions a value that
/// this one does not know is a warning.
///
/// Fails with QMT_ERR_MEMORY.
QmtStatus settings_check(QmtContext *ctx, Check *check);

#endif
