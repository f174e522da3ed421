// include/qmtraj/campaign.h
#include "qmtraj/campaign.h"

#include <stdlib.h>
#include <string.h>

#include "api/argument.h"
#include "api/qmt_config.h"
#include "api/qmt_structure.h"
#include "campaign/batch.h"
#include "campaign/conformer_search.h"
#include "campaign/cpu_count.h"
#include "campaign/status.h"
#include "campaign/summary.h"
#include "campaign/tally.h"
#include "config/config_check.h"
#include "io/text.h"
#include "run/metadata.h"

enum { OPTIONS_FIRST_SIZE = 40, HOOKS_FIRST_SIZE = 64, PLAN_FIRST_SIZE = 64 };
_Static_assert(sizeof(QmtRunOptions) == OPTIONS_FIRST_SIZE + 8, "pack was added");
_Static_assert(sizeof(QmtRunHooks) == HOOKS_FIRST_SIZE, "it has not grown yet");
_Static_assert(sizeof(QmtPlanOptions) == PLAN_FIRST_SIZE + 24, "three more at its end");
_Static_assert((int)QMT_STATE_REJECTED == (int)STATUS_REJECTED &&
                   (int)QMT_STATE_REJECTED + 1 == (int)N_STATUS_KINDS &&
                   (int)QMT_STATE_FAILED == (int)STATUS_FAILED &&
                   (int)QMT_STATE_RUNNING == (int)STATUS_RUNNING,
               "one list of states");
_Static_assert(sizeof((QmtWarning){0}.code) >= RUN_WARNING_CODE_SIZE &&
                   sizeof((QmtWarning){0}.text) >= RUN_WARNING_TEXT_SIZE,
               "room for every warning");

struct QmtPlan {
    Plan plan;
    Outcomes outcomes;      ///< of plan.n_tasks
    RejectionList rejected; ///< plan.structures.rejected points here if its list was tolerant
    const Tally *tally;     ///< of the campaign that runs; NULL: none does
};

void qmt_plan_options_init(QmtPlanOptions *options, size_t struct_size)
{
    if (options == NULL || struct_size < sizeof struct_size)
        return;
    memset(options, 0, struct_size);
    options->struct_size = struct_size;
}

static QmtStatus plan_options_take(QmtContext *ctx, const QmtPlanOptions *options,
                                   PlanOptions *inner, ConformerSearchOptions *conformers)
{
    QmtPlanOptions own = qmt_plan_options_default();
    if (options != NULL)
        TRY(struct_take(ctx, "QmtPlanOptions", options, PLAN_FIRST_SIZE, &own, sizeof own));
    NEEDS(ctx, own.names != NULL || own.n_names == 0, "plan: options.names is NULL");
    for (size_t i = 0; i < own.n_names; i++)
        NEEDS(ctx, own.names[i] != NULL, "plan: name %zu is NULL", i);
    NEEDS(ctx, own.shard.count == 0 || own.shard.index < own.shard.count,
          "plan: options.shard is part %llu of %llu", (unsigned long long)own.shard.index,
          (unsigned long long)own.shard.count);
    *conformers =
        (ConformerSearchOptions){.out = own.out,
                                 .n_workers = own.n_workers,
                                 .fresh = own.fresh != 0,
                                 .shard = {.index = own.shard.index, .count = own.shard.count}};
    *inner = (PlanOptions){.molecules = own.names,
                           .n_molecules = own.n_names,
                           .embed_later = own.embed_later != 0,
                           .shard = {.index = own.shard.index, .count = own.shard.count},
                           .user = own.user,
                           .progress = own.progress};
    return QMT_OK;
}

/// What was passed over belongs to the plan from now on, and its list begins anew.
static void rejections_move(QmtStructures *structures, QmtPlan *plan)
{
    structures->list.rejected = plan->plan.structures.rejected;
    if (plan->plan.structures.rejected == NULL)
        return;
    plan->rejected = structures->rejected;
    structures->rejected = (RejectionList){0};
    plan->plan.structures.rejected = &plan->rejected;
}

QmtStatus qmt_plan_create(QmtContext *ctx, const QmtConfig *config, QmtStructures *structures,
                          const QmtPlanOptions *options, QmtPlan **plan)
{
    PlanOptions inner;
    NEEDS(ctx, config != NULL && structures != NULL && plan != NULL,
          "plan: config, structures or plan is NULL");
    ConformerSearchOptions conformers;
    TRY(plan_options_take(ctx, options, &inner, &conformers));
    if (config->values.conformers > 0 && conformers.out != NULL) {
        TRY(config_check(ctx, &config->values));
        TRY(conformer_search(ctx, &config->values, &conformers, &structures->list));
    }
    QmtPlan *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for a plan");
    QmtStatus status = plan_make(ctx, &config->values, &structures->list, &inner, &made->plan);
    if (status == QMT_OK) {
        status = outcomes_create(ctx, made->plan.n_tasks, &made->outcomes);
        if (status != QMT_OK) {
            structures->list = made->plan.structures;
            made->plan.structures = (StructureList){0};
        } else {
            rejections_move(structures, made);
        }
    }
    if (status != QMT_OK)
        qmt_plan_destroy(&(QmtPlan *){made});
    else
        *plan = made;
    return status;
}

void qmt_plan_destroy(QmtPlan **plan)
{
    if (plan == NULL || *plan == NULL)
        return;
    plan_release(&(*plan)->plan);
    rejections_release(&(*plan)->rejected);
    outcomes_release(&(*plan)->outcomes);
    free(*plan);
    *plan = NULL;
}

size_t qmt_plan_count(const QmtPlan *plan)
{
    return plan != NULL ? plan->plan.n_tasks : 0;
}

uint64_t qmt_plan_bytes(const QmtPlan *plan)
{
    return plan != NULL ? batch_bytes(&plan->plan, NULL) : 0;
}

size_t qmt_plan_rejection_count(const QmtPlan *plan)
{
    return plan != NULL ? plan->rejected.n : 0;
}

QmtStatus qmt_plan_rejection(QmtContext *ctx, const QmtPlan *plan, size_t i,
                             QmtRejection *rejection)
{
    NEEDS(ctx, plan != NULL && rejection != NULL, "plan: plan or rejection is NULL");
    NEEDS(ctx, i < plan->rejected.n, "plan: rejection %zu of %zu", i, plan->rejected.n);
    *rejection = rejection_shown(&plan->rejected.items[i]);
    return QMT_OK;
}

static QmtStatus place_check(QmtContext *ctx, const QmtPlan *plan, size_t i)
{
    NEEDS(ctx, plan != NULL, "plan: plan is NULL");
    NEEDS(ctx, i < plan->plan.n_tasks, "plan: trajectory %zu of %zu", i, plan->plan.n_tasks);
    return QMT_OK;
}

QmtStatus qmt_plan_task(QmtContext *ctx, const QmtPlan *plan, size_t i, QmtTask *task)
{
    TRY(place_check(ctx, plan, i));
    NEEDS(ctx, task != NULL, "plan: task is NULL");
    const RunSpec *spec = &plan->plan.tasks[i];
    *task = (QmtTask){.label = spec->label,
                      .n_atoms = spec->structure->n_atoms,
                      .n_orbitals = spec->n_orbitals,
                      .charge = spec->config.charge,
                      .multiplicity = spec->config.spin_multiplicity,
                      .n_steps = spec_steps(&spec->config),
                      .n_frames = config_frames(&spec->config),
                      .n_bytes = spec->n_bytes,
                      .molecule = spec->structure->name,
                      .place = i,
                      .cost = spec->cost};
    return QMT_OK;
}

void qmt_run_options_init(QmtRunOptions *options, size_t struct_size)
{
    if (options == NULL || struct_size < sizeof struct_size)
        return;
    memset(options, 0, struct_size);
    options->struct_size = struct_size;
}

static QmtStatus options_take(QmtContext *ctx, const QmtRunOptions *options, RunOptions *settings)
{
    QmtRunOptions own;
    qmt_run_options_init(&own, sizeof own);
    NEEDS(ctx, options != NULL, "run: options is NULL");
    TRY(struct_take(ctx, "QmtRunOptions", options, OPTIONS_FIRST_SIZE, &own, sizeof own));
    NEEDS(ctx, own.out != NULL && own.out[0] != '\0', "run: options.out names no folder");
    NEEDS(ctx, own.max_s >= 0.0, "run: options.max_s is %g", own.max_s);
    *settings = (RunOptions){.out = own.out,
                             .n_workers = own.n_workers > 0 ? own.n_workers : cpu_count(),
                             .fresh = own.fresh != 0,
                             .allow_other_cpu = own.allow_other_cpu != 0,
                             .pack = own.pack != 0,
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

static QmtOutcome outcome_shown(const BatchOutcome *outcome)
{
    const RunResult *result = &outcome->result;
    return (QmtOutcome){.status = outcome->status,
                        .signal = outcome->signal,
                        .reused = result->reused,
                        .message = outcome->message,
                        .n_atoms = result->n_atoms,
                        .n_steps = result->n_steps,
                        .n_frames = result->n_frames,
                        .wall_s = result->wall_s,
                        .cpu_s = result->cpu_s,
                        .ms_per_step = result->ms_per_step,
                        .mean_temperature_k = result->mean_temperature_k,
                        .shadow_drift_kjmol_ps = run_drift_shown(result),
                        .scf_iterations_mean = result->scf_iterations_mean,
                        .recoveries = result->recoveries,
                        .begun = outcome->ran,
                        .rejected = outcome->rejected,
                        .word = status_word(outcome->status),
                        .temperature_error_k = result->temperature_error_k,
                        .n_warnings = result->warnings.n};
}

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
    TRY(options_take(ctx, options, &settings));
    return batch_look(ctx, &plan->plan, &settings);
}

QmtStatus qmt_campaign_finished(QmtContext *ctx, const QmtPlan *plan, const QmtRunOptions *options,
                                unsigned char *done)
{
    RunOptions settings;
    NEEDS(ctx, plan != NULL && done != NULL, "campaign: plan or done is NULL");
    TRY(options_take(ctx, options, &settings));
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

QmtStatus qmt_campaign_run(QmtContext *ctx, QmtPlan *plan, const QmtRunOptions *options,
                           const QmtRunHooks *hooks)
{
    Link link = {0};
    RunOptions settings;
    NEEDS(ctx, plan != NULL, "campaign: plan is NULL");
    TRY(options_take(ctx, options, &settings));
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
        plan->tally = NULL;
        text_leave_c_locale(before);
    }
    tally_close(&link.tally);
    return status;
}

QmtStatus qmt_plan_totals(QmtContext *ctx, const QmtPlan *plan, QmtTotals *totals)
{
    NEEDS(ctx, plan != NULL && totals != NULL, "plan: plan or totals is NULL");
    NEEDS(ctx, plan->tally != NULL, "plan: no campaign runs");
    *totals = tally_now(plan->tally);
    return QMT_OK;
}

QmtStatus qmt_plan_outcome(QmtContext *ctx, const QmtPlan *plan, size_t i, QmtOutcome *outcome)
{
    TRY(place_check(ctx, plan, i));
    NEEDS(ctx, outcome != NULL, "plan: outcome is NULL");
    BatchOutcome kept;
    outcomes_get(&plan->outcomes, i, &kept);
    *outcome = outcome_shown(&kept);
    outcome->message = outcomes_message(&plan->outcomes, i);
    return QMT_OK;
}

/// Warning w of a list.
static QmtStatus warning_show(QmtContext *ctx, const RunWarnings *warnings, size_t w,
                              QmtWarning *warning)
{
    QmtWarning found;
    size_t at = 0;
    NEEDS(ctx, warning != NULL, "warning is NULL");
    for (size_t i = 0; i <= w; i++)
        NEEDS(ctx, run_warning_next(warnings, &at, found.code, found.text), "warning %zu of %zu", w,
              i);
    *warning = found;
    return QMT_OK;
}

QmtStatus qmt_plan_warning(QmtContext *ctx, const QmtPlan *plan, size_t i, size_t w,
                           QmtWarning *warning)
{
    TRY(place_check(ctx, plan, i));
    BatchOutcome kept;
    outcomes_get(&plan->outcomes, i, &kept);
    return warning_show(ctx, &kept.result.warnings, w, warning);
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
    TRY(place_check(ctx, plan, i));
    TRY(options_take(ctx, options, &settings));
    TRY(hooks_take(ctx, hooks, &link.hooks));
    const RunHooks inner = {
        .user = &link, .progress = pass_own_progress, .should_stop = pass_should_stop};
    const QmtLogFunction log = ctx->log;
    void *const log_user = ctx->log_user;
    if (link.hooks.note != NULL)
        qmt_context_set_log(ctx, pass_own_note, &link);
    const locale_t before = text_enter_c_locale();
    const QmtStatus status = run_trajectory(ctx, &settings, &plan->plan.tasks[i], &inner, &result);
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

QmtStatus qmt_summary_write(QmtContext *ctx, const char *out, size_t *n)
{
    size_t written = 0;
    NEEDS(ctx, out != NULL, "summary: out is NULL");
    const locale_t before = text_enter_c_locale();
    const QmtStatus status = summary_renew(ctx, out, &written);
    text_leave_c_locale(before);
    TRY(status);
    if (n != NULL)
        *n = written;
    return QMT_OK;
}

struct QmtFolderStatus {
    StatusList list;
};

QmtStatus qmt_folder_status(QmtContext *ctx, const char *out, QmtFolderStatus **status)
{
    NEEDS(ctx, out != NULL && status != NULL, "status: out or status is NULL");
    QmtFolderStatus *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the state of a folder");
    const locale_t before = text_enter_c_locale();
    const QmtStatus failure = status_look(ctx, out, &made->list);
    text_leave_c_locale(before);
    if (failure != QMT_OK)
        free(made);
    else
        *status = made;
    return failure;
}

void qmt_folder_status_destroy(QmtFolderStatus **status)
{
    if (status == NULL || *status == NULL)
        return;
    status_release(&(*status)->list);
    free(*status);
    *status = NULL;
}

size_t qmt_folder_status_count(const QmtFolderStatus *status)
{
    return status != NULL ? status->list.n : 0;
}

QmtStatus qmt_folder_status_entry(QmtContext *ctx, const QmtFolderStatus *status, size_t i,
                                  QmtFolderEntry *entry)
{
    NEEDS(ctx, status != NULL && entry != NULL, "status: status or entry is NULL");
    NEEDS(ctx, i < status->list.n, "status: trajectory %zu of %zu", i, status->list.n);
    const StatusEntry *e = &status->list.entries[i];
    *entry = (QmtFolderEntry){.label = e->label,
                              .word = status_kind_word(e->kind),
                              .phase = e->phase,
                              .holder = e->holder != NULL ? e->holder : "",
                              .reason = e->reason != NULL ? e->reason : "",
                              .step = e->step,
                              .n_steps = e->n_steps,
                              .percent = e->percent,
                              .ms_per_step = e->ms_per_step,
                              .left_s = e->eta_s,
                              .mean_temperature_k = e->mean_temperature_k,
                              .shadow_drift_kjmol_ps = e->shadow_drift_kjmol_ps,
                              .age_s = e->age_s,
                              .state = (QmtState)e->kind,
                              .n_warnings = e->n_warnings};
    return QMT_OK;
}

QmtStatus qmt_folder_status_warning(QmtContext *ctx, const QmtFolderStatus *status, size_t i,
                                    size_t w, QmtWarning *warning)
{
    NEEDS(ctx, status != NULL, "status: status is NULL");
    NEEDS(ctx, i < status->list.n, "status: trajectory %zu of %zu", i, status->list.n);
    const char *const lines = status->list.entries[i].warning_lines;
    RunWarnings warnings;
    run_warnings_from_lines(lines != NULL ? lines : "", &warnings);
    return warning_show(ctx, &warnings, w, warning);
}

QmtStatus qmt_folder_status_totals(QmtContext *ctx, const QmtFolderStatus *status,
                                   QmtTotals *totals)
{
    NEEDS(ctx, status != NULL && totals != NULL, "status: status or totals is NULL");
    const StatusList *const list = &status->list;
    *totals = (QmtTotals){.n = list->n,
                          .n_complete = list->n_of[STATUS_COMPLETE],
                          .n_running = list->n_of[STATUS_RUNNING],
                          .n_waiting = list->n_of[STATUS_WAITING],
                          .n_failed = list->n_of[STATUS_FAILED],
                          .n_rejected = list->n_of[STATUS_REJECTED],
                          .n_interrupted = list->n_of[STATUS_INTERRUPTED],
                          .left_s = list->left_s};
    return QMT_OK;
}
