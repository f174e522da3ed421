#include "campaign/preflight.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "campaign/start_geometry.h"
#include "config/value_text.h"
#include "io/lock.h"
#include "md/verdict.h"
#include "run/resume.h"

/// Part of the temperature that an equilibration may leave missing without a word.
static const double DEFICIT_NOTED = 0.01;
/// Ten times the memory of velocities at a friction of 1 /ps.
static const double SAMPLING_SHORTEST_PS = 10.0;

/// More sentences about what lies in OUT help nobody.
enum { SENTENCES_MAX = 20 };

/// True if another process works on a trajectory just now, so that what lies there is in motion.
static bool is_held(QmtContext *ctx, const RunOptions *settings, const RunSpec *task)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE], holder[LOCK_HOLDER_SIZE];
    return file_join(ctx, settings->out, task->label, folder) == QMT_OK &&
           file_join(ctx, folder, RUN_FILE_LOCK, path) == QMT_OK &&
           lock_look(path, holder) == LOCK_HELD;
}

/// True if nothing of a trajectory was begun.
static bool is_untouched(QmtContext *ctx, const RunOptions *settings, const RunSpec *task)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
    return file_join(ctx, settings->out, task->label, folder) == QMT_OK && !file_exists(folder) &&
           file_join(ctx, folder, RUN_FILE_COMPLETE, path) == QMT_OK && !file_exists(path);
}

/// Looks at what lies there in full, which needs the atoms.
static QmtStatus full_look(QmtContext *ctx, const RunOptions *settings, const RunSpec *task,
                           Found *found)
{
    if (!start_geometry_is_missing(task))
        return resume_look(ctx, settings, task, found);
    Structure structure = {0};
    RunSpec made;
    *found = (Found){.kind = EXISTING_NONE};
    const QmtStatus status = start_geometry_make(ctx, settings, task, &structure, &made);
    if (status == QMT_ERR_MEMORY || status == QMT_ERR_IO)
        return status;
    if (status != QMT_OK)
        return QMT_OK; // whoever takes it says so
    const QmtStatus looked = resume_look(ctx, settings, &made, found);
    structure_release(&structure);
    return looked;
}

/// Looks at one trajectory: the cheapest answer first.
static QmtStatus task_look(QmtContext *ctx, const RunOptions *settings, const RunSpec *task,
                           Existing *kind, RunResult *result)
{
    bool same;
    *kind = EXISTING_NONE;
    TRY(resume_replicas(ctx, settings, task));
    TRY(resume_recognise(ctx, settings, task, &same, result));
    if (same) {
        *kind = EXISTING_SAME;
        return QMT_OK;
    }
    if (is_untouched(ctx, settings, task))
        return QMT_OK;
    Found found;
    const QmtStatus status = full_look(ctx, settings, task, &found);
    *kind = found.kind;
    if (found.kind == EXISTING_SAME)
        *result = found.result;
    found_release(&found);
    return status;
}

QmtStatus preflight_earlier(QmtContext *ctx, const Plan *plan, const RunOptions *settings,
                            Outcomes *outcomes, bool *reused, bool *has_space)
{
    Message first = {0};
    size_t n_different = 0;
    for (size_t t = 0; t < plan->n_tasks; t++) {
        RunSpec task;
        BatchOutcome outcome = {.status = QMT_OK};
        Existing kind;
        if (reused[t]) {
            has_space[t] = true;
            continue;
        }
        plan_task(plan, t, &task);
        if (settings->steals && is_held(ctx, settings, &task)) {
            has_space[t] = true;
            continue;
        }
        TRY(task_look(ctx, settings, &task, &kind, &outcome.result));
        // Another program may have finished it between two looks at its files.
        const bool held = kind == EXISTING_DIFFERENT && is_held(ctx, settings, &task);
        if (kind == EXISTING_DIFFERENT && !held)
            TRY(task_look(ctx, settings, &task, &kind, &outcome.result));
        reused[t] = kind == EXISTING_SAME;
        const Message difference = context_keep(ctx);
        if (reused[t] && outcomes != NULL)
            TRY(outcomes_put(ctx, outcomes, t, &outcome));
        has_space[t] = reused[t] || kind == EXISTING_INTERRUPTED;
        if (kind != EXISTING_DIFFERENT || held || is_held(ctx, settings, &task))
            continue;
        if (n_different++ == 0)
            first = difference;
        else if (n_different <= SENTENCES_MAX)
            context_log(ctx, QMT_LOG_WARNING, "%s", difference.text);
    }
    if (n_different == 0)
        return QMT_OK;
    (void)context_restore(ctx, &first);
    if (n_different > SENTENCES_MAX)
        context_append(ctx, " (and so do %zu others)", n_different - 1);
    context_append(ctx, "; take another --out, or --fresh to make it again");
    return QMT_ERR_CHECKPOINT;
}

QmtStatus preflight_disk(QmtContext *ctx, const char *folder, uint64_t n_bytes)
{
    struct statvfs disk;
    if (statvfs(folder, &disk) != 0)
        return FAIL(ctx, QMT_ERR_IO, "%s: %s", folder, strerror(errno));
    const double free_bytes = (double)disk.f_bavail * (double)disk.f_frsize;
    if ((double)n_bytes > free_bytes)
        return FAIL(
            ctx, QMT_ERR_IO,
            "%s: the trajectories need %.1f MB, the disk has %.1f MB left; free some, or save "
            "fewer frames (save_interval_steps)",
            folder, 1e-6 * (double)n_bytes, 1e-6 * free_bytes);
    return QMT_OK;
}

QmtStatus preflight_folder(QmtContext *ctx, const char *out, bool only_read, char *path)
{
    struct stat there;
    if (snprintf(path, FILE_PATH_SIZE, "%s", out) >= FILE_PATH_SIZE)
        return FAIL(ctx, QMT_ERR_IO, "%.60s...: the path is too long; choose a shorter one", out);
    while (stat(path, &there) != 0 && errno == ENOENT) {
        char *const slash = strrchr(path, '/');
        if (slash == NULL)
            strcpy(path, ".");
        else
            slash[slash == path] = '\0';
    }
    if (stat(path, &there) == 0 && !S_ISDIR(there.st_mode))
        return FAIL(ctx, QMT_ERR_IO, "%s: is not a folder", path);
    if (!only_read && access(path, W_OK) != 0)
        return FAIL(ctx, QMT_ERR_IO, "%s: cannot make files there: %s", path, strerror(errno));
    return QMT_OK;
}

/// A molecule at rest lends half its kinetic energy to its vibrations; an equilibration that is too short does not give
/// it back.
static void equilibration_note(QmtContext *ctx, const Config *config)
{
    const double friction = config->equilibration_friction_per_ps;
    const MdOptions motion = {.equilibration_ps = config->equilibration_ps,
                              .equilibration_friction_per_ps = friction};
    const double missing = md_equilibration_deficit(&motion);
    if (!config->optimize || config->ensemble != CONFIG_NVT || missing <= DEFICIT_NOTED ||
        friction <= 0.0)
        return;
    context_log(
        ctx, QMT_LOG_INFO,
        "equilibration_ps = %g at a friction of %g /ps: relaxed molecules begin about %.0f K "
        "too cold; %.2g ps are enough",
        config->equilibration_ps, friction, missing * config->temperature_k.value[0],
        log(0.5 / DEFICIT_NOTED) / friction);
}

/// What says how a thermostat acts is often in a file that is taken with ensemble: nve, and has no effect then.
static void thermostat_note(QmtContext *ctx, const Config *config)
{
    static const char *const KEYS[] = {"thermostat", "thermostat_time_ps", "friction_per_ps"};
    for (size_t i = 0; config->ensemble == CONFIG_NVE && i < sizeof KEYS / sizeof KEYS[0]; i++) {
        char value[CONFIG_TEXT_SIZE];
        const size_t k = config_key(KEYS[i]);
        if (config_is_default(config, k))
            continue;
        config_value_text(config, k, value);
        context_log(ctx, QMT_LOG_INFO,
                    "%s = %s has no effect: with ensemble = nve no thermostat acts in production, "
                    "and equilibration has equilibration_friction_per_ps",
                    KEYS[i], value);
    }
}

/// The default, which leaves the motion as it is, is no reason to warn of itself. A thermostat that forgets more slowly
/// than the run lasts does not set its temperature.
void preflight_notes(QmtContext *ctx, const Config *config)
{
    equilibration_note(ctx, config);
    thermostat_note(ctx, config);
    char advice[64] = "";
    if (config->ensemble != CONFIG_NVT || config->friction_per_ps <= 0.0 ||
        thermostat_at((size_t)config->thermostat)->scales ||
        config->friction_per_ps * config->length_ps >= 1.0 ||
        config->friction_per_ps == config_default().friction_per_ps)
        return;
    // A run of a few ps is too short for any friction that leaves the motion as it is.
    if (config->length_ps >= SAMPLING_SHORTEST_PS)
        snprintf(advice, sizeof advice, "; friction_per_ps = 1 samples %g K",
                 config->temperature_k.value[0]);
    context_log(
        ctx, QMT_LOG_INFO,
        "friction_per_ps = %g: velocities are remembered for %g ps, longer than the run of %g ps, "
        "so each trajectory keeps about the energy that its equilibration left it%s",
        config->friction_per_ps, 1.0 / config->friction_per_ps, config->length_ps, advice);
}
