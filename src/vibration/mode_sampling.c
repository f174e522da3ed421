#include "vibration/mode_sampling.h"

#include <math.h>
#include <string.h>

#include "base/units.h"

static bool moves(const NormalModes *modes, const ModeSampling *sampling, size_t k)
{
    return modes->frequency[k] >= sampling->lowest_cm;
}

size_t mode_sampling_count(const NormalModes *modes, const ModeSampling *sampling)
{
    size_t n = 0;
    for (size_t k = 0; k < modes->n_modes; k++)
        n += moves(modes, sampling, k);
    return n;
}

/// Standard deviation of the coordinate of a mode, bohr times root of electron masses.
static double spread(double frequency_cm, const ModeSampling *sampling)
{
    const double w = frequency_cm / WAVENUMBERS_PER_HARTREE;
    const double kt = HARTREE_PER_KELVIN * sampling->temperature_k;
    return sampling->quantum ? sqrt(0.5 / (w * tanh(0.5 * w / kt))) : sqrt(kt) / w;
}

void mode_sample(const NormalModes *modes, const double *masses, const double (*rest)[3],
                 const ModeSampling *sampling, const RandomKey *key, uint64_t draw,
                 double (*xyz)[3])
{
    const size_t n_x = 3 * modes->n_atoms;
    memcpy(xyz, rest, n_x * sizeof(double));
    for (size_t k = 0; k < modes->n_modes; k++) {
        double z[3];
        if (!moves(modes, sampling, k))
            continue;
        random_normals(key, draw, k, RANDOM_MODES, z);
        const double q = z[0] * spread(modes->frequency[k], sampling);
        for (size_t i = 0; i < n_x; i++)
            (&xyz[0][0])[i] += q * modes->mode[k * n_x + i] / sqrt(masses[i / 3] * ME_PER_DALTON);
    }
}
