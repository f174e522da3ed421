#include "campaign/status.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "campaign/forecast.h"
#include "campaign/journal_read.h"
#include "campaign/rejected_file.h"
#include "io/archive_mount.h"
#include "run/metadata.h"
#include "run/quench.h"
#include "trajectory/checkpoint.h"

enum { RUN_JSON_LIMIT = 1 << 20 };

const char *status_kind_word(StatusKind kind)
{
    static const char *const words[] = {"complete", "running", "interrupted",
                                        "failed",   "waiting", "rejected"};
    return words[kind];
}

static bool is_in(const char *folder, const char *name)
{
    char path[FILE_PATH_SIZE];
    return snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path &&
           file_exists(path);
}

/// Keeps a text; without memory it is as if there were none.
static void text_set(char **kept, const char *text)
{
    free(*kept);
    *kept = text[0] != '\0' ? strdup(text) : NULL;
}

static void warnings_set(StatusEntry *entry, const RunWarnings *warnings)
{
    text_set(&entry->warning_lines, warnings->lines);
    entry->n_warnings = entry->warning_lines != NULL ? warnings->n : 0;
}

static void figures_take(const RunResult *result, StatusEntry *entry)
{
    entry->step = (uint64_t)result->evaluations;
    if (result->n_steps == 0)
        return; // it failed before there was anything to take a mean of
    entry->ms_per_step = result->ms_per_step;
    entry->mean_temperature_k = result->mean_temperature_k;
    entry->shadow_drift_kjmol_ps = run_drift_shown(result);
}

/// Fails a finished trajectory whose file does not have the length that run.json tells of.
static void length_judge(const char *folder, const cJSON *run, StatusEntry *entry)
{
    char path[FILE_PATH_SIZE], reason[160];
    FileStamp stamp;
    const cJSON *const n_bytes = cJSON_GetObjectItemCaseSensitive(run, "trajectory_bytes");
    if (!cJSON_IsNumber(n_bytes) || // of 0.1.0
        snprintf(path, sizeof path, "%s/" RUN_FILE_COMPLETE, folder) >= (int)sizeof path ||
        !file_stamp(path, &stamp) || (double)stamp.n_bytes == n_bytes->valuedouble)
        return;
    snprintf(reason, sizeof reason,
             RUN_FILE_COMPLETE " has %lld bytes, and " RUN_FILE_RUN
                               " tells of %.0f: it was cut off, or is another file",
             (long long)stamp.n_bytes, n_bytes->valuedouble);
    entry->kind = STATUS_FAILED;
    entry->percent = 0.0;
    entry->eta_s = NAN;
    entry->phase[0] = '\0';
    text_set(&entry->reason, reason);
}

/// Figures of a trajectory that has ended.
static void run_json_take(QmtContext *ctx, const char *folder, StatusEntry *entry)
{
    char path[FILE_PATH_SIZE], *text = NULL;
    size_t n;
    RunResult result = run_result_unknown();
    if (file_join(ctx, folder, RUN_FILE_RUN, path) != QMT_OK ||
        file_read_whole(ctx, path, RUN_JSON_LIMIT, &text, &n) != QMT_OK)
        return;
    cJSON *const run = cJSON_Parse(text);
    free(text);
    result_from_run_json(run, &result);
    warnings_set(entry, &result.warnings);
    const char *const reason =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(run, "message"));
    text_set(&entry->reason, reason != NULL ? reason : "");
    figures_take(&result, entry);
    if (entry->kind == STATUS_COMPLETE)
        length_judge(folder, run, entry);
    cJSON_Delete(run);
}

/// Likewise from a line of the journal; the whole of it is read again only for its warnings, which few have.
static QmtStatus journal_figures_take(QmtContext *ctx, JournalEntries *journal,
                                      const JournalEntry *said, StatusEntry *entry)
{
    entry->step = (uint64_t)said->evaluations;
    if (said->n_steps > 0) {
        entry->ms_per_step = said->ms_per_step;
        entry->mean_temperature_k = said->mean_temperature_k;
        entry->shadow_drift_kjmol_ps = said->drift_shown_kjmol_ps;
    }
    if (!said->has_warnings)
        return QMT_OK;
    char *line;
    RunResult result = run_result_unknown();
    TRY(journal_line_read(ctx, journal, said, &line));
    cJSON *const object = cJSON_Parse(line);
    free(line);
    result_from_json(object, &result);
    cJSON_Delete(object);
    warnings_set(entry, &result.warnings);
    return QMT_OK;
}

/// Figures of the last checkpoint; between two renames only the one before it is there. False if neither
/// can be read.
static bool checkpoint_take(QmtContext *ctx, const char *folder, StatusEntry *entry)
{
    static const char *const names[] = {CHECKPOINT_FILE, CHECKPOINT_FILE_PREVIOUS};
    char path[FILE_PATH_SIZE];
    Checkpoint checkpoint = {0};
    QmtStatus status = QMT_ERR_IO;
    for (int i = 0; i < 2 && status != QMT_OK; i++)
        if (file_join(ctx, folder, names[i], path) == QMT_OK)
            status = checkpoint_load(ctx, path, &checkpoint);
    if (status != QMT_OK)
        return false;

    const CheckpointNumbers numbers = checkpoint.numbers;
    RunWarnings warnings;
    run_warnings_from_lines(checkpoint.warnings, &warnings);
    warnings_set(entry, &warnings);
    checkpoint_release(&checkpoint);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (numbers.phase >= MD_START && numbers.phase <= MD_DONE)
        snprintf(entry->phase, sizeof entry->phase, "%s", md_phase_name((MdPhase)numbers.phase));
    entry->step = numbers.total_step;
    entry->n_steps = numbers.total_steps;
    if (numbers.total_steps > 0)
        entry->percent = 100.0 * (double)numbers.total_step / (double)numbers.total_steps;
    if (numbers.ms_per_step > 0.0) {
        entry->ms_per_step = numbers.ms_per_step;
        entry->eta_s =
            1e-3 * numbers.ms_per_step * (double)(numbers.total_steps - numbers.total_step);
    }
    if (numbers.phase >= MD_PRODUCTION) {
        entry->mean_temperature_k = numbers.mean_temperature_k;
        entry->shadow_drift_kjmol_ps = numbers.shadow_drift_kjmol_ps;
    }
    entry->age_s = fmax(0.0, (double)now.tv_sec - numbers.written_at);
    return true;
}

static StatusEntry entry_of(QmtContext *ctx, const char *folder, const char *label)
{
    char holder[LOCK_HOLDER_SIZE] = "";
    char path[FILE_PATH_SIZE];
    StatusEntry entry = {.kind = STATUS_FAILED,
                         .ms_per_step = NAN,
                         .eta_s = NAN,
                         .mean_temperature_k = NAN,
                         .shadow_drift_kjmol_ps = NAN};
    snprintf(entry.label, sizeof entry.label, "%s", label);
    const LockState lock =
        file_join(ctx, folder, RUN_FILE_LOCK, path) == QMT_OK ? lock_look(path, holder) : LOCK_FREE;
    const bool running = lock == LOCK_HELD;
    if (lock == LOCK_UNKNOWN) {
        char reason[LOCK_HOLDER_SIZE + 32];
        snprintf(reason, sizeof reason, "may be running: %s", holder);
        text_set(&entry.reason, reason);
    } else {
        text_set(&entry.holder, holder);
    }
    if (!running && is_in(folder, RUN_FILE_COMPLETE) && is_in(folder, RUN_FILE_RUN)) {
        entry.kind = STATUS_COMPLETE;
        entry.percent = 100.0;
        entry.eta_s = entry.age_s = 0.0;
        snprintf(entry.phase, sizeof entry.phase, "done");
        run_json_take(ctx, folder, &entry);
        entry.n_steps = entry.step;
        return entry;
    }
    const bool known = checkpoint_take(ctx, folder, &entry);
    if (running) {
        entry.kind = STATUS_RUNNING;
        // The figures are as old as the checkpoint; what was done since shortens what is left.
        entry.eta_s = fmax(0.0, entry.eta_s - entry.age_s);
    } else if (!known && is_in(folder, RUN_FILE_RUN)) {
        run_json_take(ctx, folder, &entry);
        entry.step = 0;
    } else if (known || lock != LOCK_UNKNOWN) {
        entry.kind = STATUS_INTERRUPTED; // one without a checkpoint starts over
    }
    return entry;
}

static void entry_free(const StatusEntry *entry)
{
    free(entry->holder);
    free(entry->reason);
    free(entry->warning_lines);
}

static QmtStatus entry_add(QmtContext *ctx, const StatusEntry *entry, StatusList *list)
{
    if (list->n == list->capacity) {
        const size_t capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
        StatusEntry *const more = realloc(list->entries, capacity * sizeof *more);
        if (more == NULL) {
            entry_free(entry);
            return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its status", entry->label);
        }
        list->entries = more;
        list->capacity = capacity;
    }
    list->entries[list->n++] = *entry;
    return QMT_OK;
}

static QmtStatus folder_add(QmtContext *ctx, const char *folder, const char *label,
                            StatusList *list)
{
    const StatusEntry entry = entry_of(ctx, folder, label);
    return entry_add(ctx, &entry, list);
}

/// NAME/T0300/c01/r01, with copies of frames beside
enum { DEPTH_MAX = 3 };

/// Looks at the folders in a folder; several trajectories of a molecule lie below it.
static QmtStatus folders_look(QmtContext *ctx, const char *out, const char *parent, int depth,
                              StatusList *list)
{
    struct dirent **names = NULL;
    const int n = scandir(out, &names, NULL, alphasort);
    if (n < 0 && depth > 0 && errno == ENOENT)
        return QMT_OK; // packed meanwhile
    if (n < 0)
        return FAIL(ctx, QMT_ERR_IO, "%s: %s", out, strerror(errno));
    QmtStatus status = QMT_OK;
    for (int i = 0; i < n; i++) {
        char folder[FILE_PATH_SIZE], label[SPEC_LABEL_SIZE];
        const char *const name = names[i]->d_name;
        // A link is looked at like what it points to; a file has no config.yaml inside.
        if (status == QMT_OK && name[0] != '.' && file_join(ctx, out, name, folder) == QMT_OK &&
            snprintf(label, sizeof label, "%s%s%s", parent, parent[0] != '\0' ? "/" : "", name) <
                (int)sizeof label) {
            if (is_in(folder, RUN_FILE_CONFIG))
                status = folder_add(ctx, folder, label, list);
            else if (depth < DEPTH_MAX && is_in(folder, "."))
                status = folders_look(ctx, folder, label, depth + 1, list);
        }
        free(names[i]);
    }
    free(names);
    return status;
}

static StatusEntry entry_without_folder(const char *label, StatusKind kind, const char *reason)
{
    StatusEntry entry = {.kind = kind,
                         .ms_per_step = NAN,
                         .eta_s = NAN,
                         .mean_temperature_k = NAN,
                         .shadow_drift_kjmol_ps = NAN};
    snprintf(entry.label, sizeof entry.label, "%s", label);
    text_set(&entry.reason, reason);
    return entry;
}

/// Trajectories in archives: finished ones, whose figures the journal has, or else their run.json.
static QmtStatus archives_look(QmtContext *ctx, const char *out, const ArchiveMount *archives,
                               JournalEntries *journal, StatusList *list)
{
    const size_t n = archives_count(archives);
    for (size_t i = 0; i < n; i++) {
        char folder[FILE_PATH_SIZE];
        const char *const label = archives_label(archives, i);
        const JournalEntry *said = label != NULL ? journal_find(journal, label) : NULL;
        if (label == NULL)
            continue;
        StatusEntry entry = entry_without_folder(label, STATUS_COMPLETE, "");
        entry.percent = 100.0;
        entry.eta_s = 0.0;
        snprintf(entry.phase, sizeof entry.phase, "done");
        TRY(file_join(ctx, out, label, folder));
        if (said != NULL && said->is_complete)
            TRY(journal_figures_take(ctx, journal, said, &entry));
        else
            run_json_take(ctx, folder, &entry);
        entry.n_steps = entry.step;
        TRY(entry_add(ctx, &entry, list));
    }
    return QMT_OK;
}

static int by_label(const void *a, const void *b)
{
    return strcmp(((const StatusEntry *)a)->label, ((const StatusEntry *)b)->label);
}

/// What was packed between the look at its folder and that at the archives is there twice: the archive counts. The list is
/// sorted.
static void twice_drop(StatusList *list)
{
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        StatusEntry *const entry = &list->entries[i];
        const bool is_again = n > 0 && strcmp(entry->label, list->entries[n - 1].label) == 0;
        if (!is_again) {
            list->entries[n++] = *entry;
            continue;
        }
        StatusEntry *const other = &list->entries[n - 1];
        StatusEntry gone = *entry;
        if (entry->kind == STATUS_COMPLETE) {
            gone = *other;
            *other = *entry;
        }
        entry_free(&gone);
    }
    list->n = n;
}

static bool is_listed(const StatusList *list, size_t n_sorted, const char *label)
{
    StatusEntry wanted;
    snprintf(wanted.label, sizeof wanted.label, "%s", label);
    return n_sorted > 0 &&
           bsearch(&wanted, list->entries, n_sorted, sizeof wanted, by_label) != NULL;
}

/// What has no folder: inputs that were rejected, molecules that wait, and those whose folder could not even be
/// made. The list is sorted.
static QmtStatus others_add(QmtContext *ctx, const MoleculeList *molecules,
                            const RejectionList *rejected, StatusList *list)
{
    const size_t n_folders = list->n;
    for (size_t i = 0; i < rejected->n; i++) {
        const Rejection *const item = &rejected->items[i];
        const StatusEntry entry = entry_without_folder(
            item->name[0] != '\0' ? item->name : item->source, STATUS_REJECTED, item->sentence);
        TRY(entry_add(ctx, &entry, list));
    }
    if (list->n > n_folders)
        qsort(list->entries + n_folders, list->n - n_folders, sizeof *list->entries, by_label);
    const size_t n_rejections = list->n - n_folders;
    for (size_t i = 0; i < molecules->n; i++) {
        const char *const label = molecules->items[i].label;
        char name[SPEC_LABEL_SIZE], origin[SPEC_LABEL_SIZE]; // of a replica, that of its molecule
        snprintf(origin, sizeof origin, "%.*s", (int)strcspn(label, "/"), label);
        if (!quench_origin(origin, name))
            memcpy(name, origin, sizeof name);
        const StatusList now = {.entries = list->entries + n_folders, .n = n_rejections};
        if (is_listed(list, n_folders, label) || is_listed(&now, now.n, name))
            continue;
        const StatusEntry entry = entry_without_folder(label, STATUS_WAITING, "");
        TRY(entry_add(ctx, &entry, list));
    }
    return QMT_OK;
}

/// Why something ended that says so nowhere else.
static QmtStatus reasons_fill(QmtContext *ctx, JournalEntries *journal, StatusList *list)
{
    for (size_t i = 0; i < list->n; i++) {
        StatusEntry *const entry = &list->entries[i];
        const bool silent = entry->reason == NULL && entry->kind != STATUS_COMPLETE &&
                            entry->kind != STATUS_RUNNING;
        const JournalEntry *const said = silent ? journal_find(journal, entry->label) : NULL;
        if (said == NULL || said->is_complete)
            continue;
        char *line;
        TRY(journal_line_read(ctx, journal, said, &line));
        cJSON *const object = cJSON_Parse(line);
        free(line);
        const char *const message =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "message"));
        const char *const word =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "status"));
        const bool stopped = word != NULL && strcmp(word, status_word(QMT_STOPPED)) == 0;
        if (message != NULL && !stopped) {
            text_set(&entry->reason, message);
            const bool without_checkpoint =
                entry->kind == STATUS_INTERRUPTED && entry->n_steps == 0;
            if (entry->kind == STATUS_WAITING || without_checkpoint)
                entry->kind = STATUS_FAILED;
        }
        cJSON_Delete(object);
    }
    return QMT_OK;
}

/// The time left by what the journals say of the trajectories before.
static double left_of(const JournalEntries *journal, const MoleculeList *molecules,
                      const StatusList *list)
{
    Forecast forecast = {0};
    JobRest rest = {.n_at_a_time = list->n_of[STATUS_RUNNING]};
    if (rest.n_at_a_time == 0)
        return NAN;
    for (size_t i = 0; i < list->n; i++) {
        const StatusEntry *const entry = &list->entries[i];
        const ListedMolecule *const molecule = molecule_find(molecules, entry->label);
        const double cost = molecule != NULL ? molecule->cost : 0.0;
        const JournalEntry *const said =
            entry->kind == STATUS_COMPLETE ? journal_find(journal, entry->label) : NULL;
        if (said != NULL && molecule != NULL)
            forecast_add(&forecast, cost, said->wall_s);
        if (entry->kind == STATUS_WAITING || entry->kind == STATUS_INTERRUPTED) {
            rest.n_waiting++;
            rest.waiting_cost += cost;
        }
        if (entry->kind == STATUS_RUNNING && isfinite(entry->eta_s)) {
            rest.running_s += entry->eta_s;
            rest.longest_running_s = fmax(rest.longest_running_s, entry->eta_s);
        }
    }
    return forecast_left_s(&forecast, &rest);
}

/// Adds what the records of the jobs say to what lies in the folders.
static QmtStatus records_add(QmtContext *ctx, const char *out, StatusList *list)
{
    JournalEntries journal = {.file = file_none()};
    MoleculeList molecules = {0};
    RejectionList rejected = {0};
    ArchiveMount *archives = NULL;
    QmtStatus status = journal_read(ctx, out, &journal);
    if (status == QMT_OK)
        status = archives_mount(ctx, out, NULL, &archives);
    if (status == QMT_OK)
        status = archives_look(ctx, out, archives, &journal, list);
    archives_unmount(&archives);
    if (list->n > 0)
        qsort(list->entries, list->n, sizeof *list->entries, by_label);
    twice_drop(list);
    if (status == QMT_OK)
        status = journal_lists_read(ctx, out, &molecules);
    if (status == QMT_OK)
        status = rejected_file_read(ctx, out, &rejected);
    if (status == QMT_OK)
        status = others_add(ctx, &molecules, &rejected, list);
    if (status == QMT_OK && list->n > 0) {
        qsort(list->entries, list->n, sizeof *list->entries, by_label);
        status = reasons_fill(ctx, &journal, list);
    }
    if (status == QMT_OK && list->n > 0) {
        for (size_t i = 0; i < list->n; i++)
            list->n_of[list->entries[i].kind]++;
        list->left_s = left_of(&journal, &molecules, list);
    }
    journal_entries_release(&journal);
    molecule_list_release(&molecules);
    rejections_release(&rejected);
    return status;
}

/// True of the folder of a trajectory, which lies in the one that is wanted.
static bool is_one(QmtContext *ctx, const char *folder)
{
    char path[FILE_PATH_SIZE];
    return file_join(ctx, folder, RUN_FILE_RUN, path) == QMT_OK && file_exists(path);
}

QmtStatus status_look(QmtContext *ctx, const char *out, StatusList *list)
{
    StatusList found = {.left_s = NAN};
    QmtStatus status = folders_look(ctx, out, "", 0, &found);
    if (status == QMT_OK)
        status = records_add(ctx, out, &found);
    if (status == QMT_OK && found.n == 0)
        status =
            FAIL(ctx, QMT_ERR_INPUT, "%s: %s; the folder wanted is that of `run --out`", out,
                 is_one(ctx, out) ? "is the folder of one trajectory" : "holds no trajectories");
    if (status != QMT_OK) {
        status_release(&found);
        return status;
    }
    *list = found;
    return QMT_OK;
}

void status_release(StatusList *list)
{
    for (size_t i = 0; i < list->n; i++)
        entry_free(&list->entries[i]);
    free(list->entries);
    *list = (StatusList){0};
}
