#include "campaign/batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/journal_read.h"
#include "campaign/pack.h"
#include "campaign/preflight.h"
#include "campaign/recognise_packed.h"
#include "campaign/rejected_file.h"
#include "campaign/start_geometry.h"
#include "campaign/summary.h"
#include "campaign/test_faults.h"
#include "io/lock.h"
#include "io/text.h"
#include "run/resume.h"
#include "structure/smiles.h"

typedef struct {
    QmtContext *ctx;
    const Plan *plan;
    const RunOptions *settings;
    const BatchHooks *hooks;
    Outcomes *outcomes;
    Journal journal;
    ArchiveMount *archives;  ///< of OUT
    Packer *packer;          ///< NULL: finished trajectories stay folders
    RejectionList *rejected; ///< of the plan; NULL: none were wanted
    size_t *task_of;         ///< [n_running] place in the plan
    size_t *after;           ///< [n_running] which of these must have ended first; itself: none
} Batch;

/// What a worker sends back.
typedef struct {
    RunResult result;
    bool rejected; ///< the molecule cannot be computed: nothing was begun
} WorkResult;

/// Trajectories that may run at a time, as far as their disk space goes, and bytes of the metadata of a finished one.
enum { RUNNING_MAX = 64, METADATA_KEPT = 1 << 15 };

/// A trajectory that runs holds room for the longest metadata; a finished one has given most of it back.
uint64_t batch_bytes(const Plan *plan, const bool *reused)
{
    uint64_t n_bytes = 0;
    size_t n = 0;
    for (size_t t = 0; t < plan->n_tasks; t++) {
        if (reused != NULL && reused[t])
            continue;
        n_bytes += plan->tasks[t].n_bytes;
        if (n++ >= RUNNING_MAX)
            n_bytes -= TRAJECTORY_METADATA_BYTES - METADATA_KEPT;
    }
    return n_bytes;
}

_Static_assert(sizeof(WorkResult) <= WORKER_RESULT_SIZE,
               "a result goes through the pipe in one piece");

static void pass_progress(void *link, const RunProgress *progress)
{
    worker_progress(link, progress);
}

static bool pass_stop(void *link)
{
    return worker_should_stop(link);
}

/// True if another program that shares the list is at a trajectory, which then needs no geometry here.
static QmtStatus held_check(QmtContext *ctx, const RunOptions *settings, const RunSpec *task)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE], holder[LOCK_HOLDER_SIZE];
    TRY(file_join(ctx, settings->out, task->label, folder));
    TRY(file_join(ctx, folder, RUN_FILE_LOCK, path));
    return lock_look(path, holder) == LOCK_HELD
               ? FAIL(ctx, QMT_ERR_LOCKED, "held by %s, skipped", holder)
               : QMT_OK;
}

/// A trajectory that has no atoms yet. What a copy of a frame lacks is no fault of its molecule.
static QmtStatus planned_run(QmtContext *ctx, const RunOptions *settings, const RunSpec *planned,
                             const RunHooks *hooks, WorkResult *made)
{
    Structure structure = {0};
    RunSpec task;
    TRY(held_check(ctx, settings, planned));
    QmtStatus status = start_geometry_make(ctx, settings, planned, &structure, &task);
    made->rejected =
        planned->quench.number == 0 && (status == QMT_ERR_INPUT || status == QMT_ERR_CONFIG);
    if (status == QMT_OK)
        status = run_trajectory(ctx, settings, &task, hooks, &made->result);
    structure_release(&structure);
    return status;
}

/// One trajectory, unless another program has done it meanwhile. One that is to be made longer leaves its archive.
static QmtStatus task_run(QmtContext *ctx, const Batch *batch, const RunOptions *settings,
                          const RunSpec *task, const RunHooks *hooks, WorkResult *made)
{
    bool same = false;
    const bool is_shared = settings->shares || settings->steals;
    if (start_geometry_is_missing(task) || archives_count(batch->archives) > 0 || is_shared)
        TRY(resume_recognise(ctx, settings, task, &same, &made->result));
    if (same)
        return QMT_OK;
    if (is_shared) // others take what we would wait for
        TRY(held_check(ctx, settings, task));
    if (!settings->fresh)
        TRY(unpack_one(ctx, batch->archives, settings->out, task->label));
    return start_geometry_is_missing(task)
               ? planned_run(ctx, settings, task, hooks, made)
               : run_trajectory(ctx, settings, task, hooks, &made->result);
}

static QmtStatus work(QmtContext *ctx, void *user, size_t place, WorkerLink *link, void *result)
{
    const Batch *batch = user;
    RunSpec task;
    plan_task(batch->plan, batch->task_of[place], &task);
    archives_refresh(ctx, batch->archives); // since this process began
    RunOptions settings = *batch->settings;
    test_faults_set(task.label, worker_attempt(link), &settings);

    const RunHooks hooks = {.user = link, .progress = pass_progress, .should_stop = pass_stop};
    WorkResult made = {.rejected = false};
    // What a short one leaves is worth nothing before it is in the archive, which waits for the disk.
    file_set_sync(!(settings.pack && spec_is_short(&task)));
    const QmtStatus status = task_run(ctx, batch, &settings, &task, &hooks, &made);
    file_set_sync(true);
    memcpy(result, &made, sizeof made);
    return status;
}

/// What other programs packed meanwhile.
static void before_start(void *user, size_t place)
{
    const Batch *batch = user;
    (void)place;
    archives_refresh(batch->ctx, batch->archives);
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
    char named[RUN_NOTE_SIZE + SPEC_LABEL_SIZE + 2];
    const size_t n = strlen(label);
    const bool is_named = strncmp(sentence, label, n) == 0 && sentence[n] == ':';
    snprintf(named, sizeof named, "%s%s%s", is_named ? "" : label, is_named ? "" : ": ", sentence);
    if (batch->hooks->note != NULL)
        batch->hooks->note(batch->hooks->user, batch->task_of[place], level, named);
    else if (batch->settings->steals) // whose caller knows no such task
        context_log(batch->ctx, level, "%s", named);
}

static bool should_stop(void *user)
{
    const Batch *batch = user;
    return batch->hooks->should_stop != NULL && batch->hooks->should_stop(batch->hooks->user);
}

static void on_stop(void *user, int signal)
{
    const Batch *batch = user;
    if (batch->hooks->stop != NULL)
        batch->hooks->stop(batch->hooks->user, signal);
}

/// A molecule that its worker could not begin: one line in rejected.tsv, however many trajectories it was to have.
static void rejection_note(Batch *batch, const PlanTask *task, BatchOutcome *outcome)
{
    QmtContext *const ctx = batch->ctx;
    const bool first = task == batch->plan->tasks || task[-1].structure != task->structure;
    if (batch->rejected == NULL || !first)
        return;
    const Message before = context_keep(ctx);
    const QmtStatus failure = FAIL(ctx, outcome->status, "%s", outcome->message);
    QmtStatus status = rejection_take(ctx, batch->rejected, task->structure->source,
                                      task->structure->name, REJECT_SMILES, failure);
    if (status == QMT_OK)
        status = rejected_file_append(ctx, batch->settings->out, &batch->plan->shard,
                                      &batch->rejected->items[batch->rejected->n - 1]);
    if (status != QMT_OK)
        context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
    (void)context_restore(ctx, &before);
}

static QmtStatus frames_recover(const Batch *batch, const RunSpec *planned, const char *reason,
                                int64_t *n_frames)
{
    if (!start_geometry_is_missing(planned))
        return run_recover(batch->ctx, batch->settings, planned, reason, n_frames);
    Structure structure = {0};
    RunSpec task;
    TRY(start_geometry_make(batch->ctx, batch->settings, planned, &structure, &task));
    const QmtStatus status = run_recover(batch->ctx, batch->settings, &task, reason, n_frames);
    structure_release(&structure);
    return status;
}

/// What becomes of a trajectory whose process could not say so itself. Without a checkpoint its frames are
/// saved as they are on the disk.
static void crash_salvage(const Batch *batch, size_t t, BatchOutcome *outcome)
{
    RunSpec whole;
    plan_task(batch->plan, t, &whole);
    const RunSpec *const task = &whole;
    char saved[160], folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
    int64_t n_frames = 0;
    const bool can_go_on =
        file_join(batch->ctx, batch->settings->out, task->label, folder) == QMT_OK &&
        file_join(batch->ctx, folder, CHECKPOINT_FILE, path) == QMT_OK && file_exists(path);
    if (can_go_on)
        snprintf(saved, sizeof saved, "; the same command continues from its last checkpoint");
    else if (frames_recover(batch, task, outcome->message, &n_frames) != QMT_OK)
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

/// True if a copy of a frame has no origin, as that cannot be computed.
static bool is_rejected_with_origin(const Batch *batch, size_t t)
{
    BatchOutcome origin;
    const int number = batch->plan->tasks[t].quench.number;
    if (number == 0)
        return false;
    outcomes_get(batch->outcomes, t - (size_t)number, &origin);
    return origin.rejected;
}

static void on_end(void *user, size_t place, const WorkerOutcome *ended)
{
    Batch *const batch = user;
    const size_t t = batch->task_of[place];
    const PlanTask *const task = &batch->plan->tasks[t];
    BatchOutcome kept = {.ran = true, .status = ended->status, .signal = ended->signal};
    BatchOutcome *const outcome = &kept;
    memcpy(outcome->message, ended->message, sizeof outcome->message);
    if (ended->has_result) {
        WorkResult made;
        memcpy(&made, ended->result, sizeof made);
        outcome->result = made.result;
        outcome->rejected = made.rejected || is_rejected_with_origin(batch, t);
    } else {
        crash_salvage(batch, t, outcome);
    }
    if (outcome->rejected)
        rejection_note(batch, task, outcome);
    else if (outcome->status != QMT_ERR_LOCKED && !outcome->result.reused)
        journal_add(batch->ctx, &batch->journal, task, outcome);
    if (outcome->status == QMT_OK)
        packer_add(batch->ctx, batch->packer, task->label);
    if (outcomes_put(batch->ctx, batch->outcomes, t, outcome) != QMT_OK)
        context_log(batch->ctx, QMT_LOG_WARNING, "%s", qmt_context_message(batch->ctx));
    if (batch->hooks->end != NULL)
        batch->hooks->end(batch->hooks->user, t, outcome);
}

static size_t count(const bool *values, size_t n)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    return sum;
}

/// How the trajectories of a job ended, by kind.
typedef struct {
    size_t n_held, n_failed, n_rejected, n_complete;
    size_t n_unwritten;  ///< of those that failed, for want of something of the machine
    QmtStatus unwritten; ///< QMT_ERR_IO or QMT_ERR_MEMORY of one of them
    size_t held;         ///< one of them, its place in the plan
    bool at_once;        ///< some stopped without a checkpoint, since nobody would wait
    int64_t n_safe;      ///< frames of those that stopped
} Ends;

static Ends ends_count(const Batch *batch, size_t n)
{
    Ends ends = {0};
    for (size_t place = 0; place < n; place++) {
        BatchOutcome kept;
        const BatchOutcome *const outcome = &kept;
        outcomes_get(batch->outcomes, batch->task_of[place], &kept);
        if (outcome->status == QMT_ERR_LOCKED) {
            ends.n_held++;
            ends.held = batch->task_of[place];
        } else if (outcome->status == QMT_OK) {
            ends.n_complete++;
        } else if (outcome->rejected) {
            ends.n_rejected++;
        } else {
            ends.n_failed++;
            if (outcome->status == QMT_ERR_IO || outcome->status == QMT_ERR_MEMORY) {
                ends.n_unwritten++;
                ends.unwritten = outcome->status;
            }
        }
        if (outcome->status == QMT_STOPPED) {
            ends.at_once = ends.at_once || outcome->signal != 0;
            ends.n_safe += outcome->result.n_frames;
        }
    }
    return ends;
}

static QmtStatus job_stopped(QmtContext *ctx, const Ends *ends)
{
    if (ends->at_once)
        return FAIL(ctx, QMT_STOPPED,
                    "stopped on request; the same command continues from the last checkpoints");
    if (ends->n_safe == 0)
        return FAIL(ctx, QMT_STOPPED, "stopped on request; the same command continues from here");
    return FAIL(ctx, QMT_STOPPED,
                "stopped on request; %lld frames are safe, the same command continues from here",
                (long long)ends->n_safe);
}

/// The status of the whole job. What is held elsewhere counts only if nothing else was done.
static QmtStatus job_judge(const Batch *batch, size_t n, QmtStatus status)
{
    QmtContext *const ctx = batch->ctx;
    const Plan *const plan = batch->plan;
    const Ends ends = ends_count(batch, n);
    char rejected_name[REJECTED_NAME_SIZE];
    rejected_file_name(&plan->shard, rejected_name);
    const size_t n_rejected = batch->rejected != NULL ? batch->rejected->n : ends.n_rejected;
    if (status == QMT_STOPPED && n == 1 && batch->outcomes->kept[batch->task_of[0]] != NULL) {
        (void)FAIL(ctx, QMT_STOPPED, "%s", outcomes_message(batch->outcomes, batch->task_of[0]));
        context_set_subject(ctx, "%s", plan->tasks[batch->task_of[0]].label);
        return QMT_STOPPED;
    }
    if (status == QMT_STOPPED)
        return job_stopped(ctx, &ends);
    if (n > 0 && ends.n_held == n && n_rejected == 0) {
        (void)FAIL(ctx, QMT_ERR_LOCKED, "nothing was done: %s",
                   n == 1 ? outcomes_message(batch->outcomes, ends.held)
                          : "every trajectory is held by another process");
        if (n == 1)
            context_set_subject(ctx, "%s", plan->tasks[batch->task_of[0]].label);
        return QMT_ERR_LOCKED;
    }
    if (n_rejected > 0 && ends.n_failed == 0)
        return FAIL(ctx, QMT_ERR_PARTIAL,
                    "%zu molecule%s cannot be computed; %s/%s says which and why", n_rejected,
                    n_rejected == 1 ? "" : "s", batch->settings->out, rejected_name);
    if (ends.n_failed == 0)
        return ends.n_held > 0 ? QMT_OK : status;
    if (plan->n_tasks == 1 && n_rejected == 0) {
        context_set_subject(ctx, "%s", plan->tasks[0].label);
        return status;
    }
    // What the machine lacked another start may find: launchers are not to take it for a molecule that fails.
    const QmtStatus judged = ends.n_unwritten > 0 ? ends.unwritten : QMT_ERR_PARTIAL;
    (void)FAIL(ctx, judged, "%zu of %zu trajectories failed", ends.n_failed, plan->n_tasks);
    if (ends.n_unwritten > 0)
        context_append(ctx, ", %zu of them for want of %s; the same command continues with these",
                       ends.n_unwritten,
                       ends.unwritten == QMT_ERR_IO ? "files that could be read or written"
                                                    : "memory");
    if (n_rejected > 0)
        context_append(ctx, ", %zu cannot be computed (%s/%s)", n_rejected, batch->settings->out,
                       rejected_name);
    if (ends.n_held > 0)
        context_append(ctx, ", %zu are held by another process", ends.n_held);
    return judged;
}

/// A copy of a frame waits for its origin, which is in the job unless it is finished.
static void order_fill(const Batch *batch, const bool *reused, size_t n)
{
    size_t origin = 0; // the last trajectory that is no copy
    for (size_t place = 0; place < n; place++) {
        const size_t t = batch->task_of[place];
        const int number = batch->plan->tasks[t].quench.number;
        if (number == 0)
            origin = place;
        batch->after[place] = number > 0 && !reused[t - (size_t)number] ? origin : place;
    }
}

static QmtStatus rest_run(Batch *batch, const bool *reused)
{
    const Plan *plan = batch->plan;
    double *const cost = malloc((plan->n_tasks + 1) * sizeof *cost);
    batch->task_of = malloc((plan->n_tasks + 1) * sizeof *batch->task_of);
    batch->after = malloc((plan->n_tasks + 1) * sizeof *batch->after);
    size_t n = 0, n_missing = 0; // n_missing: those without a geometry
    QmtStatus status = QMT_OK;

    if (cost == NULL || batch->task_of == NULL || batch->after == NULL) {
        status = FAIL(batch->ctx, QMT_ERR_MEMORY, "no memory for %zu trajectories", plan->n_tasks);
    } else {
        for (size_t t = 0; t < plan->n_tasks; t++) {
            if (reused[t])
                continue;
            batch->task_of[n] = t;
            cost[n++] = plan->tasks[t].cost;
            n_missing += plan->tasks[t].structure->n_atoms == 0;
        }
        order_fill(batch, reused, n);
        batch->outcomes->otherwise = QMT_STOPPED;
        if (n_missing > 1)
            smiles_prepare();
        const WorkerPool job = {.n_tasks = n,
                                .cost = cost,
                                .after = batch->after,
                                .n_workers = batch->settings->n_workers,
                                .max_s = batch->settings->max_s,
                                .user = batch,
                                .work = work,
                                .before_start = before_start,
                                .on_start = on_start,
                                .on_progress = on_progress,
                                .on_note = on_note,
                                .on_end = on_end,
                                .on_stop = on_stop,
                                .should_stop = should_stop};
        if (n > 0)
            status = worker_pool_run(batch->ctx, &job, NULL, NULL);
        status = job_judge(batch, n, status);
    }
    free(cost);
    free(batch->task_of);
    free(batch->after);
    return status;
}

/// Opens the archives of OUT to what follows.
static QmtStatus archives_open(QmtContext *ctx, const Plan *plan, const RunOptions *settings,
                               ArchiveMount **archives)
{
    char name[PACK_NAME_SIZE];
    pack_name(&plan->shard, name);
    return archives_mount(ctx, settings->out, name, archives);
}

QmtStatus batch_look(QmtContext *ctx, const Plan *plan, const RunOptions *settings)
{
    char path[FILE_PATH_SIZE];
    bool *const reused = calloc(2 * (plan->n_tasks + 1), sizeof *reused);
    bool *const has_space = reused != NULL ? reused + plan->n_tasks + 1 : NULL;
    ArchiveMount *archives = NULL;
    QmtStatus status = QMT_OK;
    if (reused == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu trajectories", plan->n_tasks);
    if (status == QMT_OK)
        status = archives_open(ctx, plan, settings, &archives);
    if (status == QMT_OK)
        status = recognise_packed(ctx, plan, settings, archives, NULL, reused);
    if (status == QMT_OK)
        status = preflight_earlier(ctx, plan, settings, NULL, reused, has_space);
    archives_unmount(&archives);
    if (status == QMT_OK)
        status = preflight_folder(ctx, settings->out, count(reused, plan->n_tasks) == plan->n_tasks,
                                  path);
    if (status == QMT_OK)
        status = preflight_disk(ctx, path, batch_bytes(plan, has_space));
    if (status == QMT_OK && plan->n_tasks > 0)
        preflight_notes(ctx, &plan->tasks[0].state->config);
    free(reused);
    return status;
}

QmtStatus batch_finished(QmtContext *ctx, const Plan *plan, const RunOptions *settings, bool *done)
{
    bool *const has_space = calloc(plan->n_tasks + 1, sizeof *has_space);
    ArchiveMount *archives = NULL;
    QmtStatus status = QMT_OK;
    if (has_space == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu trajectories", plan->n_tasks);
    if (status == QMT_OK)
        status = archives_open(ctx, plan, settings, &archives);
    if (status == QMT_OK)
        status = recognise_packed(ctx, plan, settings, archives, NULL, done);
    if (status == QMT_OK)
        status = preflight_earlier(ctx, plan, settings, NULL, done, has_space);
    archives_unmount(&archives);
    free(has_space);
    return status;
}

/// The files about the whole job. The trajectories do not need them, so what goes wrong with them is a warning.
static void records_write(QmtContext *ctx, const Batch *batch)
{
    const Message before = context_keep(ctx);
    const char *const out = batch->settings->out;
    if (rejected_file_write(ctx, out, batch->plan, batch->outcomes) != QMT_OK)
        context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
    // Of parts the last one writes the summary, when it has ended.
    if (!shard_is_part(&batch->plan->shard) &&
        summary_write(ctx, batch->plan, batch->settings, batch->outcomes) != QMT_OK)
        context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
    (void)context_restore(ctx, &before);
}

/// How many trajectories of the plan are held elsewhere, and whether any was made here.
static size_t held_count(const Batch *batch, bool *made)
{
    size_t n = 0;
    *made = false;
    for (size_t t = 0; t < batch->plan->n_tasks; t++) {
        BatchOutcome outcome;
        outcomes_get(batch->outcomes, t, &outcome);
        n += outcome.status == QMT_ERR_LOCKED;
        *made =
            *made || (outcome.ran && outcome.status != QMT_ERR_LOCKED && !outcome.result.reused);
    }
    return n;
}

/// Notes that parts came to their end; true if they were the last ones. A process that takes from others writes into the
/// journal of its own part, which has not ended until then, and ends a part for a process that may be dead.
static bool parts_end(QmtContext *ctx, const Batch *batch)
{
    bool made, last = false;
    const Plan *const plan = batch->plan;
    const char *const out = batch->settings->out;
    const size_t n_held = held_count(batch, &made);
    if (!batch->settings->steals)
        return journal_shard_end(ctx, out, &plan->shard, made);
    if (n_held == 0)
        last = journal_shard_end(ctx, out, &plan->shard, false);
    if (made)
        last = journal_shard_end(ctx, out, &plan->writer, true) || last;
    return last;
}

/// A part of a list came to its end: the last one writes the summary of all.
static void shard_end(QmtContext *ctx, const Batch *batch)
{
    size_t n;
    if (!shard_is_part(&batch->plan->shard) || !parts_end(ctx, batch))
        return;
    const Message before = context_keep(ctx);
    if (summary_renew(ctx, batch->settings->out, &n) != QMT_OK)
        context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
    (void)context_restore(ctx, &before);
}

/// Runs what is not finished.
static QmtStatus job_run(Batch *batch, const bool *reused)
{
    QmtContext *const ctx = batch->ctx;
    const Plan *const plan = batch->plan;
    const bool is_own = !batch->settings->steals; // otherwise it is for its own process to say
    if (is_own) {
        preflight_notes(ctx, &plan->tasks[0].state->config);
        test_faults_warn(ctx);
    }
    batch->journal = journal_open(ctx, batch->settings->out, &plan->writer);
    if (is_own)
        journal_list_write(ctx, batch->settings->out, plan);
    if (is_own && rejected_file_write(ctx, batch->settings->out, plan, NULL) != QMT_OK)
        context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
    const QmtStatus status = rest_run(batch, reused);
    journal_close(&batch->journal);
    // The index of a long archive takes as much memory as the journal, which the summary reads.
    packer_close(ctx, &batch->packer);
    archives_unmount(&batch->archives);
    if (is_own)
        records_write(ctx, batch);
    if (status != QMT_STOPPED)
        shard_end(ctx, batch);
    return status;
}

/// What earlier jobs finished goes into the archive, too.
static QmtStatus earlier_pack(Batch *batch, const bool *reused)
{
    const Plan *const plan = batch->plan;
    if (!batch->settings->pack)
        return QMT_OK;
    TRY(packer_open(batch->ctx, batch->settings->out, &plan->shard, &batch->packer));
    for (size_t t = 0; t < plan->n_tasks; t++)
        if (reused[t] && !batch->settings->steals)
            packer_add(batch->ctx, batch->packer, plan->tasks[t].label);
    return QMT_OK;
}

/// What failed or cannot be computed in another process's part is not tried again here.
static QmtStatus failures_skip(const Batch *batch, bool *reused)
{
    QmtContext *const ctx = batch->ctx;
    const char *const out = batch->settings->out;
    RejectionList rejected = {0};
    TRY(rejected_file_read(ctx, out, &rejected));
    const char **const names = malloc((rejected.n + 1) * sizeof *names);
    QmtStatus status = names != NULL ? QMT_OK : FAIL(ctx, QMT_ERR_MEMORY, "no memory for names");
    for (size_t i = 0; status == QMT_OK && i < rejected.n; i++)
        names[i] = rejected.items[i].name;
    if (status == QMT_OK)
        qsort(names, rejected.n, sizeof *names, text_order);
    for (size_t t = 0; status == QMT_OK && t < batch->plan->n_tasks; t++) {
        const PlanTask *const task = &batch->plan->tasks[t];
        const char *const name = task->structure->name;
        char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
        status = file_join(ctx, out, task->label, folder);
        if (status == QMT_OK)
            status = file_join(ctx, folder, RUN_FILE_RUN, path);
        reused[t] = reused[t] || (status == QMT_OK && file_exists(path)) ||
                    bsearch(&name, names, rejected.n, sizeof *names, text_order) != NULL;
    }
    free(names);
    rejections_release(&rejected);
    return status;
}

/// Notes what is finished without a line in the journal: its process was killed before it could say so. OUT of a version
/// that kept no journal stays as it is. *healed: there was such a one.
///
/// @param n_noted  of those that are finished so many have their line
static QmtStatus journal_heal(Batch *batch, const bool *reused, size_t n_noted, bool *healed)
{
    QmtContext *const ctx = batch->ctx;
    const Plan *const plan = batch->plan;
    JournalEntries found = {.file = file_none()};
    char folder[FILE_PATH_SIZE];
    *healed = false;
    TRY(file_join(ctx, batch->settings->out, JOURNAL_FOLDER, folder));
    if (!file_exists(folder) || count(reused, plan->n_tasks) == n_noted)
        return QMT_OK;
    const QmtStatus status = journal_read(ctx, batch->settings->out, &found);
    for (size_t t = 0; status == QMT_OK && t < plan->n_tasks; t++) {
        BatchOutcome outcome;
        if (!reused[t] || journal_find(&found, plan->tasks[t].label) != NULL)
            continue;
        if (!*healed)
            batch->journal = journal_open(ctx, batch->settings->out, &plan->shard);
        *healed = true;
        outcomes_get(batch->outcomes, t, &outcome);
        journal_add(ctx, &batch->journal, &plan->tasks[t], &outcome);
    }
    if (*healed)
        journal_close(&batch->journal);
    journal_entries_release(&found);
    return status;
}

/// Nothing is left to compute; what cannot be computed is noted all the same.
static QmtStatus nothing_run(Batch *batch, bool healed)
{
    QmtContext *const ctx = batch->ctx;
    const Plan *const plan = batch->plan;
    const bool any_rejected =
        batch->rejected != NULL && batch->rejected->n > 0 && !batch->settings->steals;
    if (plan->n_tasks == 0 && !any_rejected && !batch->settings->steals)
        context_log(ctx, QMT_LOG_INFO, "no molecule of the list is in part %llu of %llu",
                    (unsigned long long)plan->shard.index, (unsigned long long)plan->shard.count);
    if (any_rejected || shard_is_part(&plan->shard))
        TRY(file_make_directories(ctx, batch->settings->out));
    if (!batch->settings->steals && journal_has_list(ctx, batch->settings->out, plan))
        journal_list_write(ctx, batch->settings->out, plan); // it may have lost a molecule since
    if (any_rejected || (healed && !batch->settings->steals))
        records_write(ctx, batch);
    else if (!batch->settings->steals && !plan->chosen &&
             rejected_file_write(ctx, batch->settings->out, plan, batch->outcomes) != QMT_OK)
        context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
    shard_end(ctx, batch);
    return job_judge(batch, 0, QMT_OK);
}

/// Looks what is there, and runs the rest.
static QmtStatus batch_begin(Batch *batch, bool *reused, bool *has_space)
{
    QmtContext *const ctx = batch->ctx;
    const Plan *const plan = batch->plan;
    const RunOptions *const settings = batch->settings;
    const BatchHooks *const hooks = batch->hooks;
    TRY(recognise_packed(ctx, plan, settings, batch->archives, batch->outcomes, reused));
    const size_t n_noted = count(reused, plan->n_tasks);
    TRY(preflight_earlier(ctx, plan, settings, batch->outcomes, reused, has_space));
    bool healed = false;
    if (settings->steals)
        TRY(failures_skip(batch, reused));
    else
        TRY(journal_heal(batch, reused, n_noted, &healed));
    const bool all_done = count(reused, plan->n_tasks) == plan->n_tasks;
    if (!all_done) {
        TRY(file_make_directories(ctx, settings->out));
        TRY(preflight_disk(ctx, settings->out, batch_bytes(plan, has_space)));
    }
    for (size_t t = 0; t < plan->n_tasks && hooks->reused != NULL; t++)
        if (reused[t]) {
            BatchOutcome outcome;
            outcomes_get(batch->outcomes, t, &outcome);
            hooks->reused(hooks->user, t, &outcome);
        }
    TRY(earlier_pack(batch, reused));
    return all_done ? nothing_run(batch, healed || !summary_exists(ctx, settings->out))
                    : job_run(batch, reused);
}

QmtStatus batch_run(QmtContext *ctx, const Plan *plan, const RunOptions *settings,
                    const BatchHooks *hooks, Outcomes *outcomes)
{
    RunOptions own = *settings;
    if (own.n_workers > plan->n_tasks)
        own.n_workers = plan->n_tasks;
    Batch batch = {.ctx = ctx,
                   .plan = plan,
                   .settings = &own,
                   .hooks = hooks,
                   .outcomes = outcomes,
                   .journal = {.file = file_none()},
                   .rejected = plan->structures.rejected};
    RejectionList others = {0};
    if (own.steals) // noted for whoever has the part
        batch.rejected = &others;
    bool *const reused = calloc(2 * (plan->n_tasks + 1), sizeof *reused);
    if (reused == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu trajectories", plan->n_tasks);
    bool *const has_space = reused + plan->n_tasks + 1;

    outcomes_clear(outcomes);
    QmtStatus status = archives_open(ctx, plan, settings, &batch.archives);
    if (status == QMT_OK)
        status = batch_begin(&batch, reused, has_space);
    packer_close(ctx, &batch.packer);
    archives_unmount(&batch.archives);
    rejections_release(&others);
    free(reused);
    return status;
}
