#ifndef RUN_RESULT_H
#define RUN_RESULT_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/warnings.h"
#include "structure/structure.h"

/// How a trajectory went. Plain bytes, so that it can go through a pipe.
/// What a finished trajectory left, by which it is known again in an archive.
typedef struct {
    uint32_t run_json_crc; ///< CRC-32 of run.json; 0: not known
    int64_t trajectory_bytes;
} RunRecord;

typedef struct {
    bool reused; ///< finished by an earlier run, nothing computed
    size_t n_atoms, dof;
    int64_t charge, multiplicity; ///< 0: it ended before its state was settled
    char charge_source[STATE_SOURCE_SIZE], multiplicity_source[STATE_SOURCE_SIZE];
    int64_t n_steps;  ///< of production
    int64_t n_frames; ///< in the file
    int64_t evaluations;
    double wall_s, cpu_s;
    double ms_per_step;
    int64_t peak_memory_kib;
    double mean_temperature_k;
    double temperature_error_k;   ///< standard error of this mean; NAN: too short to tell
    double expected_spread_k;     ///< of the means of such trajectories, by chance
    double drift_kjmol_ps;        ///< of E + K - heat in production
    double shadow_drift_kjmol_ps; ///< of its shadow energy
    int64_t n_windows;
    double nve_drift_kjmol_ps;                    ///< the largest of the windows, by magnitude
    double nve_shadow_drift_kjmol_ps;             ///< likewise
    double conformer_kjmol, conformer_population; ///< of its start; NAN: it is no conformer
    double scf_iterations_mean;
    int64_t scf_iterations_max;
    double scf_residual_max, scf_residual_median;
    int64_t recoveries, diagonalisations, checks, checks_failed;
    bool checkpoint_dropped; ///< it is finished, and a longer one starts over
    RunRecord record;
    RunWarnings warnings; ///< what a person should know
} RunResult;

/// What is known of a trajectory before anything was read of it.
static inline RunResult run_result_unknown(void)
{
    return (RunResult){.wall_s = NAN,
                       .ms_per_step = NAN,
                       .mean_temperature_k = NAN,
                       .shadow_drift_kjmol_ps = NAN,
                       .nve_shadow_drift_kjmol_ps = NAN};
}

/// The drift that tables show: of the shadow energy, the largest of the NVE windows if there are any.
double run_drift_shown(const RunResult *result);

#endif
