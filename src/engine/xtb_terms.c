#include "engine/xtb_terms.h"

#include <assert.h>

/// What a method consists of.
typedef struct {
    const Method *method;
    const TermType *terms[XTB_TERMS_MAX];
} Recipe;

static const Recipe RECIPES[] = {
    {&METHOD_GFN2,
     {&TERM_COULOMB, &TERM_THIRDORDER, &TERM_MULTIPOLE, &TERM_MULTIPOLE_ON_SITE,
      &TERM_DISPERSION_D4, &TERM_DISPERSION_D4_THREE_BODY, &TERM_REPULSION}},
    {&METHOD_GFN1,
     {&TERM_COULOMB, &TERM_THIRDORDER_ATOMS, &TERM_DISPERSION_D3, &TERM_HALOGEN_BOND,
      &TERM_REPULSION}},
};
enum { N_RECIPES = sizeof RECIPES / sizeof *RECIPES };

/// What a solvent adds to any of them.
static const TermType *const SOLVATION_TERMS[] = {
    &TERM_BORN, &TERM_SURFACE, &TERM_SOLVENT_HYDROGEN_BONDS, &TERM_SOLVATION_SHIFT};
enum { N_SOLVATION_TERMS = sizeof SOLVATION_TERMS / sizeof *SOLVATION_TERMS };

static const Recipe *recipe_of(const Method *method)
{
    for (int i = 0; i < N_RECIPES; i++)
        if (RECIPES[i].method == method)
            return &RECIPES[i];
    assert(!"a method without a recipe");
    return NULL;
}

static bool has(const Recipe *recipe, const TermType *type)
{
    for (int i = 0; i < XTB_TERMS_MAX; i++)
        if (recipe->terms[i] == type)
            return true;
    return false;
}

void xtb_terms_layout(Arena *arena, const Basis *basis, const Pairs *pairs, const int *numbers,
                      const Solvent *solvent, XtbTerms *terms)
{
    const Recipe *recipe = recipe_of(basis->method);
    repulsion_layout(arena, pairs->n_pairs, &terms->repulsion);
    coulomb_layout(arena, basis->n_shells, &terms->coulomb);
    thirdorder_layout(arena, basis, &terms->third);
    if (has(recipe, &TERM_MULTIPOLE))
        multipole_layout(arena, pairs, &terms->multipole);
    if (has(recipe, &TERM_DISPERSION_D4))
        dispersion_d4_layout(arena, &terms->d4, basis->n_atoms, numbers);
    if (has(recipe, &TERM_DISPERSION_D3))
        dispersion_d3_layout(arena, pairs, numbers, &terms->d3);
    if (has(recipe, &TERM_HALOGEN_BOND))
        halogen_bond_layout(arena, basis->n_atoms, &terms->halogen);
    if (solvent != NULL)
        solvation_layout(arena, basis->method, solvent, pairs, &terms->solvation);
}

static void *self_of(XtbTerms *terms, const TermType *type)
{
    if (type == &TERM_COULOMB)
        return &terms->coulomb;
    if (type == &TERM_THIRDORDER || type == &TERM_THIRDORDER_ATOMS)
        return &terms->third;
    if (type == &TERM_MULTIPOLE || type == &TERM_MULTIPOLE_ON_SITE)
        return &terms->multipole;
    if (type == &TERM_DISPERSION_D4 || type == &TERM_DISPERSION_D4_THREE_BODY)
        return &terms->d4;
    if (type == &TERM_DISPERSION_D3)
        return &terms->d3;
    if (type == &TERM_HALOGEN_BOND)
        return &terms->halogen;
    assert(type == &TERM_REPULSION);
    return &terms->repulsion;
}

void xtb_terms_setup(const Kernels *kernels, const Basis *basis, const Pairs *pairs,
                     const int *numbers, const Solvent *solvent, XtbTerms *terms)
{
    const Method *method = basis->method;
    const Recipe *recipe = recipe_of(method);
    repulsion_setup(kernels, method, pairs, numbers, &terms->repulsion);
    coulomb_setup(kernels, basis, numbers, &terms->coulomb);
    thirdorder_setup(basis, numbers, &terms->third);
    if (has(recipe, &TERM_MULTIPOLE))
        multipole_setup(kernels, method, basis->n_atoms, numbers, &terms->multipole);
    if (has(recipe, &TERM_DISPERSION_D4))
        dispersion_d4_setup(&terms->d4, kernels, method, numbers);
    if (has(recipe, &TERM_DISPERSION_D3))
        dispersion_d3_setup(method, numbers, &terms->d3);
    if (has(recipe, &TERM_HALOGEN_BOND))
        halogen_bond_setup(method, numbers, &terms->halogen);

    for (size_t i = 0; i < XTB_TERMS_MAX && recipe->terms[i] != NULL; i++)
        terms->list[terms->n++] =
            (Term){.type = recipe->terms[i], .self = self_of(terms, recipe->terms[i])};
    if (solvent == NULL)
        return;
    solvation_setup(kernels, method, solvent, pairs, numbers, &terms->solvation);
    for (size_t i = 0; i < N_SOLVATION_TERMS; i++)
        terms->list[terms->n++] = (Term){.type = SOLVATION_TERMS[i], .self = &terms->solvation};
}
