#ifndef AUDIT_ENERGIES_H
#define AUDIT_ENERGIES_H

#include "audit/frame.h"
#include "audit/verdict.h"
#include "md/observables.h"

/// CHECK_KINETIC, CHECK_TOTAL, CHECK_TEMPERATURE, and CHECK_DRIFT of a trajectory at constant energy.

typedef struct {
    double kinetic_worst, kinetic_sum, ekin_sum; // relative; kJ/mol
    uint64_t kinetic_frame;
    double total_worst; // kJ/mol
    uint64_t total_frame;
    double wanted_worst; // K, off the configuration
    uint64_t wanted_frame;
    BlockMean temperature;     // of 2 Ekin / k_B, to be divided by dof
    double temperature_square; // sum of its squares
    LineFit total;             // of what is conserved against time: Etot, with biases also theirs
    double total_first, time_first, time_last;
    uint64_t n;
} Energies;

/// What the dynamics conserves: biases are part of it, and what they do by changing is not, nor is the heat of the bath
/// that the file has.
double energies_conserved(const CheckFrame *frame);
void energies_add(const Check *check, Energies *energies, const CheckFrame *frame);
/// @param ripple  kJ/mol, the most that Etot less the heat is off its line by in the root of the mean square (audit/balance.h)
/// @param reacts  bonds break or form
void energies_report(Check *check, const Energies *energies, double ripple, bool reacts);

/// Judges the slope of a total energy, kJ/mol/ps, over length_ps with this ripple about its line.
void drift_report(Check *check, const char *of, double slope, double ripple, double length_ps);
/// The most that the slopes of a total energy and of its shadow energy differ by, or those of some and of all of its steps,
/// where the ripple is this, kJ/mol/ps.
double drift_difference(const Check *check, double ripple, double length_ps);
/// How much steeper a slope is than one that is still good.
double drift_excess(const Check *check, double slope, double ripple, double length_ps);

#endif
