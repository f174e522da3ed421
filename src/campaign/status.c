#include "campaign/status.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "io/checkpoint.h"
#include "run/metadata.h"

enum { RUN_JSON_LIMIT = 1 << 20 };

const char *status_kind_word(StatusKind kind)
{
    static const char *const words[] = {"complete", "running", "interrupted", "failed"};
    return words[kind];
}

static bool is_in(const char *folder, const char *name)
{
    char path[FILE_PATH_SIZE];
    return snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path &&
           file_exists(path);
}

/// Figures of a trajectory that has ended.
static void run_json_take(QmtContext *ctx, const char *folder, StatusEntry *entry)
{
    char path[FILE_PATH_SIZE], *text = NULL;
    size_t n;
    RunResult result = {.ms_per_step = NAN,
                        .mean_temperature_k = NAN,
                        .shadow_drift_kjmol_ps = NAN,
                        .nve_shadow_drift_kjmol_ps = NAN};
    if (file_join(ctx, folder, RUN_FILE_RUN, path) != QMT_OK ||
        file_read_whole(ctx, path, RUN_JSON_LIMIT, &text, &n) != QMT_OK)
        return;
    cJSON *const run = cJSON_Parse(text);
    free(text);
    result_from_run_json(run, &result);
    entry->warnings = result.warnings;
    const char *const reason =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(run, "message"));
    snprintf(entry->reason, sizeof entry->reason, "%s", reason != NULL ? reason : "");
    cJSON_Delete(run);
    entry->step = (uint64_t)result.evaluations;
    if (result.n_steps == 0)
        return; // it failed before there was anything to take a mean of
    entry->ms_per_step = result.ms_per_step;
    entry->mean_temperature_k = result.mean_temperature_k;
    entry->shadow_drift_kjmol_ps = run_drift_shown(&result);
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
    char path[FILE_PATH_SIZE];
    StatusEntry entry = {.kind = STATUS_FAILED,
                         .ms_per_step = NAN,
                         .eta_s = NAN,
                         .mean_temperature_k = NAN,
                         .shadow_drift_kjmol_ps = NAN};
    snprintf(entry.label, sizeof entry.label, "%s", label);
    const LockState lock = file_join(ctx, folder, RUN_FILE_LOCK, path) == QMT_OK
                               ? lock_look(path, entry.holder)
                               : LOCK_FREE;
    const bool running = lock == LOCK_HELD;
    if (lock == LOCK_UNKNOWN) {
        snprintf(entry.reason, sizeof entry.reason, "may be running: %s", entry.holder);
        entry.holder[0] = '\0';
    }
    const bool known = checkpoint_take(ctx, folder, &entry);

    if (running) {
        entry.kind = STATUS_RUNNING;
        // The figures are as old as the checkpoint; what was done since shortens what is left.
        entry.eta_s = fmax(0.0, entry.eta_s - entry.age_s);
    } else if (is_in(folder, RUN_FILE_COMPLETE) && is_in(folder, RUN_FILE_RUN)) {
        entry.kind = STATUS_COMPLETE;
        entry.percent = 100.0;
        entry.eta_s = entry.age_s = 0.0;
        snprintf(entry.phase, sizeof entry.phase, "done");
        run_json_take(ctx, folder, &entry);
        entry.n_steps = entry.n_steps > 0 ? entry.n_steps : entry.step;
        entry.step = entry.n_steps;
    } else if (known) {
        entry.kind = STATUS_INTERRUPTED;
    } else if (is_in(folder, RUN_FILE_RUN)) {
        run_json_take(ctx, folder, &entry);
        entry.step = 0;
    }
    return entry;
}

static QmtStatus entry_add(QmtContext *ctx, const char *folder, const char *label, StatusList *list)
{
    StatusEntry *const more = realloc(list->entries, (list->n + 1) * sizeof *more);
    if (more == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its status", folder);
    list->entries = more;
    list->entries[list->n++] = entry_of(ctx, folder, label);
    return QMT_OK;
}

/// Looks at the folders in a folder; replicas lie one below their molecule.
static QmtStatus folders_look(QmtContext *ctx, const char *out, const char *parent, int depth,
                              StatusList *list)
{
    struct dirent **names = NULL;
    const int n = scandir(out, &names, NULL, alphasort);
    if (n < 0)
        return FAIL(ctx, QMT_ERR_IO, "%s: %s", out, strerror(errno));
    QmtStatus status = QMT_OK;
    for (int i = 0; i < n; i++) {
        char folder[FILE_PATH_SIZE], label[STRUCTURE_NAME_SIZE + 16];
        const char *const name = names[i]->d_name;
        // A link is looked at like what it points to; a file has no config.yaml inside.
        if (status == QMT_OK && name[0] != '.' && file_join(ctx, out, name, folder) == QMT_OK &&
            snprintf(label, sizeof label, "%s%s%s", parent, parent[0] != '\0' ? "/" : "", name) <
                (int)sizeof label) {
            if (is_in(folder, RUN_FILE_CONFIG))
                status = entry_add(ctx, folder, label, list);
            else if (depth == 0 && is_in(folder, "."))
                status = folders_look(ctx, folder, label, 1, list);
        }
        free(names[i]);
    }
    free(names);
    return status;
}

QmtStatus status_look(QmtContext *ctx, const char *out, StatusList *list)
{
    StatusList found = {0};
    QmtStatus status = folders_look(ctx, out, "", 0, &found);
    if (status == QMT_OK && found.n == 0)
        status = FAIL(ctx, QMT_ERR_INPUT,
                      "%s: holds no trajectories; the folder wanted is that of `run --out`", out);
    if (status != QMT_OK) {
        status_release(&found);
        return status;
    }
    *list = found;
    return QMT_OK;
}

void status_release(StatusList *list)
{
    free(list->entries);
    *list = (StatusList){0};
}
