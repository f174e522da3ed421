#include "campaign/summary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/json.h"
#include "io/lock.h"
#include "run/metadata.h"

enum { LINE_MAX_BYTES = 512, SUMMARY_LIMIT = 1 << 26 };
static const char SUMMARY_FILE[] = "summary.json", LOCK_OF_SUMMARY[] = "summary.json.lock";
static const double LOCK_WAIT_S = 60.0;

static const char *outcome_word(const BatchOutcome *outcome)
{
    if (outcome->result.reused)
        return "complete, earlier";
    if (!outcome->ran)
        return "not begun";
    return status_word(outcome->status);
}

/// Room of a name in columns: bytes that begin a character.
static int name_width(const char *name)
{
    int width = 0;
    for (; *name != '\0'; name++)
        width += (*name & 0xC0) != 0x80;
    return width;
}

static void number_cell(char cell[32], const char *format, double value)
{
    if (isfinite(value))
        snprintf(cell, 32, format, value);
    else
        snprintf(cell, 32, "-");
}

char *summary_table(const Plan *plan, const BatchOutcome *outcomes)
{
    const size_t size = (plan->n_tasks + 4) * LINE_MAX_BYTES;
    char *const text = malloc(size);
    if (text == NULL)
        return NULL;

    int width = (int)strlen("molecule");
    for (size_t t = 0; t < plan->n_tasks; t++)
        if (name_width(plan->tasks[t].label) > width)
            width = name_width(plan->tasks[t].label);

    size_t length = (size_t)snprintf(text, size, "%-*s %6s %9s %9s %9s %8s %7s %11s %6s  %s\n",
                                     width, "molecule", "atoms", "steps", "frames", "ms/step",
                                     "T/K", "+-", "drift", "SCF", "status");
    for (size_t t = 0; t < plan->n_tasks; t++) {
        const BatchOutcome *outcome = &outcomes[t];
        const RunResult *result = &outcome->result;
        const char *const label = plan->tasks[t].label;
        char temperature[32] = "-", error[32] = "-", drift[32] = "-", speed[32] = "-",
             scf[32] = "-";
        if (result->n_steps > 0) {
            number_cell(speed, "%.3f", result->ms_per_step);
            number_cell(temperature, "%.1f", result->mean_temperature_k);
            number_cell(error, "%.1f", result->temperature_error_k);
            number_cell(drift, "%.1e", run_drift_shown(result));
            number_cell(scf, "%.1f", result->scf_iterations_mean);
        }
        length += (size_t)snprintf(text + length, size - length,
                                   "%s%*s %6zu %9lld %9lld %9s %8s %7s %11s %6s  %s\n", label,
                                   width - name_width(label), "", plan->tasks[t].structure->n_atoms,
                                   (long long)result->n_steps, (long long)result->n_frames, speed,
                                   temperature, error, drift, scf, outcome_word(outcome));
    }
    snprintf(text + length, size - length,
             "drift: kJ/mol/ps of the shadow energy, in NVE windows if there are any; SCF: density "
             "builds "
             "per step\n");
    return text;
}

static cJSON *outcome_json(const RunSpec *task, const BatchOutcome *outcome)
{
    cJSON *const object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "molecule", task->label);
    cJSON_AddNumberToObject(object, "atoms", (double)task->structure->n_atoms);
    cJSON_AddStringToObject(object, "status",
                            outcome->result.reused ? "complete" : outcome_word(outcome));
    cJSON_AddStringToObject(object, "message", outcome->message);
    if (outcome->signal != 0)
        cJSON_AddNumberToObject(object, "signal", outcome->signal);
    cJSON *figures = result_json(&outcome->result);
    for (cJSON *item = figures != NULL ? figures->child : NULL; item != NULL;) {
        cJSON *const next = item->next;
        cJSON_AddItemToObject(object, item->string, cJSON_DetachItemViaPointer(figures, item));
        item = next;
    }
    cJSON_Delete(figures);
    return object;
}

static int labels_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/// Moves what an earlier summary says about trajectories outside the plan to the end of the list.
///
/// @param labels  [n_labels] of the plan, sorted
/// Fails with QMT_ERR_IO or QMT_ERR_MEMORY; a summary that is no JSON any more is not kept.
static QmtStatus earlier_keep(QmtContext *ctx, const char *path, const char *const *labels,
                              size_t n_labels, cJSON *list)
{
    char *text = NULL;
    size_t n;
    if (!file_exists(path))
        return QMT_OK;
    TRY(file_read_whole(ctx, path, SUMMARY_LIMIT, &text, &n));
    cJSON *const earlier = cJSON_Parse(text);
    free(text);
    cJSON *const items = cJSON_GetObjectItemCaseSensitive(earlier, "trajectories");
    for (cJSON *item = items != NULL ? items->child : NULL; item != NULL;) {
        cJSON *const next = item->next;
        const char *const label =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "molecule"));
        if (label != NULL &&
            bsearch(&label, labels, n_labels, sizeof *labels, labels_compare) == NULL)
            cJSON_AddItemToArray(list, cJSON_DetachItemViaPointer(items, item));
        item = next;
    }
    cJSON_Delete(earlier);
    return QMT_OK;
}

static QmtStatus merge(QmtContext *ctx, const Plan *plan, const char *path,
                       const BatchOutcome *outcomes)
{
    const char **const labels = malloc((plan->n_tasks + 1) * sizeof *labels);
    if (labels == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for it", path);
    size_t n_labels = 0; // without those that another program holds: it says how they ended
    for (size_t t = 0; t < plan->n_tasks; t++)
        if (outcomes[t].status != QMT_ERR_LOCKED)
            labels[n_labels++] = plan->tasks[t].label;
    qsort(labels, n_labels, sizeof *labels, labels_compare);

    json_begin();
    cJSON *const object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "program", "qmtraj");
    cJSON_AddStringToObject(object, "version", qmt_version());
    cJSON_AddStringToObject(object, "build", qmt_build_id());
    cJSON_AddStringToObject(object, "numerics", qmt_numerics_id());
    cJSON *const list = cJSON_AddArrayToObject(object, "trajectories");
    for (size_t t = 0; t < plan->n_tasks; t++)
        if (outcomes[t].status != QMT_ERR_LOCKED)
            cJSON_AddItemToArray(list, outcome_json(&plan->tasks[t], &outcomes[t]));
    const QmtStatus kept = earlier_keep(ctx, path, labels, n_labels, list);
    free(labels);
    if (kept != QMT_OK) {
        cJSON_Delete(object);
        return kept;
    }
    char *const text = json_text(object, true);
    if (text == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for it", path);
    const QmtStatus status = file_write_whole(ctx, path, text, strlen(text));
    cJSON_free(text);
    return status;
}

static QmtStatus summary_lock(QmtContext *ctx, const RunOptions *settings, File *lock)
{
    char path[FILE_PATH_SIZE];
    TRY(file_join(ctx, settings->out, LOCK_OF_SUMMARY, path));
    return lock_take(ctx, path, LOCK_WAIT_S, lock, NULL);
}

QmtStatus summary_check(QmtContext *ctx, const RunOptions *settings)
{
    File lock = file_none();
    TRY(summary_lock(ctx, settings, &lock));
    lock_give_back(&lock);
    return QMT_OK;
}

QmtStatus summary_write(QmtContext *ctx, const Plan *plan, const RunOptions *settings,
                        const BatchOutcome *outcomes)
{
    char path[FILE_PATH_SIZE];
    File lock = file_none();
    TRY(file_join(ctx, settings->out, SUMMARY_FILE, path));
    // Programs that share the folder take turns; each turn is a moment.
    TRY(summary_lock(ctx, settings, &lock));
    const QmtStatus status = merge(ctx, plan, path, outcomes);
    lock_give_back(&lock);
    return status;
}
