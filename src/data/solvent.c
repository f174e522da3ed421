#include "data/solvent.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/suggest.h"
#include "data/element.h"

_Static_assert((int)N_SOLVATION_ELEMENTS == (int)ELEMENT_MAX, "one row per element");

static const char *const MODELS[SOLVATION_MODELS] = {"alpb", "gbsa"};
static const char *const STATES[SOLVATION_STATES] = {"gsolv", "bar1mol", "reference"};
static const char *const GRIDS[SOLVATION_GRIDS] = {"reference", "fine"};

/// Where the parameters of a model and method are. The rows of a solvent lie side by side.
typedef struct {
    SolvationModel model;
    const Method *method;
    const char *key; ///< of the method in solvation_solvents.csv
    const SolventElement *elements;
    size_t n_elements;
} Fit;

static const Fit FITS[] = {
    {SOLVATION_ALPB, &METHOD_GFN2, "gfn2", TABLE_ALPB_GFN2_PARAMS, N_ALPB_GFN2_PARAMS},
    {SOLVATION_ALPB, &METHOD_GFN1, "gfn1", TABLE_ALPB_GFN1_PARAMS, N_ALPB_GFN1_PARAMS},
    {SOLVATION_GBSA, &METHOD_GFN2, "gfn2", TABLE_GBSA_GFN2_PARAMS, N_GBSA_GFN2_PARAMS},
    {SOLVATION_GBSA, &METHOD_GFN1, "gfn1", TABLE_GBSA_GFN1_PARAMS, N_GBSA_GFN1_PARAMS},
};
enum { N_FITS = sizeof FITS / sizeof *FITS };

/// Other names of the solvents.
static const char *const ALIASES[][2] = {{"dichloromethane", "ch2cl2"},
                                         {"dichlormethane", "ch2cl2"},
                                         {"methylenechloride", "ch2cl2"},
                                         {"chloroform", "chcl3"},
                                         {"carbondisulfide", "cs2"},
                                         {"diethylether", "ether"},
                                         {"furan", "furane"},
                                         {"h2o", "water"}};
enum { N_ALIASES = sizeof ALIASES / sizeof *ALIASES };

static const Fit *fit_of(const Method *method, SolvationModel model)
{
    for (int i = 0; i < N_FITS; i++)
        if (FITS[i].model == model && FITS[i].method == method)
            return &FITS[i];
    assert(false && "a method without solvents");
    return NULL;
}

static bool belongs(const SolventRow *row, const Fit *fit)
{
    return strcmp(row->model, MODELS[fit->model]) == 0 && strcmp(row->method, fit->key) == 0;
}

static bool find(const char *const *names, int n, const char *name, int *index)
{
    for (int i = 0; i < n; i++)
        if (strcasecmp(names[i], name) == 0) {
            *index = i;
            return true;
        }
    return false;
}

const char *solvation_model_name(SolvationModel model)
{
    return MODELS[model];
}

const char *solvation_state_name(SolvationState state)
{
    return STATES[state];
}

bool solvation_model_find(const char *name, SolvationModel *model)
{
    int index;
    if (!find(MODELS, SOLVATION_MODELS, name, &index))
        return false;
    *model = (SolvationModel)index;
    return true;
}

bool solvation_state_find(const char *name, SolvationState *state)
{
    int index;
    if (!find(STATES, SOLVATION_STATES, name, &index))
        return false;
    *state = (SolvationState)index;
    return true;
}

const char *solvation_grid_name(SolvationGrid grid)
{
    return GRIDS[grid];
}

bool solvation_grid_find(const char *name, SolvationGrid *grid)
{
    int index;
    if (!find(GRIDS, SOLVATION_GRIDS, name, &index))
        return false;
    *grid = (SolvationGrid)index;
    return true;
}

const char *solvation_grid_nearest(const char *name)
{
    return suggest_name(name, GRIDS, SOLVATION_GRIDS);
}

const char *solvation_model_nearest(const char *name)
{
    return suggest_name(name, MODELS, SOLVATION_MODELS);
}

const char *solvation_state_nearest(const char *name)
{
    return suggest_name(name, STATES, SOLVATION_STATES);
}

static const char *first_name(const char *name)
{
    for (int i = 0; i < N_ALIASES; i++)
        if (strcasecmp(ALIASES[i][0], name) == 0)
            return ALIASES[i][1];
    return name;
}

bool solvent_find(const Method *method, SolvationModel model, const char *name, Solvent *solvent)
{
    const Fit *fit = fit_of(method, model);
    const char *wanted = first_name(name);
    for (size_t i = 0; i < N_SOLVATION_SOLVENTS; i++) {
        const SolventRow *row = &TABLE_SOLVATION_SOLVENTS[i];
        if (!belongs(row, fit) || strcasecmp(row->solvent, wanted) != 0)
            continue;
        for (size_t k = 0; k < fit->n_elements; k += ELEMENT_MAX)
            if (strcmp(fit->elements[k].solvent, row->solvent) == 0) {
                *solvent = (Solvent){.model = model,
                                     .state = SOLVATION_GSOLV,
                                     .row = row,
                                     .elements = &fit->elements[k]};
                return true;
            }
    }
    return false;
}

bool solvent_is_known(const char *name)
{
    const char *const wanted = first_name(name);
    for (size_t i = 0; i < N_SOLVATION_SOLVENTS; i++)
        if (strcasecmp(TABLE_SOLVATION_SOLVENTS[i].solvent, wanted) == 0)
            return true;
    return false;
}

const char *solvent_name(const Method *method, SolvationModel model, size_t i)
{
    const Fit *fit = fit_of(method, model);
    for (size_t k = 0; k < N_SOLVATION_SOLVENTS; k++)
        if (belongs(&TABLE_SOLVATION_SOLVENTS[k], fit) && i-- == 0)
            return TABLE_SOLVATION_SOLVENTS[k].solvent;
    return NULL;
}

const char *solvent_alias(const char *name, size_t i)
{
    for (int k = 0; k < N_ALIASES; k++)
        if (strcasecmp(ALIASES[k][1], name) == 0 && i-- == 0)
            return ALIASES[k][0];
    return NULL;
}

const char *solvent_nearest(const Method *method, SolvationModel model, const char *name)
{
    const char *names[N_SOLVATION_SOLVENTS + N_ALIASES], *found;
    size_t n = 0;
    for (; (found = solvent_name(method, model, n)) != NULL; n++)
        names[n] = found;
    Solvent solvent;
    for (int i = 0; i < N_ALIASES; i++)
        if (solvent_find(method, model, ALIASES[i][1], &solvent))
            names[n++] = ALIASES[i][0];
    return suggest_name(name, names, n);
}
