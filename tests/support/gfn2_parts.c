#include "support/gfn2_parts.h"

#include <string.h>

#include "data/parameters.h"
#include "support/check.h"

static void layout(Gfn2Parts *parts, const int *numbers)
{
    Arena *arena = &parts->arena;
    pairs_layout(arena, parts->n, &parts->pairs);
    coordination_layout(arena, &parts->pairs, &parts->coordination);
    basis_layout(arena, &METHOD_GFN2, parts->n, numbers, &parts->basis);
    hamiltonian_layout(arena, &parts->basis, numbers, &parts->hamiltonian);
    repulsion_layout(arena, parts->pairs.n_pairs, &parts->repulsion);
    coulomb_layout(arena, parts->basis.n_shells, &parts->coulomb);
    thirdorder_layout(arena, &parts->basis, &parts->third);
    multipole_layout(arena, &parts->pairs, &parts->multipole);
    dispersion_d4_layout(arena, &parts->d4, parts->n, numbers);
    scf_layout(&parts->scf, arena, &parts->basis);
}

void gfn2_parts_create(QmtContext *ctx, size_t n, const int *numbers, Gfn2Parts *parts)
{
    const Method *method = &METHOD_GFN2;
    assert_true(n <= PARTS_MAX_ATOMS);
    *parts = (Gfn2Parts){.ctx = ctx, .n = n};
    layout(parts, numbers);
    assert_int_equal(arena_reserve(ctx, &parts->arena), QMT_OK);
    layout(parts, numbers);

    const Kernels *kernels = ctx->kernels;
    pairs_setup(&parts->pairs);
    coordination_setup(kernels, method, &parts->pairs, numbers, &parts->coordination);
    basis_setup(n, numbers, &parts->basis);
    hamiltonian_setup(kernels, numbers, &parts->hamiltonian);
    repulsion_setup(kernels, method, &parts->pairs, numbers, &parts->repulsion);
    coulomb_setup(kernels, &parts->basis, numbers, &parts->coulomb);
    thirdorder_setup(&parts->basis, numbers, &parts->third);
    multipole_setup(kernels, method, n, numbers, &parts->multipole);
    dispersion_d4_setup(&parts->d4, kernels, method, numbers);

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
    coordination_update(&parts->pairs, &parts->coordination);
    hamiltonian_update(&parts->geometry, &parts->hamiltonian);
    for (size_t t = 0; t < PARTS_TERMS; t++)
        if (parts->terms[t].type->update != NULL)
            parts->terms[t].type->update(parts->terms[t].self, &parts->geometry);
}

void gfn2_parts_destroy(Gfn2Parts *parts)
{
    arena_release(&parts->arena);
}
