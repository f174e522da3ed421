#ifndef MD_THERMOSTAT_INTERVAL_H
#define MD_THERMOSTAT_INTERVAL_H

#include "md/integrator.h"

/// When a thermostat acts: once in every block of steps, at a random one.
///
/// The heat bath acts once in settings->noise_interval and not a little in every step: a path
/// without kinks in between is smooth, and the electronic structure of the next step follows from those
/// before it with fewer density builds. Time is cut into blocks of L steps, the O part comes at a random
/// step of each, and stands for the time L dt. Each O part keeps the canonical distribution whatever that time is,
/// so the ensemble is the same; for short blocks the motion tends to that of a bath that acts all the time. Random
/// steps, because fixed ones would meet a vibration in the same phase again and again. No O part falls into
/// the last steps of a block, because its heat is computed from as many smooth steps
/// (md/shadow_energy.h); at most a quarter of the block.

/// The noise_interval that a rate, 1/ps, is run with: a tenth of 1/rate, at most 50 fs. In atomic units of time.
double thermostat_interval(double rate_per_ps);

/// True in the step of a block that has an O part.
bool thermostat_acts(const IntegratorSettings *settings, const MdState *now);
/// Time that an O part stands for: a block, in atomic units.
double thermostat_span(const IntegratorSettings *settings);

#endif
