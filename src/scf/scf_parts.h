#ifndef SCF_SCF_PARTS_H
#define SCF_SCF_PARTS_H

#include "scf/scf.h"

/// What the loop (scf.c) and its recovery (scf_recovery.c) ask of each other.

/// One cycle: potentials of x_in, Hamiltonian, density, its moments x_out, f = x_out - x_in. Returns the residual in *rms.
QmtStatus scf_cycle(QmtContext *ctx, const Geometry *geometry, Scf *scf, double *rms);

/// Cycles with Broyden mixing from x_in. Teaches the kept Jacobian on the way.
QmtStatus scf_mix(QmtContext *ctx, const Geometry *geometry, Scf *scf, double alpha,
                  int max_iterations, bool *converged);

/// From the geometries before.
QmtStatus scf_solve_warm(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged);

/// Runs the stages from one on, until one of them finds a solution with charges that are allowed.
void scf_recover(QmtContext *ctx, const Geometry *geometry, Scf *scf, int first, bool *converged);

/// A first solution that may be a saddle of the free energy, or not the lowest, is compared with those that lie downhill from
/// it and from neutral atoms; the best is kept.
void scf_improve(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged);

/// Largest charge of an atom that a solution may have, e.
double scf_charge_limit(const Scf *scf);

#endif
