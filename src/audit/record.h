#ifndef AUDIT_RECORD_H
#define AUDIT_RECORD_H

#include "audit/verdict.h"

/// CHECK_RECORD: what the run wrote into the metadata about itself and the other checks cannot tell from the arrays:
/// a relaxed molecule that is not that of its SMILES, bonds that changed in the equilibration or between two frames,
/// steps of the SCF that were recovered. Comes after CHECK_BONDS.
void record_check(Check *check);

#endif
