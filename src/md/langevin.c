#include "md/integrator.h"

#include <math.h>

#include "base/units.h"
#include "md/velocities.h"

/// Probability that a step has an O part, and what it leaves of a velocity.
typedef struct {
    double probability, c;
} Collisions;

/// With a noise_interval the heat bath acts in instants of a Poisson process and not a little in every
/// step: a path without noise in between is smooth, and the electronic structure of the next step follows
/// from those before it with fewer density builds. A step has an O part with the probability
/// p = dt/interval, and it leaves c = 1 - friction dt/p of the velocity, so that velocities decay in the
/// mean with exactly the friction, as under Langevin's equation, to which it tends for short intervals.
/// Each O part keeps Maxwell's distribution whatever c is: the ensemble is the same. Random instants,
/// because fixed ones would meet a vibration in the same phase again and again.
static Collisions collisions_of(const IntegratorSettings *settings)
{
    const double per_step = settings->friction * settings->dt;
    if (settings->noise_interval <= settings->dt)
        return (Collisions){.probability = 1.0, .c = exp(-per_step)};
    const double probability = settings->dt / settings->noise_interval;
    return (Collisions){.probability = probability, .c = 1.0 - per_step / probability};
}

static bool collides(const IntegratorSettings *settings, const Collisions *collisions,
                     const MdState *now)
{
    double u[4];
    if (collisions->probability >= 1.0)
        return true;
    random_uniforms(&settings->key, now->at.step, now->n_atoms, settings->purpose, u);
    return u[0] < collisions->probability;
}

/// The O part: for the velocity w = v - V relative to the centre of mass
///
///     w' = c w + sqrt((1 - c^2) kT / m) xi,
///
/// with the noise projected so that sum m w' = 0. In mass-weighted velocities the projection is
/// orthogonal to sqrt(m), so what remains is the exact Ornstein-Uhlenbeck process of the 3n - 3 other
/// directions, whose stationary distribution is Maxwell's. V stays what it was.
static void ornstein_uhlenbeck(const IntegratorSettings *settings, double c, const MdState *now,
                               double (*velocity)[3])
{
    const size_t n = now->n_atoms;
    const double *mass = settings->mass;
    const double strength = (1.0 - c) * (1.0 + c) * settings->kt;

    double before[3], after[3];
    velocities_centre_of_mass(n, mass, (const double(*)[3])velocity, before);
    for (size_t a = 0; a < n; a++) {
        double z[3];
        random_normals(&settings->key, now->at.step, a, settings->purpose, z);
        const double width = sqrt(strength / mass[a]);
        for (int x = 0; x < 3; x++)
            velocity[a][x] = c * (velocity[a][x] - before[x]) + width * z[x];
    }
    velocities_centre_of_mass(n, mass, (const double(*)[3])velocity, after);
    for (size_t a = 0; a < n; a++)
        for (int x = 0; x < 3; x++)
            velocity[a][x] += before[x] - after[x];
}

/// The heat of the O part for the shadow energy. Between two O parts BAOAB is the drift-kick-drift
/// form of Verlet, which conserves (to fourth order) not H but
///
///     H + dt^2 (F.M^-1.F/12 - v.H.v/24)   at the middle of the step.
///
/// The O part changes v there, from v1 to v2, and with it the velocity-dependent term by
/// (v2 - v1).H.(v2 + v1); as the atoms move by dt (v1 + v2)/2 in the whole step, H (v1 + v2) is twice
/// the change g2 - g1 of the gradient over dt. So the heat of the shadow energy is the change of the
/// kinetic energy minus dt/12 (v2 - v1).(g2 - g1), without any further evaluation. This function gives
/// the second part; next->velocity holds v2 before the last kick, v1 is now's after its first kick.
static double shadow_heat(const IntegratorSettings *settings, const MdState *now,
                          const MdState *next)
{
    double sum = 0.0;
    for (size_t a = 0; a < now->n_atoms; a++) {
        const double kick = 0.5 * settings->dt / settings->mass[a];
        for (int x = 0; x < 3; x++) {
            const double v1 = now->velocity[a][x] - kick * now->gradient[a][x];
            sum += (next->velocity[a][x] - v1) * (next->gradient[a][x] - now->gradient[a][x]);
        }
    }
    return -settings->dt / 12.0 * sum;
}

static QmtStatus langevin_step(QmtContext *ctx, Engine *engine, const IntegratorSettings *settings,
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

    const Collisions collisions = collisions_of(settings);
    const bool collision = collides(settings, &collisions, now);
    double heat = 0.0;
    if (collision) {
        const double cold =
            velocities_kinetic(n, settings->mass, (const double(*)[3])next->velocity);
        ornstein_uhlenbeck(settings, collisions.c, now, next->velocity);
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
    next->at.shadow_heat = now->at.shadow_heat;
    if (collision)
        next->at.shadow_heat += heat + shadow_heat(settings, now, next);
    for (size_t a = 0; a < n; a++) {
        const double kick = half / settings->mass[a];
        for (int x = 0; x < 3; x++)
            next->velocity[a][x] -= kick * next->gradient[a][x];
    }
    next->at.kinetic = velocities_kinetic(n, settings->mass, (const double(*)[3])next->velocity);
    next->at.step = now->at.step + 1;
    return QMT_OK;
}

const Integrator integrator_langevin = {
    .name = "Langevin BAOAB", .order = 2, .step = langevin_step};
