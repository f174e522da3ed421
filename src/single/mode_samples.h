#ifndef SINGLE_MODE_SAMPLES_H
#define SINGLE_MODE_SAMPLES_H

#include "engine/engine.h"
#include "run/spec.h"
#include "vibration/mode_sampling.h"

/// Labelled geometries displaced along normal modes, in a file of the schema of trajectories.

typedef struct {
    ModeSampling sampling;
    uint64_t seed;
    size_t n_frames;
    size_t n_workers;
} ModeSamplesOptions;

typedef struct {
    size_t n_written;
    size_t n_failed; ///< geometries without an energy: atoms too close, no convergence
    size_t n_moving; ///< modes
    double mean;     ///< of the energies above that of the geometry at rest, hartree
} ModeSamplesResult;

/// Draws, computes and writes the frames. The molecule is moved so that its centre of mass at rest is the origin;
/// velocities, kinetic energies and times are zero. Each frame is computed from neutral atoms: bytes do not depend on the
/// number of processes.
///
/// @param energy  of the geometry at rest, hartree
/// Fails with QMT_ERR_SCF (not one frame has an energy), QMT_ERR_IO or QMT_ERR_MEMORY; no file is left then.
QmtStatus mode_samples_write(QmtContext *ctx, const char *path, const RunSpec *spec, Engine *engine,
                             const NormalModes *modes, const double *masses, double energy,
                             const ModeSamplesOptions *options, ModeSamplesResult *result);

#endif
