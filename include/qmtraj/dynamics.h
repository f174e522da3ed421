#ifndef QMTRAJ_DYNAMICS_H
#define QMTRAJ_DYNAMICS_H

/// Motion of one molecule: relaxation, equilibration, production and NVE windows, step by step, on any engine.
///
/// Threads: dynamics and its engine are in one call at a time; between two calls both may move to another thread and
/// be used with another context.

#include <stdint.h>

#include <qmtraj/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What is kept constant in production.
typedef enum { QMT_NVT, QMT_NVE } QmtEnsemble;

/// How a molecule moves. Start from qmt_dynamics_options_default(). Numbers may be as large as their keys in a configuration: 10000 K,
/// 100 fs, 1000 /ps, 2^32 - 1 steps.
typedef struct {
    size_t struct_size;      ///< sizeof(QmtDynamicsOptions), set by qmt_dynamics_options_default()
    int ensemble;            ///< QmtEnsemble: QMT_NVT (Langevin) or QMT_NVE (velocity Verlet)
    int relax;               ///< 1: go to the nearest minimum first
    double temperature_k;    ///< of the start velocities and the thermostat
    double dt_fs;            ///< time step
    double friction_per_ps;  ///< of the thermostat in production; not used for NVE
    double length_ps;        ///< of production, a whole number of steps
    uint64_t frame_interval; ///< steps from frame to frame, at least 1
    double equilibration_ps; ///< before production, a whole number of steps; 0: none
    double equilibration_friction_per_ps; ///< of the thermostat in it
    double nve_every_ps;                  ///< from window to window of constant energy; 0: none
    double nve_window_ps;  ///< length of such a window, off the path of the trajectory; 0: none
    uint64_t seed;         ///< of velocities and noise
    unsigned property_set; ///< of every frame, as in QmtResult; GFN-xTB only
    unsigned reserved;     ///< 0
} QmtDynamicsOptions;

/// Sets every option to its default, as far as options of that size reach.
///
/// @param options      NULL is ignored
/// @param struct_size  sizeof(QmtDynamicsOptions) of the caller
QMT_API void qmt_dynamics_options_init(QmtDynamicsOptions *options, size_t struct_size);

/// NVT at 300 K in steps of 0.25 fs: relaxed, 5 ps of equilibration at 10 /ps, then 30 ps at 0.002 /ps with a frame
/// every step, without windows, seed 42.
static inline QmtDynamicsOptions qmt_dynamics_options_default(void)
{
    QmtDynamicsOptions options;
    qmt_dynamics_options_init(&options, sizeof options);
    return options;
}

/// One instant of the production. Made by the library, valid during the call; may grow at its end.
typedef struct {
    uint64_t step;  ///< of production, from 0
    double time_ps; ///< of production
    size_t n_atoms;
    const double *xyz;        ///< [3 n_atoms] bohr
    const double *velocity;   ///< [3 n_atoms] bohr per atomic unit of time
    const double *gradient;   ///< [3 n_atoms] hartree/bohr; the force is minus this
    double kinetic;           ///< hartree
    double potential;         ///< hartree
    const double *properties; ///< [qmt_properties_size()] a.u. of the set of the options
} QmtFrame;

/// What the caller does while a molecule moves; each function may be NULL. They run in the thread of
/// qmt_dynamics_step() and may not call functions of this dynamics or its engine.
typedef struct {
    size_t struct_size; ///< sizeof(QmtDynamicsHooks)
    void *user;         ///< passed on to the functions
    /// Takes a frame. Anything but 0 ends the step with QMT_ERR_CALLBACK; the frame is offered again when
    /// the dynamics goes on.
    int (*frame)(void *user, const QmtFrame *frame);
} QmtDynamicsHooks;

/// A molecule in motion.
typedef struct QmtDynamics QmtDynamics;

/// Makes a molecule that waits at its start; all memory is taken here.
///
/// @param engine   stays the caller's and must outlive the dynamics; one dynamics at a time
/// @param options  NULL: the defaults
/// @param hooks    copied; NULL: none
/// @param mass_da  [n_atoms] dalton, copied; NULL: the standard atomic weights
/// @param xyz      [3 n_atoms] bohr, copied
/// @param dynamics to be destroyed with qmt_dynamics_destroy(); untouched after a failure
/// Fails with QMT_ERR_CONFIG (an option out of its range, a length that is not a whole number of steps), QMT_ERR_INPUT
/// (a coordinate that is not finite, a mass that is not positive), QMT_ERR_ARGUMENT or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_dynamics_create(QmtContext *ctx, QmtEngine *engine,
                                      const QmtDynamicsOptions *options,
                                      const QmtDynamicsHooks *hooks, const double *mass_da,
                                      const double *xyz, QmtDynamics **dynamics);

/// Destroys a dynamics and sets the pointer to NULL; accepts NULL. The engine stays.
QMT_API void qmt_dynamics_destroy(QmtDynamics **dynamics);

/// Makes at most n_steps steps, one evaluation each, of whatever phase comes.
///
/// @param done  1: the trajectory is complete, further steps do nothing; may be NULL
/// Fails as qmt_engine_evaluate(), with QMT_ERR_CALLBACK if a hook says so, and with QMT_ERR_PHYSICS if an energy or
/// gradient is not finite, the temperature exceeds both 10 times the wanted one and 10000 K, or the conserved energy
/// jumps by more than 100 kJ/mol in a step. The molecule is then as it was before the step that failed.
QMT_API QmtStatus qmt_dynamics_step(QmtContext *ctx, QmtDynamics *dynamics, uint64_t n_steps,
                                    int *done);

/// Where a molecule stands.
typedef struct {
    size_t struct_size;   ///< sizeof(QmtDynamicsState), set by the caller
    const char *phase;    ///< "start", "relax", "equilibration", "production", "NVE window", "done"
    uint64_t step;        ///< of the phase
    uint64_t evaluations; ///< all after the relaxation
    size_t n_atoms;
    const double *xyz;         ///< [3 n_atoms] bohr; valid until the next call
    const double *velocity;    ///< [3 n_atoms] bohr per atomic unit of time
    const double *gradient;    ///< [3 n_atoms] hartree/bohr
    double kinetic;            ///< hartree
    double potential;          ///< hartree
    double heat;               ///< taken up from the thermostat since step 0 of the phase, hartree
    double mean_temperature_k; ///< of production so far; NaN where it is not known
    double shadow_drift_kjmol_ps; ///< of the shadow energy in production so far
} QmtDynamicsState;

/// A state to be filled.
static inline QmtDynamicsState qmt_dynamics_state_empty(void)
{
    QmtDynamicsState state;
    memset(&state, 0, sizeof state);
    state.struct_size = sizeof state;
    return state;
}

/// Tells where a molecule stands. Fails with QMT_ERR_ARGUMENT.
QMT_API QmtStatus qmt_dynamics_state(QmtContext *ctx, const QmtDynamics *dynamics,
                                     QmtDynamicsState *state);

/// Bytes of a snapshot now; it grows with each finished window. 0 for NULL.
QMT_API size_t qmt_dynamics_snapshot_size(const QmtDynamics *dynamics);

/// Copies everything that decides the next byte, the memory of the engine included, as plain bytes of this
/// machine and this build, with a checksum and what they belong to.
///
/// @param buffer  [size] at least qmt_dynamics_snapshot_size()
/// Fails with QMT_ERR_ARGUMENT.
QMT_API QmtStatus qmt_dynamics_snapshot(QmtContext *ctx, const QmtDynamics *dynamics, void *buffer,
                                        size_t size);

/// Goes back to a snapshot: a dynamics made with the same options, elements, masses and an engine with the same options
/// continues bit for bit. With a longer length_ps a finished trajectory goes on; another frame_interval and other cores
/// of the engine change no number; hooks and what a force function computes are the caller's.
///
/// @param size  of the snapshot, what qmt_dynamics_snapshot_size() said
/// Fails with QMT_ERR_CHECKPOINT if the bytes are no such snapshot (damaged, of another motion or of another build), or with
/// QMT_ERR_ARGUMENT; the dynamics is then as before.
QMT_API QmtStatus qmt_dynamics_restore(QmtContext *ctx, QmtDynamics *dynamics, const void *buffer,
                                       size_t size);

#ifdef __cplusplus
}
#endif
#endif
