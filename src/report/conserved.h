#ifndef REPORT_CONSERVED_H
#define REPORT_CONSERVED_H

#include "md/observables.h"
#include "report/curve.h"

/// The conserved quantity of a trajectory, total energy with biases less their work and the heat from the thermostat,
/// with the line through it.

typedef struct {
    Curve curve;  ///< kJ/mol
    LineFit line; ///< of time in ps and kJ/mol less the first
    double first;
    bool begun;
} Conserved;

void conserved_begin(Conserved *conserved);
/// Takes the value of a frame; what is not a number is counted, as in a curve.
void conserved_add(Conserved *conserved, size_t column, double time_ps, double kjmol);

#endif
