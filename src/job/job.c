#include "job/job.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/units.h"
#include "data/element.h"
#include "engine/xtb.h"
#include "io/file.h"
#include "io/xyz.h"
#include "job/config_write.h"
#include "job/metadata.h"
#include "job/witness.h"

/// Seconds between two messages to the parent.
#define PROGRESS_PAUSE_S 0.2

#define NMPS_PER_AU (NM_PER_BOHR / PS_PER_AUT)
#define KJMOLNM_PER_AU (KJMOL_PER_HARTREE / NM_PER_BOHR)

/// A trajectory in the making.
typedef struct {
    const JobSettings *settings;
    const JobTask *task;
    RunnerLink *link;
    char folder[FILE_PATH_SIZE];
    double *masses; ///< [n_atoms] Da
    Engine *xtb;
    Engine *engine; ///< the witness around it
    Trajectory *trajectory;
    Md *md;
    Arena arena;
    double (*pos)[3], (*vel)[3], (*forces)[3]; ///< [n_atoms] of one frame, in the units of the file
    double begun_s, last_message_s;            ///< monotonic clock
    bool begun;
} Job;

static double clock_s(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

QmtEngineOptions job_engine_options(const JobTask *task)
{
    const Config *config = &task->config;
    QmtEngineOptions options = qmt_engine_options_default();
    options.method = "GFN2-xTB";
    options.charge = (int)config->charge;
    options.unpaired = (int)config->spin_multiplicity - 1;
    options.electronic_temperature_k = config->electronic_temperature_k;
    options.scf_max_iterations = (int)config->scf_max_iterations;
    options.fermi_stop_reference = config->fermi_stop == CONFIG_FERMI_REFERENCE;
    return options;
}

static MdOptions md_options(const JobTask *task)
{
    const Config *config = &task->config;
    const bool windows = plan_windows(config) > 0;
    MdOptions options = md_options_default();
    options.ensemble = config->ensemble == CONFIG_NVE ? MD_NVE : MD_NVT;
    options.temperature_k = config->temperature_k;
    options.dt_fs = config->dt_fs;
    options.friction_per_ps = config->friction_per_ps;
    options.length_ps = config->length_ps;
    options.frame_interval = (uint64_t)config->save_interval_steps;
    options.equilibration_ps = config->equilibration_ps;
    options.equilibration_friction_per_ps = config->equilibration_friction_per_ps;
    options.window_every_ps = windows ? config->nve_every_ps : 0.0;
    options.window_ps = windows ? config->nve_window_ps : 0.0;
    options.optimize = config->optimize;
    options.key = (RandomKey){.seed = (uint64_t)config->random_seed,
                              .molecule = random_name_key(task->structure->name),
                              .replica = task->replica > 0 ? (uint64_t)task->replica - 1 : 0};
    return options;
}

static QmtStatus take_frame(QmtContext *ctx, void *user, const MdFrame *frame)
{
    Job *const job = user;
    const JobSettings *settings = job->settings;
    const int64_t step = (int64_t)frame->step;

    for (size_t a = 0; a < frame->n_atoms; a++) {
        for (int x = 0; x < 3; x++) {
            job->pos[a][x] = frame->xyz[a][x] * NM_PER_BOHR;
            job->vel[a][x] = frame->velocity[a][x] * NMPS_PER_AU;
            job->forces[a][x] = -frame->gradient[a][x] * KJMOLNM_PER_AU;
        }
    }
    const double kinetic = frame->kinetic * KJMOL_PER_HARTREE;
    const double potential = frame->potential * KJMOL_PER_HARTREE;
    TRY(trajectory_append(ctx, job->trajectory,
                          &(TrajectoryFrame){.pos = (const double(*)[3])job->pos,
                                             .vel = (const double(*)[3])job->vel,
                                             .forces = (const double(*)[3])job->forces,
                                             .kinetic = kinetic,
                                             .potential = potential,
                                             .total = kinetic + potential,
                                             .time = frame->time_ps}));

    const int64_t ahead = settings->fail_at_step - step;
    if (ahead > 0 && ahead <= job->task->config.save_interval_steps)
        xtb_fail_at(job->xtb, (long)ahead);
    if (settings->crash_at_step > 0 && settings->crash_at_step == step)
        raise(SIGKILL);
    return QMT_OK;
}

static QmtStatus take_window(QmtContext *ctx, void *user, const NveWindowPoint *point)
{
    Job *const job = user;
    return trajectory_window_add(ctx, job->trajectory, point->window, point->kinetic,
                                 point->potential, point->total);
}

static void take_progress(void *user, const MdProgress *progress)
{
    Job *const job = user;
    const double now = clock_s(CLOCK_MONOTONIC);
    if (!job->begun && progress->total_step > 0) {
        job->begun = true; // the relaxation is over: steps are timed from here
        job->begun_s = now;
    }
    if (job->link == NULL || now - job->last_message_s < PROGRESS_PAUSE_S)
        return;
    job->last_message_s = now;
    const double n = (double)progress->total_step;
    runner_progress(
        job->link,
        &(RunnerProgress){.phase = (int)progress->phase,
                          .step = (int64_t)progress->total_step,
                          .n_steps = (int64_t)progress->total_steps,
                          .time_ps = progress->time_ps,
                          .ms_per_step = n > 1.0 ? 1e3 * (now - job->begun_s) / (n - 1.0) : 0.0});
}

static bool should_stop(void *user)
{
    const Job *const job = user;
    return job->link != NULL && runner_should_stop(job->link);
}

static void masses_fill(const Structure *structure, double *masses)
{
    for (size_t a = 0; a < structure->n_atoms; a++)
        masses[a] = element_mass_da(structure->numbers[a]);
}

static QmtStatus text_write(QmtContext *ctx, const char *folder, const char *name, const char *text)
{
    char path[FILE_PATH_SIZE];
    if (text == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its text", name);
    TRY(file_join(ctx, folder, name, path));
    return file_write_whole(ctx, path, text, strlen(text));
}

static QmtStatus older_remove(QmtContext *ctx, const char *folder, const char *name)
{
    char path[FILE_PATH_SIZE];
    TRY(file_join(ctx, folder, name, path));
    return file_remove(ctx, path);
}

char *job_start_text(QmtContext *ctx, const JobTask *task)
{
    Structure start = *task->structure; // shares the arrays; only the charge is settled
    char *text = NULL;                  // xyz_format() appends
    start.has_charge = start.has_multiplicity = true;
    start.charge = (int)task->config.charge;
    start.multiplicity = (int)task->config.spin_multiplicity;
    return xyz_format(ctx, &start, &text) == QMT_OK ? text : NULL;
}

/// Makes the folder and what does not change any more: configuration and start geometry. The finished
/// trajectory goes first, so that it never lies beside a configuration that is not its own.
static QmtStatus folder_begin(QmtContext *ctx, const Job *job)
{
    TRY(file_make_directories(ctx, job->folder));
    TRY(older_remove(ctx, job->folder, JOB_FILE_COMPLETE));
    TRY(older_remove(ctx, job->folder, JOB_FILE_PARTIAL));
    TRY(older_remove(ctx, job->folder, JOB_FILE_FAILED));
    TRY(older_remove(ctx, job->folder, JOB_FILE_RUN));

    char *const config = config_yaml(&job->task->config);
    QmtStatus status = text_write(ctx, job->folder, JOB_FILE_CONFIG, config);
    free(config);
    TRY(status);
    char *const start = job_start_text(ctx, job->task);
    status = text_write(ctx, job->folder, JOB_FILE_START, start);
    free(start);
    return status;
}

static QmtStatus job_begin(QmtContext *ctx, Job *job)
{
    const JobTask *task = job->task;
    const size_t n_atoms = task->structure->n_atoms;
    for (int walk = 0; walk < 2; walk++) {
        job->masses = arena_doubles(&job->arena, n_atoms);
        job->pos = arena_vectors(&job->arena, n_atoms);
        job->vel = arena_vectors(&job->arena, n_atoms);
        job->forces = arena_vectors(&job->arena, n_atoms);
        if (walk == 0)
            TRY(arena_reserve(ctx, &job->arena));
    }
    masses_fill(task->structure, job->masses);

    TRY(file_join(ctx, job->settings->out, task->label, job->folder));
    const QmtEngineOptions engine_options = job_engine_options(task);
    TRY(xtb_create(ctx, n_atoms, task->structure->numbers, &engine_options, &job->xtb));
    TRY(witness_create(ctx, job->xtb, &job->engine));

    TRY(folder_begin(ctx, job));
    const TrajectoryLayout layout = plan_layout(task, job->masses);
    TRY(trajectory_create(ctx, job->folder, &layout, &job->trajectory));

    const MdOptions options = md_options(task);
    const MdHooks hooks = {.user = job,
                           .frame = take_frame,
                           .window = take_window,
                           .progress = take_progress,
                           .stop = should_stop};
    return md_create(ctx, &options, &hooks, job->engine, job->masses,
                     (const double(*)[3])task->structure->xyz, &job->md);
}

static double larger_magnitude(double a, double b)
{
    return fabs(b) > fabs(a) ? b : a;
}

static void result_fill(const Job *job, double wall_s, double cpu_s, JobResult *result)
{
    const MdReport report = md_report(job->md);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);

    *result = (JobResult){.n_atoms = job->task->structure->n_atoms,
                          .dof = report.dof,
                          .n_steps = (int64_t)report.steps,
                          .n_frames = (int64_t)trajectory_n_frames(job->trajectory),
                          .evaluations = (int64_t)report.evaluations,
                          .wall_s = wall_s,
                          .cpu_s = cpu_s,
                          .peak_memory_kib = usage.ru_maxrss,
                          .mean_temperature_k = report.mean_temperature_k,
                          .expected_error_k =
                              report.expected_error_k < 0.0 ? NAN : report.expected_error_k,
                          .drift_kjmol_ps = report.slope_kjmol_ps,
                          .shadow_drift_kjmol_ps = report.shadow_slope_kjmol_ps,
                          .n_windows = (int64_t)report.n_windows,
                          .nve_drift_kjmol_ps = report.n_windows > 0 ? 0.0 : NAN,
                          .nve_shadow_drift_kjmol_ps = report.n_windows > 0 ? 0.0 : NAN,
                          .scf_iterations_max = report.scf_iterations_max,
                          .scf_residual_max = report.scf_residual_max,
                          .recoveries = (int64_t)report.recoveries};
    if (report.evaluations > 0)
        result->scf_iterations_mean = (double)report.scf_iterations / (double)report.evaluations;
    if (report.evaluations > 1 && job->begun)
        result->ms_per_step =
            1e3 * (clock_s(CLOCK_MONOTONIC) - job->begun_s) / (double)(report.evaluations - 1);
    for (size_t w = 0; w < report.n_windows; w++) {
        result->nve_drift_kjmol_ps =
            larger_magnitude(result->nve_drift_kjmol_ps, report.windows[w].slope_kjmol_ps);
        result->nve_shadow_drift_kjmol_ps = larger_magnitude(
            result->nve_shadow_drift_kjmol_ps, report.windows[w].shadow_slope_kjmol_ps);
    }
}

bool job_temperature_is_off(const MdReport *report, double wanted_k)
{
    return report->dof > 0 && report->expected_error_k > 0.0 &&
           fabs(report->mean_temperature_k - wanted_k) > 3.0 * report->expected_error_k;
}

static void temperature_judge(QmtContext *ctx, const JobTask *task, const MdReport *report)
{
    const double wanted = task->config.temperature_k;
    if (job_temperature_is_off(report, wanted))
        context_log(
            ctx, QMT_LOG_WARNING,
            "%s: mean temperature %.1f K, wanted %.1f; that is %.1f times the expected error of "
            "%.1f K",
            task->label, report->mean_temperature_k, wanted,
            fabs(report->mean_temperature_k - wanted) / report->expected_error_k,
            report->expected_error_k);
}

/// The geometry that the engine was asked for when it failed.
static QmtStatus failed_geometry_write(QmtContext *ctx, const Job *job)
{
    Structure failed = *job->task->structure;
    failed.xyz = (double(*)[3])witness_geometry(job->engine);
    failed.has_charge = failed.has_multiplicity = true;
    failed.charge = (int)job->task->config.charge;
    failed.multiplicity = (int)job->task->config.spin_multiplicity;

    char *text = NULL;
    TRY(xyz_format(ctx, &failed, &text));
    const QmtStatus status = text_write(ctx, job->folder, JOB_FILE_FAILED, text);
    free(text);
    return status;
}

/// Ends a trajectory that did not complete: the frames so far become a valid file. The sentence of the
/// failure stays the one in the context, with what was saved behind it.
static void job_save_partial(QmtContext *ctx, Job *job, QmtStatus failure)
{
    char sentence[sizeof ctx->message], saved[128];
    snprintf(sentence, sizeof sentence, "%s", qmt_context_message(ctx));

    const bool engine_failed =
        failure == QMT_ERR_SCF || failure == QMT_ERR_INPUT || failure == QMT_ERR_PHYSICS;
    QmtStatus status = QMT_OK;
    if (engine_failed)
        status = failed_geometry_write(ctx, job);

    const MdReport report = md_report(job->md);
    const uint64_t n_frames = trajectory_n_frames(job->trajectory);
    char *const metadata = metadata_text(ctx, job->task, &report, sentence);
    if (metadata != NULL && status == QMT_OK)
        status = trajectory_finish_partial(ctx, job->trajectory, metadata);
    cJSON_free(metadata);
    if (status == QMT_OK && metadata != NULL)
        snprintf(saved, sizeof saved, "%llu frames are in %s%s", (unsigned long long)n_frames,
                 JOB_FILE_PARTIAL, engine_failed ? ", the geometry in " JOB_FILE_FAILED : "");
    else
        snprintf(saved, sizeof saved, "the frames so far could not be saved");
    (void)FAIL(ctx, failure, "%.800s; %s", sentence, saved);
}

static QmtStatus job_finish(QmtContext *ctx, Job *job)
{
    const MdReport report = md_report(job->md);
    char *const metadata = metadata_text(ctx, job->task, &report, NULL);
    if (metadata == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its metadata", job->task->label);
    const QmtStatus status = trajectory_finish(ctx, job->trajectory, metadata);
    cJSON_free(metadata);
    TRY(status);
    temperature_judge(ctx, job->task, &report);
    return QMT_OK;
}

/// run.json, without which a finished trajectory is not recognised later, but complete all the same:
/// that it could not be written is a warning. The sentence in the context stays.
static void run_log_write(QmtContext *ctx, const Job *job, const JobResult *result, double started,
                          QmtStatus status)
{
    char sentence[sizeof ctx->message];
    snprintf(sentence, sizeof sentence, "%s", status == QMT_OK ? "" : qmt_context_message(ctx));

    char *const text = run_json_text(ctx, job->settings, job->task, result, started,
                                     clock_s(CLOCK_REALTIME), status, sentence);
    if (text_write(ctx, job->folder, JOB_FILE_RUN, text) != QMT_OK)
        context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
    cJSON_free(text);
    if (status != QMT_OK)
        (void)FAIL(ctx, status, "%s", sentence);
}

QmtStatus job_run(QmtContext *ctx, const JobSettings *settings, const JobTask *task,
                  RunnerLink *link, JobResult *result)
{
    Job job = {.settings = settings, .task = task, .link = link};
    const double started = clock_s(CLOCK_REALTIME), wall = clock_s(CLOCK_MONOTONIC);
    const double cpu = clock_s(CLOCK_PROCESS_CPUTIME_ID);
    *result = (JobResult){.n_atoms = task->structure->n_atoms};

    QmtStatus status = job_begin(ctx, &job);
    if (status == QMT_OK) {
        status = md_run(ctx, job.md);
        if (status == QMT_STOPPED)
            (void)FAIL(ctx, status, "stopped on request");
        result_fill(&job, clock_s(CLOCK_MONOTONIC) - wall, clock_s(CLOCK_PROCESS_CPUTIME_ID) - cpu,
                    result);
        if (status == QMT_OK)
            status = job_finish(ctx, &job);
        if (status != QMT_OK)
            job_save_partial(ctx, &job, status);

        run_log_write(ctx, &job, result, started, status);
    }

    md_destroy(&job.md);
    trajectory_close(&job.trajectory);
    engine_destroy(&job.engine);
    engine_destroy(&job.xtb);
    arena_release(&job.arena);
    return status;
}

QmtStatus job_recover(QmtContext *ctx, const JobSettings *settings, const JobTask *task,
                      const char *reason, int64_t *n_frames)
{
    char folder[FILE_PATH_SIZE];
    TRY(file_join(ctx, settings->out, task->label, folder));
    double *const masses = malloc(task->structure->n_atoms * sizeof *masses);
    char *const metadata = metadata_text(ctx, task, NULL, reason);

    QmtStatus status;
    Trajectory *trajectory = NULL;
    if (masses == NULL || metadata == NULL) {
        status = FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory to save its frames", task->label);
    } else {
        masses_fill(task->structure, masses);
        const TrajectoryLayout layout = plan_layout(task, masses);
        status = trajectory_recover(ctx, folder, &layout, &trajectory);
    }
    if (status == QMT_OK) {
        *n_frames = (int64_t)trajectory_n_frames(trajectory);
        status = trajectory_finish_partial(ctx, trajectory, metadata);
        trajectory_close(&trajectory);
    }
    free(masses);
    cJSON_free(metadata);
    return status;
}
