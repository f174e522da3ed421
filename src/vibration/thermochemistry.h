#ifndef VIBRATION_THERMOCHEMISTRY_H
#define VIBRATION_THERMOCHEMISTRY_H

#include "vibration/normal_modes.h"

/// Ideal gas of rigid rotors and harmonic oscillators (RRHO): McQuarrie, Statistical Mechanics, University Science Books
/// (2000). Imaginary frequencies are left out.

typedef struct {
    double temperature_k, pressure_pa;
    int symmetry_number; ///< of rotation
    int multiplicity;    ///< electronic degeneracy
    /// The entropy of low modes is blended with that of a free rotor, with the weight 1 / (1 + (rotor / frequency)^4) of
    /// the oscillator: Grimme, Chem. Eur. J. 18, 9955 (2012), 10.1002/chem.201200497. cm-1; 0: all are oscillators.
    double rotor_cm;
} ThermoConditions;

/// hartree, entropies hartree/K.
typedef struct {
    double zero_point;
    double energy;   ///< thermal, zero point included: vibration, rotation, translation
    double enthalpy; ///< the same plus kT
    double entropy;  ///< the sum of the next four
    double entropy_translation, entropy_rotation, entropy_vibration, entropy_electronic;
    double gibbs;                  ///< enthalpy - T entropy: a correction to the electronic energy
    double heat_capacity_volume;   ///< hartree/K
    double rotational_constant[3]; ///< cm-1, falling; 0: none
} Thermochemistry;

/// @param masses  [n_atoms] dalton
/// @param xyz     [n_atoms][3] bohr
Thermochemistry thermochemistry(const NormalModes *modes, const double *masses,
                                const double (*xyz)[3], const ThermoConditions *conditions);

#endif
