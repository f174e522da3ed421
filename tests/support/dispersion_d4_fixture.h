#ifndef SUPPORT_DISPERSION_D4_FIXTURE_H
#define SUPPORT_DISPERSION_D4_FIXTURE_H

#include "support/check.h"

#include "terms/dispersion_d4.h"

/// A D4 term with its memory.
typedef struct {
    Arena arena;
    DispersionD4 d4;
} D4Fixture;

static inline void d4_fixture_create(D4Fixture *fixture, const Kernels *kernels,
                                     const Method *method, size_t n, const int *numbers)
{
    QmtContext ctx = {.kernels = kernels};
    *fixture = (D4Fixture){0};
    dispersion_d4_layout(&fixture->d4, &fixture->arena, n, numbers);
    assert_int_equal(arena_reserve(&ctx, &fixture->arena), QMT_OK);
    dispersion_d4_layout(&fixture->d4, &fixture->arena, n, numbers);
    dispersion_d4_setup(&fixture->d4, kernels, method, numbers);
}

static inline void d4_fixture_destroy(D4Fixture *fixture)
{
    arena_release(&fixture->arena);
}

#endif
