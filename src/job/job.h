#ifndef JOB_JOB_H
#define JOB_JOB_H

#include "engine/engine.h"
#include "job/plan.h"
#include "job/runner.h"
#include "md/md.h"

/// One trajectory, from a planned task to finished files in OUT/LABEL:
///
///     config.yaml             the configuration with every default
///     start.xyz               the start geometry with charge and multiplicity
///     trajectory.npz.part     while it runs or waits to go on
///     checkpoint              from which it goes on; checkpoint.previous is the one before
///     lock                    while a process works on it
///     trajectory.npz          when it is complete
///     trajectory.partial.npz  the frames so far, if its SCF failed or its motion went wrong
///     failed.xyz              the geometry of the evaluation that failed
///     run.json                clock, host, timings: what may differ from run to run

#define JOB_FILE_CONFIG "config.yaml"
#define JOB_FILE_START "start.xyz"
#define JOB_FILE_COMPLETE "trajectory.npz"
#define JOB_FILE_OLD "trajectory.old.npz" // the finished one before this, after --fresh
#define JOB_FILE_PARTIAL "trajectory.partial.npz"
#define JOB_FILE_FAILED "failed.xyz"
#define JOB_FILE_RUN "run.json"
#define JOB_FILE_LOCK "lock"

/// How a trajectory went. Plain bytes, so that it can go through a pipe.
typedef struct {
    bool reused; ///< finished by an earlier run, nothing computed
    size_t n_atoms, dof;
    int64_t n_steps;  ///< of production
    int64_t n_frames; ///< in the file
    int64_t evaluations;
    double wall_s, cpu_s;
    double ms_per_step;
    int64_t peak_memory_kib;
    double mean_temperature_k, expected_error_k;
    double drift_kjmol_ps;        ///< of E + K - heat in production
    double shadow_drift_kjmol_ps; ///< of its shadow energy
    int64_t n_windows;
    double nve_drift_kjmol_ps;        ///< the largest of the windows, by magnitude
    double nve_shadow_drift_kjmol_ps; ///< likewise
    double scf_iterations_mean;
    int64_t scf_iterations_max;
    double scf_residual_max, scf_residual_median;
    int64_t recoveries, diagonalisations, checks, checks_failed;
} JobResult;
_Static_assert(sizeof(JobResult) <= RUNNER_RESULT_SIZE,
               "a result goes through the pipe in one piece");

typedef struct {
    const char *out;      ///< folder of all trajectories
    size_t n_workers;     ///< for run.json only
    bool fresh;           ///< what is finished or interrupted is made anew
    bool allow_other_cpu; ///< go on with the checkpoint of another processor or instruction set
    double max_s;         ///< stop by itself after so many seconds; 0: never

    // For tests of what happens then; 0: never.
    int64_t fail_at_step;  ///< the SCF of this step of production does not converge
    int64_t crash_at_step; ///< the process is killed at this step of production
} JobSettings;

/// Runs one trajectory, from its checkpoint if there is one. Its bytes depend on the task and the
/// program, on nothing else: not on interruptions, nor on when checkpoints are written.
///
/// @param link    progress, notes, and whether to stop; NULL for none
/// @param result  filled as far as it came, also after a failure
/// Fails with QMT_ERR_LOCKED if another process works on the folder, with QMT_ERR_CHECKPOINT if it holds
/// something else (nothing is touched then); as engine and files fail; and with QMT_STOPPED. The sentence
/// says how to go on.
QmtStatus job_run(QmtContext *ctx, const JobSettings *settings, const JobTask *task,
                  RunnerLink *link, JobResult *result);

/// The drift that tables show: of the shadow energy, the largest of the NVE windows if there are any.
double job_drift_shown(const JobResult *result);

/// Saves the frames that a killed worker left on the disk as a partial file; none: no file.
///
/// @param reason    goes into its metadata
/// @param n_frames  how many there are
QmtStatus job_recover(QmtContext *ctx, const JobSettings *settings, const JobTask *task,
                      const char *reason, int64_t *n_frames);

/// Text of start.xyz: charge and multiplicity are those that hold. The caller frees it; NULL if there is
/// no memory.
char *job_start_text(QmtContext *ctx, const JobTask *task);

/// Engine options of a task.
QmtEngineOptions job_engine_options(const JobTask *task);

#endif
