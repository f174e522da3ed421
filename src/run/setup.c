#include "run/run_parts.h"

#include <stdio.h>

#include "data/method.h"
#include "data/solvent.h"
#include "engine/xtb.h"
#include "run/run_bias.h"

/// RMS change of charges and moments; `scf: tight` is the engine's default of 1e-10.
static const double SCF_TOLERANCE_FAST = 1e-7;
/// Of motion in a solvent, whose energy walks at random by the jumps of curvature of its surface: 5e-5 kJ/mol/ps per atom
/// in 10 ps, to which this adds 2e-7 at most (docs/solvation.md).
static const double SCF_TOLERANCE_IN_SOLVENT = 1e-9;

QmtEngineOptions run_engine_options(const RunSpec *task)
{
    const Config *config = &task->config;
    QmtEngineOptions options = xtb_options_default();
    options.method = method_name((size_t)config->method);
    options.solvent = config_solvent_name(config);
    options.solvation_model = solvation_model_name((SolvationModel)config->solvation_model);
    options.solvation_state = solvation_state_name((SolvationState)config->solvation_state);
    options.solvation_grid = solvation_grid_name((SolvationGrid)config->solvation_grid);
    options.charge = (int)config->charge;
    options.unpaired = (int)config->spin_multiplicity - 1;
    options.electronic_temperature_k = config->electronic_temperature_k;
    if (config->scf == CONFIG_SCF_FAST)
        options.scf_tolerance = SCF_TOLERANCE_FAST;
    options.scf_max_iterations = (int)config->scf_max_iterations;
    options.cores = (int)config->cores_per_trajectory;
    options.scf_state = config->scf_state == CONFIG_SCF_LOWEST ? QMT_SCF_LOWEST : QMT_SCF_FOLLOW;
    options.fermi_stop_reference = config->fermi_stop == CONFIG_FERMI_REFERENCE;
    return options;
}

QmtEngineOptions run_motion_engine_options(const RunSpec *task)
{
    QmtEngineOptions options = run_engine_options(task);
    if (options.solvent != NULL && task->config.scf == CONFIG_SCF_TIGHT)
        options.scf_tolerance = SCF_TOLERANCE_IN_SOLVENT;
    return options;
}

MdOptions run_md_options(const RunSpec *task)
{
    const Config *config = &task->config;
    const bool windows = spec_windows(config) > 0;
    MdOptions options = md_options_default();
    options.ensemble = config->ensemble == CONFIG_NVE ? MD_NVE : MD_NVT;
    options.thermostat = thermostat_at((size_t)config->thermostat);
    options.temperature_k = config->temperature_k.value[0];
    if (config->temperature_ramp.n > 0) {
        options.temperature_k = config->temperature_ramp.value[0];
        options.temperature_end_k = config->temperature_ramp.value[1];
    }
    options.dt_fs = config->dt_fs;
    options.friction_per_ps = config->friction_per_ps;
    options.thermostat_time_ps = config->thermostat_time_ps;
    options.length_ps = config->length_ps;
    options.frame_interval = (uint64_t)config->save_interval_steps;
    options.equilibration_ps = config->equilibration_ps;
    options.equilibration_friction_per_ps = config->equilibration_friction_per_ps;
    options.window_every_ps = windows ? config->nve_every_ps : 0.0;
    options.window_ps = windows ? config->nve_window_ps : 0.0;
    options.optimize = config->optimize;
    options.relax_max_steps = (uint64_t)config->optimize_max_steps;
    options.property_set = (unsigned)config->properties;
    options.push = run_push(task);
    // Trajectories of one molecule beside each other have random numbers of their own.
    char name[sizeof task->label];
    snprintf(name, sizeof name, "%s%s%s", task->structure->name, task->variant[0] ? "/" : "",
             task->variant);
    options.key = (RandomKey){.seed = (uint64_t)config->random_seed,
                              .molecule = random_name_key(name),
                              .replica = task->replica > 0 ? (uint64_t)task->replica - 1 : 0};
    return options;
}
