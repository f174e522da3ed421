#include "md/integrator.h"

#include "md/velocities.h"

static QmtStatus verlet_step(QmtContext *ctx, Engine *engine, const IntegratorSettings *settings,
                             const MdState *now, MdState *next, EngineReport *report)
{
    const size_t n = now->n_atoms;
    const double dt = settings->dt;

    for (size_t a = 0; a < n; a++) {
        const double kick = 0.5 * dt / settings->mass[a];
        for (int x = 0; x < 3; x++) {
            next->velocity[a][x] = now->velocity[a][x] - kick * now->gradient[a][x];
            next->xyz[a][x] = now->xyz[a][x] + dt * next->velocity[a][x];
        }
    }

    next->at = now->at;
    const EngineResult result = md_state_result(next, report, settings->property_set);
    TRY(engine_evaluate(ctx, engine, (const double(*)[3])next->xyz, &result));

    for (size_t a = 0; a < n; a++) {
        const double kick = 0.5 * dt / settings->mass[a];
        for (int x = 0; x < 3; x++)
            next->velocity[a][x] -= kick * next->gradient[a][x];
    }
    next->at.kinetic = velocities_kinetic(n, settings->mass, (const double(*)[3])next->velocity);
    next->at.step = now->at.step + 1;
    return QMT_OK;
}

const Integrator integrator_verlet = {.name = "velocity Verlet", .order = 2, .step = verlet_step};
