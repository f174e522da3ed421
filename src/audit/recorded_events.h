#ifndef AUDIT_RECORDED_EVENTS_H
#define AUDIT_RECORDED_EVENTS_H

#include "audit/verdict.h"

/// CHECK_RECORD, of what files of this version say of bonds and solutions of the SCF: `events`, `event_counts`, `warnings`,
/// `smiles_kept` and `smiles_kept_at_end` tell one story (docs/file-format.md). Whether it is true of the bonds CHECK_BONDS
/// says.
void recorded_events_check(Check *check);

#endif
