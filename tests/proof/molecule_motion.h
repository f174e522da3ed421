#ifndef PROOF_MOLECULE_MOTION_H
#define PROOF_MOLECULE_MOTION_H

#include "md/integrator.h"
#include "proof/sample.h"

/// The molecule of a sample under velocity Verlet, with an engine of its own, from any of its frames. A wall
/// or a bias that rests acts as in the sample.
typedef struct {
    Engine *xtb, *bias; ///< bias NULL: there is none
    Engine *engine;     ///< the one that moves the atoms
    MdState now, next;
    IntegratorSettings settings;
    Arena arena;
} MoleculeMotion;

/// All memory; molecule_motion_end() is due after a failure too.
QmtStatus molecule_motion_begin(QmtContext *ctx, const Sample *sample, MoleculeMotion *motion);
/// Puts the atoms where a frame has them and evaluates there, without memory of anything before.
QmtStatus molecule_motion_restart(QmtContext *ctx, Sample *sample, uint64_t frame, double dt_fs,
                                  MoleculeMotion *motion);
QmtStatus molecule_motion_step(QmtContext *ctx, MoleculeMotion *motion);
void molecule_motion_end(MoleculeMotion *motion);

/// Rms of E + K about its mean over the first so many fs from frame 0, measured every 0.5 fs at any step, hartree.
QmtStatus molecule_motion_ripple(QmtContext *ctx, Sample *sample, int length_fs,
                                 int steps_per_point, MoleculeMotion *motion, double *rms);

#endif
