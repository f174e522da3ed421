#include "job/existing.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "job/config_read.h"
#include "job/config_write.h"
#include "job/metadata.h"

/// No file that is read here is longer.
enum { SIZE_LIMIT = 1 << 26, DIFFERENCES_SIZE = 700 };

/// Appends "; what" to the list of differences, as far as there is room.
static void difference_add(char list[DIFFERENCES_SIZE], const char *what)
{
    const size_t length = strlen(list);
    snprintf(list + length, DIFFERENCES_SIZE - length, "%s%s", length > 0 ? "; " : "", what);
}

/// A whole file of the folder; NULL if it is not there or cannot be read.
static char *folder_read(QmtContext *ctx, const char *folder, const char *name)
{
    char path[FILE_PATH_SIZE], *text = NULL;
    size_t n;
    if (file_join(ctx, folder, name, path) != QMT_OK || !file_exists(path) ||
        file_read_whole(ctx, path, SIZE_LIMIT, &text, &n) != QMT_OK)
        return NULL;
    return text;
}

static void config_compare(QmtContext *ctx, const char *folder, const Config *wanted,
                           char list[DIFFERENCES_SIZE])
{
    char *const text = folder_read(ctx, folder, JOB_FILE_CONFIG);
    Config config = config_default();
    if (text == NULL || config_parse(ctx, JOB_FILE_CONFIG, text, strlen(text), &config) != QMT_OK) {
        difference_add(list,
                       "its " JOB_FILE_CONFIG " is missing or no configuration of this version");
        free(text);
        return;
    }
    free(text);
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++) {
        char before[64], now[64], what[224];
        if (!CONFIG_KEYS[k].decides_numbers)
            continue;
        config_value_text(&config, k, before);
        config_value_text(wanted, k, now);
        snprintf(what, sizeof what, "%s was %s, now %s", CONFIG_KEYS[k].name, before, now);
        if (strcmp(before, now) != 0)
            difference_add(list, what);
    }
}

static void start_compare(QmtContext *ctx, const char *folder, const JobTask *task,
                          char list[DIFFERENCES_SIZE])
{
    char *const before = folder_read(ctx, folder, JOB_FILE_START);
    char *const now = job_start_text(ctx, task);
    if (before == NULL || now == NULL)
        difference_add(list, "its " JOB_FILE_START " is missing");
    else if (strcmp(before, now) != 0)
        difference_add(list, "the start geometry is another");
    free(before);
    free(now);
}

static void program_compare(QmtContext *ctx, const char *folder, char list[DIFFERENCES_SIZE],
                            JobResult *result)
{
    char *const text = folder_read(ctx, folder, JOB_FILE_RUN);
    cJSON *const run = text != NULL ? cJSON_Parse(text) : NULL;
    free(text);
    if (run == NULL) {
        difference_add(list, "its " JOB_FILE_RUN " is missing");
        return;
    }
    const struct {
        const char *key, *now;
    } facts[] = {{"version", qmt_version()}, {"parameter_checksum", qmt_parameter_checksum()}};
    for (size_t i = 0; i < 2; i++) {
        const char *const before =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(run, facts[i].key));
        char what[160];
        snprintf(what, sizeof what, "%s of the program was %.40s, now %.40s", facts[i].key,
                 before != NULL ? before : "?", facts[i].now);
        if (before == NULL || strcmp(before, facts[i].now) != 0)
            difference_add(list, what);
    }
    result_from_json(cJSON_GetObjectItemCaseSensitive(run, "result"), result);
    cJSON_Delete(run);
}

QmtStatus existing_look(QmtContext *ctx, const JobSettings *settings, const JobTask *task,
                        Existing *existing, JobResult *result)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE], differences[DIFFERENCES_SIZE] = "";
    TRY(file_join(ctx, settings->out, task->label, folder));
    TRY(file_join(ctx, folder, JOB_FILE_COMPLETE, path));
    *existing = EXISTING_NONE;
    if (settings->fresh || !file_exists(path))
        return QMT_OK;

    *result = (JobResult){.reused = true, .n_atoms = task->structure->n_atoms};
    config_compare(ctx, folder, &task->config, differences);
    start_compare(ctx, folder, task, differences);
    program_compare(ctx, folder, differences, result);
    if (differences[0] == '\0') {
        *existing = EXISTING_SAME;
        return QMT_OK;
    }
    *existing = EXISTING_DIFFERENT;
    (void)FAIL(ctx, QMT_ERR_CONFIG, "%s: finished already, but differently: %s", path, differences);
    return QMT_OK;
}
