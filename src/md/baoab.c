#include "md/integrator.h"

#include "md/velocities.h"

static QmtStatus baoab_step(QmtContext *ctx, Engine *engine, const IntegratorSettings *settings,
                            const MdState *now, MdState *next, EngineReport *report)
{
    const size_t n = now->n_atoms;
    const double half = 0.5 * settings->dt;

    for (size_t a = 0; a < n; a++) {
        const double kick = half / settings->mass[a];
        for (int x = 0; x < 3; x++) {
            next->velocity[a][x] = now->velocity[a][x] - kick * now->gradient[a][x];
            next->xyz[a][x] = now->xyz[a][x] + half * next->velocity[a][x];
        }
    }

    const Thermostat *thermostat = settings->thermostat;
    double heat = 0.0;
    if (thermostat->acts == NULL || thermostat->acts(settings, now)) {
        const double cold =
            velocities_kinetic(n, settings->mass, (const double(*)[3])next->velocity);
        thermostat->apply(settings, now, settings->thermostat_kept, next->velocity);
        heat = velocities_kinetic(n, settings->mass, (const double(*)[3])next->velocity) - cold;
    }

    for (size_t a = 0; a < n; a++)
        for (int x = 0; x < 3; x++)
            next->xyz[a][x] += half * next->velocity[a][x];

    next->at = now->at;
    const EngineResult result = {.energy = &next->at.energy,
                                 .gradient = next->gradient,
                                 .report = report,
                                 .properties = next->properties,
                                 .property_set = settings->property_set};
    TRY(engine_evaluate(ctx, engine, (const double(*)[3])next->xyz, &result));

    next->at.heat = now->at.heat + heat;
    for (size_t a = 0; a < n; a++) {
        const double kick = half / settings->mass[a];
        for (int x = 0; x < 3; x++)
            next->velocity[a][x] -= kick * next->gradient[a][x];
    }
    next->at.kinetic = velocities_kinetic(n, settings->mass, (const double(*)[3])next->velocity);
    next->at.step = now->at.step + 1;
    return QMT_OK;
}

const Integrator integrator_baoab = {.name = "BAOAB", .order = 2, .step = baoab_step};
