#include <stdlib.h>
#include <string.h>

#include <qmtraj/campaign.h>
#include <qmtraj/text.h>

#include "cli/commands.h"
#include "cli/config_words.h"
#include "cli/end_report.h"
#include "cli/options.h"
#include "cli/screen.h"

enum {
    O_CONFIG,
    O_SMILES_FILE,
    O_SMILES,
    O_SMILES_COLUMN,
    O_NAME_COLUMN,
    O_NAME_FROM,
    O_OUT,
    O_O,
    O_MOLECULE,
    O_NUM_WORKERS,
    O_SHARD,
    O_LIST,
    O_PACK,
    O_SET,
    O_DRY_RUN,
    O_KEEP_GOING,
    O_ALL_OR_NOTHING,
    O_FRESH,
    O_ALLOW_OTHER_CPU,
    O_MAX_HOURS,
    O_OMP_NUM_THREADS,
    O_HELP,
    O_H,
    N_OPTIONS
};

static const Option OPTIONS[N_OPTIONS] = {
    [O_CONFIG] = {"--config", "FILE", "YAML configuration; without it every key has its default"},
    [O_SMILES_FILE] = {"--smiles-file", "FILE",
                       "a list of SMILES: lines \"SMILES name\", or a table with a header; made 3D "
                       "first"},
    [O_SMILES] = {"--smiles", "SMILES[=NAME]", "one molecule, likewise; may be repeated"},
    [O_SMILES_COLUMN] = {"--smiles-column", "COLUMN",
                         "word of the header or number of the column of the SMILES"},
    [O_NAME_COLUMN] = {"--name-column", "COLUMN", "likewise of the names"},
    [O_NAME_FROM] = {"--name-from", "folder|file",
                     "what names molecules of files (default: the file, and the folder where files "
                     "of one name come from several)"},
    [O_OUT] = {"--out", "FOLDER", "where FOLDER/NAME/trajectory.npz goes; -o is the same"},
    [O_O] = {"-o", "FOLDER", NULL},
    [O_MOLECULE] =
        {"--molecule", "NAME",
         "only this one of the molecules, or those of a pattern ('gly*'); may be repeated"},
    [O_NUM_WORKERS] =
        {"--num-workers", "N",
         "trajectories side by side, a process each (default: as many as fill the cores this "
         "process may use, with cores_per_trajectory for each)"},
    [O_SHARD] =
        {"--shard", "I/N",
         "only part I of N of the molecules, I from 0 to N-1, by a hash of their names, so that "
         "parts can run anywhere (default: what srun or mpirun say, 0/1 otherwise)"},
    [O_LIST] =
        {"--list", NULL,
         "print the names of the molecules that would run, the longest first, and stop; with "
         "--out without those that are finished"},
    [O_PACK] =
        {"--pack", NULL,
         "finished trajectories go into FOLDER/packed.zip, which every command reads as if they "
         "were folders"},
    [O_SET] = {"--set", "KEY=VALUE", "a key of the configuration, over the file; may be repeated"},
    [O_DRY_RUN] =
        {"--dry-run", NULL,
         "check everything, print the full configuration, the molecules and the disk space, and "
         "stop"},
    [O_KEEP_GOING] = {"--keep-going", NULL,
                      "the default for more than one molecule: what cannot be computed goes to "
                      "FOLDER/rejected.tsv, "
                      "the rest runs, and the code is 1"},
    [O_ALL_OR_NOTHING] = {"--all-or-nothing", NULL,
                          "begin nothing if one molecule cannot be computed"},
    [O_FRESH] =
        {"--fresh", NULL,
         "make trajectories again that are finished or interrupted; a finished one stays as "
         "trajectory.old.npz"},
    [O_ALLOW_OTHER_CPU] =
        {"--allow-other-cpu", NULL,
         "go on with trajectories that were begun on another processor or instruction set, though "
         "their last digits will differ; the metadata name it"},
    [O_MAX_HOURS] = {"--max-hours", "H",
                     "stop by itself after so many hours (fractions allowed), as on a signal"},
    [O_OMP_NUM_THREADS] = {"--omp-num-threads", "N",
                           "accepted for scripts of the Python pipeline and without effect: "
                           "cores_per_trajectory says how many cores one trajectory gets"},
    [O_HELP] = {"--help", NULL, "this text"},
    [O_H] = {"-h", NULL, NULL},
};

enum { MOLECULES_MAX = 256, REJECTED_SHOWN = 20 };

/// The command line of `qmtraj run`.
typedef struct {
    QmtConfig *config;
    QmtStructures *structures;
    QmtReadOptions reading;
    QmtNames names;
    const char *out;
    const char *molecules[MOLECULES_MAX];
    size_t n_molecules;
    size_t n_workers;
    QmtShard shard; ///< count 0: not said
    bool is_rank;   ///< the shard is that of a launcher
    bool list, pack;
    bool all_or_nothing;
    bool dry_run, fresh, allow_other_cpu, help;
    double max_hours; ///< 0: none
} RunWords;

void help_run(FILE *out)
{
    text_print_paragraphs(
        out,
        "qmtraj run [options] [FILE ...]\n"
        "\n"
        "Trajectories of molecules from files (XYZ, SDF, Turbomole coord, lists of SMILES; also "
        "compressed\n"
        "by gzip, \"-\" is standard input) or SMILES: relaxed, brought to temperature, and every "
        "saved "
        "step\n"
        "written to FOLDER/NAME/trajectory.npz. Finished ones are recognised and skipped, "
        "interrupted ones\n"
        "go on where they were.\n"
        "\n"
        "  qmtraj run --config configs/qm.yaml --smiles-file molecules.smi --out data/qm\n"
        "  qmtraj run --config configs/qm.yaml --set length_ps=5 --out out water.xyz\n"
        "\n");
    options_print(out, OPTIONS, N_OPTIONS);
    text_print_paragraphs(
        out,
        "\n`qmtraj help config` lists all keys; each is an option, too: --length_ps 5. Ctrl-C, "
        "SIGTERM and SIGUSR1 end the job after the "
        "current step;\n"
        "the same command continues from there. A longer length_ps makes finished trajectories "
        "longer.\n");
}

/// --config is read before anything else, so that --set wins wherever it stands; so are the columns of lists.
static QmtStatus config_words(QmtContext *ctx, int argc, char **argv, RunWords *words)
{
    OptionReader reader = {.argc = argc, .argv = argv};
    const char *path = NULL;
    int place = 0;
    const char *value;
    bool keep_going = false;
    while (place != OPTION_END) {
        TRY(options_next(ctx, &reader, OPTIONS, N_OPTIONS, &place, &value));
        if (place == O_CONFIG && path != NULL)
            return FAIL(ctx, QMT_ERR_USAGE,
                        "--config %.200s: one file is enough, %.200s was given before; --set "
                        "KEY=VALUE changes single keys",
                        value, path);
        if (place == O_CONFIG)
            path = value;
    }
    if (path != NULL)
        TRY(qmt_config_read(ctx, words->config, path));

    reader = (OptionReader){.argc = argc, .argv = argv};
    place = 0;
    while (place != OPTION_END) {
        TRY(options_next(ctx, &reader, OPTIONS, N_OPTIONS, &place, &value));
        if (place == O_SET)
            TRY(config_word(ctx, value, words->config));
        keep_going = keep_going || place == O_KEEP_GOING;
        words->all_or_nothing = words->all_or_nothing || place == O_ALL_OR_NOTHING;
        if (place == O_SMILES_COLUMN)
            words->reading.smiles_column = value;
        if (place == O_NAME_COLUMN)
            words->reading.name_column = value;
    }
    if (keep_going && words->all_or_nothing)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "--keep-going and --all-or-nothing exclude each other; remove one");
    return QMT_OK;
}

static QmtStatus name_from_word(QmtContext *ctx, const char *value, QmtNames *names)
{
    if (strcmp(value, "folder") == 0)
        *names = QMT_NAMES_OF_FOLDER;
    else if (strcmp(value, "file") == 0)
        *names = QMT_NAMES_OF_FILE;
    else
        return FAIL(ctx, QMT_ERR_USAGE, "--name-from %.60s: folder or file is possible", value);
    return QMT_OK;
}

static QmtStatus hours_word(QmtContext *ctx, const char *value, double *hours)
{
    const char *const wrong = qmt_text_to_number(value, hours);
    if (wrong != NULL)
        return FAIL(ctx, QMT_ERR_USAGE, "--max-hours: %.60s %s", value, wrong);
    if (*hours <= 0.0)
        return FAIL(ctx, QMT_ERR_USAGE, "--max-hours: %.60s is not positive", value);
    return QMT_OK;
}

static QmtStatus shard_word(QmtContext *ctx, const char *value, RunWords *words)
{
    const QmtStatus status = qmt_shard_parse(ctx, value, &words->shard);
    char option[80];
    snprintf(option, sizeof option, "--shard %.60s", value);
    if (status != QMT_OK)
        qmt_context_set_subject(ctx, option);
    return status;
}

static QmtStatus workers_word(QmtContext *ctx, const char *value, RunWords *words)
{
    long long number = 0;
    TRY(option_number(ctx, "--num-workers", value, 1, 100000, &number));
    words->n_workers = (size_t)number;
    return QMT_OK;
}

/// As many trajectories side by side as fill the cores, where no number is given; says if one is too large.
static void workers_settle(QmtContext *ctx, RunWords *words)
{
    char cores[32] = "1";
    const size_t fitting = qmt_worker_count_for(words->config), n_cores = qmt_worker_count();
    words->n_workers = words->n_workers > 0 ? words->n_workers : fitting;
    if (qmt_config_get(ctx, words->config, "cores_per_trajectory", cores, sizeof cores) != QMT_OK ||
        strcmp(cores, "1") == 0)
        return;
    const size_t wanted = words->n_workers * (size_t)strtoul(cores, NULL, 10);
    if (wanted > n_cores)
        cli_note(ctx, QMT_LOG_WARNING,
                 "%zu trajector%s side by side with cores_per_trajectory = %s: %zu threads for the "
                 "%zu core%s this process may use, which takes longer than a thread for each core",
                 words->n_workers, words->n_workers == 1 ? "y" : "ies", cores, wanted, n_cores,
                 n_cores == 1 ? "" : "s");
}

static QmtStatus omp_word(QmtContext *ctx, const char *value)
{
    long long number = 0;
    TRY(option_number(ctx, "--omp-num-threads", value, 0, 100000, &number));
    if (number > 1)
        cli_note(ctx, QMT_LOG_INFO,
                 "--omp-num-threads %lld has no effect: the key cores_per_trajectory says on how "
                 "many cores "
                 "each trajectory runs, and --num-workers how many side by side",
                 number);
    return QMT_OK;
}

static QmtStatus molecule_word(QmtContext *ctx, const char *value, RunWords *words)
{
    if (words->n_molecules == MOLECULES_MAX)
        return FAIL(ctx, QMT_ERR_USAGE, "--molecule: at most %d times", MOLECULES_MAX);
    words->molecules[words->n_molecules++] = value;
    return QMT_OK;
}

/// A word that config_words() did not take.
static QmtStatus other_word(QmtContext *ctx, int place, const char *value, RunWords *words)
{
    switch (place) {
    case O_SMILES_FILE:
        return qmt_structures_read_smiles(ctx, words->structures, value, &words->reading);
    case O_SMILES:
        return qmt_structures_add_word(ctx, words->structures, value);
    case OPTION_REST:
        return qmt_structures_read(ctx, words->structures, value, &words->reading);
    case O_NAME_FROM:
        return name_from_word(ctx, value, &words->names);
    case O_MOLECULE:
        return molecule_word(ctx, value, words);
    case O_NUM_WORKERS:
        return workers_word(ctx, value, words);
    case O_SHARD:
        return shard_word(ctx, value, words);
    case O_LIST:
        words->list = true;
        return QMT_OK;
    case O_PACK:
        words->pack = true;
        return QMT_OK;
    case O_OMP_NUM_THREADS:
        return omp_word(ctx, value);
    case O_MAX_HOURS:
        return hours_word(ctx, value, &words->max_hours);
    case O_OUT:
    case O_O:
        words->out = value;
        return QMT_OK;
    case O_DRY_RUN:
        words->dry_run = true;
        return QMT_OK;
    case O_FRESH:
        words->fresh = true;
        return QMT_OK;
    case O_ALLOW_OTHER_CPU:
        words->allow_other_cpu = true;
        return QMT_OK;
    default:
        return QMT_OK;
    }
}

static bool wants_help(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static QmtStatus words_read(QmtContext *ctx, int argc, char **argv, RunWords *words)
{
    OptionReader reader = {.argc = argc, .argv = argv};
    int place = 0;
    const char *value = NULL;

    TRY(config_words(ctx, argc, argv, words));
    qmt_structures_set_tolerant(words->structures, !words->all_or_nothing);
    TRY(qmt_config_check(ctx, words->config));
    while (place != OPTION_END) {
        TRY(options_next(ctx, &reader, OPTIONS, N_OPTIONS, &place, &value));
        TRY(other_word(ctx, place, value, words));
    }
    TRY(qmt_structures_name(ctx, words->structures, words->names));
    if (words->out == NULL ? !words->dry_run && !words->list : words->out[0] == '\0')
        return FAIL(ctx, QMT_ERR_USAGE, "--out FOLDER is missing: where the trajectories go");
    return QMT_OK;
}

static QmtRunOptions run_options(const RunWords *words)
{
    QmtRunOptions options = qmt_run_options_default();
    options.out = words->out;
    options.n_workers = words->n_workers;
    options.fresh = words->fresh;
    options.allow_other_cpu = words->allow_other_cpu;
    options.max_s = 3600.0 * words->max_hours;
    options.pack = words->pack;
    options.steal = words->is_rank;
    return options;
}

/// Number and size of the trajectories: of each, or of all together where they differ.
static QmtStatus totals_print(QmtContext *ctx, const QmtPlan *plan, size_t n_cores)
{
    const size_t n = qmt_plan_count(plan);
    QmtTask task = {0};
    long long n_steps = 0, n_frames = 0;
    bool alike = true;
    for (size_t t = 0; t < n; t++) {
        TRY(qmt_plan_task(ctx, plan, t, &task));
        n_steps += task.n_steps;
        n_frames += task.n_frames;
        alike = alike && n_frames == (long long)(t + 1) * task.n_frames &&
                n_steps == (long long)(t + 1) * task.n_steps;
    }
    printf("\n# %zu %s, %lld steps and %lld frames%s, on %zu core%s\n", n,
           n == 1 ? "trajectory" : "trajectories", alike ? (long long)task.n_steps : n_steps,
           alike ? (long long)task.n_frames : n_frames,
           n == 1  ? ""
           : alike ? " each"
                   : " in all",
           n_cores, n_cores == 1 ? "" : "s");
    return QMT_OK;
}

static QmtStatus tasks_print(QmtContext *ctx, const QmtPlan *plan, const RunWords *words)
{
    const size_t n = qmt_plan_count(plan);
    const size_t n_cores = words->n_workers < n ? words->n_workers : n;
    QmtTask task;
    char conformers[16];
    TRY(qmt_config_get(ctx, words->config, "conformers", conformers, sizeof conformers));
    if (strcmp(conformers, "0") != 0)
        cli_note(ctx, QMT_LOG_INFO,
                 "conformers = %s: each trajectory stands for up to so many, which are found when "
                 "the job begins",
                 conformers);
    TRY(totals_print(ctx, plan, n_cores));
    for (size_t t = 0; t < n; t++) {
        TRY(qmt_plan_task(ctx, plan, t, &task));
        printf("# %-24s %4zu atoms %5zu orbitals  charge %+lld  multiplicity %lld  %9.1f MB\n",
               task.label, task.n_atoms, task.n_orbitals, (long long)task.charge,
               (long long)task.multiplicity, 1e-6 * (double)task.n_bytes);
    }
    return QMT_OK;
}

/// What would go to rejected.tsv before anything is computed.
static QmtStatus rejections_say(QmtContext *ctx, const QmtPlan *plan)
{
    const size_t n = qmt_plan_rejection_count(plan);
    QmtRejection rejection;
    for (size_t i = 0; i < n && i < REJECTED_SHOWN; i++) {
        TRY(qmt_plan_rejection(ctx, plan, i, &rejection));
        qmt_context_note(ctx, QMT_LOG_WARNING, rejection.sentence);
    }
    return QMT_OK;
}

static QmtStatus dry_run(QmtContext *ctx, QmtPlan *plan, const RunWords *words)
{
    const size_t n_rejected = qmt_plan_rejection_count(plan);
    const QmtRunOptions options = run_options(words);
    char *yaml;
    TRY(qmt_config_yaml(ctx, words->config, &yaml));
    fputs(yaml, stdout);
    qmt_text_free(yaml);
    TRY(tasks_print(ctx, plan, words));
    TRY(rejections_say(ctx, plan));
    printf("# disk space: %.1f MB\n", 1e-6 * (double)qmt_plan_bytes(plan));
    if (words->out != NULL)
        TRY(qmt_campaign_check(ctx, plan, &options));
    if (n_rejected > 0)
        return FAIL(ctx, QMT_ERR_PARTIAL, "%zu of %zu molecules cannot be computed; the others can",
                    n_rejected, n_rejected + qmt_plan_count(plan));
    return QMT_OK;
}

static int longest_first(const void *a, const void *b)
{
    const QmtTask *const p = a, *const q = b;
    return p->cost != q->cost ? (p->cost < q->cost) - (p->cost > q->cost)
                              : (p->place > q->place) - (p->place < q->place);
}

/// Tasks of the molecules that would run, one of each whatever its number of replicas.
static QmtStatus rest_list(QmtContext *ctx, const QmtPlan *plan, const RunWords *words,
                           unsigned char *done, QmtTask *rest, size_t *n)
{
    const QmtRunOptions options = run_options(words);
    QmtTask task;
    *n = 0;
    if (words->out != NULL)
        TRY(qmt_campaign_finished(ctx, plan, &options, done));
    for (size_t t = 0; t < qmt_plan_count(plan); t++) {
        TRY(qmt_plan_task(ctx, plan, t, &task));
        if (!done[t] && (*n == 0 || strcmp(rest[*n - 1].molecule, task.molecule) != 0))
            rest[(*n)++] = task;
    }
    return QMT_OK;
}

/// Names of the molecules that would run, one a line.
static QmtStatus list_print(QmtContext *ctx, const QmtPlan *plan, const RunWords *words)
{
    const size_t n_tasks = qmt_plan_count(plan);
    TRY(rejections_say(ctx, plan));
    QmtTask *const rest = malloc((n_tasks + 1) * sizeof *rest);
    unsigned char *const done = calloc(n_tasks + 1, sizeof *done);
    size_t n = 0;
    QmtStatus status = rest != NULL && done != NULL
                           ? rest_list(ctx, plan, words, done, rest, &n)
                           : FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu trajectories", n_tasks);
    if (status == QMT_OK)
        qsort(rest, n, sizeof *rest, longest_first);
    for (size_t i = 0; i < n && status == QMT_OK; i++)
        puts(rest[i].molecule);
    free(rest);
    free(done);
    return status;
}

/// The part of the list that srun or mpirun leave to this process.
static void launcher_take(QmtContext *ctx, RunWords *words)
{
    const char *const launcher = words->shard.count == 0 ? qmt_launcher_shard(&words->shard) : NULL;
    const QmtShard shard = words->shard;
    words->is_rank = launcher != NULL;
    if (launcher != NULL)
        cli_note(ctx, QMT_LOG_INFO,
                 "process %llu of %llu by %s: takes part %llu/%llu of the list (--shard 0/1 takes "
                 "all)",
                 (unsigned long long)shard.index + 1, (unsigned long long)shard.count, launcher,
                 (unsigned long long)shard.index, (unsigned long long)shard.count);
}

static void say_on_screen(void *user, QmtLogLevel level, const char *sentence)
{
    screen_say(user, level, sentence);
}

static QmtStatus plan_run(QmtContext *ctx, QmtPlan *plan, const RunWords *words)
{
    const QmtRunOptions options = run_options(words);
    Screen screen;
    QmtStatus status = screen_open(ctx, plan, words->n_workers, &screen);
    const bool opened = status == QMT_OK;
    if (opened) {
        const QmtRunHooks hooks = screen_hooks(&screen);
        qmt_context_set_log(ctx, say_on_screen, &screen);
        status = qmt_campaign_run(ctx, plan, &options, &hooks);
        qmt_context_set_log(ctx, note_print, NULL);
    }
    screen_close(&screen);
    if (opened && status != QMT_ERR_CHECKPOINT)
        end_report_print(ctx, plan, words->out, status);
    return status;
}

/// Long lists are looked at in one go: a terminal shows that something happens.
static void planning_show(void *user, size_t n_done, size_t n)
{
    static const char gone[] = "\r\033[K";
    (void)user;
    if (n < 100 || !terminal_of(stderr).moves || (n_done % 20 != 0 && n_done != n))
        return;
    if (n_done == n)
        fputs(gone, stderr);
    else
        fprintf(stderr, "%smolecule %zu of %zu is looked at", gone, n_done, n);
}

static QmtStatus words_run(QmtContext *ctx, RunWords *words)
{
    QmtPlan *plan = NULL;
    if (qmt_structures_count(words->structures) == 0 &&
        qmt_structures_rejection_count(words->structures) == 0)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "no molecules: give files (XYZ, SDF, coord), --smiles or --smiles-file");
    QmtPlanOptions options = qmt_plan_options_default();
    options.names = words->molecules;
    options.n_names = words->n_molecules;
    options.embed_later = !words->dry_run && !words->all_or_nothing;
    options.shard = words->shard;
    options.progress = planning_show;
    if (!words->dry_run && !words->list) {
        options.out = words->out;
        options.n_workers = words->n_workers;
        options.fresh = words->fresh;
    }
    TRY(qmt_plan_create(ctx, words->config, words->structures, &options, &plan));
    const QmtStatus status = words->list      ? list_print(ctx, plan, words)
                             : words->dry_run ? dry_run(ctx, plan, words)
                                              : plan_run(ctx, plan, words);
    qmt_plan_destroy(&plan);
    return status;
}

QmtStatus cmd_run(QmtContext *ctx, int argc, char **argv)
{
    RunWords words = {
        .reading = qmt_read_options_default(),
    };
    if (wants_help(argc, argv)) {
        help_run(stdout);
        return QMT_OK;
    }
    QmtStatus status = qmt_config_create(ctx, &words.config);
    if (status == QMT_OK)
        status = qmt_structures_create(ctx, &words.structures);
    if (status == QMT_OK)
        status = words_read(ctx, argc, argv, &words);
    if (status == QMT_OK) {
        launcher_take(ctx, &words);
        workers_settle(ctx, &words);
        status = words_run(ctx, &words);
    }
    qmt_structures_destroy(&words.structures);
    qmt_config_destroy(&words.config);
    return status;
}
