#include "proof/models.h"

#include "base/units.h"
#include "md/velocities.h"

static void model_layout(Model *model)
{
    md_state_layout(&model->now, &model->arena, model->n, 0);
    md_state_layout(&model->next, &model->arena, model->n, 0);
    model->mass = arena_doubles(&model->arena, model->n);
}

QmtStatus model_begin(QmtContext *ctx, const ModelOptions *options, size_t n, const double *mass_da,
                      const double (*xyz)[3], double dt, double friction, double kelvin,
                      Model *model)
{
    *model = (Model){.n = n};
    TRY(model_engine_create(ctx, n, options, &model->engine));
    model_layout(model);
    TRY(arena_reserve(ctx, &model->arena));
    model_layout(model);
    for (size_t a = 0; a < n; a++)
        model->mass[a] = mass_da[a] * ME_PER_DALTON;
    memcpy(model->now.xyz, xyz, n * sizeof *xyz);
    model->settings = (IntegratorSettings){.dt = dt,
                                           .thermostat = &THERMOSTAT_LANGEVIN,
                                           .mass = model->mass,
                                           .kt = kelvin * HARTREE_PER_KELVIN,
                                           .rate = friction,
                                           .key = {.seed = 42, .molecule = 1},
                                           .purpose = RANDOM_PRODUCTION};
    const EngineResult result = {.energy = &model->now.at.energy, .gradient = model->now.gradient};
    return engine_evaluate(ctx, model->engine, (const double(*)[3])model->now.xyz, &result);
}

void model_heat(Model *model)
{
    velocities_draw(model->n, model->mass, model->settings.kt, &model->settings.key,
                    model->now.velocity);
    velocities_remove_momentum(model->n, model->mass, model->now.velocity);
    model->now.at.kinetic =
        velocities_kinetic(model->n, model->mass, (const double(*)[3])model->now.velocity);
}

QmtStatus model_step(QmtContext *ctx, Model *model)
{
    EngineReport report;
    TRY(integrator_baoab.step(ctx, model->engine, &model->settings, &model->now, &model->next,
                              &report));
    const MdState swap = model->now;
    model->now = model->next;
    model->next = swap;
    return QMT_OK;
}

void model_end(Model *model)
{
    engine_destroy(&model->engine);
    arena_release(&model->arena);
}
