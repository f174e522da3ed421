#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "config/config_write.h"
#include "io/lock.h"
#include "run/run_parts.h"

/// A process that was told to end may need a moment to give its lock back.
static const double LOCK_WAIT_S = 2.0;

/// No file of window records is longer.
static const size_t WINDOWS_LIMIT = (size_t)1 << 31;

void run_masses_fill(const RunSpec *task, double *masses)
{
    const Structure *const structure = task->structure;
    const double hydrogen = task->config.hydrogen_mass_da;
    for (size_t a = 0; a < structure->n_atoms; a++) {
        const bool isotope = structure->isotopes != NULL && structure->isotopes[a] != 0;
        masses[a] = structure_mass_da(structure, a);
        if (structure->numbers[a] == 1 && !isotope && config_number_word(hydrogen) < 0)
            masses[a] = hydrogen;
    }
}

QmtStatus run_text_write(QmtContext *ctx, const char *folder, const char *name, const char *text)
{
    char path[FILE_PATH_SIZE];
    if (text == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its text", name);
    TRY(file_join(ctx, folder, name, path));
    return file_write_whole(ctx, path, text, strlen(text));
}

QmtStatus run_text_write_later(QmtContext *ctx, Run *run, const char *name, const char *text)
{
    char path[FILE_PATH_SIZE];
    if (text == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its text", name);
    run->texts_wait = true;
    TRY(file_join(ctx, run->folder, name, path));
    return file_write_later(ctx, path, text, strlen(text));
}

QmtStatus run_texts_sync(QmtContext *ctx, Run *run)
{
    static const char *const names[] = {RUN_FILE_CONFIG, RUN_FILE_START, RUN_FILE_RELAXED};
    char path[FILE_PATH_SIZE];
    for (size_t i = 0; run->texts_wait && i < sizeof names / sizeof names[0]; i++) {
        TRY(file_join(ctx, run->folder, names[i], path));
        TRY(file_sync_path(ctx, path));
    }
    run->texts_wait = false;
    return QMT_OK;
}

static QmtStatus older_remove(QmtContext *ctx, const char *folder, const char *name)
{
    char path[FILE_PATH_SIZE];
    TRY(file_join(ctx, folder, name, path));
    return file_remove(ctx, path);
}

QmtStatus run_folder_enter(QmtContext *ctx, Run *run)
{
    char path[FILE_PATH_SIZE], holder[LOCK_HOLDER_SIZE];
    TRY(file_join(ctx, run->settings->out, run->task->label, run->folder));
    TRY(file_make_directories(ctx, run->folder));
    TRY(file_join(ctx, run->folder, RUN_FILE_LOCK, path));
    const QmtStatus status = lock_take(ctx, path, LOCK_WAIT_S, &run->lock, holder);
    if (status == QMT_ERR_LOCKED)
        return FAIL(ctx, QMT_ERR_LOCKED, "held by %s, skipped", holder);
    if (status == QMT_ERR_IO && !file_exists(run->folder)) // while its lock was waited for
        return FAIL(ctx, QMT_ERR_LOCKED, "finished and packed by another process, skipped");
    TRY(status);

    TRY(resume_look(ctx, run->settings, run->task, &run->found));
    if (run->found.kind == EXISTING_DIFFERENT)
        return QMT_ERR_CHECKPOINT; // the sentence is there
    TRY(program_text(ctx, run->program));
    if (run->found.kind == EXISTING_INTERRUPTED || run->found.kind == EXISTING_SHORTER)
        snprintf(run->program + strlen(run->program), sizeof run->found.earlier, "%s",
                 run->found.earlier);
    return QMT_OK;
}

/// Configuration and start geometry, which do not change any more.
static QmtStatus descriptions_write(QmtContext *ctx, Run *run)
{
    char *const config = config_yaml(&run->task->config);
    QmtStatus status = run_text_write_later(ctx, run, RUN_FILE_CONFIG, config);
    free(config);
    TRY(status);
    char *const start = spec_start_text(ctx, run->task);
    status = run_text_write_later(ctx, run, RUN_FILE_START, start);
    free(start);
    return status;
}

QmtStatus run_folder_forget(QmtContext *ctx, const Run *run)
{
    return checkpoint_remove(ctx, run->folder);
}

void run_folder_tidy(QmtContext *ctx, const Run *run)
{
    // A process that was killed while it finished the file may have left the window records; one whose SCF
    // failed, a geometry.
    static const char *const older[] = {CHECKPOINT_FILE_PREVIOUS, "nve_windows.part",
                                        RUN_FILE_FAILED, RUN_FILE_FAILED ".tmp"};
    for (size_t i = 0; i < sizeof older / sizeof older[0]; i++)
        if (older_remove(ctx, run->folder, older[i]) != QMT_OK)
            context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
}

/// Gives a file of the folder the first free name of STEM.npz, STEM.2.npz, ...: aside [FILE_PATH_SIZE].
static QmtStatus put_aside(QmtContext *ctx, const Run *run, const char *name, const char *stem,
                           char *aside)
{
    char path[FILE_PATH_SIZE], free_name[64];
    int i = 1;
    TRY(file_join(ctx, run->folder, name, path));
    do {
        snprintf(free_name, sizeof free_name, i > 1 ? "%s.%d.npz" : "%s.npz", stem, i);
        TRY(file_join(ctx, run->folder, free_name, aside));
        i++;
    } while (file_exists(aside));
    return file_exists(path) ? file_rename(ctx, path, aside) : QMT_OK;
}

/// A finished trajectory is days of work: it stays, under another name, until the next one is put aside.
static QmtStatus complete_put_aside(QmtContext *ctx, const Run *run)
{
    char aside[FILE_PATH_SIZE];
    return put_aside(ctx, run, RUN_FILE_COMPLETE, "trajectory.old", aside);
}

/// The frames of one that failed: the same settings make them again, others do not.
static QmtStatus partial_put_away(QmtContext *ctx, const Run *run)
{
    char path[FILE_PATH_SIZE], aside[FILE_PATH_SIZE], list[PROGRAM_DIFFERENCES_SIZE] = "";
    TRY(file_join(ctx, run->folder, RUN_FILE_PARTIAL, path));
    if (!file_exists(path))
        return QMT_OK;
    TRY(resume_compare(ctx, run->folder, run->task, list));
    if (list[0] == '\0')
        return file_remove(ctx, path);
    TRY(put_aside(ctx, run, RUN_FILE_PARTIAL, "trajectory.old.partial", aside));
    context_log(ctx, QMT_LOG_WARNING,
                "%s: the frames of one that failed with other settings (%s) are in %s",
                run->task->label, list, aside);
    return QMT_OK;
}

/// The shorter trajectory before this one: put aside, but if it is cheap, as this one begins with its bytes.
static QmtStatus shorter_put_away(QmtContext *ctx, const Run *run)
{
    const bool dropped = run->found.kind == EXISTING_SHORTER_DROPPED;
    if (dropped)
        context_log(ctx, QMT_LOG_INFO,
                    "is wanted longer, and its checkpoint was not kept (keep_checkpoint): starts "
                    "over, with the bytes of one that continues");
    if (dropped && run_is_cheap(&run->found.result))
        return older_remove(ctx, run->folder, RUN_FILE_COMPLETE);
    return complete_put_aside(ctx, run);
}

/// From the start: nothing of an earlier run stays but a finished trajectory, aside. The checkpoints go first, so that none is taken for
/// one of this run; the finished trajectory goes before its configuration is replaced.
/// Frames without a checkpoint cannot be gone on from: that they are replaced is said.
static QmtStatus frames_lost_say(QmtContext *ctx, const Run *run)
{
    char part[FILE_PATH_SIZE];
    FileStamp stamp;
    TRY(file_join(ctx, run->folder, "trajectory.npz.part", part));
    if (!spec_is_short(run->task) && file_stamp(part, &stamp) && stamp.n_bytes > 0)
        context_log(
            ctx, QMT_LOG_WARNING,
            "%s: %.1f MB of frames without a checkpoint to go on from are replaced: it starts over",
            run->task->label, 1e-6 * (double)stamp.n_bytes);
    return QMT_OK;
}

static QmtStatus begin_anew(QmtContext *ctx, Run *run)
{
    static const char *const older[] = {RUN_FILE_FAILED, RUN_FILE_RUN, RUN_FILE_RELAXED,
                                        CHECKPOINT_FILE_DAMAGED};
    TRY(frames_lost_say(ctx, run));
    TRY(partial_put_away(ctx, run));
    TRY(run_folder_forget(ctx, run));
    TRY(shorter_put_away(ctx, run));
    for (size_t i = 0; i < sizeof older / sizeof older[0]; i++)
        TRY(older_remove(ctx, run->folder, older[i]));
    TRY(descriptions_write(ctx, run));
    const TrajectoryLayout layout = spec_layout(run->task, run->masses);
    TRY(run_format()->begin(ctx, run->folder, &layout, &run->sink));
    run->next_checkpoint_s = run_clock_s(CLOCK_MONOTONIC) + run->task->config.checkpoint_s;
    return spec_is_short(run->task) ? QMT_OK : run_checkpoint(ctx, run);
}

/// A damaged newest checkpoint is kept for a look under another name; left in its place it would become
/// the previous one and push out the good one.
static QmtStatus damaged_put_aside(QmtContext *ctx, const Run *run)
{
    char path[FILE_PATH_SIZE], aside[FILE_PATH_SIZE];
    if (run->found.note[0] == '\0')
        return QMT_OK;
    context_log(ctx, QMT_LOG_WARNING, "%s; the one before it is used", run->found.note);
    if (!run->found.from_previous)
        return QMT_OK;
    TRY(file_join(ctx, run->folder, CHECKPOINT_FILE, path));
    TRY(file_join(ctx, run->folder, CHECKPOINT_FILE_DAMAGED, aside));
    return file_exists(path) ? file_rename(ctx, path, aside) : QMT_OK;
}

/// The motion and what was seen of it.
static QmtStatus state_load(QmtContext *ctx, Run *run, const Checkpoint *checkpoint)
{
    TRY(md_snapshot_load(ctx, run->md, checkpoint->snapshot, checkpoint->snapshot_size));
    return watch_state_load(ctx, &run->watch, checkpoint->events, checkpoint->events_size);
}

static QmtStatus begin_interrupted(QmtContext *ctx, Run *run)
{
    const Checkpoint *checkpoint = &run->found.checkpoint;
    char part[FILE_PATH_SIZE], complete[FILE_PATH_SIZE];
    TRY(file_join(ctx, run->folder, "trajectory.npz.part", part));
    TRY(file_join(ctx, run->folder, RUN_FILE_COMPLETE, complete));
    TRY(state_load(ctx, run, checkpoint));
    TRY(damaged_put_aside(ctx, run));
    if (checkpoint->numbers.done && !file_exists(part) && file_exists(complete))
        return QMT_OK;

    const TrajectoryLayout layout = spec_layout(run->task, run->masses);
    TRY(run_format()->resume(ctx, run->folder, &layout, &checkpoint->numbers.trajectory,
                             &run->sink));
    // What is left of a shorter trajectory that this one goes on from.
    TRY(older_remove(ctx, run->folder, RUN_FILE_COMPLETE));
    TRY(older_remove(ctx, run->folder, RUN_FILE_RUN));
    return descriptions_write(ctx, run);
}

/// The finished, shorter file goes only when the longer one and its checkpoint are on the disk.
static QmtStatus begin_longer(QmtContext *ctx, Run *run)
{
    const Checkpoint *checkpoint = &run->found.checkpoint;
    const TrajectoryLayout layout = spec_layout(run->task, run->masses);
    TRY(state_load(ctx, run, checkpoint));
    TRY(damaged_put_aside(ctx, run));
    TRY(run_format()->extend(ctx, run->folder, &layout, checkpoint->numbers.n_frames,
                             &checkpoint->numbers.trajectory, checkpoint->windows,
                             checkpoint->windows_size, &run->sink));
    TRY(run_checkpoint(ctx, run));
    TRY(older_remove(ctx, run->folder, RUN_FILE_COMPLETE));
    TRY(older_remove(ctx, run->folder, RUN_FILE_RUN));
    return descriptions_write(ctx, run);
}

QmtStatus run_folder_begin(QmtContext *ctx, Run *run)
{
    if (run->found.kind == EXISTING_NONE || run->found.kind == EXISTING_SHORTER_DROPPED)
        return begin_anew(ctx, run);
    run->before = run->found.checkpoint.numbers;
    run->n_safe = run->before.trajectory.n_frames;
    QmtStatus status;
    if (run->found.kind == EXISTING_SHORTER)
        status = begin_longer(ctx, run);
    else
        status = begin_interrupted(ctx, run);
    if (status == QMT_ERR_CHECKPOINT)
        context_append(ctx, "; --fresh starts it over");
    TRY(status);
    if (run->found.moved[0] != '\0')
        context_log(ctx, QMT_LOG_WARNING,
                    "continues on another processor than where it began (%s): last digits will "
                    "differ, and its metadata says so",
                    run->found.moved);
    if (run->sink == NULL) {
        context_log(
            ctx, QMT_LOG_INFO,
            "was complete but for its run.json, which is written again; nothing is computed");
        return QMT_OK;
    }
    context_log(ctx, QMT_LOG_INFO, "continues at %s, step %llu of %llu",
                md_phase_name(md_report(run->md).phase), (unsigned long long)run->before.total_step,
                (unsigned long long)spec_steps(&run->task->config)); // of a longer one, all of them
    return QMT_OK;
}

bool run_folder_has_checkpoint(QmtContext *ctx, const Run *run)
{
    static const char *const names[] = {CHECKPOINT_FILE, CHECKPOINT_FILE_PREVIOUS};
    char path[FILE_PATH_SIZE];
    for (int i = 0; i < 2; i++)
        if (file_join(ctx, run->folder, names[i], path) == QMT_OK && file_exists(path))
            return true;
    return false;
}

/// What a checkpoint says about where it is.
static CheckpointNumbers numbers_now(const Run *run, const TrajectoryState *state)
{
    const MdReport report = md_report(run->md);
    const CheckpointNumbers *before = &run->before;
    const bool moved = run->now.total_steps > 0;
    CheckpointNumbers numbers = {
        .trajectory = *state,
        .n_frames = (uint64_t)config_frames(&run->task->config),
        .wall_s = before->wall_s + run_clock_s(CLOCK_MONOTONIC) - run->started_s,
        .cpu_s = before->cpu_s + run_clock_s(CLOCK_PROCESS_CPUTIME_ID) - run->started_cpu_s,
        .motion_s = run_motion_s(run),
        .written_at = run_clock_s(CLOCK_REALTIME),
        .phase = (int32_t)report.phase,
        .done = report.phase == MD_DONE,
        .total_step = moved ? run->now.total_step : before->total_step,
        .total_steps = moved ? run->now.total_steps : (uint64_t)spec_steps(&run->task->config),
        .time_ps = moved ? run->now.time_ps : before->time_ps,
        .ms_per_step = run_ms_per_step(run, report.evaluations),
        .mean_temperature_k = report.mean_temperature_k,
        .shadow_drift_kjmol_ps =
            report.n_windows > 0 ? run_window_drift(&report, true) : report.shadow_slope_kjmol_ps};
    return numbers;
}

/// A finished trajectory has its window records in the checkpoint: their own file goes.
static QmtStatus windows_read(QmtContext *ctx, const Run *run, char **windows, size_t *n)
{
    char path[FILE_PATH_SIZE];
    TRY(file_join(ctx, run->folder, "nve_windows.part", path));
    return file_read_whole(ctx, path, WINDOWS_LIMIT, windows, n);
}

/// A checkpoint without the frames it belongs to would promise what cannot be kept.
static QmtStatus frames_flush(QmtContext *ctx, Run *run, TrajectoryState *state)
{
    char part[FILE_PATH_SIZE];
    const QmtStatus status = run_format()->mark(ctx, run->sink, state);
    if (status == QMT_OK ||
        file_join(ctx, run->folder, RUN_FILE_COMPLETE ".part", part) != QMT_OK || file_exists(part))
        return status;
    const Message cause = context_keep(ctx);
    if (run_folder_forget(ctx, run) == QMT_OK)
        run->n_safe = 0;
    return context_restore(ctx, &cause);
}

QmtStatus run_checkpoint(QmtContext *ctx, Run *run)
{
    TrajectoryState state;
    TRY(run_texts_sync(ctx, run));
    TRY(frames_flush(ctx, run, &state));

    const size_t n_pieces = md_snapshot_pieces(run->md, NULL),
                 events_size = watch_state_size(&run->watch);
    char *const config = config_yaml(&run->task->config);
    char *const start = spec_start_text(ctx, run->task);
    Span *const pieces = malloc(n_pieces * sizeof *pieces);
    void *const events = malloc(events_size);
    char *windows = NULL;
    size_t windows_size = 0;
    QmtStatus status = QMT_OK;
    const CheckpointNumbers numbers = numbers_now(run, &state);

    if (config == NULL || start == NULL || pieces == NULL || events == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "no memory for a checkpoint");
    if (status == QMT_OK && numbers.done && state.n_window_steps > 0)
        status = windows_read(ctx, run, &windows, &windows_size);
    if (status == QMT_OK) {
        const MdReport report = md_report(run->md);
        RunWarnings warnings = {0};
        run_warnings_collect(run, &report, &warnings);
        md_snapshot_pieces(run->md, pieces);
        watch_state_save(&run->watch, events);
        const Checkpoint checkpoint = {.program = run->program,
                                       .config = config,
                                       .start = start,
                                       .numbers = numbers,
                                       .snapshot_size = md_snapshot_size(run->md),
                                       .pieces = pieces,
                                       .n_pieces = n_pieces,
                                       .windows = windows,
                                       .windows_size = windows_size,
                                       .events = events,
                                       .events_size = events_size,
                                       .warnings = warnings.lines};
        status = checkpoint_save(ctx, run->folder, &checkpoint);
    }
    if (status == QMT_OK)
        run->n_safe = state.n_frames;
    free(config);
    free(start);
    free(pieces);
    free(events);
    free(windows);
    run->next_checkpoint_s = run_clock_s(CLOCK_MONOTONIC) + run->task->config.checkpoint_s;
    return status;
}
