#include "engine/xtb_terms.h"

#include <assert.h>

#include "terms/coulomb.h"
#include "terms/dispersion_d3.h"
#include "terms/dispersion_d4.h"
#include "terms/halogen_bond.h"
#include "terms/multipole.h"
#include "terms/repulsion.h"
#include "terms/solvation.h"
#include "terms/thirdorder.h"

/// What the methods consist of. A term that shares the state of another comes after it.
static const TermType *const GFN2_TERMS[] = {&TERM_COULOMB,       &TERM_THIRDORDER,
                                             &TERM_MULTIPOLE,     &TERM_MULTIPOLE_ON_SITE,
                                             &TERM_DISPERSION_D4, &TERM_DISPERSION_D4_THREE_BODY,
                                             &TERM_REPULSION};
static const TermType *const GFN1_TERMS[] = {&TERM_COULOMB, &TERM_THIRDORDER_ATOMS,
                                             &TERM_DISPERSION_D3, &TERM_HALOGEN_BOND,
                                             &TERM_REPULSION};
/// What a solvent adds to any of them.
static const TermType *const SOLVATION_TERMS[] = {
    &TERM_BORN, &TERM_SURFACE, &TERM_SOLVENT_HYDROGEN_BONDS, &TERM_SOLVATION_SHIFT};

#define N_OF(list) (sizeof(list) / sizeof *(list))

typedef struct {
    const Method *method;
    const TermType *const *terms;
    size_t n;
} Recipe;

static const Recipe RECIPES[] = {{&METHOD_GFN2, GFN2_TERMS, N_OF(GFN2_TERMS)},
                                 {&METHOD_GFN1, GFN1_TERMS, N_OF(GFN1_TERMS)}};
_Static_assert(N_OF(GFN2_TERMS) + N_OF(SOLVATION_TERMS) <= XTB_TERMS_MAX &&
                   N_OF(GFN1_TERMS) + N_OF(SOLVATION_TERMS) <= XTB_TERMS_MAX,
               "room for the terms of every recipe");

static const Recipe *recipe_of(const Method *method)
{
    for (size_t i = 0; i < N_OF(RECIPES); i++)
        if (RECIPES[i].method == method)
            return &RECIPES[i];
    assert(false && "a method without a recipe");
    return NULL;
}

static void list_terms(XtbTerms *terms, const TermType *const *types, size_t n)
{
    for (size_t i = 0; i < n; i++)
        terms->list[terms->n++].type = types[i];
}

/// The state of the term that comes first with this type.
static void *state_of(const XtbTerms *terms, const TermType *type)
{
    for (size_t t = 0; t < terms->n; t++)
        if (terms->list[t].type == type)
            return terms->list[t].self;
    assert(false && "a term that shares the state of one that is not in the recipe");
    return NULL;
}

static void states_layout(XtbTerms *terms)
{
    for (size_t t = 0; t < terms->n; t++) {
        Term *term = &terms->list[t];
        term->self = term->type->shared != NULL ? state_of(terms, term->type->shared)
                                                : arena_bytes(&terms->states, term->type->size);
    }
}

QmtStatus xtb_terms_create(QmtContext *ctx, const Method *method, const Solvent *solvent,
                           XtbTerms *terms)
{
    const Recipe *recipe = recipe_of(method);
    *terms = (XtbTerms){0};
    list_terms(terms, recipe->terms, recipe->n);
    if (solvent != NULL)
        list_terms(terms, SOLVATION_TERMS, N_OF(SOLVATION_TERMS));
    states_layout(terms);
    TRY(arena_reserve(ctx, &terms->states));
    states_layout(terms);
    return QMT_OK;
}

void xtb_terms_layout(XtbTerms *terms, Arena *arena, const TermSpec *spec)
{
    for (size_t t = 0; t < terms->n; t++)
        if (terms->list[t].type->layout != NULL)
            terms->list[t].type->layout(terms->list[t].self, arena, spec);
}

void xtb_terms_setup(XtbTerms *terms, const TermSpec *spec)
{
    for (size_t t = 0; t < terms->n; t++)
        if (terms->list[t].type->setup != NULL)
            terms->list[t].type->setup(terms->list[t].self, spec);
}

void xtb_terms_release(XtbTerms *terms)
{
    arena_release(&terms->states);
    *terms = (XtbTerms){0};
}
