#ifndef MD_NVE_WINDOW_H
#define MD_NVE_WINDOW_H

#include "engine/engine.h"
#include "md/integrator.h"
#include "md/shadow_energy.h"

/// A stretch of constant energy beside the main trajectory, to see how well energy is conserved. At
/// its begin the state and what the engine keeps are copied, at its end both are restored bit for
/// bit, so the main trajectory does not know that it happened. In between the state moves by velocity
/// Verlet, one step per call, and can be interrupted anywhere.

typedef struct {
    MdState saved;          ///< the main trajectory waits here
    Span saved_engine;      ///< what the engine kept
    uint64_t steps_done;    ///< in this window
    ShadowEnergy watch;     ///< of this window
    double temperature_sum; ///< kelvin, over the points of this window
} NveWindow;

/// What a finished window says.
typedef struct {
    double begins_at_ps;       ///< time of the main trajectory
    double mean_temperature_k; ///< over the energies before each step
    double slope_kjmol_ps;     ///< of the total energy, for the whole molecule
    double shadow_slope_kjmol_ps;
    double rms_kjmol; ///< of the total energy about its line
    double shadow_rms_kjmol;
    double worst_kjmol; ///< largest deviation of the total energy from its first value
} NveWindowResult;

/// Energies before a step of a window, kJ/mol.
typedef struct {
    uint64_t window; ///< from 0
    uint64_t step;   ///< in the window, from 0; n_steps of them. After an interruption the last one
                     ///< may come again, with the same values
    uint64_t n_steps;
    double kinetic, potential, total;
} NveWindowPoint;

void nve_window_layout(NveWindow *window, Arena *arena, size_t n_atoms, size_t n_properties,
                       size_t kept_size);

/// Saves state and engine; the state continues from where it is, with step and heat at zero.
void nve_window_begin(NveWindow *window, const Engine *engine, MdState *state);

/// The energies before the step that comes next.
NveWindowPoint nve_window_point(const NveWindow *window, const MdState *state);

/// Counts a step of the integrator from now to next.
void nve_window_add(NveWindow *window, const double *mass, double dt, size_t dof,
                    const MdState *now, const MdState *next);

/// Restores state and engine and tells the result; time_ps is that of the main trajectory.
NveWindowResult nve_window_end(NveWindow *window, Engine *engine, double time_ps, MdState *state);

#endif
