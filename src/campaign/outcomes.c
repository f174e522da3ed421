#include "campaign/outcomes.h"

#include <stdlib.h>
#include <string.h>

/// Bytes in front of the warnings, which end a result; behind them comes the message.
enum {
    HEAD = offsetof(BatchOutcome, result) + offsetof(RunResult, warnings) +
           offsetof(RunWarnings, lines)
};
_Static_assert(offsetof(RunResult, warnings) + sizeof(RunWarnings) + 8 > sizeof(RunResult) &&
                   offsetof(BatchOutcome, message) > offsetof(BatchOutcome, result),
               "figures, warnings, message");

QmtStatus outcomes_create(QmtContext *ctx, size_t n, Outcomes *outcomes)
{
    *outcomes = (Outcomes){.kept = calloc(n + 1, sizeof *outcomes->kept), .n = n};
    return outcomes->kept != NULL ? QMT_OK
                                  : FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu trajectories", n);
}

void outcomes_clear(Outcomes *outcomes)
{
    for (size_t i = 0; outcomes->kept != NULL && i < outcomes->n; i++) {
        free(outcomes->kept[i]);
        outcomes->kept[i] = NULL;
    }
    outcomes->otherwise = QMT_OK;
}

void outcomes_release(Outcomes *outcomes)
{
    outcomes_clear(outcomes);
    free(outcomes->kept);
    *outcomes = (Outcomes){0};
}

QmtStatus outcomes_put(QmtContext *ctx, Outcomes *outcomes, size_t i, const BatchOutcome *outcome)
{
    const size_t n_lines = strlen(outcome->result.warnings.lines) + 1;
    const size_t n_message = strlen(outcome->message) + 1;
    free(outcomes->kept[i]);
    unsigned char *const kept = outcomes->kept[i] = malloc(HEAD + n_lines + n_message);
    if (kept == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the outcome of a trajectory");
    memcpy(kept, outcome, HEAD);
    memcpy(kept + HEAD, outcome->result.warnings.lines, n_lines);
    memcpy(kept + HEAD + n_lines, outcome->message, n_message);
    return QMT_OK;
}

void outcomes_get(const Outcomes *outcomes, size_t i, BatchOutcome *outcome)
{
    const unsigned char *const kept = outcomes->kept[i];
    *outcome = (BatchOutcome){.status = outcomes->otherwise};
    if (kept == NULL)
        return;
    memcpy(outcome, kept, HEAD);
    strcpy(outcome->result.warnings.lines, (const char *)kept + HEAD);
    strcpy(outcome->message, outcomes_message(outcomes, i));
}

const char *outcomes_message(const Outcomes *outcomes, size_t i)
{
    const char *const kept = (const char *)outcomes->kept[i];
    return kept == NULL ? "" : kept + HEAD + strlen(kept + HEAD) + 1;
}
