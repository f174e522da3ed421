#ifndef MD_MD_H
#define MD_MD_H

#include "bias/bias.h"
#include "md/nve_window.h"
#include "md/state.h"
#include "md/thermostat.h"

/// A molecule from its start geometry to the end of its trajectory:
///
///     relax (optional)   to the nearest minimum, md/relax.h
///     velocities         Maxwell-Boltzmann, no momentum, scaled to temperature_k
///     equilibration      Langevin with its own friction; here and in production the heat bath acts at
///                        one random instant in every 50 fs or, if that is shorter, 0.1/rate
///     biases (optional)  act from the first evaluation on, but stand as they are at the start of production until then
///     production         centre of mass to the origin, no momentum, for NVE no rotation (its energy
///                        goes with it), a push if wanted; a frame at step 0, frame_interval, 2 frame_interval, ...
///     NVE windows        after every window_every_ps of production, off the trajectory's path
///
/// It can be stopped after any step and saved: the snapshot and the options decide all that follows.

typedef enum { MD_NVT, MD_NVE } MdEnsemble;

/// Kinetic energy that two atoms get along the line between them, apart (positive) or together; their
/// momentum stays.
typedef struct {
    size_t atoms[2];
    double energy; ///< hartree; 0: none
} MdPush;

typedef struct {
    MdEnsemble ensemble;
    const Thermostat *thermostat; ///< of NVT production; equilibration is always Langevin
    double temperature_k;
    double temperature_end_k; ///< of a ramp, linear in time through production; 0: constant
    double dt_fs;
    double friction_per_ps;    ///< of Langevin in production; not used for NVE
    double thermostat_time_ps; ///< of the other thermostats, likewise
    double length_ps;          ///< of production
    uint64_t frame_interval;   ///< steps, at least 1
    double equilibration_ps;   ///< 0: none
    double equilibration_friction_per_ps;
    double window_every_ps;   ///< 0: no windows
    double window_ps;         ///< length of a window
    bool optimize;            ///< relax the start geometry
    double relax_threshold;   ///< largest component of the gradient, hartree/bohr
    uint64_t relax_max_steps; ///< evaluations
    unsigned property_set;    ///< of every frame, engine/properties.h
    RandomKey key;
    Engine *bias; ///< the decorator of the chain of engines that md_create() gets; NULL: none
    MdPush push;  ///< at the start of production
} MdOptions;

/// NVT at 300 K, 0.25 fs, 30 ps with a friction of 0.002 /ps after 5 ps at 10 /ps, a frame every step,
/// windows of 10 ps every 20 ps, relaxed to 5e-4 hartree/bohr in at most 1000 evaluations, seed 42.
MdOptions md_options_default(void);

/// Wanted temperature at a time of production, kelvin.
double md_wanted_temperature(const MdOptions *options, double time_ps);
/// On the mean over so many steps from its start.
double md_wanted_mean_temperature(const MdOptions *options, uint64_t n_steps);
/// How far, K on the mean, a molecule lags behind a ramp: its rise in the time in which the thermostat brings energy
/// back, 1/friction or twice thermostat_time_ps, as one half of it is potential. 0 without a ramp.
double md_ramp_lag(const MdOptions *options);
/// Rate at which production forgets its temperature, 1/ps: the friction or 1/thermostat_time_ps; 0 for NVE.
double md_thermostat_rate(const MdOptions *options);

/// Steps of dt_fs in length_ps. False, and *steps untouched, if the length is not a whole multiple (to
/// 1e-6 of a step) or negative. The configuration asks this of every length that is in use; md_create
/// asserts it.
bool md_whole_steps(double length_ps, double dt_fs, uint64_t *steps);

typedef enum { MD_START, MD_RELAX, MD_EQUILIBRATION, MD_PRODUCTION, MD_WINDOW, MD_DONE } MdPhase;

/// "start", "relax", "equilibration", "production", "NVE window", "done"
const char *md_phase_name(MdPhase phase);

/// One instant of the production, atomic units; valid during the call only.
typedef struct {
    uint64_t step; ///< of production
    double time_ps;
    double heat;     ///< hartree, taken up from the thermostat since frame 0
    double wanted_k; ///< temperature of the thermostat
    size_t n_atoms;
    const double (*xyz)[3];      ///< bohr
    const double (*velocity)[3]; ///< bohr per atomic unit of time
    const double (*gradient)[3]; ///< hartree/bohr of the method; the force is minus this
    double kinetic, potential;   ///< hartree, of the method
    double bias, bias_work;      ///< hartree, of the biases; what they put in by changing with time
    const double (*bias_gradient)[3]; ///< hartree/bohr of the biases; NULL: there are none
    const double *properties;         ///< [properties_size()] of the set of the options, a.u.
} MdFrame;

typedef struct {
    MdPhase phase;
    uint64_t step, n_steps;           ///< of the phase
    uint64_t total_step, total_steps; ///< of equilibration, production and all windows together
    double time_ps;                   ///< in the phase
    double temperature_k;             ///< of this instant
    ScfChange change;                 ///< of the solution of the SCF in this step
    double change_size;               ///< as in EngineReport
} MdProgress;

/// What the surroundings do while the molecule moves. Any function may be NULL.
typedef struct {
    void *user;
    /// Takes a frame. A failure ends the call of md with that status before the next step; the frame
    /// is offered again when md continues, so nothing of it may be kept.
    QmtStatus (*frame)(QmtContext *ctx, void *user, const MdFrame *frame);
    /// Takes the energies before a step of a window; failures as with frame.
    QmtStatus (*window)(QmtContext *ctx, void *user, const NveWindowPoint *point);
    /// Told after every step.
    void (*progress)(void *user, const MdProgress *progress);
} MdHooks;

/// Figures of the production so far.
typedef struct {
    MdPhase phase;
    uint64_t steps; ///< of production
    size_t dof;     ///< of production
    bool linear;    ///< the molecule counts as linear
    size_t n_atoms;
    double mean_temperature_k;  ///< NaN with dof 0, as the two that follow
    double temperature_error_k; ///< standard error of this mean, by blocks; NaN: too short to tell
    double expected_spread_k; ///< of means of such trajectories, see expected_temperature_spread()
    double slope_kjmol_ps;    ///< drift of E + K - heat, for the whole molecule
    double shadow_slope_kjmol_ps;       ///< drift of the shadow energy
    double rms_kjmol, shadow_rms_kjmol; ///< ripple about these lines
    double worst_kjmol;                 ///< largest deviation of E + K - heat from its first value
    double heat_kjmol;                  ///< taken up from the thermostat
    double bias_work_kjmol;             ///< and from biases that change with time
    double relax_largest_slope;         ///< at the end of the relaxation, hartree/bohr
    bool relax_converged;
    uint64_t relax_evaluations;
    uint64_t evaluations;    ///< all after the relaxation, windows included
    uint64_t scf_iterations; ///< their sum
    int scf_iterations_max;
    double scf_residual_max, scf_residual_median;
    uint64_t recoveries;            ///< evaluations that needed a recovery stage
    uint64_t production_recoveries; ///< those of the production
    uint64_t first_recovery_step;   ///< of the production, if there was one
    uint64_t diagonalisations;      ///< of the density builds
    double hottest_k;               ///< kelvin, of all steps, equilibration and side runs included
    uint64_t checks, checks_failed; ///< of the engine's density, against a full diagonalisation
    size_t n_windows;               ///< finished
    const NveWindowResult *windows; ///< [n_windows], valid as long as the Md
} MdReport;

typedef struct Md Md;

/// Makes a trajectory that waits at its start; all memory is taken here. The engine stays the
/// caller's and must outlive the Md.
///
/// @param mass_da  [n_atoms] dalton
/// @param xyz      [n_atoms][3] bohr
/// Fails with QMT_ERR_MEMORY.
QmtStatus md_create(QmtContext *ctx, const MdOptions *options, const MdHooks *hooks, Engine *engine,
                    const double *mass_da, const double (*xyz)[3], Md **md);
/// Accepts NULL, sets NULL.
void md_destroy(Md **md);

/// Makes at most n_steps steps (one evaluation each) and says whether the trajectory is complete.
/// Fails as the engine and the hooks fail, and with QMT_ERR_PHYSICS if an energy or gradient is not
/// finite, the conserved energy jumps by more than 100 kJ/mol in a step, or the temperature exceeds md_hot_k() while the
/// conserved energy has risen by half the kinetic energy since equilibration or production began. After a failure the trajectory is as it was before the
/// step that failed.
QmtStatus md_advance(QmtContext *ctx, Md *md, uint64_t n_steps, bool *done);

/// Makes the production end at its first frame from a step on, which is not behind it, and not after its planned end.
/// The snapshots of an Md that was made to end are those of one that was not.
void md_end_at_frame(Md *md, uint64_t step);

/// Temperature from which on a trajectory is hot: 10 times the hottest wanted one, and 10000 K at least.
double md_hot_k(const MdOptions *options);

MdReport md_report(const Md *md);
/// The current instant; valid until the next call.
const MdState *md_state(const Md *md);

/// A snapshot is everything that decides the next byte, engine memory included, as plain bytes of this
/// machine. Loading it into an Md made with the same options, masses and engine continues bit for bit;
/// a longer length_ps continues a finished trajectory, and biases then have room for more hills. The size
/// grows with each finished window.
size_t md_snapshot_size(const Md *md);
void md_snapshot_save(const Md *md, void *buffer);
/// Where the bytes of a snapshot are now, without a copy: pieces in their order, valid until the Md is used again. Returns
/// their number; pieces may be NULL.
size_t md_snapshot_pieces(Md *md, Span *pieces);
/// Fails with QMT_ERR_CHECKPOINT, the Md as before, if the size is not that of such a snapshot or phase,
/// step and windows are not a place in this trajectory.
QmtStatus md_snapshot_load(QmtContext *ctx, Md *md, const void *buffer, size_t size);
/// Degrees of freedom of the production that a snapshot belongs to, without an Md. False if it ends before
/// the start geometry is known to be linear or not, which nve asks for.
bool md_snapshot_dof(const void *buffer, size_t size, size_t n_atoms, MdEnsemble ensemble,
                     size_t *dof);

#endif
