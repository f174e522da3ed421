#ifndef DYNAMICS_MOTION_H
#define DYNAMICS_MOTION_H

#include "base/units.h"
#include "dynamics/molecules.h"
#include "md/integrator.h"
#include "md/velocities.h"
#include "support/check.h"

/// A model molecule in motion, one integrator step at a time: what the tests of integrators share.
typedef struct {
    QmtContext *ctx;
    Engine *engine;
    MdState now, next;
    double *mass; ///< [n_atoms] electron masses
    IntegratorSettings settings;
    Arena arena;
} Motion;

static inline void motion_layout(Motion *motion, size_t n)
{
    md_state_layout(&motion->now, &motion->arena, n, 0);
    md_state_layout(&motion->next, &motion->arena, n, 0);
    motion->mass = arena_doubles(&motion->arena, n);
}

/// A molecule at rest in a geometry; the settings have its masses and are to be completed.
static inline void motion_begin(Motion *motion, const ModelOptions *options, size_t n,
                                const double *mass_da, const double (*xyz)[3])
{
    *motion = (Motion){0};
    assert_int_equal(qmt_context_create(&motion->ctx), QMT_OK);
    assert_int_equal(model_engine_create(motion->ctx, n, options, &motion->engine), QMT_OK);
    motion_layout(motion, n);
    assert_int_equal(arena_reserve(motion->ctx, &motion->arena), QMT_OK);
    motion_layout(motion, n);
    for (size_t a = 0; a < n; a++)
        motion->mass[a] = mass_da[a] * ME_PER_DALTON;
    memcpy(motion->now.xyz, xyz, n * sizeof *xyz);
    motion->settings = (IntegratorSettings){.mass = motion->mass,
                                            .thermostat = &THERMOSTAT_LANGEVIN,
                                            .key = {.seed = 42, .molecule = 1},
                                            .purpose = RANDOM_PRODUCTION};
}

static inline double motion_kinetic(const Motion *motion)
{
    return velocities_kinetic(motion->now.n_atoms, motion->mass,
                              (const double(*)[3])motion->now.velocity);
}

/// Completes the instant after positions or velocities were set.
static inline void motion_evaluate(Motion *motion)
{
    const EngineResult result = {.energy = &motion->now.at.energy,
                                 .gradient = motion->now.gradient};
    assert_int_equal(
        engine_evaluate(motion->ctx, motion->engine, (const double(*)[3])motion->now.xyz, &result),
        QMT_OK);
    motion->now.at.kinetic = motion_kinetic(motion);
}

/// Velocities of a temperature without momentum.
static inline void motion_heat(Motion *motion, double kelvin)
{
    const size_t n = motion->now.n_atoms;
    motion->settings.kt = kelvin * HARTREE_PER_KELVIN;
    velocities_draw(n, motion->mass, motion->settings.kt, &motion->settings.key,
                    motion->now.velocity);
    velocities_remove_momentum(n, motion->mass, motion->now.velocity);
    motion_evaluate(motion);
}

static inline void motion_step(Motion *motion, const Integrator *integrator)
{
    EngineReport report;
    assert_int_equal(integrator->step(motion->ctx, motion->engine, &motion->settings, &motion->now,
                                      &motion->next, &report),
                     QMT_OK);
    const MdState swap = motion->now;
    motion->now = motion->next;
    motion->next = swap;
}

static inline void motion_end(Motion *motion)
{
    engine_destroy(&motion->engine);
    arena_release(&motion->arena);
    qmt_context_destroy(&motion->ctx);
}

#endif
