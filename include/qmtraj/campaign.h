#ifndef QMTRAJ_CAMPAIGN_H
#define QMTRAJ_CAMPAIGN_H

/// Trajectories from a configuration and molecules to finished files: one in this thread, or many side by side.
/// docs/file-format.md describes what is left in the folder of each.
///
/// Threads: a plan belongs to one thread at a time. A campaign makes a process per trajectory with fork() and installs
/// handlers for SIGINT, SIGTERM and SIGUSR1 while it runs: one campaign at a time in a process, best from a
/// process without other threads.

#include <stdint.h>

#include <qmtraj/config.h>
#include <qmtraj/structure.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Files of a trajectory in its folder; docs/file-format.md has all of them.
#define QMT_FILE_TRAJECTORY "trajectory.npz"      ///< when it is complete
#define QMT_FILE_PARTIAL "trajectory.partial.npz" ///< the frames up to a failure
#define QMT_FILE_OLD "trajectory.old.npz"         ///< the complete one before this

/// Part index of count of a list of molecules, counted from 0; count 0 or 1 is the whole list. Which part a molecule
/// belongs to follows from its name alone, so that processes share a list without a word to each other. This struct
/// does not grow.
typedef struct {
    uint64_t index, count;
} QmtShard;

/// Reads "3/100". Fails with QMT_ERR_USAGE or QMT_ERR_ARGUMENT; *shard is then untouched.
QMT_API QmtStatus qmt_shard_parse(QmtContext *ctx, const char *text, QmtShard *shard);
/// 1 if a molecule belongs to a part; 0 otherwise, also for NULL.
QMT_API int qmt_shard_has(QmtShard shard, const char *name);
/// The part of this process by its rank, if srun, mpirun or mpiexec started it (Slurm, Open MPI, PMI: MPICH, Intel MPI).
///
/// @param shard  written if there is a launcher; may be NULL
/// @return its name, static; NULL if there is none, or one process only
QMT_API const char *qmt_launcher_shard(QmtShard *shard);

/// What is to be done: molecules and a configuration, checked as a whole before any of it begins.
typedef struct QmtPlan QmtPlan;

/// Which molecules, and when they get their atoms. Start from qmt_plan_options_default().
typedef struct {
    size_t struct_size;       ///< sizeof(QmtPlanOptions), set by qmt_plan_options_default()
    const char *const *names; ///< [n_names] names or patterns ("gly*") of the molecules to take
    size_t n_names;           ///< 0: all
    /// 1: of several molecules from SMILES each gets its atoms where it is computed, which is sooner done; until then
    /// its size is estimated.
    int embed_later;
    int reserved;   ///< 0
    QmtShard shard; ///< only molecules and rejections of this part; a part may hold none
    void *user;     ///< passed on to progress
    /// How many molecules have been looked at, of n; NULL: nobody wants to know.
    void (*progress)(void *user, size_t n_done, size_t n);
    const char *
        out; ///< folder of the campaign, where conformers are searched; NULL: they are not, only what can have none is refused
    size_t n_workers; ///< processes of that search; 0: one
    int fresh;        ///< what an earlier job found there is searched again
} QmtPlanOptions;

/// Sets every option to its default, as far as options of that size reach; NULL is ignored.
QMT_API void qmt_plan_options_init(QmtPlanOptions *options, size_t struct_size);

/// All molecules, each with its atoms before the plan is made.
static inline QmtPlanOptions qmt_plan_options_default(void)
{
    QmtPlanOptions options;
    qmt_plan_options_init(&options, sizeof options);
    return options;
}

/// Makes a plan. Charge and multiplicity are those of the molecule, else those of the configuration; SMILES become
/// atoms. Every molecule is looked at before this returns: with several that are impossible each gets a sentence in
/// the log, or, from a tolerant list, is passed over and noted among its rejections.
///
/// @param config      copied
/// @param structures  its molecules and rejections move into the plan; after a failure they are still there
/// @param options     NULL: the defaults
/// @param plan        to be destroyed with qmt_plan_destroy(); untouched after a failure
/// Fails with QMT_ERR_USAGE (no molecules, an unknown name), QMT_ERR_CONFIG (a charge that disagrees, a length that is
/// no whole number of steps), QMT_ERR_INPUT (names, elements, parity, atoms on top of each other), QMT_ERR_ARGUMENT or
/// QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_plan_create(QmtContext *ctx, const QmtConfig *config,
                                  QmtStructures *structures, const QmtPlanOptions *options,
                                  QmtPlan **plan);
/// Destroys a plan and sets the pointer to NULL; accepts NULL.
QMT_API void qmt_plan_destroy(QmtPlan **plan);

/// Number of trajectories: molecules times replicas; 0 for NULL.
QMT_API size_t qmt_plan_count(const QmtPlan *plan);
/// Bytes on the disk of all of them, about; 0 for NULL.
QMT_API uint64_t qmt_plan_bytes(const QmtPlan *plan);

/// Inputs of a tolerant list that cannot be computed: those that its readers passed over, those that the plan did, and
/// those that turn out to be impossible while they are computed; 0 for NULL.
QMT_API size_t qmt_plan_rejection_count(const QmtPlan *plan);
/// Such an input; valid until the next campaign. Fails with QMT_ERR_ARGUMENT after the last one.
QMT_API QmtStatus qmt_plan_rejection(QmtContext *ctx, const QmtPlan *plan, size_t i,
                                     QmtRejection *rejection);

/// A trajectory of a plan, to look at. Filled by the library.
typedef struct {
    const char *label; ///< "water", "water/r02": its folder in OUT
    size_t n_atoms;
    size_t n_orbitals;
    int64_t charge;       ///< e
    int64_t multiplicity; ///< unpaired electrons + 1
    int64_t n_steps;      ///< of all phases
    int64_t n_frames;     ///< in its file
    uint64_t n_bytes;     ///< of its file
    const char *molecule; ///< "water", also of "water/r02"
    size_t place;         ///< in the plan
    double cost;          ///< proportional to the expected time
} QmtTask;

/// Trajectory i to look at; valid as long as the plan. Fails with QMT_ERR_ARGUMENT.
QMT_API QmtStatus qmt_plan_task(QmtContext *ctx, const QmtPlan *plan, size_t i, QmtTask *task);

/// Where and how, not what: nothing here changes a number. Start from qmt_run_options_default().
typedef struct {
    size_t struct_size; ///< sizeof(QmtRunOptions), set by qmt_run_options_default()
    const char *out;    ///< folder of all trajectories; it is made if it is not there
    size_t n_workers; ///< processes side by side; 0: as many as fill the cores this process may use
    double max_s;     ///< stop by itself after so many seconds; 0: never
    int fresh;        ///< 1: what is finished or interrupted is made again
    int allow_other_cpu; ///< 1: go on with the checkpoint of another processor or instruction set
    int pack;            ///< 1: finished trajectories go into an archive (qmtraj/archive.h)
    /// 1: a process that is done with its part of a list (QmtPlanOptions.shard) goes on with what is left of the others,
    /// where the file system has locks; all of them are to say so.
    int steal;
} QmtRunOptions;

/// Sets every option to its default, as far as options of that size reach; NULL is ignored.
QMT_API void qmt_run_options_init(QmtRunOptions *options, size_t struct_size);

/// No folder yet, all cores, no end, finished trajectories stay and interrupted ones go on.
static inline QmtRunOptions qmt_run_options_default(void)
{
    QmtRunOptions options;
    qmt_run_options_init(&options, sizeof options);
    return options;
}

/// Where a trajectory stands. Filled by the library.
typedef struct {
    const char *phase;  ///< "equilibration", ...; valid for ever
    int64_t step;       ///< steps done, of all phases
    int64_t n_steps;    ///< steps in all
    double time_ps;     ///< within the phase
    double ms_per_step; ///< so far
    double left_s;      ///< seconds that are left; NaN: not known
} QmtProgress;

/// What a person should know about a trajectory although it is complete. Filled by the library.
typedef struct {
    char code[32];  ///< for programs, "energy_drift"; docs/file-format.md lists them
    char text[320]; ///< one sentence
} QmtWarning;

/// How a trajectory ended. Filled by the library.
typedef struct {
    QmtStatus status;    ///< QMT_OK: complete; QMT_STOPPED also for one that was not begun
    int signal;          ///< that killed its process; 0: none
    int reused;          ///< 1: finished by an earlier run, nothing was computed
    const char *message; ///< the sentence of a failure, "" otherwise
    size_t n_atoms;
    int64_t n_steps;  ///< of production
    int64_t n_frames; ///< that are safe in its file
    double wall_s, cpu_s;
    double ms_per_step;
    double mean_temperature_k; ///< NaN: not known
    double
        shadow_drift_kjmol_ps; ///< of the shadow energy, the largest of the NVE windows if there are any
    double scf_iterations_mean;
    int64_t recoveries; ///< evaluations that needed a recovery stage
    int begun;          ///< 0: finished by an earlier run, or still waiting
    int rejected;       ///< 1: it cannot be computed: no geometry for its SMILES, or no state
    const char *word;   ///< of its status: "complete", "scf failed", ...; valid for ever
    double temperature_error_k; ///< standard error of the mean temperature; NaN: too short to tell
    size_t n_warnings;          ///< see qmt_plan_warning()
} QmtOutcome;

/// How many molecules are where. Filled by the library.
typedef struct {
    size_t n; ///< all: trajectories, and what could not be planned
    size_t n_complete, n_running, n_waiting, n_failed;
    size_t n_rejected;    ///< cannot be computed
    size_t n_interrupted; ///< begun, and nobody works on them
    double left_s;        ///< seconds until all is done; NaN: not known
} QmtTotals;

/// What the caller does meanwhile; each function may be NULL. They run in the thread of the call, between two steps or
/// messages, and must be short; pointers are valid during the call.
typedef struct {
    size_t struct_size; ///< sizeof(QmtRunHooks)
    void *user;         ///< passed on to the functions
    void (*start)(void *user, size_t task);
    void (*progress)(void *user, size_t task, const QmtProgress *progress);
    void (*note)(void *user, size_t task, QmtLogLevel level, const char *sentence);
    void (*end)(void *user, size_t task, const QmtOutcome *outcome);
    /// 1: stop after the current steps, to be continued later. Asked at least once a second.
    int (*should_stop)(void *user);
    /// Everything stops: on a signal, or with 0 as the time is up or should_stop said so.
    void (*stop)(void *user, int signal);
} QmtRunHooks;

/// Looks whether a campaign would begin: what lies in OUT, and room on the disk. Touches nothing.
///
/// Fails as qmt_campaign_run() before its first trajectory.
QMT_API QmtStatus qmt_campaign_check(QmtContext *ctx, const QmtPlan *plan,
                                     const QmtRunOptions *options);

/// Marks the trajectories of a plan that are finished in OUT, and touches nothing.
///
/// @param done  [qmt_plan_count()] 1: finished
/// Fails as qmt_campaign_check().
QMT_API QmtStatus qmt_campaign_finished(QmtContext *ctx, const QmtPlan *plan,
                                        const QmtRunOptions *options, unsigned char *done);

/// Runs all trajectories of a plan, each in a process of its own: what is finished is recognised, what was interrupted
/// goes on, and summary.json is left in OUT. A trajectory that fails or crashes stops no other.
///
/// @param hooks  NULL: none
/// Fails before anything is touched with QMT_ERR_CHECKPOINT (what is there differs from what is wanted), QMT_ERR_IO (no
/// room on the disk), QMT_ERR_ARGUMENT or QMT_ERR_MEMORY. Then with QMT_STOPPED (stopped on request), QMT_ERR_PARTIAL
/// (some failed), QMT_ERR_IO or QMT_ERR_MEMORY if some failed for want of a file or memory, which another start may find,
/// the status of the trajectory if there is only one, or QMT_ERR_LOCKED if all that was left to do is held by other
/// processes.
QMT_API QmtStatus qmt_campaign_run(QmtContext *ctx, QmtPlan *plan, const QmtRunOptions *options,
                                   const QmtRunHooks *hooks);

/// How trajectory i ended in the last campaign or run of this plan; valid until the next one. Fails with
/// QMT_ERR_ARGUMENT.
QMT_API QmtStatus qmt_plan_outcome(QmtContext *ctx, const QmtPlan *plan, size_t i,
                                   QmtOutcome *outcome);

/// Warning w = 0, 1, ... of trajectory i in the last campaign or run. Fails with QMT_ERR_ARGUMENT after the last one.
QMT_API QmtStatus qmt_plan_warning(QmtContext *ctx, const QmtPlan *plan, size_t i, size_t w,
                                   QmtWarning *warning);

/// Where a campaign stands, to be called by its hooks. Fails with QMT_ERR_ARGUMENT, also while no campaign runs.
QMT_API QmtStatus qmt_plan_totals(QmtContext *ctx, const QmtPlan *plan, QmtTotals *totals);

/// Runs trajectory i of a plan in this thread, from its checkpoint if there is one. Its bytes are those of a
/// campaign. n_workers and max_s are not used; of the hooks, progress, note and should_stop.
///
/// Fails with QMT_ERR_LOCKED if another process works on the folder, QMT_ERR_CHECKPOINT if it holds something else
/// (nothing is touched then), QMT_STOPPED, as engines and files fail, or with QMT_ERR_ARGUMENT.
QMT_API QmtStatus qmt_run(QmtContext *ctx, QmtPlan *plan, size_t i, const QmtRunOptions *options,
                          const QmtRunHooks *hooks);

/// The cores that this process may use: the least of its processors, the quota of its control group and
/// SLURM_CPUS_PER_TASK; at least 1.
QMT_API size_t qmt_cpu_count(void);

/// Writes OUT/summary.json again: the figures of every trajectory in OUT, from what all campaigns there noted, also while
/// they run. A campaign does it at its end, unless it made only a small part of a large folder.
///
/// @param n  how many trajectories it holds; may be NULL
/// Fails with QMT_ERR_INPUT (OUT holds no trajectory), QMT_ERR_IO, QMT_ERR_LOCKED, QMT_ERR_ARGUMENT or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_summary_write(QmtContext *ctx, const char *out, size_t *n);

/// The cores for the trajectories of this process: qmt_cpu_count(), and of a rank of srun or mpirun not more than its
/// share of the machine; at least 1.
QMT_API size_t qmt_worker_count(void);
/// How many trajectories of a configuration fill these cores, each with cores_per_trajectory; at least 1.
///
/// @param config  NULL: one core for each
QMT_API size_t qmt_worker_count_for(const QmtConfig *config);

/// How far the trajectories of an output folder are.
typedef struct QmtFolderStatus QmtFolderStatus;

/// Where a trajectory of a folder stands. Numbers stay as they are; new ones come at the end.
typedef enum {
    QMT_STATE_COMPLETE,
    QMT_STATE_RUNNING,     ///< a process works on it
    QMT_STATE_INTERRUPTED, ///< nobody works on it, and it can be continued
    QMT_STATE_FAILED,      ///< it ended with a partial file, or without a checkpoint
    QMT_STATE_WAITING,     ///< in the list of a campaign, and not begun
    QMT_STATE_REJECTED     ///< it cannot be computed
} QmtState;

/// A trajectory of a folder. Filled by the library.
typedef struct {
    const char *label;      ///< "water", "water/r02"
    const char *word;       ///< of its state: "complete", "running", "interrupted", ...
    const char *phase;      ///< "equilibration", ...; "" if it is not known
    const char *holder;     ///< who works on it; "" if nobody does
    const char *reason;     ///< why it failed; "" otherwise
    uint64_t step, n_steps; ///< of all phases
    double percent;
    double ms_per_step;           ///< NaN: not known
    double left_s;                ///< seconds that are left; NaN: not known
    double mean_temperature_k;    ///< of production so far; NaN if it has not begun
    double shadow_drift_kjmol_ps; ///< likewise
    double age_s;                 ///< of these figures; 0 for one that has ended
    QmtState state;
    size_t n_warnings; ///< see qmt_folder_status_warning()
} QmtFolderEntry;

/// Looks at OUT, also while trajectories run, and disturbs nobody.
///
/// @param status  to be destroyed with qmt_folder_status_destroy(); untouched after a failure
/// Fails with QMT_ERR_IO (OUT cannot be read), QMT_ERR_INPUT (it holds no trajectory), QMT_ERR_ARGUMENT or
/// QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_folder_status(QmtContext *ctx, const char *out, QmtFolderStatus **status);
/// Destroys a list and sets the pointer to NULL; accepts NULL.
QMT_API void qmt_folder_status_destroy(QmtFolderStatus **status);
/// Number of trajectories; 0 for NULL.
QMT_API size_t qmt_folder_status_count(const QmtFolderStatus *status);
/// Trajectory i in the order of names; valid as long as the list. Fails with QMT_ERR_ARGUMENT.
QMT_API QmtStatus qmt_folder_status_entry(QmtContext *ctx, const QmtFolderStatus *status, size_t i,
                                          QmtFolderEntry *entry);
/// Warning w = 0, 1, ... of trajectory i. Fails with QMT_ERR_ARGUMENT after the last one.
QMT_API QmtStatus qmt_folder_status_warning(QmtContext *ctx, const QmtFolderStatus *status,
                                            size_t i, size_t w, QmtWarning *warning);
/// How many molecules of the folder are where, and how long the campaigns that run in it still take. Fails with
/// QMT_ERR_ARGUMENT.
QMT_API QmtStatus qmt_folder_status_totals(QmtContext *ctx, const QmtFolderStatus *status,
                                           QmtTotals *totals);

#ifdef __cplusplus
}
#endif
#endif
