#include "support/gfn2_parts.h"

#include <string.h>

#include "data/parameters.h"
#include "support/check.h"

static TermSpec spec_of(const Gfn2Parts *parts, const int *numbers)
{
    return (TermSpec){.kernels = parts->ctx->kernels,
                      .method = &METHOD_GFN2,
                      .basis = &parts->basis,
                      .pairs = &parts->pairs,
                      .numbers = numbers};
}

static void layout(Gfn2Parts *parts, const int *numbers)
{
    Arena *arena = &parts->arena;
    pairs_layout(&parts->pairs, arena, parts->n);
    coordination_layout(&parts->coordination, arena, &parts->pairs);
    basis_layout(&parts->basis, arena, &METHOD_GFN2, parts->n, numbers);
    hamiltonian_layout(&parts->hamiltonian, arena, &parts->basis, numbers);
    const TermSpec spec = spec_of(parts, numbers);
    for (size_t t = 0; t < PARTS_TERMS; t++)
        if (parts->terms[t].type->layout != NULL)
            parts->terms[t].type->layout(parts->terms[t].self, arena, &spec);
    scf_layout(&parts->scf, arena, &parts->basis, false);
}

void gfn2_parts_create(QmtContext *ctx, size_t n, const int *numbers, Gfn2Parts *parts)
{
    const Method *method = &METHOD_GFN2;
    assert_true(n <= PARTS_MAX_ATOMS);
    *parts = (Gfn2Parts){.ctx = ctx, .n = n};
    const Term terms[PARTS_TERMS] = {
        {&TERM_COULOMB, &parts->coulomb},
        {&TERM_THIRDORDER, &parts->third},
        {&TERM_MULTIPOLE, &parts->multipole},
        {&TERM_MULTIPOLE_ON_SITE, &parts->multipole},
        {&TERM_REPULSION, &parts->repulsion},
        {&TERM_DISPERSION_D4, &parts->d4},
        {&TERM_DISPERSION_D4_THREE_BODY, &parts->d4},
    };
    memcpy(parts->terms, terms, sizeof terms);
    layout(parts, numbers);
    assert_int_equal(arena_reserve(ctx, &parts->arena), QMT_OK);
    layout(parts, numbers);

    const Kernels *kernels = ctx->kernels;
    pairs_setup(&parts->pairs);
    coordination_setup(&parts->coordination, kernels, method, &parts->pairs, numbers);
    basis_setup(&parts->basis, n, numbers);
    hamiltonian_setup(&parts->hamiltonian, kernels, numbers);
    const TermSpec terms_spec = spec_of(parts, numbers);
    for (size_t t = 0; t < PARTS_TERMS; t++)
        if (parts->terms[t].type->setup != NULL)
            parts->terms[t].type->setup(parts->terms[t].self, &terms_spec);

    double electrons = 0.0;
    for (size_t a = 0; a < n; a++)
        electrons += gfn2_element(numbers[a])->zval;
    const size_t n_beta = (size_t)electrons / 2;
    const ScfSpec spec = {.kernels = kernels,
                          .hamiltonian = &parts->hamiltonian,
                          .terms = parts->terms,
                          .n_terms = PARTS_TERMS,
                          .n_alpha = (size_t)electrons - n_beta,
                          .n_beta = n_beta,
                          .boltzmann = method->boltzmann,
                          .fermi_stop = FERMI_EXACT,
                          .options = {.tolerance = 1e-13,
                                      .max_iterations = method->scf_max_iterations,
                                      .damping = method->scf_damping,
                                      .temperature_k = method->electronic_temperature_k}};
    scf_setup(&parts->scf, &spec);
    parts->scf.density.always_diagonalise = true; // the stages want orbital energies
}

void gfn2_parts_move(Gfn2Parts *parts, const double (*xyz)[3])
{
    memmove(parts->xyz, xyz, parts->n * sizeof *xyz);
    parts->geometry = (Geometry){.n_atoms = parts->n,
                                 .xyz = (const double(*)[3])parts->xyz,
                                 .pairs = &parts->pairs,
                                 .coordination = &parts->coordination};
    assert_int_equal(pairs_update(parts->ctx, parts->geometry.xyz, &parts->pairs), QMT_OK);
    coordination_update(&parts->coordination, &parts->pairs);
    hamiltonian_update(&parts->hamiltonian, &parts->geometry);
    for (size_t t = 0; t < PARTS_TERMS; t++)
        if (parts->terms[t].type->update != NULL)
            parts->terms[t].type->update(parts->terms[t].self, &parts->geometry);
}

void gfn2_parts_destroy(Gfn2Parts *parts)
{
    arena_release(&parts->arena);
}
