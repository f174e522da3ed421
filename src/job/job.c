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
#include "data/method.h"
#include "data/solvent.h"
#include "engine/xtb.h"
#include "io/lock.h"
#include "io/xyz.h"
#include "job/config_write.h"
#include "job/job_parts.h"
#include "job/metadata.h"
#include "job/witness.h"
#include "md/velocities.h"

/// Seconds between two messages to the parent.
#define PROGRESS_PAUSE_S 0.2

#define NMPS_PER_AU (NM_PER_BOHR / PS_PER_AUT)
#define KJMOLNM_PER_AU (KJMOL_PER_HARTREE / NM_PER_BOHR)

double job_clock_s(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double job_motion_s(const Job *job)
{
    return job->before.motion_s + (job->begun ? job_clock_s(CLOCK_MONOTONIC) - job->begun_s : 0.0);
}

double job_ms_per_step(const Job *job, uint64_t evaluations)
{
    return evaluations > 1 ? 1e3 * job_motion_s(job) / (double)(evaluations - 1) : 0.0;
}

/// RMS change of charges and moments; `scf: tight` is the engine's default of 1e-10.
static const double SCF_TOLERANCE_FAST = 1e-7;

QmtEngineOptions job_engine_options(const JobTask *task)
{
    const Config *config = &task->config;
    QmtEngineOptions options = qmt_engine_options_default();
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
    options.property_set = (unsigned)config->properties;
    options.key = (RandomKey){.seed = (uint64_t)config->random_seed,
                              .molecule = random_name_key(task->structure->name),
                              .replica = task->replica > 0 ? (uint64_t)task->replica - 1 : 0};
    return options;
}

/// Properties of a frame in the units of the file.
static void properties_convert(const Job *job, const double *from)
{
    const size_t n_atoms = job->task->structure->n_atoms;
    double *to = job->properties;
    for (int p = 0; p < N_PROPERTIES; p++) {
        if (!(job->task->config.properties >> p & 1))
            continue;
        const size_t n = property_size((Property)p, n_atoms);
        for (size_t i = 0; i < n; i++)
            to[i] = from[i] * PROPERTIES[p].unit_per_au;
        from += n;
        to += n;
    }
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
    properties_convert(job, frame->properties);
    const double kinetic = frame->kinetic * KJMOL_PER_HARTREE;
    const double potential = frame->potential * KJMOL_PER_HARTREE;
    TRY(trajectory_append(ctx, job->trajectory,
                          &(TrajectoryFrame){.pos = (const double(*)[3])job->pos,
                                             .vel = (const double(*)[3])job->vel,
                                             .forces = (const double(*)[3])job->forces,
                                             .kinetic = kinetic,
                                             .potential = potential,
                                             .total = kinetic + potential,
                                             .time = frame->time_ps,
                                             .extras = job->properties}));

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
    const double now = job_clock_s(CLOCK_MONOTONIC);
    job->now = *progress;
    if (!job->begun && progress->total_step > 0) {
        job->begun = true; // the relaxation is over: steps are timed from here
        job->begun_s = now;
    }
    if (job->link == NULL || now - job->last_message_s < PROGRESS_PAUSE_S)
        return;
    job->last_message_s = now;
    // Steps of this process only: they say best how fast it goes on.
    const double n = (double)progress->total_step - (double)job->before.total_step;
    runner_progress(
        job->link,
        &(RunnerProgress){.phase = (int)progress->phase,
                          .step = (int64_t)progress->total_step,
                          .n_steps = (int64_t)progress->total_steps,
                          .time_ps = progress->time_ps,
                          .ms_per_step = n > 1.0 ? 1e3 * (now - job->begun_s) / (n - 1.0) : 0.0});
}

static void masses_fill(const Structure *structure, double *masses)
{
    for (size_t a = 0; a < structure->n_atoms; a++)
        masses[a] = element_mass_da(structure->numbers[a]);
}

QmtStatus job_text_write(QmtContext *ctx, const char *folder, const char *name, const char *text)
{
    char path[FILE_PATH_SIZE];
    if (text == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its text", name);
    TRY(file_join(ctx, folder, name, path));
    return file_write_whole(ctx, path, text, strlen(text));
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

static QmtStatus job_begin(QmtContext *ctx, Job *job)
{
    const JobTask *task = job->task;
    const size_t n_atoms = task->structure->n_atoms;
    for (int walk = 0; walk < 2; walk++) {
        job->masses = arena_doubles(&job->arena, n_atoms);
        job->pos = arena_vectors(&job->arena, n_atoms);
        job->vel = arena_vectors(&job->arena, n_atoms);
        job->forces = arena_vectors(&job->arena, n_atoms);
        job->properties =
            arena_doubles(&job->arena, properties_size((unsigned)task->config.properties, n_atoms));
        if (walk == 0)
            TRY(arena_reserve(ctx, &job->arena));
    }
    masses_fill(task->structure, job->masses);

    const QmtEngineOptions engine_options = job_engine_options(task);
    TRY(xtb_create(ctx, n_atoms, task->structure->numbers, &engine_options, &job->xtb));
    TRY(witness_create(ctx, job->xtb, &job->engine));
    const MdOptions options = md_options(task);
    const MdHooks hooks = {
        .user = job, .frame = take_frame, .window = take_window, .progress = take_progress};
    TRY(md_create(ctx, &options, &hooks, job->engine, job->masses,
                  (const double(*)[3])task->structure->xyz, &job->md));
    return job_folder_begin(ctx, job);
}

/// All steps that are left, with checkpoints between them.
static QmtStatus job_move(QmtContext *ctx, Job *job)
{
    bool done = md_report(job->md).phase == MD_DONE;
    while (!done) {
        if (job->link != NULL && runner_should_stop(job->link))
            return FAIL(ctx, QMT_STOPPED, "stopped on request");
        TRY(md_advance(ctx, job->md, 1, &done));
        if (!done && job_clock_s(CLOCK_MONOTONIC) >= job->next_checkpoint_s)
            TRY(job_checkpoint(ctx, job));
    }
    return QMT_OK;
}

double job_window_drift(const MdReport *report, bool shadow)
{
    double worst = report->n_windows > 0 ? 0.0 : NAN;
    for (size_t w = 0; w < report->n_windows; w++) {
        const NveWindowResult *window = &report->windows[w];
        const double slope = shadow ? window->shadow_slope_kjmol_ps : window->slope_kjmol_ps;
        worst = fabs(slope) > fabs(worst) ? slope : worst;
    }
    return worst;
}

double job_drift_shown(const JobResult *result)
{
    return result->n_windows > 0 ? result->nve_shadow_drift_kjmol_ps
                                 : result->shadow_drift_kjmol_ps;
}

static void result_fill(const Job *job, JobResult *result)
{
    const MdReport report = md_report(job->md);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);

    *result = (JobResult){
        .n_atoms = job->task->structure->n_atoms,
        .dof = report.dof,
        .n_steps = (int64_t)report.steps,
        .n_frames = (int64_t)(job->trajectory != NULL ? trajectory_n_frames(job->trajectory)
                                                      : job->before.trajectory.n_frames),
        .evaluations = (int64_t)report.evaluations,
        .wall_s = job->before.wall_s + job_clock_s(CLOCK_MONOTONIC) - job->started_s,
        .cpu_s = job->before.cpu_s + job_clock_s(CLOCK_PROCESS_CPUTIME_ID) - job->started_cpu_s,
        .ms_per_step = job_ms_per_step(job, report.evaluations),
        .peak_memory_kib = usage.ru_maxrss,
        .mean_temperature_k = report.mean_temperature_k,
        .expected_error_k = report.expected_error_k < 0.0 ? NAN : report.expected_error_k,
        .drift_kjmol_ps = report.slope_kjmol_ps,
        .shadow_drift_kjmol_ps = report.shadow_slope_kjmol_ps,
        .n_windows = (int64_t)report.n_windows,
        .nve_drift_kjmol_ps = job_window_drift(&report, false),
        .nve_shadow_drift_kjmol_ps = job_window_drift(&report, true),
        .scf_iterations_max = report.scf_iterations_max,
        .scf_residual_max = report.scf_residual_max,
        .scf_residual_median = report.scf_residual_median,
        .recoveries = (int64_t)report.recoveries,
        .diagonalisations = (int64_t)report.diagonalisations,
        .checks = (int64_t)report.checks,
        .checks_failed = (int64_t)report.checks_failed};
    if (report.evaluations > 0)
        result->scf_iterations_mean = (double)report.scf_iterations / (double)report.evaluations;
}

static void self_check_judge(QmtContext *ctx, const JobTask *task, const MdReport *report)
{
    if (report->checks_failed > 0)
        context_log(
            ctx, QMT_LOG_WARNING,
            "%s: %llu of %llu self-checks found a wrong density; those steps were made anew "
            "by diagonalisation, but frames since the check before may be wrong",
            task->label, (unsigned long long)report->checks_failed,
            (unsigned long long)report->checks);
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
    const QmtStatus status = job_text_write(ctx, job->folder, JOB_FILE_FAILED, text);
    free(text);
    return status;
}

/// A failure that lies in the molecule comes again from the same checkpoint: the frames so far become a
/// valid file, if there are any, and the checkpoints go first, because this takes the file apart that they
/// belong to.
static QmtStatus frames_save(QmtContext *ctx, Job *job, const char *sentence)
{
    if (failed_geometry_write(ctx, job) != QMT_OK) // the frames are worth more
        context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
    TRY(job_folder_forget(ctx, job));
    if (trajectory_n_frames(job->trajectory) == 0) {
        trajectory_discard(&job->trajectory);
        return QMT_OK;
    }
    const MdReport report = md_report(job->md);
    char *const metadata =
        metadata_text(ctx, job->task, &report, (int64_t)report.dof, job->found.earlier, sentence);
    if (metadata == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its metadata", job->task->label);
    const QmtStatus status = trajectory_finish_partial(ctx, job->trajectory, metadata);
    cJSON_free(metadata);
    return status;
}

/// Ends a trajectory that did not complete. The sentence of the failure stays the one in the context,
/// with what became of the frames behind it; the frames of the result are those that are safe.
static void job_interrupt(QmtContext *ctx, Job *job, QmtStatus failure, JobResult *result)
{
    char sentence[sizeof ctx->message], saved[160];
    snprintf(sentence, sizeof sentence, "%s", qmt_context_message(ctx));
    const bool in_molecule =
        failure == QMT_ERR_SCF || failure == QMT_ERR_INPUT || failure == QMT_ERR_PHYSICS;
    const unsigned long long n_frames = trajectory_n_frames(job->trajectory);
    const bool kept = in_molecule && frames_save(ctx, job, sentence) == QMT_OK;

    if (kept && n_frames == 0)
        snprintf(saved, sizeof saved, "there are no frames yet, the geometry is in %s",
                 JOB_FILE_FAILED);
    else if (kept)
        snprintf(saved, sizeof saved, "%llu frames are in %s, the geometry in " JOB_FILE_FAILED,
                 n_frames, JOB_FILE_PARTIAL);
    else if (in_molecule) {
        context_log(ctx, QMT_LOG_WARNING, "%s: %.900s", job->task->label, qmt_context_message(ctx));
        snprintf(saved, sizeof saved, "the frames so far could not be saved%s",
                 job_folder_has_checkpoint(ctx, job)
                     ? "; the same command tries again from the last checkpoint"
                     : "");
    } else if (failure == QMT_STOPPED && job_checkpoint(ctx, job) == QMT_OK)
        snprintf(saved, sizeof saved, "%llu frames are safe, the same command goes on from here",
                 n_frames);
    else if (failure == QMT_STOPPED && job_folder_has_checkpoint(ctx, job)) {
        context_log(ctx, QMT_LOG_WARNING, "%s: no checkpoint could be written: %.800s",
                    job->task->label, qmt_context_message(ctx));
        snprintf(saved, sizeof saved, "the same command goes on from the checkpoint before");
    } else if (job_folder_has_checkpoint(ctx, job))
        snprintf(saved, sizeof saved,
                 "%llu frames are safe, the same command goes on from the last checkpoint",
                 (unsigned long long)job->n_safe);
    else
        snprintf(saved, sizeof saved,
                 "the checkpoint is gone, too: the same command begins it anew");
    if (!in_molecule)
        result->n_frames = (int64_t)job->n_safe;
    (void)FAIL(ctx, failure, "%.800s; %s", sentence, saved);
}

/// The checkpoint of the end comes first: with it a file that is finished by a killed process is known
/// again, and a longer trajectory can go on from it.
static QmtStatus job_finish(QmtContext *ctx, Job *job)
{
    if (job->trajectory == NULL) {
        job_folder_tidy(ctx, job);
        return QMT_OK;
    }
    const MdReport report = md_report(job->md);
    TRY(job_checkpoint(ctx, job));
    char *const metadata =
        metadata_text(ctx, job->task, &report, (int64_t)report.dof, job->found.earlier, NULL);
    if (metadata == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its metadata", job->task->label);
    const QmtStatus status = trajectory_finish(ctx, job->trajectory, metadata);
    cJSON_free(metadata);
    TRY(status);
    job_folder_tidy(ctx, job);
    self_check_judge(ctx, job->task, &report);
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
                                     job_clock_s(CLOCK_REALTIME), status, sentence);
    if (job_text_write(ctx, job->folder, JOB_FILE_RUN, text) != QMT_OK)
        context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
    cJSON_free(text);
    if (status != QMT_OK)
        (void)FAIL(ctx, status, "%s", sentence);
}

static void job_release(Job *job)
{
    md_destroy(&job->md);
    trajectory_close(&job->trajectory);
    engine_destroy(&job->engine);
    engine_destroy(&job->xtb);
    arena_release(&job->arena);
    found_release(&job->found);
    lock_give_back(&job->lock);
}

QmtStatus job_run(QmtContext *ctx, const JobSettings *settings, const JobTask *task,
                  RunnerLink *link, JobResult *result)
{
    Job job = {.settings = settings,
               .task = task,
               .link = link,
               .lock = file_none(),
               .started_s = job_clock_s(CLOCK_MONOTONIC),
               .started_cpu_s = job_clock_s(CLOCK_PROCESS_CPUTIME_ID)};
    const double started = job_clock_s(CLOCK_REALTIME);
    *result = (JobResult){.n_atoms = task->structure->n_atoms};

    QmtStatus status = job_folder_enter(ctx, &job);
    const bool same = status == QMT_OK && job.found.kind == EXISTING_SAME;
    if (same)
        *result = job.found.result; // another program finished it meanwhile
    else if (status == QMT_OK)
        status = job_begin(ctx, &job);
    if (status == QMT_OK && !same) {
        status = job_move(ctx, &job);
        if (status == QMT_OK)
            status = job_finish(ctx, &job);
        result_fill(&job, result);
        if (status != QMT_OK)
            job_interrupt(ctx, &job, status, result);
        run_log_write(ctx, &job, result, started, status);
    }
    job_release(&job);
    return status;
}

QmtStatus job_recover(QmtContext *ctx, const JobSettings *settings, const JobTask *task,
                      const char *reason, int64_t *n_frames)
{
    char folder[FILE_PATH_SIZE];
    TRY(file_join(ctx, settings->out, task->label, folder));
    const size_t n_atoms = task->structure->n_atoms;
    // That of nve depends on whether the molecule was linear at rest, which nobody knows any more.
    const int64_t dof = task->config.ensemble == CONFIG_NVE
                            ? METADATA_DOF_UNKNOWN
                            : (int64_t)velocities_degrees_of_freedom(n_atoms, false, false);
    double *const masses = malloc(n_atoms * sizeof *masses);
    char *const metadata = metadata_text(ctx, task, NULL, dof, "", reason);

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
        if (*n_frames > 0)
            status = trajectory_finish_partial(ctx, trajectory, metadata);
        else
            trajectory_discard(&trajectory);
        trajectory_close(&trajectory);
    }
    free(masses);
    cJSON_free(metadata);
    return status;
}
