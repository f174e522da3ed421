#ifndef AUDIT_WORK_H
#define AUDIT_WORK_H

#include "analysis/work_test.h"
#include "audit/frame.h"
#include "audit/scf_events.h"
#include "audit/verdict.h"
#include "base/arena.h"

/// CHECK_WORK: Epot changes from frame to frame by the work of the forces (analysis/work_test.h), all frames in atomic
/// units.

typedef struct {
    WorkTest test;
    double (*xyz)[3], (*gradient)[3]; ///< [n_atoms] of the frame at hand
    WorkStep worst, furthest; ///< the one that exceeds its limit most, the one that is off most
    ScfEvents events;
    /// The worst of those that the file records as a change of the solution; point 0: none.
    WorkStep recorded;
    double rounding;    ///< what the rounding of positions changes the work by, kJ/mol
    double time_before; ///< ps, of the first frame
} Work;

void work_layout(Work *work, Arena *arena, const Check *check);
void work_add(const Check *check, Work *work, const CheckFrame *frame);
void work_report(Check *check, const Work *work);

#endif
