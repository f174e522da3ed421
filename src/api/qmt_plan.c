// include/qmtraj/campaign.h: plans, and what became of their trajectories
#include "api/qmt_plan.h"

#include <stdlib.h>
#include <string.h>

#include "api/argument.h"
#include "api/qmt_config.h"
#include "api/qmt_structure.h"
#include "api/qmt_warning.h"
#include "campaign/conformer_search.h"
#include "config/config_check.h"
#include "config/recipe.h"
#include "io/text.h"
#include "run/metadata.h"

enum { PLAN_FIRST_SIZE = 64 };
_Static_assert(sizeof(QmtPlanOptions) == PLAN_FIRST_SIZE + 24, "three more at its end");

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

/// What was passed over belongs to the plan from now on, and its list starts over.
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
    recipe_say(ctx, &config->values);
    if (config->values.conformers > 0) {
        const bool looks_only = conformers.out == NULL;
        TRY(config_check(ctx, &config->values));
        TRY((looks_only ? conformer_inputs_check
                        : conformer_search)(ctx, &config->values, &conformers, &structures->list));
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

QmtStatus plan_place_check(QmtContext *ctx, const QmtPlan *plan, size_t i)
{
    NEEDS(ctx, plan != NULL, "plan: plan is NULL");
    NEEDS(ctx, i < plan->plan.n_tasks, "plan: trajectory %zu of %zu", i, plan->plan.n_tasks);
    return QMT_OK;
}

QmtStatus qmt_plan_task(QmtContext *ctx, const QmtPlan *plan, size_t i, QmtTask *task)
{
    TRY(plan_place_check(ctx, plan, i));
    NEEDS(ctx, task != NULL, "plan: task is NULL");
    const PlanTask *spec = &plan->plan.tasks[i];
    const Config *config = &spec->state->config;
    *task = (QmtTask){.label = spec->label,
                      .n_atoms = spec->structure->n_atoms,
                      .n_orbitals = spec->n_orbitals,
                      .charge = config->charge,
                      .multiplicity = config->spin_multiplicity,
                      .n_steps = spec_steps(config),
                      .n_frames = config_frames(config),
                      .n_bytes = spec->n_bytes,
                      .molecule = spec->structure->name,
                      .place = i,
                      .cost = spec->cost};
    return QMT_OK;
}

QmtStatus qmt_plan_totals(QmtContext *ctx, const QmtPlan *plan, QmtTotals *totals)
{
    NEEDS(ctx, plan != NULL && totals != NULL, "plan: plan or totals is NULL");
    NEEDS(ctx, plan->tally != NULL, "plan: no campaign runs");
    *totals = tally_now(plan->tally);
    return QMT_OK;
}

QmtOutcome outcome_shown(const BatchOutcome *outcome)
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

QmtStatus qmt_plan_outcome(QmtContext *ctx, const QmtPlan *plan, size_t i, QmtOutcome *outcome)
{
    TRY(plan_place_check(ctx, plan, i));
    NEEDS(ctx, outcome != NULL, "plan: outcome is NULL");
    BatchOutcome kept;
    outcomes_get(&plan->outcomes, i, &kept);
    *outcome = outcome_shown(&kept);
    outcome->message = outcomes_message(&plan->outcomes, i);
    return QMT_OK;
}

QmtStatus qmt_plan_warning(QmtContext *ctx, const QmtPlan *plan, size_t i, size_t w,
                           QmtWarning *warning)
{
    TRY(plan_place_check(ctx, plan, i));
    BatchOutcome kept;
    outcomes_get(&plan->outcomes, i, &kept);
    return warning_show(ctx, &kept.result.warnings, w, warning);
}
