#include "md/md_parts.h"

#include <math.h>

#include "base/units.h"
#include "md/velocities.h"

const char *md_phase_name(MdPhase phase)
{
    static const char *const NAMES[] = {[MD_START] = "start",
                                        [MD_RELAX] = "relax",
                                        [MD_EQUILIBRATION] = "equilibration",
                                        [MD_PRODUCTION] = "production",
                                        [MD_WINDOW] = "NVE window",
                                        [MD_DONE] = "done"};
    return NAMES[phase];
}

size_t md_dof(const Md *md, MdPhase phase)
{
    const bool production = phase == MD_PRODUCTION || phase == MD_WINDOW || phase == MD_DONE;
    return velocities_degrees_of_freedom(
        md->engine->n_atoms, production && md->options.ensemble == MD_NVE, md->record.linear != 0);
}

double md_time_ps(const Md *md, uint64_t step)
{
    return (double)step * md->options.dt_fs * 1e-3;
}

MdReport md_report(const Md *md)
{
    const MdRecord *record = &md->record;
    const MdInstant *at = record->phase == MD_WINDOW ? &md->window.saved.at : &md->now.at;
    const bool production = record->phase >= MD_PRODUCTION;
    const size_t dof = md_dof(md, MD_PRODUCTION);
    // What a molecule at constant energy lacks.
    const size_t rotations =
        md->options.ensemble == MD_NVE
            ? 0
            : dof - velocities_degrees_of_freedom(md->engine->n_atoms, true, record->linear != 0);
    const TemperatureSpread run = {.rotations = rotations,
                                   .vibrations = dof - rotations,
                                   .rate = md_thermostat_rate(&md->options),
                                   .scales = md->options.thermostat->scales,
                                   .length = production ? md_time_ps(md, at->step) : 0.0};
    const double slope_unit = KJMOL_PER_HARTREE / PS_PER_AUT;
    return (MdReport){
        .phase = record->phase,
        .steps = production ? at->step : 0,
        .dof = dof,
        .linear = record->linear != 0,
        // a single atom at rest has no temperature
        .mean_temperature_k = dof > 0 ? block_mean_value(&record->temperature) : NAN,
        .n_atoms = md->engine->n_atoms,
        .temperature_error_k = dof > 0 ? block_mean_error(&record->temperature) : NAN,
        .expected_spread_k =
            dof == 0
                ? NAN
                : expected_temperature_spread(
                      &record->temperature,
                      md_wanted_mean_temperature(&md->options, production ? at->step : 0), &run),
        .slope_kjmol_ps = line_fit_slope(&md->watch.plain) * slope_unit,
        .shadow_slope_kjmol_ps = line_fit_slope(&md->watch.shadow) * slope_unit,
        .rms_kjmol = line_fit_rms(&md->watch.plain) * KJMOL_PER_HARTREE,
        .shadow_rms_kjmol = line_fit_rms(&md->watch.shadow) * KJMOL_PER_HARTREE,
        .worst_kjmol = md->watch.worst * KJMOL_PER_HARTREE,
        .heat_kjmol = production ? at->heat * KJMOL_PER_HARTREE : 0.0,
        .bias_work_kjmol = production ? at->work * KJMOL_PER_HARTREE : 0.0,
        .relax_largest_slope = record->relax_largest_slope,
        .relax_converged = record->relax_converged != 0,
        .relax_evaluations = record->relax_evaluations,
        .evaluations = record->evaluations,
        .scf_iterations = record->scf_iterations,
        .scf_iterations_max = record->scf_iterations_max,
        .scf_residual_max = record->scf_residual_max,
        .scf_residual_median = log_histogram_median(&record->scf_residuals),
        .recoveries = record->recoveries,
        .production_recoveries = record->production_recoveries,
        .first_recovery_step = record->first_recovery_step,
        .diagonalisations = record->diagonalisations,
        .hottest_k = record->hottest_k,
        .checks = record->checks,
        .checks_failed = record->checks_failed,
        .n_windows = record->n_windows_done,
        .windows = md->results};
}

static uint64_t steps_in(const Md *md, MdPhase phase)
{
    switch (phase) {
    case MD_RELAX:
        return md->options.relax_max_steps;
    case MD_EQUILIBRATION:
        return md->n_equilibration;
    case MD_PRODUCTION:
        return md->n_production;
    case MD_WINDOW:
        return md->n_window;
    default:
        return 0;
    }
}

void md_tell_progress(const Md *md)
{
    if (md->hooks.progress == NULL)
        return;
    const MdRecord *record = &md->record;
    const MdPhase phase = record->phase;
    const uint64_t step = md->now.at.step;
    uint64_t production = 0, windows = record->n_windows_done * md->n_window;
    if (phase == MD_WINDOW) {
        production = md->window.saved.at.step;
        windows += md->window.steps_done;
    } else if (phase == MD_PRODUCTION || phase == MD_DONE) {
        production = step;
    }
    uint64_t equilibration = 0;
    if (phase == MD_EQUILIBRATION)
        equilibration = step;
    else if (phase > MD_EQUILIBRATION)
        equilibration = md->n_equilibration;
    const MdProgress progress = {
        .phase = phase,
        .step = step,
        .n_steps = phase == MD_DONE ? md->n_production : steps_in(md, phase),
        .total_step = equilibration + production + windows,
        .total_steps = md->n_equilibration + md->n_production + md->n_windows * md->n_window,
        .time_ps = phase == MD_RELAX ? 0.0 : md_time_ps(md, step),
        .temperature_k = velocities_temperature(md->now.at.kinetic, md_dof(md, phase)),
        .change = md->change,
        .change_size = md->change_size};
    md->hooks.progress(md->hooks.user, &progress);
}
