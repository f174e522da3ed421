// include/qmtraj/single.h
#include "api/qmt_single.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/argument.h"
#include "api/qmt_config.h"
#include "api/qmt_structure.h"
#include "data/method.h"
#include "data/solvent.h"
#include "run/run.h"
#include "structure/xyz.h"

static QmtStatus molecule_fill(QmtContext *ctx, const Config *config, QmtSingle *single)
{
    const Structure *const structure = &single->structure;
    TRY(spec_make(ctx, structure, config, &single->spec));
    const QmtEngineOptions options = run_engine_options(&single->spec);
    single->masses = malloc(structure->n_atoms * sizeof *single->masses);
    if (single->masses == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu atoms", structure->name,
                    structure->n_atoms);
    for (size_t a = 0; a < structure->n_atoms; a++)
        single->masses[a] = structure_mass_da(structure, a);
    return qmt_engine_create(ctx, structure->n_atoms, structure->numbers, &options,
                             &single->engine);
}

QmtStatus qmt_single_create(QmtContext *ctx, QmtStructures *structures, size_t i,
                            const QmtConfig *config, QmtSingle **single)
{
    NEEDS(ctx, single != NULL, "single: single is NULL");
    TRY(qmt_structures_embed(ctx, structures, i));
    QmtSingle *made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for a molecule");
    const Config values = config != NULL ? config->values : config_default();
    QmtStatus status = structure_copy(ctx, &structures->list.items[i], &made->structure);
    if (status == QMT_OK)
        status = molecule_fill(ctx, &values, made);
    if (status == QMT_OK)
        *single = made;
    else
        qmt_single_destroy(&made);
    return status;
}

void qmt_single_destroy(QmtSingle **single)
{
    if (single == NULL || *single == NULL)
        return;
    qmt_engine_destroy(&(*single)->engine);
    structure_release(&(*single)->structure);
    free((*single)->masses);
    free(*single);
    *single = NULL;
}

QmtStatus qmt_single_get(QmtContext *ctx, const QmtSingle *single, QmtSingleState *state)
{
    NEEDS(ctx, single != NULL && state != NULL, "single: single or state is NULL");
    const Structure *const structure = &single->structure;
    const Config *const config = &single->spec.config;
    const char *const solvent = config_solvent_name(config);
    *state = (QmtSingleState){
        .name = structure->name,
        .n_atoms = structure->n_atoms,
        .numbers = structure->numbers,
        .xyz = &structure->xyz[0][0],
        .masses = single->masses,
        .charge = (int)config->charge,
        .multiplicity = (int)config->spin_multiplicity,
        .charge_source = single->spec.charge_source,
        .multiplicity_source = single->spec.multiplicity_source,
        .method = method_name((size_t)config->method),
        .electronic_temperature_k = config->electronic_temperature_k,
        .solvent = solvent,
        .solvation_model =
            solvent != NULL ? solvation_model_name((SolvationModel)config->solvation_model) : NULL};
    return QMT_OK;
}

QmtEngine *qmt_single_engine(QmtSingle *single)
{
    return single != NULL ? single->engine : NULL;
}

QmtStatus qmt_single_frame(QmtContext *ctx, const QmtSingle *single, const double *xyz,
                           const char *keys, char **text)
{
    QmtSingleState state;
    NEEDS(ctx, xyz != NULL && text != NULL, "single: xyz or text is NULL");
    NEEDS(ctx, keys == NULL || strpbrk(keys, "\r\n") == NULL, "single: a line break in the keys");
    TRY(qmt_single_get(ctx, single, &state));
    char method[128], *whole = NULL, *made = NULL;
    snprintf(method, sizeof method, "method=%s%s%s%s%s", state.method,
             state.solvent != NULL ? " solvent=" : "", state.solvent != NULL ? state.solvent : "",
             state.solvent != NULL ? " solvation_model=" : "",
             state.solvent != NULL ? state.solvation_model : "");
    const size_t room = strlen(method) + (keys != NULL ? strlen(keys) : 0) + 2;
    whole = malloc(room);
    if (whole == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its text", state.name);
    snprintf(whole, room, "%s%s%s", method, keys != NULL ? " " : "", keys != NULL ? keys : "");
    Structure shown = single->structure; // shares what does not change
    shown.xyz = (double(*)[3])xyz;
    shown.has_charge = shown.has_multiplicity = true;
    shown.charge = state.charge;
    shown.multiplicity = state.multiplicity;
    const QmtStatus status = xyz_format_with(ctx, &shown, whole, &made);
    free(whole);
    if (status == QMT_OK)
        *text = made;
    return status;
}
