#ifndef CAMPAIGN_TEST_FAULTS_H
#define CAMPAIGN_TEST_FAULTS_H

#include "base/context.h"
#include "run/options.h"

/// Failures on request, for tests of what happens then. They are environment variables, not options, as nobody
/// else should ask for them; each is "NAME:STEP", a trajectory and a step of its production:
///
///     QMTRAJ_TEST_FAIL        its SCF does not converge
///     QMTRAJ_TEST_CRASH       its process is killed, each time it is tried
///     QMTRAJ_TEST_CRASH_ONCE  its process is killed the first time

/// Warns that one is asked for, so that a variable left behind is not a riddle.
void test_faults_warn(QmtContext *ctx);

/// Sets fail_at_step and crash_at_step of a trajectory.
///
/// @param attempt  0: it is tried for the first time
void test_faults_set(const char *label, int attempt, RunOptions *options);

#endif
