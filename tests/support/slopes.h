#ifndef SUPPORT_SLOPES_H
#define SUPPORT_SLOPES_H

#include "qmtraj/qmtraj.h"
#include "support/systems.h"

/// An engine converged to 1e-12; fails the test if there is none.
QmtEngine *slopes_engine(QmtContext *ctx, const char *method, const System *system);

/// Energy, and the gradient if it is not NULL; fails the test if the engine does.
double slopes_energy(QmtContext *ctx, const System *system, QmtEngine *engine, double (*xyz)[3],
                     double (*gradient)[3]);

/// Largest deviation of the analytic gradient from five-point slopes, hartree/bohr; the stencil errs
/// as h^4 with h = 1e-3 bohr.
double slopes_deviation(QmtContext *ctx, const char *method, const System *system);

#endif
