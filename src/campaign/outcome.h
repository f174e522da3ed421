#ifndef CAMPAIGN_OUTCOME_H
#define CAMPAIGN_OUTCOME_H

#include "base/context.h"
#include "run/hooks.h"
#include "run/result.h"

/// Where one trajectory of a batch stands in the end.
typedef struct {
    bool ran;         ///< false: finished earlier, or never begun
    bool rejected;    ///< it cannot be computed: no geometry for its SMILES, or no state
    QmtStatus status; ///< QMT_STOPPED also for those that were never begun
    int signal;       ///< that killed its process, 0: none
    RunResult result;
    char message[RUN_NOTE_SIZE];
} BatchOutcome;

#endif
