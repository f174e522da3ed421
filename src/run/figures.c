#include "run/run_parts.h"

#include <math.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

double run_clock_s(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double run_motion_s(const Run *run)
{
    return run->before.motion_s + (run->begun ? run_clock_s(CLOCK_MONOTONIC) - run->begun_s : 0.0);
}

double run_ms_per_step(const Run *run, uint64_t evaluations)
{
    return evaluations > 1 ? 1e3 * run_motion_s(run) / (double)(evaluations - 1) : 0.0;
}

double run_window_drift(const MdReport *report, bool shadow)
{
    double worst = report->n_windows > 0 ? 0.0 : NAN;
    for (size_t w = 0; w < report->n_windows; w++) {
        const NveWindowResult *window = &report->windows[w];
        const double slope = shadow ? window->shadow_slope_kjmol_ps : window->slope_kjmol_ps;
        worst = fabs(slope) > fabs(worst) ? slope : worst;
    }
    return worst;
}

double run_drift_shown(const RunResult *result)
{
    return result->n_windows > 0 ? result->nve_shadow_drift_kjmol_ps
                                 : result->shadow_drift_kjmol_ps;
}

void run_result_fill(const Run *run, RunResult *result)
{
    const MdReport report = md_report(run->md);
    const ConformerFacts *const conformer = &run->task->structure->conformer;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);

    *result = (RunResult){
        .n_atoms = run->task->structure->n_atoms,
        .dof = report.dof,
        .charge = run->task->config.charge,
        .multiplicity = run->task->config.spin_multiplicity,
        .n_steps = (int64_t)report.steps,
        .n_frames =
            (int64_t)(run->sink != NULL ? run->sink->n_frames : run->before.trajectory.n_frames),
        .evaluations = (int64_t)report.evaluations,
        .wall_s = run->before.wall_s + run_clock_s(CLOCK_MONOTONIC) - run->started_s,
        .cpu_s = run->before.cpu_s + run_clock_s(CLOCK_PROCESS_CPUTIME_ID) - run->started_cpu_s,
        .ms_per_step = run_ms_per_step(run, report.evaluations),
        .peak_memory_kib = usage.ru_maxrss,
        .mean_temperature_k = report.mean_temperature_k,
        .temperature_error_k = report.temperature_error_k < 0.0 ? NAN : report.temperature_error_k,
        .expected_spread_k = report.expected_spread_k < 0.0 ? NAN : report.expected_spread_k,
        .drift_kjmol_ps = report.slope_kjmol_ps,
        .shadow_drift_kjmol_ps = report.shadow_slope_kjmol_ps,
        .n_windows = (int64_t)report.n_windows,
        .nve_drift_kjmol_ps = run_window_drift(&report, false),
        .nve_shadow_drift_kjmol_ps = run_window_drift(&report, true),
        .conformer_kjmol = conformer->number > 0 ? conformer->relative_kjmol : NAN,
        .conformer_population = conformer->number > 0 ? conformer->population : NAN,
        .scf_iterations_max = report.scf_iterations_max,
        .scf_residual_max = report.scf_residual_max,
        .scf_residual_median = report.scf_residual_median,
        .recoveries = (int64_t)report.recoveries,
        .diagonalisations = (int64_t)report.diagonalisations,
        .checks = (int64_t)report.checks,
        .checks_failed = (int64_t)report.checks_failed};
    snprintf(result->charge_source, sizeof result->charge_source, "%s", run->task->charge_source);
    snprintf(result->multiplicity_source, sizeof result->multiplicity_source, "%s",
             run->task->multiplicity_source);
    if (report.evaluations > 0)
        result->scf_iterations_mean = (double)report.scf_iterations / (double)report.evaluations;
    run_warnings_collect(run, &report, &result->warnings);
}
