#include <math.h>

#include "base/units.h"
#include "md/integrator.h"
#include "md/shadow_energy.h"
#include "md/velocities.h"

// Langevin dynamics. Friction and noise act on the motion relative to the centre of mass only, so the total
// momentum is conserved and 3n - 3 degrees of freedom are thermostatted.

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
/// ones would meet a vibration in the same phase again and again. No O part falls into
/// the last `rest` steps of a block, because its heat is computed from that many smooth steps
/// (md/shadow_energy.h); at most a quarter of the block.
static Blocks blocks_of(const IntegratorSettings *settings)
{
    const double ratio = settings->noise_interval / settings->dt;
    const uint64_t length = ratio > 1.5 ? (uint64_t)(ratio + 0.5) : 1;
    uint64_t rest = length / 4;
    if (rest > SHADOW_ENERGY_POINTS)
        rest = SHADOW_ENERGY_POINTS;
    return (Blocks){.length = length, .rest = rest > 0 ? rest : 1};
}

static bool acts(const IntegratorSettings *settings, const MdState *now)
{
    const Blocks b = blocks_of(settings), *blocks = &b;
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
static void apply(const IntegratorSettings *settings, const MdState *now, void *kept,
                  double (*velocity)[3])
{
    (void)kept; // random numbers have no state
    const double length = (double)blocks_of(settings).length;
    const double c = exp(-settings->friction * length * settings->dt);
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

const Thermostat THERMOSTAT_LANGEVIN = {.name = "langevin", .acts = acts, .apply = apply};
