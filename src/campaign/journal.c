#include "campaign/journal.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "io/json.h"
#include "run/metadata.h"

enum { HOST_SIZE = 128, LIST_LIMIT = 1 << 30 };

/// The name of this machine as that of a file.
static void host_name(char host[HOST_SIZE])
{
    memset(host, 0, HOST_SIZE);
    gethostname(host, HOST_SIZE - 1);
    for (char *at = host; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && *at != '-' && *at != '_')
            *at = '_';
    if (host[0] == '\0')
        strcpy(host, "unknown");
}

/// Begins a line of its own behind one that a full disk or a kill cut off.
static QmtStatus end_repair(QmtContext *ctx, File *file)
{
    uint64_t size;
    char last = '\n';
    TRY(file_size(ctx, file, &size));
    if (size > 0)
        TRY(file_read_at(ctx, file, &last, 1, size - 1));
    return last == '\n' ? QMT_OK : file_write_at(ctx, file, "\n", 1, size);
}

static QmtStatus folder_make(QmtContext *ctx, const char *out, char folder[FILE_PATH_SIZE])
{
    TRY(file_join(ctx, out, JOURNAL_FOLDER, folder));
    return file_make_directories(ctx, folder);
}

static QmtStatus file_begin(QmtContext *ctx, const char *out, const Shard *shard, File *file)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE], host[HOST_SIZE], part[SHARD_TEXT_SIZE];
    char name[HOST_SIZE + SHARD_TEXT_SIZE + 8];
    host_name(host);
    shard_suffix(shard, part);
    snprintf(name, sizeof name, "%s%s.jsonl", host, part);
    TRY(folder_make(ctx, out, folder));
    TRY(file_join(ctx, folder, name, path));
    TRY(file_open(ctx, path, FILE_APPEND, file));
    const QmtStatus status = end_repair(ctx, file);
    if (status != QMT_OK)
        file_abandon(file);
    return status;
}

Journal journal_open(QmtContext *ctx, const char *out, const Shard *shard)
{
    Journal journal = {.file = file_none()};
    const Message before = context_keep(ctx);
    if (file_begin(ctx, out, shard, &journal.file) != QMT_OK) {
        context_log(ctx, QMT_LOG_WARNING, "no journal of this job: %s", qmt_context_message(ctx));
        journal.file = file_none();
    }
    (void)context_restore(ctx, &before);
    return journal;
}

static void record_add(cJSON *object, const PlanTask *task, const RunResult *result)
{
    cJSON *const record = cJSON_AddObjectToObject(object, JOURNAL_RECORD);
    cJSON_AddNumberToObject(record, JOURNAL_RUN_JSON_CRC, result->record.run_json_crc);
    cJSON_AddStringToObject(record, JOURNAL_INPUT_DIGEST, task->input_digest);
    cJSON_AddStringToObject(record, JOURNAL_NUMERICS, qmt_numerics_id());
    cJSON_AddNumberToObject(record, JOURNAL_TRAJECTORY_BYTES,
                            (double)result->record.trajectory_bytes);
    cJSON_AddBoolToObject(record, JOURNAL_CHECKPOINT_KEPT, !result->checkpoint_dropped);
}

char *journal_line(const PlanTask *task, const BatchOutcome *outcome)
{
    const time_t now = time(NULL);
    struct tm parts;
    char ended[32];
    gmtime_r(&now, &parts);
    strftime(ended, sizeof ended, "%Y-%m-%dT%H:%M:%SZ", &parts);

    json_begin();
    cJSON *const object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "molecule", task->label);
    cJSON_AddStringToObject(object, "ended", ended);
    cJSON_AddStringToObject(object, "status", status_word(outcome->status));
    cJSON_AddStringToObject(object, "message", outcome->message);
    if (outcome->signal != 0)
        cJSON_AddNumberToObject(object, "signal", outcome->signal);
    cJSON *const figures = result_json(&outcome->result);
    for (cJSON *item = figures != NULL ? figures->child : NULL; item != NULL;) {
        cJSON *const next = item->next;
        cJSON_AddItemToObject(object, item->string, cJSON_DetachItemViaPointer(figures, item));
        item = next;
    }
    cJSON_Delete(figures);
    if (outcome->status == QMT_OK && outcome->result.record.run_json_crc != 0)
        record_add(object, task, &outcome->result);
    return json_text(object, false);
}

void journal_add(QmtContext *ctx, Journal *journal, const PlanTask *task,
                 const BatchOutcome *outcome)
{
    if (journal->file.fd < 0)
        return;
    const Message before = context_keep(ctx);
    char *const line = journal_line(task, outcome);
    const size_t n = line != NULL ? strlen(line) : 0;
    char *const whole = line != NULL ? malloc(n + 2) : NULL;
    QmtStatus status = QMT_OK;
    if (whole == NULL) {
        status = FAIL(ctx, QMT_ERR_MEMORY, "no memory for a line of the journal");
    } else {
        memcpy(whole, line, n);
        whole[n] = '\n';
        status = file_write_at(ctx, &journal->file, whole, n + 1, 0);
    }
    if (status != QMT_OK) {
        context_log(ctx, QMT_LOG_WARNING, "the journal of this job ends here: %s",
                    qmt_context_message(ctx));
        journal_close(journal);
    }
    cJSON_free(line);
    free(whole);
    (void)context_restore(ctx, &before);
}

void journal_close(Journal *journal)
{
    if (journal->file.fd >= 0)
        file_abandon(&journal->file);
    journal->file = file_none();
}

/// The line that ends the journal of a part.
static const char SHARD_ENDED[] = "{\"ended\": true}\n";

/// True if a file ends with that line.
static bool has_ended(QmtContext *ctx, const char *path)
{
    enum { N = sizeof SHARD_ENDED - 1 };
    char last[N];
    uint64_t size = 0;
    File file = file_none();
    const Message before = context_keep(ctx);
    const bool ended = file_open(ctx, path, FILE_READ, &file) == QMT_OK &&
                       file_size(ctx, &file, &size) == QMT_OK && size >= N &&
                       file_read_at(ctx, &file, last, N, size - N) == QMT_OK &&
                       memcmp(last, SHARD_ENDED, N) == 0;
    file_abandon(&file);
    (void)context_restore(ctx, &before);
    return ended;
}

QmtStatus journal_shards_ended(QmtContext *ctx, const char *out, uint64_t count, bool *ended)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
    struct dirent **names = NULL;
    memset(ended, 0, count * sizeof *ended);
    TRY(file_join(ctx, out, JOURNAL_FOLDER, folder));
    const int n_names = scandir(folder, &names, NULL, NULL);
    for (int i = 0; i < n_names; i++) {
        unsigned long long index, of;
        const char *const point = strrchr(names[i]->d_name, '.');
        const char *part = point;
        while (part != NULL && part > names[i]->d_name && *--part != '.')
            continue;
        if (point != NULL && strcmp(point, ".jsonl") == 0 &&
            sscanf(part, ".%llu-of-%llu.", &index, &of) == 2 && of == count && index < count &&
            !ended[index] && file_join(ctx, folder, names[i]->d_name, path) == QMT_OK)
            ended[index] = has_ended(ctx, path);
        free(names[i]);
    }
    free(names);
    return QMT_OK;
}

/// How many parts have ended; *own: this one among them.
static QmtStatus ended_count(QmtContext *ctx, const char *out, const Shard *shard, size_t *n,
                             bool *own)
{
    bool *const ended = calloc(shard->count, sizeof *ended);
    *n = 0;
    *own = false;
    if (ended == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %llu parts of the list",
                    (unsigned long long)shard->count);
    const QmtStatus status = journal_shards_ended(ctx, out, shard->count, ended);
    for (uint64_t i = 0; i < shard->count; i++)
        *n += ended[i];
    *own = ended[shard->index];
    free(ended);
    return status;
}

bool journal_shard_end(QmtContext *ctx, const char *out, const Shard *shard, bool made)
{
    size_t n = 0;
    bool own = false;
    File file = file_none();
    const Message before = context_keep(ctx);
    QmtStatus status = ended_count(ctx, out, shard, &n, &own);
    const bool is_new = status == QMT_OK && (!own || made);
    if (is_new) {
        status = file_begin(ctx, out, shard, &file);
        if (status == QMT_OK)
            status = file_write_at(ctx, &file, SHARD_ENDED, sizeof SHARD_ENDED - 1, 0);
        file_abandon(&file);
        if (status == QMT_OK) // others may have ended meanwhile
            status = ended_count(ctx, out, shard, &n, &own);
    }
    if (status != QMT_OK)
        context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
    (void)context_restore(ctx, &before);
    return is_new && status == QMT_OK && n == shard->count;
}

/// "NAME\tCOST\n" for each task; the caller frees it, NULL if there is no memory.
static char *list_text(const Plan *plan, size_t *n)
{
    enum { LINE_SIZE = SPEC_LABEL_SIZE + 32 };
    char *const text = malloc(plan->n_tasks * LINE_SIZE + 1);
    if (text == NULL)
        return NULL;
    *n = 0;
    for (size_t t = 0; t < plan->n_tasks; t++)
        *n += (size_t)snprintf(text + *n, LINE_SIZE, "%s\t%.6e\n", plan->tasks[t].label,
                               plan->tasks[t].cost);
    return text;
}

/// Programs that share a list do not write it one after the other.
static bool is_there(QmtContext *ctx, const char *path, const char *text, size_t n)
{
    char *earlier = NULL;
    size_t n_earlier;
    if (!file_exists(path) ||
        file_read_whole(ctx, path, LIST_LIMIT, &earlier, &n_earlier) != QMT_OK)
        return false;
    const bool same = n == n_earlier && memcmp(text, earlier, n) == 0;
    free(earlier);
    return same;
}

static QmtStatus list_path(QmtContext *ctx, const char *out, const Plan *plan, char *path)
{
    char name[64];
    snprintf(name, sizeof name, JOURNAL_FOLDER "/%016llx.list",
             (unsigned long long)plan->input_key);
    return file_join(ctx, out, name, path);
}

bool journal_has_list(QmtContext *ctx, const char *out, const Plan *plan)
{
    char path[FILE_PATH_SIZE];
    const Message before = context_keep(ctx);
    const bool there = list_path(ctx, out, plan, path) == QMT_OK && file_exists(path);
    (void)context_restore(ctx, &before);
    return there;
}

void journal_list_write(QmtContext *ctx, const char *out, const Plan *plan)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
    size_t n = 0;
    if (plan->n_tasks < 2 && !journal_has_list(ctx, out, plan))
        return;
    const Message before = context_keep(ctx);
    char *const text = list_text(plan, &n);
    QmtStatus status =
        text == NULL ? FAIL(ctx, QMT_ERR_MEMORY, "no memory for the list of molecules") : QMT_OK;
    if (status == QMT_OK)
        status = folder_make(ctx, out, folder);
    if (status == QMT_OK)
        status = list_path(ctx, out, plan, path);
    if (status == QMT_OK && !is_there(ctx, path, text, n))
        status = file_write_whole(ctx, path, text, n);
    if (status != QMT_OK && !is_there(ctx, path, text, n)) // nor has another program written it
        context_log(ctx, QMT_LOG_WARNING, "`status` will not know what waits: %s",
                    qmt_context_message(ctx));
    free(text);
    (void)context_restore(ctx, &before);
}
