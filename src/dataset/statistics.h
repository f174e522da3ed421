#ifndef DATASET_STATISTICS_H
#define DATASET_STATISTICS_H

#include "dataset/format.h"

/// What the labels of one part look like.
typedef struct {
    uint64_t n_frames, n_atoms; ///< atoms of all frames
    uint64_t n_of[ELEMENT_MAX + 1];
    double energy_sum, energy_squares; ///< of the energy less the atoms', per atom, eV
    double energy_least, energy_most;
    double force_squares; ///< of all components, (eV/angstrom)^2
    double force_most;    ///< largest force on an atom, eV/angstrom
} Statistics;

void statistics_add(Statistics *statistics, const SetFrame *frame);
double statistics_energy_mean(const Statistics *statistics);
/// Standard deviation.
double statistics_energy_spread(const Statistics *statistics);
double statistics_force_rms(const Statistics *statistics);

#endif
