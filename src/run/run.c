#include "run/run.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/units.h"
#include "config/advice.h"
#include "config/config_write.h"
#include "data/element.h"
#include "data/method.h"
#include "data/solvent.h"
#include "engine/recorder.h"
#include "engine/xtb.h"
#include "io/lock.h"
#include "io/zip.h"
#include "md/velocities.h"
#include "run/metadata.h"
#include "run/run_bias.h"
#include "run/run_parts.h"
#include "structure/xyz.h"

/// Seconds between two messages to the parent.
#define PROGRESS_PAUSE_S 0.2

static void take_progress(void *user, const MdProgress *progress)
{
    Run *const run = user;
    const double now = run_clock_s(CLOCK_MONOTONIC);
    run->now = *progress;
    if (!run->begun && progress->total_step > 0) {
        run->begun = true; // the relaxation is over: steps are timed from here
        run->begun_s = now;
    }
    if (run->hooks == NULL || run->hooks->progress == NULL ||
        now - run->last_message_s < PROGRESS_PAUSE_S)
        return;
    run->last_message_s = now;
    // Steps of this process only: they say best how fast it goes on.
    const double n = (double)progress->total_step - (double)run->before.total_step;
    run->hooks->progress(
        run->hooks->user,
        &(RunProgress){.phase = (int)progress->phase,
                       .step = (int64_t)progress->total_step,
                       .n_steps = (int64_t)progress->total_steps,
                       .time_ps = progress->time_ps,
                       .ms_per_step = n > 1.0 ? 1e3 * (now - run->begun_s) / (n - 1.0) : 0.0});
}

static QmtStatus run_begin(QmtContext *ctx, Run *run)
{
    const RunSpec *task = run->task;
    const size_t n_atoms = task->structure->n_atoms;
    for (int walk = 0; walk < 2; walk++) {
        run->masses = arena_doubles(&run->arena, n_atoms);
        run->pos = arena_vectors(&run->arena, n_atoms);
        run->vel = arena_vectors(&run->arena, n_atoms);
        run->forces = arena_vectors(&run->arena, n_atoms);
        run->bias_forces = arena_vectors(&run->arena, n_atoms);
        run->properties =
            arena_doubles(&run->arena, properties_size((unsigned)task->config.properties, n_atoms));
        if (walk == 0)
            TRY(arena_reserve(ctx, &run->arena));
    }
    run_masses_fill(task, run->masses);

    QmtEngineOptions engine_options = run_motion_engine_options(task);
    engine_options.start = &task->structure->xyz[0][0];
    TRY(xtb_create(ctx, n_atoms, task->structure->numbers, &engine_options, &run->xtb));
    TRY(run_bias_create(ctx, task, run->masses, run->xtb, &run->bias));
    TRY(recorder_create(ctx, run->bias != NULL ? run->bias : run->xtb, &run->engine));
    MdOptions options = run_md_options(task);
    options.bias = run->bias;
    const MdHooks hooks = {
        .user = run, .frame = run_take_frame, .window = run_take_window, .progress = take_progress};
    TRY(md_create(ctx, &options, &hooks, run->engine, run->masses,
                  (const double(*)[3])task->structure->xyz, &run->md));
    TRY(watch_create(ctx, task, &run->watch));
    return run_folder_begin(ctx, run);
}

/// After a step: what happened to the molecule. The first event of a kind is told at once.
static QmtStatus run_watch(QmtContext *ctx, Run *run)
{
    char text[WATCH_TEXT_SIZE];
    Watch *const watch = &run->watch;
    const MdState *const state = md_state(run->md);
    const uint64_t n_jumps = watch->record.counts[WATCH_SCF_JUMP];
    watch_step(watch, &run->now, state);
    if (watch->record.counts[WATCH_SCF_JUMP] > n_jumps)
        xtb_search_solutions(run->xtb);
    for (; watch->n_said < watch->record.n_events; watch->n_said++) {
        const WatchEvent *event = &watch->record.events[watch->n_said];
        if (event != watch_first(watch, event->kind))
            continue;
        watch_event_text(watch, event, text);
        context_log(ctx, QMT_LOG_WARNING, "%s", text);
    }
    const bool at_rest = run->now.phase == MD_EQUILIBRATION && run->now.step == 0;
    if (!at_rest)
        return QMT_OK;
    run_smiles_say(ctx, watch);
    return run->task->config.optimize ? run_relaxed_write(ctx, run, state) : QMT_OK;
}

/// The event that ends the trajectory: stop_when, or scf_state: stop.
static const WatchEvent *ending_event(const Run *run)
{
    const Config *const config = &run->task->config;
    const WatchEvent *const lost =
        config->scf_state == CONFIG_SCF_STOP ? watch_first_state_lost(&run->watch) : NULL;
    if (lost != NULL || !config->stop_bond_broken)
        return lost;
    return watch_first_break(&run->watch);
}

/// The end of the production moves to the frame that shows the event.
static void run_end_early(Run *run)
{
    if (run->ended_by != NULL)
        return;
    const WatchEvent *const event = ending_event(run);
    const MdReport report = md_report(run->md);
    if (event == NULL || report.phase != MD_PRODUCTION)
        return;
    run->ended_by = event;
    md_end_at_frame(run->md, event->in_production ? event->step : 0);
}

/// All steps that are left, with checkpoints between them.
static QmtStatus run_move(QmtContext *ctx, Run *run)
{
    bool done = md_report(run->md).phase == MD_DONE;
    while (!done) {
        if (run->hooks != NULL && run->hooks->should_stop != NULL &&
            run->hooks->should_stop(run->hooks->user))
            return FAIL(ctx, QMT_STOPPED, "stopped on request");
        run_end_early(run);
        TRY(md_advance(ctx, run->md, 1, &done));
        TRY(run_watch(ctx, run));
        if (!done && run_clock_s(CLOCK_MONOTONIC) >= run->next_checkpoint_s)
            TRY(run_checkpoint(ctx, run));
    }
    return QMT_OK;
}

/// The checkpoint of the end comes first: with it a file that is finished by a killed process is known
/// again, and a longer trajectory can go on from it. One of a few steps, whose checkpoint would go at once, is sooner
/// made again.
static QmtStatus run_finish(QmtContext *ctx, Run *run)
{
    if (run->sink == NULL) {
        run_folder_tidy(ctx, run);
        return QMT_OK;
    }
    const MdReport report = md_report(run->md);
    RunWarnings warnings = {0};
    run_warnings_collect(run, &report, &warnings);
    const bool early = run->sink->n_frames < (uint64_t)config_frames(&run->task->config);
    if (early) // its frames move in the file: a checkpoint would not know them again
        TRY(run_folder_forget(ctx, run));
    if (early || (spec_is_short(run->task) && !run_folder_has_checkpoint(ctx, run)))
        TRY(run_texts_sync(ctx, run));
    else
        TRY(run_checkpoint(ctx, run));
    const MetadataFacts facts = {.report = &report,
                                 .bias = run->bias,
                                 .dof = (int64_t)report.dof,
                                 .earlier = run->found.earlier,
                                 .warnings = &warnings,
                                 .watch = &run->watch,
                                 .n_frames = (int64_t)run->sink->n_frames,
                                 .ended_by = run->ended_by};
    char *const metadata = metadata_text(ctx, run->task, &facts);
    if (metadata == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for its metadata");
    const QmtStatus status = sink_finish(ctx, run->sink, metadata);
    cJSON_free(metadata);
    TRY(status);
    run_folder_tidy(ctx, run);
    run_warnings_say(ctx, &warnings);
    return QMT_OK;
}

static void record_note(const Run *run, const char *run_json, RunRecord *record)
{
    char path[FILE_PATH_SIZE];
    FileStamp stamp;
    if (snprintf(path, sizeof path, "%s/%s", run->folder, RUN_FILE_COMPLETE) < (int)sizeof path &&
        file_stamp(path, &stamp))
        *record = (RunRecord){.run_json_crc = zip_crc(0, run_json, strlen(run_json)),
                              .trajectory_bytes = stamp.n_bytes};
}

/// run.json, without which a finished trajectory is not recognised later, but complete all the same:
/// that it could not be written is a warning. The sentence in the context stays.
static void run_log_write(QmtContext *ctx, const Run *run, RunResult *result, double started,
                          QmtStatus status)
{
    const Message failure = context_keep(ctx);
    const char *const sentence = status == QMT_OK ? "" : failure.text;

    char *const text = run_json_text(ctx, run->settings, run->task, result, started,
                                     run_clock_s(CLOCK_REALTIME), status, sentence);
    QmtStatus written = run_text_write(ctx, run->folder, RUN_FILE_RUN, text);
    if (written == QMT_OK && status == QMT_OK)
        record_note(run, text, &result->record);
    if (written == QMT_OK &&
        result->checkpoint_dropped) // not before: it would be missed without run.json
        written = run_folder_forget(ctx, run);
    if (written != QMT_OK)
        context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
    cJSON_free(text);
    if (status != QMT_OK)
        (void)FAIL(ctx, status, "%s", sentence);
}

static void run_release(Run *run)
{
    md_destroy(&run->md);
    watch_release(&run->watch);
    sink_close(&run->sink);
    engine_destroy(&run->engine);
    engine_destroy(&run->bias);
    engine_destroy(&run->xtb);
    arena_release(&run->arena);
    found_release(&run->found);
    lock_give_back(&run->lock);
}

QmtStatus run_trajectory(QmtContext *ctx, const RunOptions *settings, const RunSpec *task,
                         const RunHooks *hooks, RunResult *result)
{
    Run run = {.settings = settings,
               .task = task,
               .hooks = hooks,
               .lock = file_none(),
               .started_s = run_clock_s(CLOCK_MONOTONIC),
               .started_cpu_s = run_clock_s(CLOCK_PROCESS_CPUTIME_ID)};
    const double started = run_clock_s(CLOCK_REALTIME);
    *result = (RunResult){.n_atoms = task->structure->n_atoms};

    QmtStatus status = run_folder_enter(ctx, &run);
    const bool same = status == QMT_OK && run.found.kind == EXISTING_SAME;
    if (same)
        *result = run.found.result; // another program finished it meanwhile
    else if (status == QMT_OK)
        status = run_begin(ctx, &run);
    if (status == QMT_OK && !same) {
        status = run_move(ctx, &run);
        if (status == QMT_OK)
            status = run_finish(ctx, &run);
        run_result_fill(&run, result);
        if (status != QMT_OK)
            run_interrupt(ctx, &run, status, result);
        else
            result->checkpoint_dropped = run_checkpoint_is_dropped(&run, result);
        run_log_write(ctx, &run, result, started, status);
    }
    run_release(&run);
    if (status != QMT_OK)
        context_spend_hint(ctx, config_advice(qmt_context_hint(ctx)));
    return status;
}
