#ifndef CLI_END_REPORT_H
#define CLI_END_REPORT_H

#include <qmtraj/campaign.h>

/// The last words of a job on standard output: how many ended how, a table, and how to go on.
///
/// Up to 50 trajectories have a row each. Of more, and of a job that was stopped, only those do that failed or have a
/// warning, so that it never takes more than a screen.
///
/// Nothing is printed of a job in which nothing was begun. If there is no memory for the table, it is left out.
///
/// @param status  of the job
void end_report_print(QmtContext *ctx, const QmtPlan *plan, const char *out, QmtStatus status);

#endif
