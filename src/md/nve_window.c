#include "md/nve_window.h"

#include <assert.h>

#include "base/units.h"
#include "md/velocities.h"

void nve_window_layout(NveWindow *window, Arena *arena, size_t n_atoms, size_t n_properties,
                       size_t kept_size)
{
    md_state_layout(&window->saved, arena, n_atoms, n_properties);
    shadow_energy_layout(&window->watch, arena, n_atoms);
    window->saved_engine = (Span){.data = arena_bytes(arena, kept_size), .size = kept_size};
}

void nve_window_begin(NveWindow *window, const Engine *engine, MdState *state)
{
    assert(window->saved_engine.size == engine_kept_size(engine));
    md_state_copy(&window->saved, state);
    engine_kept_save(engine, window->saved_engine.data);
    window->steps_done = 0;
    window->temperature_sum = 0.0;
    state->at.step = 0;
    state->at.heat = 0.0;
    state->at.work = 0.0;
    shadow_energy_begin(&window->watch, state);
}

NveWindowPoint nve_window_point(const NveWindow *window, const MdState *state)
{
    return (NveWindowPoint){.step = window->steps_done,
                            .kinetic = state->at.kinetic * KJMOL_PER_HARTREE,
                            .potential = state->at.energy * KJMOL_PER_HARTREE,
                            .total = state->at.kinetic * KJMOL_PER_HARTREE +
                                     state->at.energy * KJMOL_PER_HARTREE};
}

void nve_window_add(NveWindow *window, const double *mass, double dt, size_t dof,
                    const MdState *now, const MdState *next)
{
    shadow_energy_add(&window->watch, mass, dt, now, next);
    window->temperature_sum += velocities_temperature(now->at.kinetic, dof);
    window->steps_done++;
}

NveWindowResult nve_window_end(NveWindow *window, Engine *engine, double time_ps, MdState *state)
{
    const ShadowEnergy *watch = &window->watch;
    const double slope_unit = KJMOL_PER_HARTREE / PS_PER_AUT;
    const NveWindowResult result = {
        .begins_at_ps = time_ps,
        .mean_temperature_k =
            window->steps_done > 0 ? window->temperature_sum / (double)window->steps_done : 0.0,
        .slope_kjmol_ps = line_fit_slope(&watch->plain) * slope_unit,
        .shadow_slope_kjmol_ps = line_fit_slope(&watch->shadow) * slope_unit,
        .rms_kjmol = line_fit_rms(&watch->plain) * KJMOL_PER_HARTREE,
        .shadow_rms_kjmol = line_fit_rms(&watch->shadow) * KJMOL_PER_HARTREE,
        .worst_kjmol = watch->worst * KJMOL_PER_HARTREE};
    md_state_copy(state, &window->saved);
    engine_kept_load(engine, window->saved_engine.data);
    return result;
}
