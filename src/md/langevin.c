#include "md/integrator.h"

#include <math.h>

#include "base/units.h"
#include "md/shadow_energy.h"
#include "md/velocities.h"

double langevin_noise_interval(double friction_per_ps)
{
    static const double FORGOTTEN = 0.1, LONGEST_FS = 50.0;
    const double interval_fs = 1e3 * FORGOTTEN / friction_per_ps; // without friction infinity
    return fmin(interval_fs, LONGEST_FS) / FS_PER_AUT;
}

/// The step of each block of steps that has an O part.
typedef struct {
    uint64_t length; ///< of a block, steps
    uint64_t rest;   ///< fewest steps from one O part to the next
} Blocks;

/// With a noise_interval the heat bath acts once in that time and not a little in every step: a path
/// without noise in between is smooth, and the electronic structure of the next step follows from those
/// before it with fewer density builds. Time is cut into blocks of L steps, the O part comes at a random
/// step of each, and it leaves c = exp(-friction L dt) of the velocity, so that velocities decay with
/// exactly the friction, as under Langevin's equation, to which it tends for short intervals. Each O part
/// keeps Maxwell's distribution whatever c is: the ensemble is the same. Random steps, because fixed
/// ones would meet a vibration in the same phase again and again. The last steps of a block are free, as
/// many as the heat of an O part is computed from (md/shadow_energy.h), at most a quarter.
static Blocks blocks_of(const IntegratorSettings *settings)
{
    const double ratio = settings->noise_interval / settings->dt;
    const uint64_t length = ratio > 1.5 ? (uint64_t)(ratio + 0.5) : 1;
    uint64_t rest = length / 4;
    if (rest > SHADOW_ENERGY_POINTS)
        rest = SHADOW_ENERGY_POINTS;
    return (Blocks){.length = length, .rest = rest > 0 ? rest : 1};
}

static bool collides(const IntegratorSettings *settings, const Blocks *blocks, const MdState *now)
{
    if (blocks->length == 1)
        return true;
    const uint64_t block = now->at.step / blocks->length;
    double u[4];
    // Beside the numbers of the atoms of the block's first step.
    random_uniforms(&settings->key, block * blocks->length, now->n_atoms, settings->purpose, u);
    const uint64_t choices = blocks->length - blocks->rest + 1;
    return now->at.step - block * blocks->length == (uint64_t)(u[0] * (double)choices);
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

    const Blocks blocks = blocks_of(settings);
    double heat = 0.0;
    if (collides(settings, &blocks, now)) {
        const double c = exp(-settings->friction * (double)blocks.length * settings->dt);
        const double cold =
            velocities_kinetic(n, settings->mass, (const double(*)[3])next->velocity);
        ornstein_uhlenbeck(settings, c, now, next->velocity);
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

const Integrator integrator_langevin = {
    .name = "Langevin BAOAB", .order = 2, .step = langevin_step};
