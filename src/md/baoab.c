#include "md/integrator.h"

#include "md/velocities.h"

/// The O part; returns its heat.
static double heat_exchange(const IntegratorSettings *settings, const MdState *now,
                            double (*velocity)[3])
{
    const Thermostat *thermostat = settings->thermostat;
    const size_t n = now->n_atoms;
    void *const kept = settings->thermostat_kept;
    if (thermostat->energy != NULL) {
        const double full = thermostat->energy(settings, kept);
        thermostat->apply(settings, now, kept, velocity);
        return full - thermostat->energy(settings, kept);
    }
    const double cold = velocities_kinetic(n, settings->mass, (const double(*)[3])velocity);
    thermostat->apply(settings, now, kept, velocity);
    return velocities_kinetic(n, settings->mass, (const double(*)[3])velocity) - cold;
}

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
    if (thermostat->acts == NULL || thermostat->acts(settings, now))
        heat = heat_exchange(settings, now, next->velocity);

    for (size_t a = 0; a < n; a++)
        for (int x = 0; x < 3; x++)
            next->xyz[a][x] += half * next->velocity[a][x];

    next->at = now->at;
    const EngineResult result = md_state_result(next, report, settings->property_set);
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
