#ifndef CLI_END_REPORT_H
#define CLI_END_REPORT_H

#include "campaign/batch.h"

/// The last words of a job on standard output: how many ended how, a table, and how to go on.
///
/// Up to 50 trajectories have a row each. Of more, and of a job that was stopped, only those do that failed or have a
/// warning, so that it never takes more than a screen.
///
/// @param status  of the job
void end_report_print(const Plan *plan, const BatchOutcome *outcomes, const char *out,
                      QmtStatus status);

#endif
