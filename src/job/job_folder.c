#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "io/lock.h"
#include "job/config_write.h"
#include "job/job_parts.h"

/// A process that was told to end may need a moment to give its lock back.
static const double LOCK_WAIT_S = 2.0;

/// No file of window records is longer.
static const size_t WINDOWS_LIMIT = (size_t)1 << 31;

static QmtStatus older_remove(QmtContext *ctx, const char *folder, const char *name)
{
    char path[FILE_PATH_SIZE];
    TRY(file_join(ctx, folder, name, path));
    return file_remove(ctx, path);
}

QmtStatus job_folder_enter(QmtContext *ctx, Job *job)
{
    char path[FILE_PATH_SIZE], holder[LOCK_HOLDER_SIZE];
    TRY(file_join(ctx, job->settings->out, job->task->label, job->folder));
    TRY(file_make_directories(ctx, job->folder));
    TRY(file_join(ctx, job->folder, JOB_FILE_LOCK, path));
    const QmtStatus status = lock_take(ctx, path, LOCK_WAIT_S, &job->lock, holder);
    if (status == QMT_ERR_LOCKED)
        return FAIL(ctx, QMT_ERR_LOCKED, "held by %s, skipped", holder);
    TRY(status);

    TRY(existing_look(ctx, job->settings, job->task, &job->found));
    if (job->found.kind == EXISTING_DIFFERENT)
        return QMT_ERR_CHECKPOINT; // the sentence is there
    TRY(existing_program_text(ctx, job->program));
    if (job->found.kind == EXISTING_INTERRUPTED || job->found.kind == EXISTING_SHORTER)
        snprintf(job->program + strlen(job->program), sizeof job->found.earlier, "%s",
                 job->found.earlier);
    return QMT_OK;
}

/// Configuration and start geometry, which do not change any more.
static QmtStatus descriptions_write(QmtContext *ctx, const Job *job)
{
    char *const config = config_yaml(&job->task->config);
    QmtStatus status = job_text_write(ctx, job->folder, JOB_FILE_CONFIG, config);
    free(config);
    TRY(status);
    char *const start = job_start_text(ctx, job->task);
    status = job_text_write(ctx, job->folder, JOB_FILE_START, start);
    free(start);
    return status;
}

QmtStatus job_folder_forget(QmtContext *ctx, const Job *job)
{
    return checkpoint_remove(ctx, job->folder);
}

void job_folder_tidy(QmtContext *ctx, const Job *job)
{
    // A process that was killed while it finished the file may have left the window records; one whose SCF
    // failed, a geometry.
    static const char *const older[] = {CHECKPOINT_FILE_PREVIOUS, "nve_windows.part",
                                        JOB_FILE_FAILED, JOB_FILE_FAILED ".tmp"};
    for (size_t i = 0; i < sizeof older / sizeof older[0]; i++)
        if (older_remove(ctx, job->folder, older[i]) != QMT_OK)
            context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
}

/// A finished trajectory is days of work: it stays, under another name, until the next one is put aside.
static QmtStatus complete_put_aside(QmtContext *ctx, const Job *job)
{
    char path[FILE_PATH_SIZE], aside[FILE_PATH_SIZE];
    TRY(file_join(ctx, job->folder, JOB_FILE_COMPLETE, path));
    TRY(file_join(ctx, job->folder, JOB_FILE_OLD, aside));
    return file_exists(path) ? file_rename(ctx, path, aside) : QMT_OK;
}

/// From the start: nothing of an earlier run stays but a finished trajectory, aside. The checkpoints go first, so that none is taken for
/// one of this run; the finished trajectory goes before its configuration is replaced.
static QmtStatus begin_anew(QmtContext *ctx, Job *job)
{
    static const char *const older[] = {JOB_FILE_PARTIAL, JOB_FILE_FAILED, JOB_FILE_RUN,
                                        CHECKPOINT_FILE_DAMAGED};
    TRY(job_folder_forget(ctx, job));
    TRY(complete_put_aside(ctx, job));
    for (size_t i = 0; i < sizeof older / sizeof older[0]; i++)
        TRY(older_remove(ctx, job->folder, older[i]));
    TRY(descriptions_write(ctx, job));
    const TrajectoryLayout layout = plan_layout(job->task, job->masses);
    TRY(trajectory_create(ctx, job->folder, &layout, &job->trajectory));
    return job_checkpoint(ctx, job);
}

/// A damaged newest checkpoint is kept for a look under another name; left in its place it would become
/// the previous one and push out the good one.
static QmtStatus damaged_put_aside(QmtContext *ctx, const Job *job)
{
    char path[FILE_PATH_SIZE], aside[FILE_PATH_SIZE];
    if (job->found.note[0] == '\0')
        return QMT_OK;
    context_log(ctx, QMT_LOG_WARNING, "%s; the one before it is used", job->found.note);
    if (!job->found.from_previous)
        return QMT_OK;
    TRY(file_join(ctx, job->folder, CHECKPOINT_FILE, path));
    TRY(file_join(ctx, job->folder, CHECKPOINT_FILE_DAMAGED, aside));
    return file_exists(path) ? file_rename(ctx, path, aside) : QMT_OK;
}

static QmtStatus begin_interrupted(QmtContext *ctx, Job *job)
{
    const Checkpoint *checkpoint = &job->found.checkpoint;
    char part[FILE_PATH_SIZE], complete[FILE_PATH_SIZE];
    TRY(file_join(ctx, job->folder, "trajectory.npz.part", part));
    TRY(file_join(ctx, job->folder, JOB_FILE_COMPLETE, complete));
    TRY(md_snapshot_load(ctx, job->md, checkpoint->snapshot, checkpoint->snapshot_size));
    TRY(damaged_put_aside(ctx, job));
    if (checkpoint->numbers.done && !file_exists(part) && file_exists(complete))
        return QMT_OK;

    const TrajectoryLayout layout = plan_layout(job->task, job->masses);
    TRY(trajectory_open_for_append(ctx, job->folder, &layout, &checkpoint->numbers.trajectory,
                                   &job->trajectory));
    // What is left of a shorter trajectory that this one goes on from.
    TRY(older_remove(ctx, job->folder, JOB_FILE_COMPLETE));
    TRY(older_remove(ctx, job->folder, JOB_FILE_RUN));
    return descriptions_write(ctx, job);
}

/// The finished, shorter file goes only when the longer one and its checkpoint are on the disk.
static QmtStatus begin_longer(QmtContext *ctx, Job *job)
{
    const Checkpoint *checkpoint = &job->found.checkpoint;
    const TrajectoryLayout layout = plan_layout(job->task, job->masses);
    TRY(md_snapshot_load(ctx, job->md, checkpoint->snapshot, checkpoint->snapshot_size));
    TRY(damaged_put_aside(ctx, job));
    TRY(trajectory_extend(ctx, job->folder, &layout, checkpoint->numbers.n_frames,
                          &checkpoint->numbers.trajectory, checkpoint->windows,
                          checkpoint->windows_size, &job->trajectory));
    TRY(job_checkpoint(ctx, job));
    TRY(older_remove(ctx, job->folder, JOB_FILE_COMPLETE));
    TRY(older_remove(ctx, job->folder, JOB_FILE_RUN));
    return descriptions_write(ctx, job);
}

QmtStatus job_folder_begin(QmtContext *ctx, Job *job)
{
    if (job->found.kind == EXISTING_NONE)
        return begin_anew(ctx, job);
    job->before = job->found.checkpoint.numbers;
    job->n_safe = job->before.trajectory.n_frames;
    QmtStatus status;
    if (job->found.kind == EXISTING_SHORTER)
        status = begin_longer(ctx, job);
    else
        status = begin_interrupted(ctx, job);
    if (status == QMT_ERR_CHECKPOINT) {
        char sentence[sizeof ctx->message];
        memcpy(sentence, ctx->message, sizeof sentence);
        return FAIL(ctx, status, "%.900s; --fresh begins it anew", sentence);
    }
    TRY(status);
    if (job->found.moved[0] != '\0')
        context_log(ctx, QMT_LOG_WARNING,
                    "%s: goes on with other last digits than where it was begun (%s); its metadata "
                    "says so",
                    job->task->label, job->found.moved);
    context_log(ctx, QMT_LOG_INFO, "%s: goes on at %s, step %llu of %llu", job->task->label,
                md_phase_name(md_report(job->md).phase), (unsigned long long)job->before.total_step,
                (unsigned long long)job->before.total_steps);
    return QMT_OK;
}

bool job_folder_has_checkpoint(QmtContext *ctx, const Job *job)
{
    static const char *const names[] = {CHECKPOINT_FILE, CHECKPOINT_FILE_PREVIOUS};
    char path[FILE_PATH_SIZE];
    for (int i = 0; i < 2; i++)
        if (file_join(ctx, job->folder, names[i], path) == QMT_OK && file_exists(path))
            return true;
    return false;
}

/// What a checkpoint says about where it is.
static CheckpointNumbers numbers_now(const Job *job, const TrajectoryState *state)
{
    const MdReport report = md_report(job->md);
    const CheckpointNumbers *before = &job->before;
    const bool moved = job->now.total_steps > 0;
    CheckpointNumbers numbers = {
        .trajectory = *state,
        .n_frames = (uint64_t)config_frames(&job->task->config),
        .wall_s = before->wall_s + job_clock_s(CLOCK_MONOTONIC) - job->started_s,
        .cpu_s = before->cpu_s + job_clock_s(CLOCK_PROCESS_CPUTIME_ID) - job->started_cpu_s,
        .motion_s = job_motion_s(job),
        .written_at = job_clock_s(CLOCK_REALTIME),
        .phase = (int32_t)report.phase,
        .done = report.phase == MD_DONE,
        .total_step = moved ? job->now.total_step : before->total_step,
        .total_steps = moved ? job->now.total_steps : (uint64_t)plan_steps(&job->task->config),
        .time_ps = moved ? job->now.time_ps : before->time_ps,
        .ms_per_step = job_ms_per_step(job, report.evaluations),
        .mean_temperature_k = report.mean_temperature_k,
        .shadow_drift_kjmol_ps =
            report.n_windows > 0 ? job_window_drift(&report, true) : report.shadow_slope_kjmol_ps};
    return numbers;
}

/// A finished trajectory has its window records in the checkpoint: their own file goes.
static QmtStatus windows_read(QmtContext *ctx, const Job *job, char **windows, size_t *n)
{
    char path[FILE_PATH_SIZE];
    TRY(file_join(ctx, job->folder, "nve_windows.part", path));
    return file_read_whole(ctx, path, WINDOWS_LIMIT, windows, n);
}

QmtStatus job_checkpoint(QmtContext *ctx, Job *job)
{
    TrajectoryState state;
    TRY(trajectory_flush_state(ctx, job->trajectory, &state));

    const size_t size = md_snapshot_size(job->md);
    char *const config = config_yaml(&job->task->config);
    char *const start = job_start_text(ctx, job->task);
    void *const snapshot = malloc(size);
    char *windows = NULL;
    size_t windows_size = 0;
    QmtStatus status = QMT_OK;
    const CheckpointNumbers numbers = numbers_now(job, &state);

    if (config == NULL || start == NULL || snapshot == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for a checkpoint", job->task->label);
    if (status == QMT_OK && numbers.done && state.n_window_records > 0)
        status = windows_read(ctx, job, &windows, &windows_size);
    if (status == QMT_OK) {
        md_snapshot_save(job->md, snapshot);
        const Checkpoint checkpoint = {.program = job->program,
                                       .config = config,
                                       .start = start,
                                       .numbers = numbers,
                                       .snapshot = snapshot,
                                       .snapshot_size = size,
                                       .windows = windows,
                                       .windows_size = windows_size};
        status = checkpoint_save(ctx, job->folder, &checkpoint);
    }
    if (status == QMT_OK)
        job->n_safe = state.n_frames;
    free(config);
    free(start);
    free(snapshot);
    free(windows);
    job->next_checkpoint_s = job_clock_s(CLOCK_MONOTONIC) + job->task->config.checkpoint_s;
    return status;
}
