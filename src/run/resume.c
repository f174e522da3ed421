#include "run/resume.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config_read.h"
#include "config/config_write.h"
#include "config/value_text.h"
#include "io/file.h"
#include "io/json.h"
#include "io/zip.h"
#include "run/metadata.h"
#include "run/metadata_compare.h"
#include "trajectory/trajectory_reader.h"

/// No file that is read here is longer.
enum { SIZE_LIMIT = 1 << 26, DIFFERENCES_SIZE = PROGRAM_DIFFERENCES_SIZE };

/// A whole file of the folder; *text is NULL if it is not there.
static QmtStatus folder_read(QmtContext *ctx, const char *folder, const char *name, char **text)
{
    char path[FILE_PATH_SIZE];
    size_t n;
    *text = NULL;
    TRY(file_join(ctx, folder, name, path));
    return file_exists(path) ? file_read_whole(ctx, path, SIZE_LIMIT, text, &n) : QMT_OK;
}

/// @param text    config.yaml of the earlier run; NULL: missing
/// @param longer  set if length_ps is larger now; that is then no difference. A ramp ends with length_ps: another
///                length is another trajectory from the first step on.
static QmtStatus config_compare(QmtContext *ctx, const char *text, const Config *wanted,
                                bool *longer, char list[DIFFERENCES_SIZE])
{
    Config config = config_default();
    const QmtStatus status = text == NULL
                                 ? QMT_ERR_CONFIG
                                 : config_parse(ctx, RUN_FILE_CONFIG, text, strlen(text), &config);
    if (status == QMT_ERR_MEMORY)
        return status;
    if (status != QMT_OK) {
        difference_add(list,
                       "its " RUN_FILE_CONFIG " is missing or no configuration of this version");
        return QMT_OK;
    }
    const bool ramps = wanted->temperature_ramp.n > 0 || config.temperature_ramp.n > 0;
    *longer = wanted->length_ps > config.length_ps && !ramps;
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++) {
        char before[CONFIG_TEXT_SIZE], now[CONFIG_TEXT_SIZE], what[2 * CONFIG_TEXT_SIZE + 160];
        const bool is_length = CONFIG_KEYS[k].offset == offsetof(Config, length_ps);
        if (!CONFIG_KEYS[k].decides_numbers || (*longer && is_length))
            continue;
        config_value_text(&config, k, before);
        config_value_text(wanted, k, now);
        snprintf(what, sizeof what, "%s was %s, now %s%s", CONFIG_KEYS[k].name, before, now,
                 is_length && ramps ? " (temperature_ramp_K ends with it)" : "");
        if (strcmp(before, now) != 0)
            difference_add(list, what);
    }
    return QMT_OK;
}

static QmtStatus start_compare(QmtContext *ctx, const char *before, const RunSpec *task,
                               char list[DIFFERENCES_SIZE])
{
    char *const now = spec_start_text(ctx, task);
    char *const earlier = strdup(before != NULL ? before : "");
    if (now == NULL || earlier == NULL) {
        free(now);
        free(earlier);
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for its start geometry");
    }
    spec_start_bare(now);
    spec_start_bare(earlier);
    if (before == NULL)
        difference_add(list, "its " RUN_FILE_START " is missing");
    else if (strcmp(earlier, now) != 0)
        difference_add(list, "the start geometry is another");
    free(now);
    free(earlier);
    return QMT_OK;
}

static void program_compare(const cJSON *run, char list[DIFFERENCES_SIZE], RunResult *result)
{
    if (run == NULL) {
        difference_add(list, "its " RUN_FILE_RUN " is missing");
        return;
    }
    program_json_compare(run, list);
    // The file has its name, but not all was well after that: its checkpoint says what is left to do.
    const char *const status =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(run, "status"));
    if (status != NULL && strcmp(status, status_word(QMT_OK)) != 0)
        difference_add(list, "its " RUN_FILE_RUN " says that it did not complete");
    result_from_run_json(run, result);
}

/// True if run.json says that this very file was made from this very input: nothing else is read then. A file
/// that was copied, touched or damaged since has another time, and is judged by all that lies beside it; in an archive there is
/// none, and CRC-32 are there for `check`.
static bool finished_unchanged(const FileStamp *stamp, const RunSpec *task, const cJSON *run)
{
    char modified[32];
    const char *const digest =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(run, "input_digest"));
    const char *const when =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(run, "trajectory_modified_ns"));
    const cJSON *const n_bytes = cJSON_GetObjectItemCaseSensitive(run, "trajectory_bytes");
    if (digest == NULL || when == NULL || !cJSON_IsNumber(n_bytes))
        return false;
    snprintf(modified, sizeof modified, "%lld", (long long)stamp->modified_ns);
    return task->input_digest[0] != '\0' && strcmp(digest, task->input_digest) == 0 &&
           (stamp->is_part || strcmp(when, modified) == 0) &&
           (int64_t)n_bytes->valuedouble == stamp->n_bytes;
}

QmtStatus resume_recognise(QmtContext *ctx, const RunOptions *settings, const RunSpec *task,
                           bool *same, RunResult *result)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE], list[DIFFERENCES_SIZE] = "";
    char *text = NULL;
    FileStamp stamp;
    *same = false;
    if (settings->fresh)
        return QMT_OK;
    TRY(file_join(ctx, settings->out, task->label, folder));
    TRY(file_join(ctx, folder, RUN_FILE_COMPLETE, path));
    if (!file_stamp(path, &stamp))
        return QMT_OK;
    TRY(folder_read(ctx, folder, RUN_FILE_RUN, &text));
    if (text == NULL)
        return QMT_OK;
    json_begin();
    cJSON *const run = cJSON_Parse(text);
    RunResult earlier = {.reused = true,
                         .record = {.run_json_crc = zip_crc(0, text, strlen(text)),
                                    .trajectory_bytes = stamp.n_bytes}};
    free(text);
    if (finished_unchanged(&stamp, task, run)) {
        program_compare(run, list, &earlier);
        *same = list[0] == '\0';
    }
    cJSON_Delete(run);
    if (*same)
        *result = earlier;
    return json_is_whole()
               ? QMT_OK
               : FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory to read " RUN_FILE_RUN, folder);
}

static QmtStatus texts_compare(QmtContext *ctx, const char *folder, const RunSpec *task,
                               bool *longer, char list[DIFFERENCES_SIZE])
{
    char *config = NULL, *start = NULL;
    QmtStatus status = folder_read(ctx, folder, RUN_FILE_CONFIG, &config);
    if (status == QMT_OK)
        status = folder_read(ctx, folder, RUN_FILE_START, &start);
    if (status == QMT_OK)
        status = config_compare(ctx, config, &task->config, longer, list);
    if (status == QMT_OK)
        status = start_compare(ctx, start, task, list);
    free(config);
    free(start);
    return status;
}

QmtStatus resume_compare(QmtContext *ctx, const char *folder, const RunSpec *task,
                         char list[PROGRAM_DIFFERENCES_SIZE])
{
    bool longer;
    return texts_compare(ctx, folder, task, &longer, list);
}

/// Judges trajectory.npz by what lies beside it.
static QmtStatus finished_compare(QmtContext *ctx, const char *folder, const RunSpec *task,
                                  RunResult *result, bool *longer, char list[DIFFERENCES_SIZE])
{
    char *run = NULL;
    TRY(texts_compare(ctx, folder, task, longer, list));
    TRY(folder_read(ctx, folder, RUN_FILE_RUN, &run));
    json_begin();
    cJSON *const object = run != NULL ? cJSON_Parse(run) : NULL;
    program_compare(object, list, result);
    cJSON_Delete(object);
    free(run);
    return json_is_whole()
               ? QMT_OK
               : FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory to read " RUN_FILE_RUN, folder);
}

/// Loads the newest checkpoint that is whole: *loaded. Without any file *n_files is 0; with damaged ones only the
/// context says what is wrong with the last.
static QmtStatus checkpoint_find(QmtContext *ctx, const char *folder, Found *found, bool *loaded,
                                 int *n_files)
{
    static const char *const names[] = {CHECKPOINT_FILE, CHECKPOINT_FILE_PREVIOUS};
    char path[FILE_PATH_SIZE];
    bool unread = false;
    *n_files = 0;
    *loaded = false;
    for (int i = 0; i < 2 && !*loaded; i++) {
        TRY(file_join(ctx, folder, names[i], path));
        if (!file_exists(path))
            continue;
        ++*n_files;
        const QmtStatus status = checkpoint_load(ctx, path, &found->checkpoint);
        if (status == QMT_ERR_MEMORY)
            return status;
        *loaded = status == QMT_OK;
        found->from_previous = *loaded && i == 1;
        unread = unread || status == QMT_ERR_IO;
        if (!*loaded)
            snprintf(found->note, sizeof found->note, "%.500s", qmt_context_message(ctx));
    }
    // What cannot be read just now may be whole all the same.
    return !*loaded && unread ? FAIL(ctx, QMT_ERR_IO, "%s", found->note) : QMT_OK;
}

/// The sentence of EXISTING_DIFFERENT.
static void differs(QmtContext *ctx, const char *folder, const char *how, const char *list,
                    Found *found)
{
    found->kind = EXISTING_DIFFERENT;
    (void)FAIL(ctx, QMT_ERR_CHECKPOINT, "%s: already %s, but %s", folder, how, list);
}

/// Looks for a checkpoint of the trajectory.
///
/// @param list    what distinguishes the finished one from it, if complete
/// @param longer  the wanted one is longer than the finished one
static QmtStatus interrupted_look(QmtContext *ctx, const char *folder, const RunOptions *settings,
                                  const RunSpec *task, bool complete, bool longer,
                                  char list[DIFFERENCES_SIZE], Found *found)
{
    char differences[DIFFERENCES_SIZE] = "", machine[DIFFERENCES_SIZE] = "";
    char program[PROGRAM_TEXT_SIZE];
    bool longer_than_checkpoint = false, loaded;
    int n_files;

    TRY(checkpoint_find(ctx, folder, found, &loaded, &n_files));
    if (!loaded && longer && list[0] == '\0' && found->result.checkpoint_dropped) {
        found->kind = EXISTING_SHORTER_DROPPED;
        return QMT_OK;
    }
    if (!loaded) {
        if (longer)
            difference_add(list, "length_ps was smaller, and without a whole checkpoint it cannot "
                                 "be continued");
        if (complete)
            differs(ctx, folder, "finished", list, found);
        else if (n_files > 0) {
            found->kind = EXISTING_DIFFERENT;
            (void)FAIL(ctx, QMT_ERR_CHECKPOINT, "%s", found->note);
        }
        return QMT_OK;
    }
    const Checkpoint *checkpoint = &found->checkpoint;
    TRY(program_text(ctx, program));
    TRY(config_compare(ctx, checkpoint->config, &task->config, &longer_than_checkpoint,
                       differences));
    TRY(start_compare(ctx, checkpoint->start, task, differences));
    program_text_compare(checkpoint->program, program, differences, machine);
    TRY(program_text_earlier_add(ctx, folder, checkpoint->program, machine[0] != '\0',
                                 found->earlier));
    snprintf(found->moved, sizeof found->moved, "%.*s", (int)sizeof found->moved - 1, machine);
    if (machine[0] != '\0' && !settings->allow_other_cpu) {
        if (differences[0] == '\0')
            difference_add(machine,
                           "--allow-other-cpu continues all the same; last digits will differ");
        difference_add(differences, machine);
    }

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
    return QMT_OK;
}

/// Reads a finished file once: a file that is damaged is not finished. *reader is then NULL, and the sentence is that of
/// the reader.
static QmtStatus complete_open(QmtContext *ctx, const char *path, TrajectoryReader **reader)
{
    QmtStatus status = trajectory_reader_open(ctx, path, reader);
    if (status == QMT_OK)
        status = trajectory_reader_verify(ctx, *reader);
    if (status != QMT_OK)
        trajectory_reader_close(reader);
    return status == QMT_ERR_IO || status == QMT_ERR_MEMORY ? status : QMT_OK;
}

/// What lies beside a finished file may belong to another one: it is asked itself.
static QmtStatus owner_judge(QmtContext *ctx, const char *path, const TrajectoryReader *reader,
                             const RunSpec *task, Found *found)
{
    char list[DIFFERENCES_SIZE] = "";
    const bool is_end = found->kind == EXISTING_SAME ||
                        (found->kind == EXISTING_INTERRUPTED && found->checkpoint.numbers.done);
    if (found->kind == EXISTING_NONE || found->kind == EXISTING_DIFFERENT)
        return QMT_OK; // it is put aside, or left alone
    TRY(metadata_compare(ctx, reader, task, !is_end, list));
    if (list[0] == '\0')
        return QMT_OK;
    found->kind = EXISTING_DIFFERENT;
    (void)FAIL(ctx, QMT_ERR_CHECKPOINT, "%s: is not the trajectory of its folder: %s", path, list);
    return QMT_OK;
}

/// Fails if trajectories at several temperatures, or of several conformers, lie in a folder.
static QmtStatus temperatures_refuse(QmtContext *ctx, const char *folder)
{
    static const char *const PATTERNS[] = {"T[0-9]*", "c[0-9][0-9]*"};
    struct dirent **names = NULL;
    const int n = scandir(folder, &names, NULL, alphasort);
    char found[64] = "";
    for (int i = 0; i < n; i++) {
        char inside[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
        const bool fits = fnmatch(PATTERNS[0], names[i]->d_name, 0) == 0 ||
                          fnmatch(PATTERNS[1], names[i]->d_name, 0) == 0;
        if (fits && found[0] == '\0' &&
            file_join(ctx, folder, names[i]->d_name, inside) == QMT_OK &&
            file_join(ctx, inside, ".", path) == QMT_OK && file_exists(path))
            snprintf(found, sizeof found, "%.60s", names[i]->d_name);
        free(names[i]);
    }
    free(names);
    if (found[0] == '\0')
        return QMT_OK;
    return FAIL(ctx, QMT_ERR_CHECKPOINT,
                "%s: holds several trajectories (%s, ...), and this job would put one more beside "
                "them; set temperature_K and conformers as before, or take another --out",
                folder, found);
}

QmtStatus resume_replicas(QmtContext *ctx, const RunOptions *settings, const RunSpec *task)
{
    static const char *const names[] = {RUN_FILE_COMPLETE, RUN_FILE_COMPLETE ".part",
                                        RUN_FILE_PARTIAL};
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE], n_replicas[24];
    snprintf(n_replicas, sizeof n_replicas, "%lld", (long long)task->config.replicas);
    const bool several = task->replica > 0 || task->variant[0] != '\0';
    if (task->replica > 1 || task->quench.number > 0)
        return QMT_OK; // the first one looks for all
    TRY(file_join(ctx, settings->out, task->structure->name, folder));
    if (!several) {
        TRY(temperatures_refuse(ctx, folder));
        TRY(file_join(ctx, folder, "r01/" RUN_FILE_CONFIG, path));
        if (!file_exists(path))
            return QMT_OK;
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "%s: holds replicas (r01, ...), and replicas = 1 would put one more trajectory "
                    "beside them; set replicas as before, or take another --out",
                    folder);
    }
    TRY(file_join(ctx, folder, RUN_FILE_CONFIG, path));
    if (!file_exists(path))
        return QMT_OK;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        TRY(file_join(ctx, folder, names[i], path));
        if (file_exists(path))
            return FAIL(ctx, QMT_ERR_CHECKPOINT,
                        task->variant[0] != '\0'
                            ? "%s: is a single trajectory, and this job would put several (%s) "
                              "beside it; move it away, or take another --out"
                            : "%s: is the single trajectory of a job with replicas = 1, and "
                              "replicas = %s would put r01, ... beside it; move it away, or take "
                              "another --out",
                        path, task->variant[0] != '\0' ? task->variant : n_replicas);
    }
    return QMT_OK;
}

/// True if a process ended before it wrote run.json, and nothing else says what was done.
static bool is_without_record(QmtContext *ctx, const char *folder)
{
    static const char *const names[] = {RUN_FILE_RUN, CHECKPOINT_FILE, CHECKPOINT_FILE_PREVIOUS};
    char path[FILE_PATH_SIZE];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (file_join(ctx, folder, names[i], path) != QMT_OK || file_exists(path))
            return false;
    return true;
}

/// True if one of the texts beside a trajectory has no content: a machine lost its power before they were on the disk.
static QmtStatus texts_are_lost(QmtContext *ctx, const char *folder, bool *lost)
{
    static const char *const names[] = {RUN_FILE_CONFIG, RUN_FILE_START, RUN_FILE_RUN};
    *lost = false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *text = NULL;
        TRY(folder_read(ctx, folder, names[i], &text));
        *lost = *lost || (text != NULL && text[0] == '\0');
        free(text);
    }
    return QMT_OK;
}

/// A short one that was to be packed did not wait for the disk (campaign/batch.c): what a loss of power damaged is
/// sooner made again.
static QmtStatus unsynced_judge(QmtContext *ctx, const char *folder, bool whole, bool *again)
{
    bool lost = false;
    if (whole)
        TRY(texts_are_lost(ctx, folder, &lost));
    *again = !whole || lost;
    if (*again)
        context_log(ctx, QMT_LOG_WARNING,
                    "%s: is damaged, as if the machine had lost its power before it was packed; it "
                    "is made again",
                    folder);
    return QMT_OK;
}

/// Judges what is finished, or may be: reader NULL if no file is.
static QmtStatus existing_judge(QmtContext *ctx, const char *folder, const RunOptions *settings,
                                const RunSpec *task, const TrajectoryReader *reader, Found *found)
{
    char list[DIFFERENCES_SIZE] = "";
    bool longer = false;
    if (reader != NULL) {
        found->result = (RunResult){.reused = true, .n_atoms = task->structure->n_atoms};
        TRY(finished_compare(ctx, folder, task, &found->result, &longer, list));
        if (list[0] == '\0' && !longer) {
            found->kind = EXISTING_SAME;
            return QMT_OK;
        }
    }
    // Ended between its last two files, without a checkpoint: sooner made again.
    if (reader != NULL && spec_is_short(task) && is_without_record(ctx, folder))
        return QMT_OK;
    return interrupted_look(ctx, folder, settings, task, reader != NULL, longer, list, found);
}

QmtStatus resume_look(QmtContext *ctx, const RunOptions *settings, const RunSpec *task,
                      Found *found)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
    *found = (Found){.kind = EXISTING_NONE};
    TRY(file_join(ctx, settings->out, task->label, folder));
    TRY(file_join(ctx, folder, RUN_FILE_COMPLETE, path));
    if (settings->fresh)
        return QMT_OK;

    const bool complete = file_exists(path);
    TrajectoryReader *reader = NULL;
    if (complete)
        TRY(complete_open(ctx, path, &reader));
    bool again = false;
    QmtStatus status = QMT_OK;
    if (complete && settings->pack && spec_is_short(task))
        status = unsynced_judge(ctx, folder, reader != NULL, &again);
    if (status == QMT_OK && !again && complete && reader == NULL)
        found->kind = EXISTING_DIFFERENT; // the sentence is that of the reader
    else if (status == QMT_OK && !again)
        status = existing_judge(ctx, folder, settings, task, reader, found);
    if (status == QMT_OK && reader != NULL)
        status = owner_judge(ctx, path, reader, task, found);
    trajectory_reader_close(&reader);
    return status;
}

void found_release(Found *found)
{
    checkpoint_release(&found->checkpoint);
}
