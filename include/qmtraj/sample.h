#ifndef QMTRAJ_SAMPLE_H
#define QMTRAJ_SAMPLE_H

/// Labelled geometries of one molecule that are no motion: displaced along its normal modes.

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <qmtraj/context.h>
#include <qmtraj/hessian.h>
#include <qmtraj/single.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What is drawn. Start from qmt_sample_options_default().
typedef struct {
    size_t struct_size;   ///< sizeof(QmtSampleOptions), set by qmt_sample_options_default()
    double temperature_k; ///< kelvin
    double lowest_cm;     ///< modes below this frequency, cm-1, stay at rest
    uint64_t seed;        ///< of the random numbers
    size_t n_frames;      ///< to be drawn
    int classical;        ///< 1: classical oscillators; 0: quantum ones, with zero-point motion
    int n_workers;        ///< processes side by side; no byte depends on it
} QmtSampleOptions;

/// Sets every option to its default, as far as options of that size reach; NULL is ignored.
QMT_API void qmt_sample_options_init(QmtSampleOptions *options, size_t struct_size);

/// 100 frames of quantum oscillators at 300 K, modes from 10 cm-1 on, seed 42, one process.
static inline QmtSampleOptions qmt_sample_options_default(void)
{
    QmtSampleOptions options;
    qmt_sample_options_init(&options, sizeof options);
    return options;
}

/// What came of it. Filled by the library.
typedef struct {
    size_t n_written;
    size_t n_failed;  ///< drawn geometries without an energy: atoms too close, no convergence
    size_t n_moving;  ///< modes
    double mean_rise; ///< of the energies above that at rest, hartree
} QmtSampleResult;

/// Draws geometries from harmonic oscillators, computes and writes them as an NPZ file of the schema of trajectories, with
/// velocities, kinetic energies and times zero, and metadata that say so under "sampling". Frame i depends on the seed, the
/// name of the molecule and i alone.
///
/// @param modes   of the geometry of the molecule
/// @param energy  of that geometry, hartree
/// @param result  may be NULL
/// Fails with QMT_ERR_SCF (not one frame has an energy), QMT_ERR_IO, QMT_ERR_ARGUMENT or QMT_ERR_MEMORY; no file is left.
QMT_API QmtStatus qmt_sample_modes(QmtContext *ctx, QmtSingle *single, const QmtModes *modes,
                                   double energy, const QmtSampleOptions *options, const char *path,
                                   QmtSampleResult *result);

#ifdef __cplusplus
}
#endif
#endif
