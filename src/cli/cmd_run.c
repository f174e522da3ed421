#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/end_report.h"
#include "cli/options.h"
#include "cli/screen.h"
#include "config/config_check.h"
#include "config/config_read.h"
#include "config/config_set.h"
#include "config/config_write.h"
#include "io/text.h"
#include "qmtraj/campaign.h"
#include "structure/structure_names.h"
#include "structure/structure_read.h"

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
    O_TEST_FAIL,
    O_TEST_CRASH,
    O_TEST_CRASH_AGAIN,
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
         "trajectories side by side, a process and a core each (default: the cores this "
         "process may use)"},
    [O_SHARD] =
        {"--shard", "I/N",
         "only part I of N of the molecules, by a hash of their names, so that parts can run "
         "anywhere (default: what srun or mpirun say, 1/1 otherwise)"},
    [O_LIST] =
        {"--list", NULL,
         "print the names of the molecules that would run, the longest first, and stop; with "
         "--out without those that are finished"},
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
    [O_FRESH] = {"--fresh", NULL,
                 "make trajectories anew that are finished or interrupted; a finished one stays as "
                 "trajectory.old.npz"},
    [O_ALLOW_OTHER_CPU] =
        {"--allow-other-cpu", NULL,
         "go on with trajectories that were begun on another processor or instruction set, though "
         "their last digits will differ; the metadata name it"},
    [O_MAX_HOURS] = {"--max-hours", "H",
                     "stop by itself after so many hours (fractions allowed), as on a signal"},
    [O_OMP_NUM_THREADS] =
        {"--omp-num-threads", "N",
         "accepted for scripts of the Python pipeline and without effect: each trajectory "
         "runs on one core"},
    [O_HELP] = {"--help", NULL, "this text"},
    [O_H] = {"-h", NULL, NULL},
    [O_TEST_FAIL] = {"--test-fail", "NAME:STEP", NULL},
    [O_TEST_CRASH] = {"--test-crash", "NAME:STEP", NULL},
    [O_TEST_CRASH_AGAIN] = {"--test-crash-again", NULL, NULL},
};

enum { MOLECULES_MAX = 256, REJECTED_SHOWN = 20 };

/// The command line of `qmtraj run`.
typedef struct {
    Config config;
    StructureList structures;
    SmilesColumns columns;
    NamesFrom names_from;
    const char *out;
    const char *molecules[MOLECULES_MAX];
    size_t n_molecules;
    size_t n_workers;
    Shard shard; ///< count 0: not said
    bool list;
    RejectionList rejected;
    bool all_or_nothing;
    bool dry_run, fresh, allow_other_cpu, help;
    double max_hours; ///< 0: none
    BatchFaults faults;
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
        "the same command goes on from there. A longer length_ps makes finished trajectories "
        "longer.\n");
}

/// --config is read before anything else, so that --set wins wherever it stands; so are the columns of lists.
static QmtStatus config_words(QmtContext *ctx, int argc, char **argv, RunWords *words)
{
    OptionReader reader = {.argc = argc, .argv = argv};
    const char *path = NULL;
    int place = 0;
    const char *value;
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
        TRY(config_read(ctx, path, &words->config));

    reader = (OptionReader){.argc = argc, .argv = argv};
    place = 0;
    while (place != OPTION_END) {
        TRY(options_next(ctx, &reader, OPTIONS, N_OPTIONS, &place, &value));
        if (place == O_SET)
            TRY(config_set(ctx, value, &words->config));
        if (place == O_KEEP_GOING || place == O_ALL_OR_NOTHING)
            words->all_or_nothing = place == O_ALL_OR_NOTHING;
        if (place == O_SMILES_COLUMN)
            words->columns.smiles = value;
        if (place == O_NAME_COLUMN)
            words->columns.name = value;
    }
    return QMT_OK;
}

static QmtStatus name_from_word(QmtContext *ctx, const char *value, NamesFrom *from)
{
    if (strcmp(value, "folder") == 0)
        *from = NAMES_OF_FOLDER;
    else if (strcmp(value, "file") == 0)
        *from = NAMES_OF_FILE;
    else
        return FAIL(ctx, QMT_ERR_USAGE, "--name-from %.60s: folder or file is possible", value);
    return QMT_OK;
}

static QmtStatus other_word(QmtContext *ctx, int place, const char *value, RunWords *words)
{
    long long number;
    const char *wrong;
    switch (place) {
    case O_SMILES_FILE:
        return smiles_read_table(ctx, value, &words->columns, &words->structures);
    case O_SMILES:
        return smiles_read_word(ctx, value, &words->structures);
    case OPTION_REST:
        return structures_read(ctx, value, &words->columns, &words->structures);
    case O_NAME_FROM:
        return name_from_word(ctx, value, &words->names_from);
    case O_OUT:
    case O_O:
        words->out = value;
        return QMT_OK;
    case O_MOLECULE:
        if (words->n_molecules == MOLECULES_MAX)
            return FAIL(ctx, QMT_ERR_USAGE, "--molecule: at most %d times", MOLECULES_MAX);
        words->molecules[words->n_molecules++] = value;
        return QMT_OK;
    case O_NUM_WORKERS:
        TRY(option_number(ctx, "--num-workers", value, 1, 100000, &number));
        words->n_workers = (size_t)number;
        return QMT_OK;
    case O_SHARD:
        return shard_parse(ctx, value, &words->shard);
    case O_LIST:
        words->list = true;
        return QMT_OK;
    case O_OMP_NUM_THREADS:
        TRY(option_number(ctx, "--omp-num-threads", value, 0, 100000, &number));
        if (number > 1)
            context_log(
                ctx, QMT_LOG_INFO,
                "--omp-num-threads %lld has no effect: each trajectory runs on one core, and "
                "--num-workers says how many side by side",
                number);
        return QMT_OK;
    case O_DRY_RUN:
        words->dry_run = true;
        return QMT_OK;
    case O_KEEP_GOING:
    case O_ALL_OR_NOTHING:
        return QMT_OK; // read beforehand, as readers need to know
    case O_FRESH:
        words->fresh = true;
        return QMT_OK;
    case O_ALLOW_OTHER_CPU:
        words->allow_other_cpu = true;
        return QMT_OK;
    case O_TEST_FAIL:
        words->faults.fail = value;
        return QMT_OK;
    case O_MAX_HOURS:
        wrong = text_parse_double(value, &words->max_hours);
        if (wrong != NULL)
            return FAIL(ctx, QMT_ERR_USAGE, "--max-hours: %.60s %s", value, wrong);
        if (words->max_hours <= 0.0)
            return FAIL(ctx, QMT_ERR_USAGE, "--max-hours: %.60s is not positive", value);
        return QMT_OK;
    case O_TEST_CRASH:
        words->faults.crash = value;
        return QMT_OK;
    case O_TEST_CRASH_AGAIN:
        words->faults.crash_again = true;
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
    words->structures.rejected = words->all_or_nothing ? NULL : &words->rejected;
    TRY(config_check(ctx, &words->config));
    while (place != OPTION_END) {
        TRY(options_next(ctx, &reader, OPTIONS, N_OPTIONS, &place, &value));
        TRY(other_word(ctx, place, value, words));
    }
    TRY(structures_name_apart(ctx, &words->structures, words->names_from));
    if (words->out == NULL ? !words->dry_run && !words->list : words->out[0] == '\0')
        return FAIL(ctx, QMT_ERR_USAGE, "--out FOLDER is missing: where the trajectories go");
    return QMT_OK;
}

static RunOptions job_settings(const RunWords *words)
{
    return (RunOptions){.out = words->out,
                        .n_workers = words->n_workers,
                        .fresh = words->fresh,
                        .allow_other_cpu = words->allow_other_cpu,
                        .max_s = 3600.0 * words->max_hours};
}

static QmtStatus dry_run(QmtContext *ctx, const Plan *plan, const RunWords *words)
{
    char *const yaml = config_yaml(&words->config);
    if (yaml == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the configuration");
    fputs(yaml, stdout);
    free(yaml);

    const size_t n = plan->n_tasks, n_cores = words->n_workers < n ? words->n_workers : n;
    printf("\n# %zu %s, %lld steps and %lld frames%s, on %zu core%s\n", n,
           n == 1 ? "trajectory" : "trajectories", (long long)spec_steps(&words->config),
           (long long)config_frames(&words->config), n == 1 ? "" : " each", n_cores,
           n_cores == 1 ? "" : "s");
    for (size_t t = 0; t < plan->n_tasks; t++) {
        const RunSpec *task = &plan->tasks[t];
        printf("# %-24s %4zu atoms %5zu orbitals  charge %+lld  multiplicity %lld  %9.1f MB\n",
               task->label, task->structure->n_atoms, task->n_orbitals,
               (long long)task->config.charge, (long long)task->config.spin_multiplicity,
               1e-6 * (double)task->n_bytes);
    }
    for (size_t i = 0; i < words->rejected.n && i < REJECTED_SHOWN; i++)
        context_log(ctx, QMT_LOG_WARNING, "%s", words->rejected.items[i].sentence);
    printf("# disk space: %.1f MB\n", 1e-6 * (double)batch_bytes(plan, NULL));
    const RunOptions settings = job_settings(words);
    if (words->out != NULL)
        TRY(batch_look(ctx, plan, &settings));
    if (words->rejected.n > 0)
        return FAIL(ctx, QMT_ERR_PARTIAL, "%zu of %zu molecules cannot be computed; the others can",
                    words->rejected.n, words->rejected.n + plan->n_tasks);
    return QMT_OK;
}

static int longest_first(const void *a, const void *b)
{
    const RunSpec *const p = *(const RunSpec *const *)a, *const q = *(const RunSpec *const *)b;
    return p->cost != q->cost ? (p->cost < q->cost) - (p->cost > q->cost) : (p > q) - (p < q);
}

/// Names of the molecules that would run, one a line; those with replicas once.
static QmtStatus list_print(QmtContext *ctx, const Plan *plan, const RunWords *words)
{
    const RunSpec **const order = malloc((plan->n_tasks + 1) * sizeof *order);
    bool *const done = calloc(plan->n_tasks + 1, sizeof *done);
    const RunOptions settings = job_settings(words);
    QmtStatus status = QMT_OK;
    if (order == NULL || done == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu trajectories", plan->n_tasks);
    if (status == QMT_OK && words->out != NULL)
        status = batch_finished(ctx, plan, &settings, done);
    size_t n = 0;
    for (size_t t = 0; t < plan->n_tasks && status == QMT_OK; t++)
        if (!done[t] && (n == 0 || order[n - 1]->structure != plan->tasks[t].structure))
            order[n++] = &plan->tasks[t];
    if (status == QMT_OK)
        qsort(order, n, sizeof(const RunSpec *), longest_first);
    for (size_t i = 0; i < n; i++)
        puts(order[i]->structure->name);
    free(order);
    free(done);
    return status;
}

/// The part of the list that srun or mpirun leave to this process.
static void launcher_take(QmtContext *ctx, RunWords *words)
{
    QmtShard shard;
    const char *const launcher = words->shard.count == 0 ? qmt_launcher_shard(&shard) : NULL;
    if (launcher == NULL)
        return;
    words->shard = (Shard){.index = shard.index, .count = shard.count};
    context_log(
        ctx, QMT_LOG_INFO,
        "process %llu of %llu by %s: takes part %llu/%llu of the list (--shard 1/1 takes all)",
        (unsigned long long)shard.index, (unsigned long long)shard.count, launcher,
        (unsigned long long)shard.index, (unsigned long long)shard.count);
}

static void say_on_screen(void *user, QmtLogLevel level, const char *sentence)
{
    screen_say(user, level, sentence);
}

static QmtStatus plan_run(QmtContext *ctx, const Plan *plan, const RunWords *words)
{
    const RunOptions settings = job_settings(words);
    BatchOutcome *const outcomes = calloc(plan->n_tasks + 1, sizeof *outcomes);
    if (outcomes == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu trajectories", plan->n_tasks);

    Screen screen;
    const QmtLogFunction log = ctx->log;
    QmtStatus status = screen_open(ctx, plan, words->n_workers, &screen);
    if (status == QMT_OK) {
        const BatchHooks hooks = screen_hooks(&screen);
        qmt_context_set_log(ctx, say_on_screen, &screen);
        status = batch_run(ctx, plan, &settings, &words->faults, &hooks, outcomes);
        qmt_context_set_log(ctx, log, NULL);
        screen_close(&screen);
        bool any = false;
        for (size_t t = 0; t < plan->n_tasks; t++)
            any = any || outcomes[t].ran || outcomes[t].result.reused;
        if (any && status != QMT_ERR_CHECKPOINT)
            end_report_print(plan, outcomes, words->out, status);
    } else {
        screen_close(&screen);
    }
    free(outcomes);
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

QmtStatus cmd_run(QmtContext *ctx, int argc, char **argv)
{
    RunWords words = {.config = config_default(), .n_workers = qmt_worker_count()};
    Plan plan = {0};

    if (wants_help(argc, argv)) {
        help_run(stdout);
        return QMT_OK;
    }
    QmtStatus status = words_read(ctx, argc, argv, &words);
    if (status == QMT_OK)
        launcher_take(ctx, &words);
    if (status == QMT_OK)
        status = plan_make(ctx, &words.config, &words.structures,
                           &(PlanOptions){.molecules = words.molecules,
                                          .n_molecules = words.n_molecules,
                                          .embed_later = !words.dry_run && !words.all_or_nothing,
                                          .shard = words.shard,
                                          .progress = planning_show},
                           &plan);
    if (status == QMT_OK)
        status = words.list      ? list_print(ctx, &plan, &words)
                 : words.dry_run ? dry_run(ctx, &plan, &words)
                                 : plan_run(ctx, &plan, &words);
    structures_release(&words.structures);
    plan_release(&plan);
    rejections_release(&words.rejected);
    return status;
}
