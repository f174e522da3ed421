#include "campaign/plan.h"
#include "config/config_check.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/suggest.h"
#include "base/units.h"
#include "base/vec3.h"
#include "basis/basis.h"
#include "data/element.h"
#include "data/method.h"
#include "engine/properties.h"
#include "io/smiles.h"
#include "io/xyz.h"

/// Keeps the structures that --molecule names.
static QmtStatus molecules_select(QmtContext *ctx, StructureList *structures,
                                  const char *const *molecules, size_t n_molecules, bool *keep)
{
    for (size_t i = 0; i < structures->n; i++)
        keep[i] = n_molecules == 0;
    for (size_t m = 0; m < n_molecules; m++) {
        bool found = false;
        for (size_t i = 0; i < structures->n; i++) {
            if (strcmp(structures->items[i].name, molecules[m]) == 0)
                keep[i] = found = true;
        }
        if (found)
            continue;
        const char **const names = malloc(structures->n * sizeof *names);
        if (names == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "plan: no memory for %zu names", structures->n);
        for (size_t i = 0; i < structures->n; i++)
            names[i] = structures->items[i].name;
        char hint[SUGGEST_HINT_SIZE];
        suggest_hint(molecules[m], names, structures->n, hint);
        free(names);
        return FAIL(ctx, QMT_ERR_USAGE, "--molecule %.100s: no such molecule%s", molecules[m],
                    hint[0] != '\0' ? hint : "; --dry-run lists them");
    }
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

/// Looks at every molecule; says what is wrong with each before it fails.
static QmtStatus structures_check(QmtContext *ctx, const Config *config, StructureList *structures,
                                  const bool *keep, RunSpec *checked)
{
    size_t n_bad = 0, n_kept = 0;
    Message first = {0};

    for (size_t i = 0; i < structures->n; i++) {
        if (!keep[i])
            continue;
        n_kept++;
        Structure *const structure = &structures->items[i];
        QmtStatus status = QMT_OK;
        if (structure->n_atoms == 0 && structure->smiles != NULL)
            status = smiles_embed(ctx, structure);
        if (status == QMT_OK)
            status = spec_make(ctx, structure, config, &checked[i]);
        if (status == QMT_OK) {
            // The trajectory begins with the geometry that start.xyz says.
            xyz_round(structure);
            continue;
        }
        if (n_bad == 1)
            first_log(ctx, &first);
        if (n_bad > 0)
            context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
        else
            first = context_keep(ctx);
        n_bad++;
        // Without memory, disk or RDKit there is nothing to learn from the next molecule.
        if (status == QMT_ERR_MEMORY || status == QMT_ERR_IO ||
            (structure->n_atoms == 0 && !smiles_can_embed()))
            break;
    }
    if (n_bad == 1)
        return context_restore(ctx, &first);
    if (n_bad > 1)
        return FAIL(ctx, first.code,
                    "%zu of %zu molecules cannot be computed, see above; nothing was begun", n_bad,
                    n_kept);
    return QMT_OK;
}

QmtStatus plan_make(QmtContext *ctx, const Config *config, StructureList *structures,
                    const char *const *molecules, size_t n_molecules, Plan *plan)
{
    if (structures->n == 0)
        return FAIL(ctx, QMT_ERR_USAGE, "no molecules: give --smiles-file or .xyz files");
    TRY(config_check(ctx, config));
    TRY(structures_check_names(ctx, structures));

    const size_t n = structures->n, n_replicas = (size_t)config->replicas;
    bool *const keep = calloc(n, sizeof *keep);
    RunSpec *const checked = calloc(n, sizeof *checked);
    RunSpec *const tasks = calloc(n * n_replicas, sizeof *tasks);
    QmtStatus status;
    if (keep == NULL || checked == NULL || tasks == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "plan: no memory for %zu molecules", n);
    else
        status = molecules_select(ctx, structures, molecules, n_molecules, keep);
    if (status == QMT_OK)
        status = structures_check(ctx, config, structures, keep, checked);

    size_t n_tasks = 0;
    for (size_t i = 0; i < n && status == QMT_OK; i++) {
        for (size_t r = 1; keep[i] && r <= n_replicas; r++) {
            RunSpec *const task = &tasks[n_tasks++];
            *task = checked[i];
            if (n_replicas > 1) {
                task->replica = (int)r;
                snprintf(task->label, sizeof task->label, "%.255s/r%02d", structures->items[i].name,
                         task->replica);
            }
        }
    }
    free(keep);
    free(checked);
    if (status != QMT_OK) {
        free(tasks);
        return status;
    }
    // The items stay where they are, so the tasks' pointers hold.
    *plan = (Plan){.structures = *structures, .tasks = tasks, .n_tasks = n_tasks};
    *structures = (StructureList){0};
    return QMT_OK;
}

void plan_release(Plan *plan)
{
    structures_release(&plan->structures);
    free(plan->tasks);
    *plan = (Plan){0};
}
