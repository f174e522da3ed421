#include "campaign/batch.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "campaign/summary.h"
#include "io/lock.h"
#include "io/text.h"
#include "run/resume.h"

/// Ten times the memory of velocities at a friction of 1 /ps.
static const double SAMPLING_SHORTEST_PS = 10.0;

typedef struct {
    QmtContext *ctx;
    const Plan *plan;
    const RunOptions *settings;
    const BatchFaults *faults;
    const BatchHooks *hooks;
    BatchOutcome *outcomes;
    size_t *task_of; ///< [n_running] place in the plan
} Batch;

uint64_t batch_bytes(const Plan *plan, const bool *reused)
{
    uint64_t n_bytes = 0;
    for (size_t t = 0; t < plan->n_tasks; t++)
        if (reused == NULL || !reused[t])
            n_bytes += plan->tasks[t].n_bytes;
    return n_bytes;
}

/// The step of "NAME:STEP" if the label is NAME, else 0.
static int64_t fault_step(const char *fault, const char *label)
{
    const size_t length = strlen(label);
    long long step;
    if (fault == NULL || strncmp(fault, label, length) != 0 || fault[length] != ':' ||
        text_parse_integer(fault + length + 1, 1, INT64_MAX, &step) != NULL)
        return 0;
    return step;
}

_Static_assert(sizeof(RunResult) <= WORKER_RESULT_SIZE,
               "a result goes through the pipe in one piece");

static void pass_progress(void *link, const RunProgress *progress)
{
    worker_progress(link, progress);
}

static bool pass_stop(void *link)
{
    return worker_should_stop(link);
}

static QmtStatus work(QmtContext *ctx, void *user, size_t place, WorkerLink *link, void *result)
{
    const Batch *batch = user;
    const RunSpec *task = &batch->plan->tasks[batch->task_of[place]];
    RunOptions settings = *batch->settings;
    settings.fail_at_step = fault_step(batch->faults->fail, task->label);
    if (worker_attempt(link) == 0 || batch->faults->crash_again)
        settings.crash_at_step = fault_step(batch->faults->crash, task->label);

    const RunHooks hooks = {.user = link, .progress = pass_progress, .should_stop = pass_stop};
    RunResult made = {0};
    const QmtStatus status = run_trajectory(ctx, &settings, task, &hooks, &made);
    memcpy(result, &made, sizeof made);
    return status;
}

static void on_start(void *user, size_t place)
{
    const Batch *batch = user;
    if (batch->hooks->start != NULL)
        batch->hooks->start(batch->hooks->user, batch->task_of[place]);
}

static void on_progress(void *user, size_t place, const RunProgress *progress)
{
    const Batch *batch = user;
    if (batch->hooks->progress != NULL)
        batch->hooks->progress(batch->hooks->user, batch->task_of[place], progress);
}

static void on_note(void *user, size_t place, QmtLogLevel level, const char *sentence)
{
    const Batch *batch = user;
    const char *const label = batch->plan->tasks[batch->task_of[place]].label;
    char named[RUN_NOTE_SIZE + sizeof batch->plan->tasks[0].label + 2];
    snprintf(named, sizeof named, "%s: %s", label, sentence);
    if (batch->hooks->note != NULL)
        batch->hooks->note(batch->hooks->user, batch->task_of[place], level, named);
}

static void on_stop(void *user, int signal)
{
    const Batch *batch = user;
    if (batch->hooks->stop != NULL)
        batch->hooks->stop(batch->hooks->user, signal);
}

/// What becomes of a trajectory whose process could not say so itself. Without a checkpoint its frames are
/// saved as they are on the disk.
static void crash_salvage(const Batch *batch, const RunSpec *task, BatchOutcome *outcome)
{
    char saved[160], folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
    int64_t n_frames = 0;
    const bool can_go_on =
        file_join(batch->ctx, batch->settings->out, task->label, folder) == QMT_OK &&
        file_join(batch->ctx, folder, CHECKPOINT_FILE, path) == QMT_OK && file_exists(path);
    if (can_go_on)
        snprintf(saved, sizeof saved, "; the same command goes on from its last checkpoint");
    else if (run_recover(batch->ctx, batch->settings, task, outcome->message, &n_frames) != QMT_OK)
        snprintf(saved, sizeof saved, "; its frames could not be saved");
    else if (n_frames > 0)
        snprintf(saved, sizeof saved, "; %lld frames are in %s", (long long)n_frames,
                 RUN_FILE_PARTIAL);
    else
        snprintf(saved, sizeof saved, "; it had no frames yet");
    outcome->result.n_frames = n_frames;
    const size_t length = strlen(outcome->message);
    snprintf(outcome->message + length, sizeof outcome->message - length, "%s", saved);
}

static void on_end(void *user, size_t place, const WorkerOutcome *ended)
{
    const Batch *batch = user;
    const size_t t = batch->task_of[place];
    BatchOutcome *const outcome = &batch->outcomes[t];

    outcome->ran = true;
    outcome->status = ended->status;
    outcome->signal = ended->signal;
    memcpy(outcome->message, ended->message, sizeof outcome->message);
    if (ended->has_result)
        memcpy(&outcome->result, ended->result, sizeof outcome->result);
    else
        crash_salvage(batch, &batch->plan->tasks[t], outcome);
    if (batch->hooks->end != NULL)
        batch->hooks->end(batch->hooks->user, t, outcome);
}

/// True if another process works on a trajectory just now, so that what lies there is in motion.
static bool is_held(const Batch *batch, const RunSpec *task)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE], holder[LOCK_HOLDER_SIZE];
    return file_join(batch->ctx, batch->settings->out, task->label, folder) == QMT_OK &&
           file_join(batch->ctx, folder, RUN_FILE_LOCK, path) == QMT_OK &&
           lock_look(path, holder) == LOCK_HELD;
}

/// Marks what is finished, and what has its space on the disk. All differences are found before the first
/// is reported.
static QmtStatus earlier_find(const Batch *batch, bool *reused, bool *has_space)
{
    QmtContext *const ctx = batch->ctx;
    Message first = {0};
    size_t n_different = 0;

    for (size_t t = 0; t < batch->plan->n_tasks; t++) {
        Found found;
        TRY(resume_replicas(ctx, batch->settings, &batch->plan->tasks[t]));
        const QmtStatus status = resume_look(ctx, batch->settings, &batch->plan->tasks[t], &found);
        found_release(&found);
        TRY(status);
        reused[t] = found.kind == EXISTING_SAME;
        has_space[t] = reused[t] || found.kind == EXISTING_INTERRUPTED;
        if (reused[t])
            batch->outcomes[t].result = found.result;
        const Message difference = context_keep(ctx);
        if (found.kind != EXISTING_DIFFERENT || is_held(batch, &batch->plan->tasks[t]))
            continue;
        if (n_different++ == 0)
            first = difference;
        else
            context_log(ctx, QMT_LOG_WARNING, "%s", difference.text);
    }
    if (n_different == 0)
        return QMT_OK;
    (void)context_restore(ctx, &first);
    context_append(ctx, "; take another --out, or --fresh to make it anew");
    return QMT_ERR_CHECKPOINT;
}

static QmtStatus disk_check(QmtContext *ctx, const char *out, uint64_t n_bytes)
{
    struct statvfs disk;
    if (statvfs(out, &disk) != 0)
        return FAIL(ctx, QMT_ERR_IO, "%s: %s", out, strerror(errno));
    const double free_bytes = (double)disk.f_bavail * (double)disk.f_frsize;
    if ((double)n_bytes > free_bytes)
        return FAIL(
            ctx, QMT_ERR_IO,
            "%s: the trajectories need %.1f MB, the disk has %.1f MB left; free some, or save "
            "fewer frames (save_interval_steps)",
            out, 1e-6 * (double)n_bytes, 1e-6 * free_bytes);
    return QMT_OK;
}

static size_t count(const bool *values, size_t n)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    return sum;
}

/// The nearest folder above OUT that is there already, or OUT itself. Files are to be made in it unless only_read.
static QmtStatus folder_above(QmtContext *ctx, const char *out, bool only_read,
                              char path[FILE_PATH_SIZE])
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
        return FAIL(ctx, QMT_ERR_IO, "%s: is no folder", path);
    if (!only_read && access(path, W_OK) != 0)
        return FAIL(ctx, QMT_ERR_IO, "%s: cannot make files there: %s", path, strerror(errno));
    return QMT_OK;
}

/// One note per job: a thermostat that forgets more slowly than the run lasts does not set its
/// temperature.
static void friction_note(QmtContext *ctx, const Config *config)
{
    char advice[64] = "";
    if (config->ensemble != CONFIG_NVT || config->friction_per_ps <= 0.0 ||
        config->friction_per_ps * config->length_ps >= 1.0)
        return;
    // A run of a few ps is too short for any friction that leaves the motion as it is.
    if (config->length_ps >= SAMPLING_SHORTEST_PS)
        snprintf(advice, sizeof advice, "; friction_per_ps = 1 samples %g K",
                 config->temperature_k);
    context_log(
        ctx, QMT_LOG_INFO,
        "friction_per_ps = %g: velocities are remembered for %g ps, longer than the run of %g ps, "
        "so each trajectory keeps about the energy that its equilibration left it%s",
        config->friction_per_ps, 1.0 / config->friction_per_ps, config->length_ps, advice);
}

/// What is held elsewhere counts only if nothing else was done.
static QmtStatus held_judge(const Batch *batch, size_t n, QmtStatus status)
{
    size_t n_held = 0, n_failed = 0;
    const BatchOutcome *held = NULL;
    for (size_t place = 0; place < n; place++) {
        const BatchOutcome *outcome = &batch->outcomes[batch->task_of[place]];
        if (outcome->status == QMT_ERR_LOCKED) {
            n_held++;
            held = outcome;
        } else {
            n_failed += outcome->status != QMT_OK;
        }
    }
    if (held == NULL || status == QMT_STOPPED)
        return status;
    if (n_held == n)
        return FAIL(batch->ctx, QMT_ERR_LOCKED, "nothing was done: %s",
                    n == 1 ? held->message : "every trajectory is held by another process");
    if (n_failed == 0)
        return QMT_OK;
    return FAIL(batch->ctx, QMT_ERR_PARTIAL,
                "%zu of %zu trajectories failed, %zu are held by "
                "another process",
                n_failed, batch->plan->n_tasks, n_held);
}

static QmtStatus rest_run(Batch *batch, const bool *reused)
{
    const Plan *plan = batch->plan;
    double *const cost = malloc((plan->n_tasks + 1) * sizeof *cost);
    WorkerOutcome *const ended = malloc((plan->n_tasks + 1) * sizeof *ended);
    batch->task_of = malloc((plan->n_tasks + 1) * sizeof *batch->task_of);
    size_t n = 0;
    QmtStatus status = QMT_OK;

    if (cost == NULL || ended == NULL || batch->task_of == NULL) {
        status = FAIL(batch->ctx, QMT_ERR_MEMORY, "no memory for %zu trajectories", plan->n_tasks);
    } else {
        for (size_t t = 0; t < plan->n_tasks; t++) {
            if (reused[t])
                continue;
            batch->outcomes[t].status = QMT_STOPPED;
            batch->task_of[n] = t;
            cost[n++] = plan->tasks[t].cost;
        }
        RunOptions settings = *batch->settings;
        if (settings.n_workers > n)
            settings.n_workers = n;
        batch->settings = &settings;
        const WorkerPool job = {.n_tasks = n,
                                .cost = cost,
                                .n_workers = settings.n_workers,
                                .max_s = settings.max_s,
                                .user = batch,
                                .work = work,
                                .on_start = on_start,
                                .on_progress = on_progress,
                                .on_note = on_note,
                                .on_end = on_end,
                                .on_stop = on_stop};
        if (n > 0)
            status = worker_pool_run(batch->ctx, &job, ended, NULL);
        status = held_judge(batch, n, status);
        // A single trajectory that fails among finished ones is one of several.
        if (n == 1 && plan->n_tasks > 1 && status != QMT_OK && status != QMT_STOPPED &&
            status != QMT_ERR_LOCKED)
            status =
                FAIL(batch->ctx, QMT_ERR_PARTIAL, "1 of %zu trajectories failed", plan->n_tasks);
        else if (n == 1 && status != QMT_OK && status != QMT_STOPPED)
            context_set_subject(batch->ctx, "%s", plan->tasks[batch->task_of[0]].label);
    }
    free(cost);
    free(ended);
    free(batch->task_of);
    return status;
}

QmtStatus batch_look(QmtContext *ctx, const Plan *plan, const RunOptions *settings)
{
    char path[FILE_PATH_SIZE];
    bool *const reused = calloc(2 * (plan->n_tasks + 1), sizeof *reused);
    bool *const has_space = reused != NULL ? reused + plan->n_tasks + 1 : NULL;
    BatchOutcome *const outcomes = calloc(plan->n_tasks + 1, sizeof *outcomes);
    const Batch batch = {.ctx = ctx, .plan = plan, .settings = settings, .outcomes = outcomes};
    QmtStatus status = QMT_OK;
    if (reused == NULL || outcomes == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu trajectories", plan->n_tasks);
    if (status == QMT_OK)
        status = earlier_find(&batch, reused, has_space);
    if (status == QMT_OK)
        status =
            folder_above(ctx, settings->out, count(reused, plan->n_tasks) == plan->n_tasks, path);
    if (status == QMT_OK)
        status = disk_check(ctx, path, batch_bytes(plan, has_space));
    if (status == QMT_OK && plan->n_tasks > 0)
        friction_note(ctx, &plan->tasks[0].config);
    free(reused);
    free(outcomes);
    return status;
}

QmtStatus batch_run(QmtContext *ctx, const Plan *plan, const RunOptions *settings,
                    const BatchFaults *faults, const BatchHooks *hooks, BatchOutcome *outcomes)
{
    Batch batch = {.ctx = ctx,
                   .plan = plan,
                   .settings = settings,
                   .faults = faults,
                   .hooks = hooks,
                   .outcomes = outcomes};
    bool *const reused = calloc(plan->n_tasks + 1, sizeof *reused);
    bool *const has_space = calloc(plan->n_tasks + 1, sizeof *has_space);
    if (reused == NULL || has_space == NULL) {
        free(reused);
        free(has_space);
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu trajectories", plan->n_tasks);
    }

    memset(outcomes, 0, plan->n_tasks * sizeof *outcomes);
    QmtStatus status = earlier_find(&batch, reused, has_space);
    if (status == QMT_OK)
        status = file_make_directories(ctx, settings->out);
    if (status == QMT_OK)
        status = disk_check(ctx, settings->out, batch_bytes(plan, has_space));
    free(has_space);
    const size_t n_reused = count(reused, plan->n_tasks);
    // What can only be written at the end is tried at the start.
    if (status == QMT_OK && n_reused < plan->n_tasks)
        status = summary_check(ctx, settings);
    if (status != QMT_OK) {
        free(reused);
        return status;
    }

    if (plan->n_tasks > 0)
        friction_note(ctx, &plan->tasks[0].config);
    status = rest_run(&batch, reused);
    free(reused);

    // The summary is written whatever happened. Its own failure stands behind another one, and behind none if
    // all was finished earlier: the folder may have been put where nothing can be written.
    const Message failure = context_keep(ctx);
    const QmtStatus written = summary_write(ctx, plan, settings, outcomes);
    if (status == QMT_OK && n_reused < plan->n_tasks)
        return written;
    if (written != QMT_OK)
        context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
    return status == QMT_OK ? QMT_OK : context_restore(ctx, &failure);
}
