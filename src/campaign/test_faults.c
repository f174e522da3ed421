#include "campaign/test_faults.h"

#include <stdlib.h>
#include <string.h>

#include "io/text.h"

#define FAIL_VARIABLE "QMTRAJ_TEST_FAIL"
#define CRASH_VARIABLE "QMTRAJ_TEST_CRASH"
#define CRASH_ONCE_VARIABLE "QMTRAJ_TEST_CRASH_ONCE"

void test_faults_warn(QmtContext *ctx)
{
    static const char *const VARIABLES[] = {FAIL_VARIABLE, CRASH_VARIABLE, CRASH_ONCE_VARIABLE};
    for (size_t i = 0; i < sizeof VARIABLES / sizeof VARIABLES[0]; i++)
        if (getenv(VARIABLES[i]) != NULL)
            context_log(ctx, QMT_LOG_WARNING, "%s=%s: a trajectory is to fail, for a test",
                        VARIABLES[i], getenv(VARIABLES[i]));
}

/// The step of "NAME:STEP" if the label is NAME, else 0.
static int64_t fault_step(const char *variable, const char *label)
{
    const char *const fault = getenv(variable);
    const size_t length = strlen(label);
    long long step;
    if (fault == NULL || strncmp(fault, label, length) != 0 || fault[length] != ':' ||
        text_parse_integer(fault + length + 1, 1, INT64_MAX, &step) != NULL)
        return 0;
    return step;
}

void test_faults_set(const char *label, int attempt, RunOptions *options)
{
    options->fail_at_step = fault_step(FAIL_VARIABLE, label);
    options->crash_at_step = fault_step(CRASH_VARIABLE, label);
    if (options->crash_at_step == 0 && attempt == 0)
        options->crash_at_step = fault_step(CRASH_ONCE_VARIABLE, label);
}
