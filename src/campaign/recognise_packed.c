#include "campaign/recognise_packed.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/journal_read.h"
#include "run/files.h"
#include "run/metadata.h"

/// The journals are of all that the archives hold: for a small part of it run.json are sooner read one by one.
enum { SMALL_PART = 16 };

typedef struct {
    const char *label;
    size_t task;
} TaskOfLabel;

typedef struct {
    const Plan *plan;
    const ArchiveMount *archives;
    const TaskOfLabel *tasks; ///< [plan->n_tasks] in the order of their labels
    Outcomes *outcomes;
    bool *known;
} Recognition;

static int by_label(const void *a, const void *b)
{
    return strcmp(((const TaskOfLabel *)a)->label, ((const TaskOfLabel *)b)->label);
}

static bool word_is(const cJSON *object, const char *key, const char *wanted)
{
    const char *const word = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return word != NULL && strcmp(word, wanted) == 0;
}

static bool number_is(const cJSON *object, const char *key, uint64_t wanted)
{
    const cJSON *const number = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(number) && number->valuedouble == (double)wanted;
}

/// True if the archives hold what a record of the journal tells of.
static bool is_in_archive(const ArchiveMount *archives, const char *label, const cJSON *record)
{
    const Archive *archive;
    const ArchiveFolder *const folder = archives_find(archives, label, &archive);
    const ArchiveFile *const run =
        folder != NULL ? archive_file(archive, folder, RUN_FILE_RUN) : NULL;
    const ArchiveFile *const trajectory =
        folder != NULL ? archive_file(archive, folder, RUN_FILE_COMPLETE) : NULL;
    return run != NULL && trajectory != NULL && number_is(record, JOURNAL_RUN_JSON_CRC, run->crc) &&
           number_is(record, JOURNAL_TRAJECTORY_BYTES, trajectory->size);
}

/// A line of a journal.
static QmtStatus line_take(QmtContext *ctx, const cJSON *line, void *user)
{
    const Recognition *const r = user;
    const cJSON *const record = cJSON_GetObjectItemCaseSensitive(line, JOURNAL_RECORD);
    const TaskOfLabel wanted = {
        .label = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(line, "molecule"))};
    if (record == NULL || wanted.label == NULL)
        return QMT_OK;
    const TaskOfLabel *const found =
        bsearch(&wanted, r->tasks, r->plan->n_tasks, sizeof wanted, by_label);
    if (found == NULL || r->known[found->task] ||
        !word_is(record, JOURNAL_INPUT_DIGEST, r->plan->tasks[found->task].input_digest) ||
        !word_is(record, JOURNAL_NUMERICS, qmt_numerics_id()) ||
        !is_in_archive(r->archives, found->label, record))
        return QMT_OK;
    r->known[found->task] = true;
    if (r->outcomes == NULL)
        return QMT_OK;
    BatchOutcome outcome = {.status = QMT_OK, .result = {.reused = true}};
    result_from_json(line, &outcome.result);
    outcome.result.checkpoint_dropped =
        cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(record, JOURNAL_CHECKPOINT_KEPT));
    return outcomes_put(ctx, r->outcomes, found->task, &outcome);
}

QmtStatus recognise_packed(QmtContext *ctx, const Plan *plan, const RunOptions *settings,
                           const ArchiveMount *archives, Outcomes *outcomes, bool *known)
{
    const size_t n_packed = archives_count(archives);
    if (settings->fresh || n_packed == 0 || plan->n_tasks < n_packed / SMALL_PART)
        return QMT_OK;
    TaskOfLabel *const tasks = malloc((plan->n_tasks + 1) * sizeof *tasks);
    if (tasks == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu trajectories", plan->n_tasks);
    for (size_t t = 0; t < plan->n_tasks; t++)
        tasks[t] = (TaskOfLabel){.label = plan->tasks[t].label, .task = t};
    qsort(tasks, plan->n_tasks, sizeof *tasks, by_label);
    Recognition recognition = {
        .plan = plan, .archives = archives, .tasks = tasks, .outcomes = outcomes, .known = known};
    const QmtStatus status = journal_each(ctx, settings->out, line_take, &recognition);
    free(tasks);
    return status;
}
