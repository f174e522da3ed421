#ifndef VIBRATION_MODE_SAMPLING_H
#define VIBRATION_MODE_SAMPLING_H

#include "base/random.h"
#include "vibration/normal_modes.h"

/// Geometries drawn from the harmonic vibrations of a molecule at a temperature. The mass-weighted coordinate of each mode
/// is normal with the variance
///
///     quantum    hbar / (2 w) coth(hbar w / 2kT)        with zero-point motion
///     classical  kT / w^2
///
/// Landau, Lifshitz, Statistical Physics, section 30. Imaginary modes and those below a frequency stay at rest: their
/// harmonic displacements would leave the harmonic region.

typedef struct {
    double temperature_k;
    bool quantum;
    double lowest_cm; ///< frequency from which modes move, cm-1, above 0
} ModeSampling;

/// How many modes move.
size_t mode_sampling_count(const NormalModes *modes, const ModeSampling *sampling);

/// Draws geometry number `draw`.
///
/// @param masses  [n_atoms] dalton
/// @param rest    [n_atoms][3] bohr
/// @param key     seed and molecule
/// @param xyz     [n_atoms][3] bohr, out
void mode_sample(const NormalModes *modes, const double *masses, const double (*rest)[3],
                 const ModeSampling *sampling, const RandomKey *key, uint64_t draw,
                 double (*xyz)[3]);

#endif
