#include "campaign/plan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "campaign/molecule_choice.h"
#include "campaign/solvate.h"
#include "config/config_check.h"
#include "io/text.h"
#include "run/input_digest.h"
#include "run/quench.h"
#include "run/run_bias.h"
#include "structure/smiles.h"
#include "structure/xyz.h"

/// As many sentences about molecules that cannot be computed are said; the others are counted.
enum { SENTENCES_MAX = 20 };

/// The plan in the making.
typedef struct {
    QmtContext *ctx;
    const Config *config;
    StructureList *structures;
    const PlanOptions *options;
    bool *keep;        ///< [structures->n]
    Plan *plan;        ///< that the tasks go to
    PlanTask *checked; ///< [structures->n]
    size_t n_wanted;   ///< rejected ones among them
    size_t n_bad;      ///< without a list to note them in
    Message first;     ///< of them
} Planning;

/// States are compared with so many others before they get a place of their own.
enum { STATES_COMPARED = 32 };

/// The place of a state, which earlier tasks may have, too; NULL: no memory.
static const PlanState *state_keep(Plan *plan, const RunSpec *task)
{
    for (size_t i = plan->n_states; i-- > 0 && plan->n_states - i <= STATES_COMPARED;) {
        const PlanState *const state = plan->states[i];
        if (strcmp(state->charge_source, task->charge_source) == 0 &&
            strcmp(state->multiplicity_source, task->multiplicity_source) == 0 &&
            memcmp(&state->config, &task->config, sizeof task->config) == 0)
            return state;
    }
    PlanState **const states = realloc(plan->states, (plan->n_states + 1) * sizeof *states);
    PlanState *const made = states != NULL ? malloc(sizeof *made) : NULL;
    char *const keys = made != NULL ? input_digest_keys(&task->config) : NULL;
    if (states != NULL)
        plan->states = states;
    if (keys == NULL) {
        free(made);
        return NULL;
    }
    made->digest_keys = keys;
    memcpy(&made->config, &task->config, sizeof made->config); // with its padding, to be compared
    memcpy(made->charge_source, task->charge_source, sizeof made->charge_source);
    memcpy(made->multiplicity_source, task->multiplicity_source, sizeof made->multiplicity_source);
    plan->states[plan->n_states++] = made;
    return made;
}

static QmtStatus task_keep(QmtContext *ctx, Plan *plan, const RunSpec *task, PlanTask *kept)
{
    const PlanState *const state = state_keep(plan, task);
    char *const label = strdup(task->label);
    if (state == NULL || label == NULL) {
        free(label);
        return FAIL(ctx, QMT_ERR_MEMORY, "plan: no memory for %s", task->label);
    }
    *kept = (PlanTask){.structure = task->structure,
                       .state = state,
                       .label = label,
                       .n_orbitals = task->n_orbitals,
                       .cost = task->cost,
                       .n_bytes = task->n_bytes,
                       .n_electrons = task->n_electrons,
                       .replica = task->replica,
                       .quench = {.number = task->quench.number,
                                  .frame = task->quench.frame,
                                  .time_ps = task->quench.time_ps}};
    memcpy(kept->variant, task->variant, sizeof kept->variant);
    memcpy(kept->input_digest, task->input_digest, sizeof kept->input_digest);
    return QMT_OK;
}

static void task_expand(const PlanTask *kept, RunSpec *task)
{
    *task = (RunSpec){.structure = kept->structure,
                      .config = kept->state->config,
                      .replica = kept->replica,
                      .n_orbitals = kept->n_orbitals,
                      .n_electrons = kept->n_electrons,
                      .cost = kept->cost,
                      .n_bytes = kept->n_bytes};
    memcpy(task->charge_source, kept->state->charge_source, sizeof task->charge_source);
    memcpy(task->multiplicity_source, kept->state->multiplicity_source,
           sizeof task->multiplicity_source);
    memcpy(task->variant, kept->variant, sizeof task->variant);
    memcpy(task->input_digest, kept->input_digest, sizeof task->input_digest);
    snprintf(task->label, sizeof task->label, "%s", kept->label);
    if (kept->quench.number == 0)
        return;
    const PlanTask *const origin = kept - kept->quench.number;
    task->quench = (QuenchFacts){.number = kept->quench.number,
                                 .frame = kept->quench.frame,
                                 .time_ps = kept->quench.time_ps};
    memcpy(task->quench.from_digest, origin->input_digest, sizeof task->quench.from_digest);
}

void plan_task(const Plan *plan, size_t t, RunSpec *task)
{
    task_expand(&plan->tasks[t], task);
}

static void tasks_release(PlanTask *tasks, size_t n)
{
    for (size_t t = 0; tasks != NULL && t < n; t++)
        free(tasks[t].label);
    free(tasks);
}

/// Looks at one molecule. *reason says what a failure is about.
static QmtStatus structure_check(const Planning *planning, Structure *structure, RunSpec *checked,
                                 RejectReason *reason)
{
    const bool is_list = planning->n_wanted > 1 || shard_is_part(&planning->options->shard);
    if (structure_lacks_atoms(structure) && planning->options->embed_later && is_list) {
        spec_estimate(structure, planning->config, checked);
        return QMT_OK;
    }
    *reason = REJECT_SMILES;
    if (structure_lacks_atoms(structure))
        TRY(smiles_embed(planning->ctx, structure));
    *reason = REJECT_STRUCTURE;
    TRY(solvate(planning->ctx, planning->config, structure));
    TRY(spec_make(planning->ctx, structure, planning->config, checked));
    TRY(run_bias_check(planning->ctx, checked));
    // The trajectory begins with the geometry that start.xyz says.
    xyz_round(structure);
    return QMT_OK;
}

/// What was kept as the only failure is one of several.
static void first_log(QmtContext *ctx, const Message *first)
{
    const Message now = context_keep(ctx);
    (void)context_restore(ctx, first);
    context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
    (void)context_restore(ctx, &now);
}

/// Without a list of rejections: every sentence is said before the plan fails.
static void failure_note(Planning *planning)
{
    if (planning->n_bad == 1)
        first_log(planning->ctx, &planning->first);
    if (planning->n_bad == 0)
        planning->first = context_keep(planning->ctx);
    else if (planning->n_bad < SENTENCES_MAX)
        context_log(planning->ctx, QMT_LOG_WARNING, "%s", qmt_context_message(planning->ctx));
    planning->n_bad++;
}

static QmtStatus structure_plan(const Planning *planning, size_t i, RejectReason *reason)
{
    RunSpec checked;
    TRY(structure_check(planning, &planning->structures->items[i], &checked, reason));
    return task_keep(planning->ctx, planning->plan, &checked, &planning->checked[i]);
}

/// Looks at every molecule that is wanted.
static QmtStatus structures_check(Planning *planning)
{
    StructureList *const structures = planning->structures;
    size_t n_done = 0;
    for (size_t i = 0; i < structures->n; i++) {
        const Structure *const structure = &structures->items[i];
        RejectReason reason = REJECT_STRUCTURE;
        if (!planning->keep[i])
            continue;
        QmtStatus status = structure_plan(planning, i, &reason);
        if (planning->options->progress != NULL)
            planning->options->progress(planning->options->user, ++n_done, planning->n_wanted);
        if (status == QMT_OK)
            continue;
        planning->keep[i] = false;
        status = rejection_take(planning->ctx, structures->rejected, structure->source,
                                structure->name, reason, status);
        if (status == QMT_OK)
            continue;
        failure_note(planning);
        // Without memory or disk there is nothing to learn from the next molecule.
        if (status == QMT_ERR_MEMORY || status == QMT_ERR_IO)
            break;
    }
    if (planning->n_bad == 1)
        return context_restore(planning->ctx, &planning->first);
    if (planning->n_bad > 1)
        return FAIL(planning->ctx, planning->first.code,
                    "%zu of %zu molecules cannot be computed, see above; nothing was begun",
                    planning->n_bad, planning->n_wanted);
    return QMT_OK;
}

/// With nothing left to compute, or a single molecule wanted, what was noted is the failure.
static QmtStatus rejections_judge(const Planning *planning)
{
    const RejectionList *const rejected = planning->structures->rejected;
    QmtContext *const ctx = planning->ctx;
    if (rejected == NULL || rejected->n == 0 || rejected->n < planning->n_wanted ||
        shard_is_part(&planning->options->shard))
        return QMT_OK;
    for (size_t i = 0; i < rejected->n && i < SENTENCES_MAX && rejected->n > 1; i++)
        context_log(ctx, QMT_LOG_WARNING, "%s", rejected->items[i].sentence);
    if (rejected->n == 1)
        return FAIL(ctx, rejected->items[0].status, "%s", rejected->items[0].sentence);
    return FAIL(ctx, rejected->items[0].status,
                "none of the %zu molecules can be computed, see above; nothing was begun",
                rejected->n);
}

/// Trajectories of each structure, without copies of frames and with them.
static size_t n_hot(const Config *config)
{
    return (size_t)(config->temperature_k.n * config->replicas);
}

static size_t n_each(const Config *config)
{
    return n_hot(config) * (size_t)(1 + config_copies(config));
}

/// "T0300", "T0300.5": sorts by temperature.
static void temperature_name(double kelvin, char name[SPEC_VARIANT_SIZE])
{
    snprintf(name, SPEC_VARIANT_SIZE, kelvin == rint(kelvin) ? "T%04.0f" : "T%08.3f", kelvin);
    for (char *end = name + strlen(name) - 1; strchr(name, '.') != NULL && *end == '0'; end--)
        *end = '\0';
}

/// Trajectory number r, from 0, of a structure: its temperature, then its replica.
static void task_name(const Planning *planning, size_t r, RunSpec *task)
{
    const Config *const config = planning->config;
    const size_t n_replicas = (size_t)config->replicas;
    const int conformer = task->structure->conformer.number;
    char replica[16] = "", *const variant = task->variant;
    if (config->temperature_k.n > 1) {
        const double kelvin = config->temperature_k.value[r / n_replicas];
        task->config.temperature_k = (ConfigReals){.n = 1, .value = {kelvin}};
        temperature_name(kelvin, variant);
    }
    if (conformer > 0)
        snprintf(variant + strlen(variant), SPEC_VARIANT_SIZE - strlen(variant), "%sc%02d",
                 variant[0] != '\0' ? "/" : "", conformer);
    if (n_replicas > 1) {
        task->replica = (int)(r % n_replicas) + 1;
        snprintf(replica, sizeof replica, "/r%02d", task->replica);
    }
    snprintf(task->label, sizeof task->label, "%.255s%s%.20s%s", task->structure->name,
             variant[0] ? "/" : "", variant, replica);
}

/// Keeps a task with its checksum; that of a copy of a frame has its origin's in it.
static QmtStatus task_add(const Planning *planning, RunSpec *task)
{
    Plan *const plan = planning->plan;
    PlanTask *const kept = &plan->tasks[plan->n_tasks];
    if (task->quench.number > 0)
        memcpy(task->quench.from_digest, kept[-task->quench.number].input_digest,
               sizeof task->quench.from_digest);
    TRY(task_keep(planning->ctx, plan, task, kept));
    plan->n_tasks++;
    return input_digest(planning->ctx, task, kept->state->digest_keys, kept->input_digest);
}

/// Trajectory r of structure i, followed by the copies of its frames.
static QmtStatus tasks_make(const Planning *planning, size_t i, size_t r)
{
    const int n_copies = (int)config_copies(planning->config);
    RunSpec task, copy;
    task_expand(&planning->checked[i], &task);
    if (n_hot(planning->config) > 1 || task.structure->conformer.number > 0)
        task_name(planning, r, &task);
    TRY(task_add(planning, &task));
    for (int c = 1; c <= n_copies; c++) {
        quench_task(&task, c, &copy);
        TRY(task_add(planning, &copy));
    }
    return QMT_OK;
}

/// Molecules in the order of the input become tasks, their temperatures and replicas in order.
static QmtStatus tasks_fill(const Planning *planning)
{
    const size_t n = n_hot(planning->config);
    Plan *const plan = planning->plan;
    size_t n_tasks = 0;
    for (size_t i = 0; i < planning->structures->n; i++)
        n_tasks += planning->keep[i] ? n_each(planning->config) : 0;
    plan->tasks = calloc(n_tasks + 1, sizeof *plan->tasks);
    if (plan->tasks == NULL)
        return FAIL(planning->ctx, QMT_ERR_MEMORY, "plan: no memory for %zu trajectories", n_tasks);
    for (size_t i = 0; i < planning->structures->n; i++)
        for (size_t r = 0; planning->keep[i] && r < n; r++)
            TRY(tasks_make(planning, i, r));
    return QMT_OK;
}

/// A molecule with the name of a copy of another one's frame would share its folder.
static QmtStatus copy_names_check(QmtContext *ctx, const StructureList *structures)
{
    const char **const names = malloc((structures->n + 1) * sizeof *names);
    QmtStatus status = QMT_OK;
    if (names == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "plan: no memory for %zu names", structures->n);
    for (size_t i = 0; i < structures->n; i++)
        names[i] = structures->items[i].name;
    qsort(names, structures->n, sizeof *names, text_order);
    for (size_t i = 0; i < structures->n && status == QMT_OK; i++) {
        char origin[STRUCTURE_NAME_SIZE];
        const char *const key = origin;
        if (quench_origin(names[i], origin) &&
            bsearch(&key, names, structures->n, sizeof *names, text_order) != NULL)
            status = FAIL(ctx, QMT_ERR_INPUT,
                          "%s: this name would be that of a copy of a frame of %s (quench); rename "
                          "one of the two molecules",
                          names[i], origin);
    }
    free(names);
    return status;
}

/// Checksum of the input files, without the lines in them, and of the names that were chosen.
static uint64_t input_key(const Planning *planning)
{
    const StructureList *const structures = planning->structures;
    char before[STRUCTURE_SOURCE_SIZE] = "";
    uint64_t key = 0;
    for (size_t i = 0; i < structures->n; i++) {
        char file[STRUCTURE_SOURCE_SIZE];
        snprintf(file, sizeof file, "%.*s", (int)strcspn(structures->items[i].source, ":"),
                 structures->items[i].source);
        if (strcmp(file, before) != 0)
            key = key * 31 + random_name_key(file);
        memcpy(before, file, sizeof before);
    }
    for (size_t m = 0; m < planning->options->n_molecules; m++)
        key = key * 31 + random_name_key(planning->options->molecules[m]);
    const Shard *const shard = &planning->options->shard;
    return shard_is_part(shard) ? (key * 31 + shard->index) * 31 + shard->count : key;
}

/// Without RDKit every SMILES would be rejected with the same sentence.
static QmtStatus can_embed_check(QmtContext *ctx, StructureList *structures, const bool *keep)
{
    for (size_t i = 0; i < structures->n && !smiles_can_embed(); i++)
        if (keep[i] && structure_lacks_atoms(&structures->items[i]))
            return smiles_embed(ctx, &structures->items[i]);
    return QMT_OK;
}

/// Leaves what is in the part of the list. An input without a name is told from others by its place.
static QmtStatus shard_choose(const Planning *planning)
{
    const StructureList *const structures = planning->structures;
    const Shard *const shard = &planning->options->shard;
    RejectionList *const rejected = structures->rejected;
    if (!shard_is_part(shard))
        return QMT_OK;
    for (size_t i = 0; i < structures->n; i++)
        planning->keep[i] = planning->keep[i] && shard_has(shard, structures->items[i].name);
    if (rejected == NULL || rejected->n == 0)
        return QMT_OK;
    bool *const keep = calloc(rejected->n, sizeof *keep);
    if (keep == NULL)
        return FAIL(planning->ctx, QMT_ERR_MEMORY, "plan: no memory for %zu names", rejected->n);
    for (size_t i = 0; i < rejected->n; i++) {
        const Rejection *const item = &rejected->items[i];
        keep[i] = shard_has(shard, item->name[0] != '\0' ? item->name : item->source);
    }
    rejections_keep(rejected, keep);
    free(keep);
    return QMT_OK;
}

static QmtStatus planning_check(Planning *planning)
{
    const PlanOptions *const options = planning->options;
    StructureList *const structures = planning->structures;
    TRY(molecules_choose(planning->ctx, structures, options->molecules, options->n_molecules,
                         planning->keep));
    if (structures->n > 0)
        memcpy(planning->plan->wanted, planning->keep, structures->n * sizeof *planning->keep);
    TRY(shard_choose(planning));
    TRY(can_embed_check(planning->ctx, structures, planning->keep));
    planning->n_wanted = structures->rejected != NULL ? structures->rejected->n : 0;
    for (size_t i = 0; i < structures->n; i++)
        planning->n_wanted += planning->keep[i];
    TRY(structures_check(planning));
    return rejections_judge(planning);
}

QmtStatus plan_make(QmtContext *ctx, const Config *config, StructureList *structures,
                    const PlanOptions *options, Plan *plan)
{
    static const PlanOptions ALL = {.molecules = NULL};
    if (structures->n == 0 && (structures->rejected == NULL || structures->rejected->n == 0))
        return FAIL(ctx, QMT_ERR_USAGE, "no molecules: the list is empty");
    TRY(config_check(ctx, config));
    TRY(structures_check_names(ctx, structures));
    if (config_is_quenched(config))
        TRY(copy_names_check(ctx, structures));

    const size_t n = structures->n;
    Plan made = {.n_tasks = 0};
    Config own = *config;
    if (own.temperature_ramp.n > 0) // a default of 300 K is nowhere in such a trajectory
        own.temperature_k = (ConfigReals){.n = 1, .value = {own.temperature_ramp.value[0]}};
    Planning planning = {.ctx = ctx,
                         .config = &own,
                         .structures = structures,
                         .options = options != NULL ? options : &ALL,
                         .keep = calloc(n + 1, sizeof *planning.keep),
                         .plan = &made,
                         .checked = calloc(n + 1, sizeof *planning.checked)};
    QmtStatus status;
    made.wanted = calloc(n + 1, sizeof *made.wanted);
    if (planning.keep == NULL || planning.checked == NULL || made.wanted == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "plan: no memory for %zu molecules", n);
    else
        status = planning_check(&planning);
    if (status == QMT_OK)
        status = tasks_fill(&planning);
    made.input_key = input_key(&planning);
    made.shard = made.writer = planning.options->shard;
    free(planning.keep);
    tasks_release(planning.checked, n);
    if (status != QMT_OK) {
        plan_release(&made);
        return status;
    }
    made.config = own;
    made.chosen = planning.options->n_molecules > 0;
    made.embed_later = planning.options->embed_later;
    made.structures = *structures; // the items stay where they are, so the tasks' pointers hold
    *structures = (StructureList){0};
    *plan = made;
    return QMT_OK;
}

void plan_release(Plan *plan)
{
    structures_release(&plan->structures);
    tasks_release(plan->tasks, plan->n_tasks);
    for (size_t i = 0; i < plan->n_states; i++) {
        free(plan->states[i]->digest_keys);
        free(plan->states[i]);
    }
    free(plan->states);
    free(plan->wanted);
    *plan = (Plan){0};
}

QmtStatus plan_part(QmtContext *ctx, Plan *whole, const Shard *shard, Plan *part)
{
    const size_t n = whole->structures.n;
    const PlanOptions options = {.embed_later = whole->embed_later, .shard = *shard};
    RejectionList dropped = {0};
    StructureList structures = {.items = whole->structures.items, .n = n, .rejected = &dropped};
    Plan made = {.shard = *shard,
                 .writer = whole->shard,
                 .config = whole->config,
                 .input_key = whole->input_key};
    Planning planning = {.ctx = ctx,
                         .config = &whole->config,
                         .structures = &structures,
                         .options = &options,
                         .keep = calloc(n + 1, sizeof *planning.keep),
                         .plan = &made,
                         .checked = calloc(n + 1, sizeof *planning.checked)};
    QmtStatus status = QMT_OK;
    if (planning.keep == NULL || planning.checked == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "plan: no memory for %zu molecules", n);
    for (size_t i = 0; status == QMT_OK && i < n; i++)
        planning.keep[i] = whole->wanted[i] && shard_has(shard, structures.items[i].name);
    if (status == QMT_OK)
        status = structures_check(&planning);
    if (status == QMT_OK)
        status = tasks_fill(&planning);
    free(planning.keep);
    tasks_release(planning.checked, n);
    rejections_release(&dropped);
    if (status == QMT_OK)
        *part = made;
    else
        plan_part_release(&made);
    return status;
}

void plan_part_release(Plan *part)
{
    part->structures = (StructureList){0};
    plan_release(part);
}
