#include "job/existing.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "io/npz_read.h"
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

void existing_program_text(const QmtContext *ctx, char text[PROGRAM_TEXT_SIZE])
{
    char line[256], processor[128] = "unknown";
    FILE *const file = fopen("/proc/cpuinfo", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        const char *const colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || colon == NULL)
            continue;
        snprintf(processor, sizeof processor, "%.*s", (int)strcspn(colon + 1, "\n"), colon + 1);
        break;
    }
    if (file != NULL)
        fclose(file);
    snprintf(text, PROGRAM_TEXT_SIZE,
             "version %s\nparameters %s\ncompiler %.80s\ninstruction set %s\nprocessor %s\n",
             qmt_version(), qmt_parameter_checksum(), __VERSION__, qmt_context_isa(ctx),
             processor + strspn(processor, " "));
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

/// @param text    config.yaml of the earlier run; NULL: missing
/// @param longer  set if length_ps is larger now; that is then no difference
static void config_compare(QmtContext *ctx, const char *text, const Config *wanted, bool *longer,
                           char list[DIFFERENCES_SIZE])
{
    Config config = config_default();
    if (text == NULL || config_parse(ctx, JOB_FILE_CONFIG, text, strlen(text), &config) != QMT_OK) {
        difference_add(list,
                       "its " JOB_FILE_CONFIG " is missing or no configuration of this version");
        return;
    }
    *longer = wanted->length_ps > config.length_ps;
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++) {
        char before[64], now[64], what[224];
        if (!CONFIG_KEYS[k].decides_numbers ||
            (*longer && CONFIG_KEYS[k].offset == offsetof(Config, length_ps)))
            continue;
        config_value_text(&config, k, before);
        config_value_text(wanted, k, now);
        snprintf(what, sizeof what, "%s was %s, now %s", CONFIG_KEYS[k].name, before, now);
        if (strcmp(before, now) != 0)
            difference_add(list, what);
    }
}

static void start_compare(QmtContext *ctx, const char *before, const JobTask *task,
                          char list[DIFFERENCES_SIZE])
{
    char *const now = job_start_text(ctx, task);
    if (before == NULL || now == NULL)
        difference_add(list, "its " JOB_FILE_START " is missing");
    else if (strcmp(before, now) != 0)
        difference_add(list, "the start geometry is another");
    free(now);
}

/// Compares two program texts line by line.
static void program_text_compare(const char *before, const char *now, char list[DIFFERENCES_SIZE])
{
    while (*before != '\0' && *now != '\0') {
        const size_t n_before = strcspn(before, "\n"), n_now = strcspn(now, "\n");
        char what[320];
        snprintf(what, sizeof what, "%.*s of the program, now %.*s", (int)n_before, before,
                 (int)n_now, now);
        if (n_before != n_now || memcmp(before, now, n_now) != 0)
            difference_add(list, what);
        before += n_before + (before[n_before] == '\n');
        now += n_now + (now[n_now] == '\n');
    }
    if (*before != '\0' || *now != '\0')
        difference_add(list, "the program describes itself otherwise");
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

/// Judges trajectory.npz by what lies beside it.
static void finished_compare(QmtContext *ctx, const char *folder, const JobTask *task,
                             JobResult *result, bool *longer, char list[DIFFERENCES_SIZE])
{
    char *const config = folder_read(ctx, folder, JOB_FILE_CONFIG);
    char *const start = folder_read(ctx, folder, JOB_FILE_START);
    config_compare(ctx, config, &task->config, longer, list);
    start_compare(ctx, start, task, list);
    program_compare(ctx, folder, list, result);
    free(config);
    free(start);
}

/// Loads the newest checkpoint that is whole. Without any file *n_files is 0; with damaged ones only the
/// context says what is wrong with the last.
static bool checkpoint_find(QmtContext *ctx, const char *folder, Found *found, int *n_files)
{
    static const char *const names[] = {CHECKPOINT_FILE, CHECKPOINT_FILE_PREVIOUS};
    char path[FILE_PATH_SIZE];
    *n_files = 0;
    for (int i = 0; i < 2; i++) {
        if (file_join(ctx, folder, names[i], path) != QMT_OK || !file_exists(path))
            continue;
        ++*n_files;
        if (checkpoint_load(ctx, path, &found->checkpoint) == QMT_OK) {
            found->from_previous = i == 1;
            return true;
        }
        snprintf(found->note, sizeof found->note, "%.500s", qmt_context_message(ctx));
    }
    return false;
}

/// The sentence of EXISTING_DIFFERENT.
static void differs(QmtContext *ctx, const char *folder, const char *how, const char *list,
                    Found *found)
{
    found->kind = EXISTING_DIFFERENT;
    (void)FAIL(ctx, QMT_ERR_CHECKPOINT, "%s: %s already, but differently: %s", folder, how, list);
}

/// Looks for a checkpoint of the trajectory.
///
/// @param list    what distinguishes the finished one from it, if complete
/// @param longer  the wanted one is longer than the finished one
static void interrupted_look(QmtContext *ctx, const char *folder, const JobTask *task,
                             bool complete, bool longer, char list[DIFFERENCES_SIZE], Found *found)
{
    char differences[DIFFERENCES_SIZE] = "", program[PROGRAM_TEXT_SIZE];
    bool longer_than_checkpoint = false;
    int n_files;

    if (!checkpoint_find(ctx, folder, found, &n_files)) {
        if (longer)
            difference_add(list, "length_ps was smaller, and without a whole checkpoint it cannot "
                                 "be continued");
        if (complete)
            differs(ctx, folder, "finished", list, found);
        else if (n_files > 0)
            found->kind = EXISTING_DIFFERENT; // the sentence is that of the checkpoint
        return;
    }
    const Checkpoint *checkpoint = &found->checkpoint;
    existing_program_text(ctx, program);
    config_compare(ctx, checkpoint->config, &task->config, &longer_than_checkpoint, differences);
    start_compare(ctx, checkpoint->start, task, differences);
    program_text_compare(checkpoint->program, program, differences);

    if (differences[0] == '\0' && !longer_than_checkpoint)
        found->kind = EXISTING_INTERRUPTED;
    else if (differences[0] == '\0' && complete && longer && list[0] == '\0' &&
             checkpoint->numbers.done)
        found->kind = EXISTING_SHORTER;
    else if (complete && list[0] != '\0')
        differs(ctx, folder, "finished", list, found);
    else {
        if (longer_than_checkpoint)
            difference_add(differences, "length_ps was smaller, and only what is finished can be "
                                        "made longer");
        differs(ctx, folder, complete ? "finished" : "begun", differences, found);
    }
}

/// Reads a finished file once: a file that is damaged is not finished.
static bool complete_is_whole(QmtContext *ctx, const char *path)
{
    Npz npz;
    if (npz_open(ctx, path, &npz) != QMT_OK)
        return false;
    const bool whole = npz_verify(ctx, &npz) == QMT_OK;
    npz_close(&npz);
    return whole;
}

QmtStatus existing_look(QmtContext *ctx, const JobSettings *settings, const JobTask *task,
                        Found *found)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE], list[DIFFERENCES_SIZE] = "";
    bool longer = false;
    *found = (Found){.kind = EXISTING_NONE};
    TRY(file_join(ctx, settings->out, task->label, folder));
    TRY(file_join(ctx, folder, JOB_FILE_COMPLETE, path));
    if (settings->fresh)
        return QMT_OK;

    const bool complete = file_exists(path);
    if (complete && !complete_is_whole(ctx, path)) {
        found->kind = EXISTING_DIFFERENT; // the sentence is that of the reader
        return QMT_OK;
    }
    if (complete) {
        found->result = (JobResult){.reused = true, .n_atoms = task->structure->n_atoms};
        finished_compare(ctx, folder, task, &found->result, &longer, list);
        if (list[0] == '\0' && !longer) {
            found->kind = EXISTING_SAME;
            return QMT_OK;
        }
    }
    interrupted_look(ctx, folder, task, complete, longer, list, found);
    return QMT_OK;
}

void found_release(Found *found)
{
    checkpoint_release(&found->checkpoint);
}
