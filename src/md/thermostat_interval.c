#include "md/thermostat_interval.h"

#include <math.h>

#include "base/units.h"
#include "md/shadow_energy.h"

double thermostat_interval(double rate_per_ps)
{
    static const double FORGOTTEN = 0.1, LONGEST_FS = 50.0;
    const double interval_fs = 1e3 * FORGOTTEN / rate_per_ps; // at a rate of 0 infinity
    return fmin(interval_fs, LONGEST_FS) / FS_PER_AUT;
}

/// The step of each block of steps that has an O part.
typedef struct {
    uint64_t length; ///< of a block, steps
    uint64_t rest;   ///< fewest steps from one O part to the next
} Blocks;

static Blocks blocks_of(const IntegratorSettings *settings)
{
    const double ratio = settings->noise_interval / settings->dt;
    const uint64_t length = ratio > 1.5 ? (uint64_t)(ratio + 0.5) : 1;
    uint64_t rest = length / 4;
    if (rest > SHADOW_ENERGY_POINTS)
        rest = SHADOW_ENERGY_POINTS;
    return (Blocks){.length = length, .rest = rest > 0 ? rest : 1};
}

bool thermostat_acts(const IntegratorSettings *settings, const MdState *now)
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

double thermostat_span(const IntegratorSettings *settings)
{
    return (double)blocks_of(settings).length * settings->dt;
}
