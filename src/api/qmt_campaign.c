// include/qmtraj/campaign.h: running what a plan holds
#include <stdlib.h>
#include <string.h>

#include "api/argument.h"
#include "api/qmt_plan.h"
#include "campaign/cpu_count.h"
#include "campaign/work_stealing.h"
#include "io/text.h"

enum { OPTIONS_FIRST_SIZE = 40, HOOKS_FIRST_SIZE = 64 };
_Static_assert(sizeof(QmtRunOptions) == OPTIONS_FIRST_SIZE + 8, "pack was added");
_Static_assert(sizeof(QmtRunHooks) == HOOKS_FIRST_SIZE, "it has not grown yet");

void qmt_run_options_init(QmtRunOptions *options, size_t struct_size)
{
    if (options == NULL || struct_size < sizeof struct_size)
        return;
    memset(options, 0, struct_size);
    options->struct_size = struct_size;
}

static QmtStatus options_take(QmtContext *ctx, const QmtPlan *plan, const QmtRunOptions *options,
                              RunOptions *settings)
{
    QmtRunOptions own;
    qmt_run_options_init(&own, sizeof own);
    NEEDS(ctx, options != NULL, "run: options is NULL");
    TRY(struct_take(ctx, "QmtRunOptions", options, OPTIONS_FIRST_SIZE, &own, sizeof own));
    NEEDS(ctx, own.out != NULL && own.out[0] != '\0', "run: options.out names no folder");
    NEEDS(ctx, own.max_s >= 0.0, "run: options.max_s is %g", own.max_s);
    *settings = (RunOptions){.out = own.out,
                             .n_workers = own.n_workers > 0
                                              ? own.n_workers
                                              : config_workers(&plan->plan.config, cpu_count()),
                             .fresh = own.fresh != 0,
                             .allow_other_cpu = own.allow_other_cpu != 0,
                             .pack = own.pack != 0,
                             .shares = own.steal != 0,
                             .max_s = own.max_s};
    return QMT_OK;
}

static QmtStatus hooks_take(QmtContext *ctx, const QmtRunHooks *hooks, QmtRunHooks *own)
{
    *own = (QmtRunHooks){.struct_size = sizeof *own};
    return hooks != NULL
               ? struct_take(ctx, "QmtRunHooks", hooks, HOOKS_FIRST_SIZE, own, sizeof *own)
               : QMT_OK;
}

/// The hooks of a caller, with the task that a run in this thread is about.
typedef struct {
    QmtRunHooks hooks;
    size_t task;
    Tally tally;
} Link;

static void pass_reused(void *user, size_t task, const BatchOutcome *outcome)
{
    Link *const link = user;
    (void)outcome;
    tally_reused(&link->tally, task);
}

static void pass_start(void *user, size_t task)
{
    Link *const link = user;
    tally_start(&link->tally, task);
    if (link->hooks.start != NULL)
        link->hooks.start(link->hooks.user, task);
}

static void progress_show(const Link *link, size_t task, const RunProgress *progress)
{
    if (link->hooks.progress == NULL)
        return;
    const QmtProgress shown = {.phase = md_phase_name((MdPhase)progress->phase),
                               .step = progress->step,
                               .n_steps = progress->n_steps,
                               .time_ps = progress->time_ps,
                               .ms_per_step = progress->ms_per_step,
                               .left_s = progress_left_s(progress)};
    link->hooks.progress(link->hooks.user, task, &shown);
}

static void pass_progress(void *user, size_t task, const RunProgress *progress)
{
    Link *const link = user;
    tally_progress(&link->tally, task, progress);
    progress_show(link, task, progress);
}

static void pass_note(void *user, size_t task, QmtLogLevel level, const char *sentence)
{
    const Link *link = user;
    if (link->hooks.note != NULL)
        link->hooks.note(link->hooks.user, task, level, sentence);
}

static void pass_end(void *user, size_t task, const BatchOutcome *outcome)
{
    Link *const link = user;
    const QmtOutcome shown = outcome_shown(outcome);
    tally_end(&link->tally, task, outcome);
    if (link->hooks.end != NULL)
        link->hooks.end(link->hooks.user, task, &shown);
}

static void pass_stop(void *user, int signal)
{
    const Link *link = user;
    if (link->hooks.stop != NULL)
        link->hooks.stop(link->hooks.user, signal);
}

static bool pass_should_stop(void *user)
{
    const Link *link = user;
    return link->hooks.should_stop != NULL && link->hooks.should_stop(link->hooks.user) != 0;
}

static void pass_own_progress(void *user, const RunProgress *progress)
{
    const Link *link = user;
    progress_show(link, link->task, progress);
}

static void pass_own_note(void *user, QmtLogLevel level, const char *sentence)
{
    const Link *link = user;
    pass_note(user, link->task, level, sentence);
}

QmtStatus qmt_campaign_check(QmtContext *ctx, const QmtPlan *plan, const QmtRunOptions *options)
{
    RunOptions settings;
    NEEDS(ctx, plan != NULL, "campaign: plan is NULL");
    TRY(options_take(ctx, plan, options, &settings));
    return batch_look(ctx, &plan->plan, &settings);
}

QmtStatus qmt_campaign_finished(QmtContext *ctx, const QmtPlan *plan, const QmtRunOptions *options,
                                unsigned char *done)
{
    RunOptions settings;
    NEEDS(ctx, plan != NULL && done != NULL, "campaign: plan or done is NULL");
    TRY(options_take(ctx, plan, options, &settings));
    const size_t n = plan->plan.n_tasks;
    bool *const found = calloc(n + 1, sizeof *found);
    if (found == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu trajectories", n);
    const QmtStatus status = batch_finished(ctx, &plan->plan, &settings, found);
    for (size_t t = 0; t < n && status == QMT_OK; t++)
        done[t] = found[t];
    free(found);
    return status;
}

/// The other parts of the list, after our own that ended so. Our own failure is the one that is told.
static QmtStatus others_run(QmtContext *ctx, QmtPlan *plan, const RunOptions *settings,
                            const BatchHooks *hooks, QmtStatus own)
{
    if (own != QMT_OK && own != QMT_ERR_PARTIAL && own != QMT_ERR_LOCKED)
        return own;
    const Message before = context_keep(ctx);
    const QmtStatus status = work_stealing_run(ctx, &plan->plan, settings, hooks);
    if (status != QMT_OK && (own == QMT_OK || status == QMT_STOPPED))
        return status;
    (void)context_restore(ctx, &before);
    return own;
}

QmtStatus qmt_campaign_run(QmtContext *ctx, QmtPlan *plan, const QmtRunOptions *options,
                           const QmtRunHooks *hooks)
{
    Link link = {0};
    RunOptions settings;
    NEEDS(ctx, plan != NULL, "campaign: plan is NULL");
    TRY(options_take(ctx, plan, options, &settings));
    TRY(hooks_take(ctx, hooks, &link.hooks));
    const BatchHooks inner = {.user = &link,
                              .reused = pass_reused,
                              .start = pass_start,
                              .progress = pass_progress,
                              .note = pass_note,
                              .end = pass_end,
                              .stop = pass_stop,
                              .should_stop = pass_should_stop};
    QmtStatus status = tally_open(ctx, &plan->plan, settings.n_workers, &link.tally);
    if (status == QMT_OK) {
        const locale_t before = text_enter_c_locale();
        plan->tally = &link.tally;
        status = batch_run(ctx, &plan->plan, &settings, &inner, &plan->outcomes);
        if (settings.shares)
            status = others_run(ctx, plan, &settings, &inner, status);
        plan->tally = NULL;
        text_leave_c_locale(before);
    }
    tally_close(&link.tally);
    return status;
}

/// What a run of this thread left, for qmt_plan_outcome().
static void outcome_keep(QmtContext *ctx, QmtStatus status, const RunResult *result, size_t i,
                         Outcomes *outcomes)
{
    BatchOutcome kept = {.ran = true, .status = status, .result = *result};
    const Message before = context_keep(ctx);
    if (status != QMT_OK)
        memcpy(kept.message, before.text, sizeof kept.message - 1);
    if (outcomes_put(ctx, outcomes, i, &kept) != QMT_OK)
        context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
    (void)context_restore(ctx, &before);
}

QmtStatus qmt_run(QmtContext *ctx, QmtPlan *plan, size_t i, const QmtRunOptions *options,
                  const QmtRunHooks *hooks)
{
    Link link = {.task = i};
    RunOptions settings;
    RunResult result = {0};
    TRY(plan_place_check(ctx, plan, i));
    TRY(options_take(ctx, plan, options, &settings));
    TRY(hooks_take(ctx, hooks, &link.hooks));
    const RunHooks inner = {
        .user = &link, .progress = pass_own_progress, .should_stop = pass_should_stop};
    const QmtLogFunction log = ctx->log;
    void *const log_user = ctx->log_user;
    if (link.hooks.note != NULL)
        qmt_context_set_log(ctx, pass_own_note, &link);
    const locale_t before = text_enter_c_locale();
    RunSpec task;
    plan_task(&plan->plan, i, &task);
    const QmtStatus status = run_trajectory(ctx, &settings, &task, &inner, &result);
    text_leave_c_locale(before);
    qmt_context_set_log(ctx, log, log_user);
    outcome_keep(ctx, status, &result, i, &plan->outcomes);
    if (status != QMT_OK)
        context_set_subject(ctx, "%s", plan->plan.tasks[i].label);
    return status;
}

size_t qmt_cpu_count(void)
{
    return cpu_count();
}
