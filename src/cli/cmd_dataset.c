#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <qmtraj/dataset.h>
#include <qmtraj/text.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/terminal.h"

enum {
    O_FOR,
    O_OUT,
    O_OUT_SHORT,
    O_N,
    O_EVERY,
    O_EVERY_PS,
    O_DECORRELATED,
    O_DIVERSE,
    O_METRIC,
    O_ENERGY_WINDOW,
    O_MAX_FORCE,
    O_LAG_FS,
    O_UNITS,
    O_LEVEL,
    O_COLLECT,
    O_SPLIT,
    O_BY,
    O_GAP_PS,
    O_SEED,
    O_PARTIAL,
    O_NUM_WORKERS,
    O_HELP,
    O_H,
    N_OPTIONS
};

static const Option OPTIONS[N_OPTIONS] = {
    [O_FOR] = {"--for", "FORMAT", "one of the formats above (default mace)"},
    [O_OUT] = {"--out", "OUT", "folder to make, also -o"},
    [O_OUT_SHORT] = {"-o", "OUT", NULL},
    [O_N] = {"--n", "N", "so many frames of each trajectory, spread evenly in time"},
    [O_EVERY] = {"--every", "K", "frames 0, K, 2K, ... of each trajectory"},
    [O_EVERY_PS] = {"--every-ps", "T", "the same in picoseconds"},
    [O_DECORRELATED] = {"--decorrelated", NULL,
                        "frames two autocorrelation times apart, the longest of energy, bond "
                        "lengths and torsions"},
    [O_DIVERSE] = {"--diverse", "N", "so many frames of each trajectory, as different as can be"},
    [O_METRIC] = {"--metric", "METRIC",
                  "what different means: rmsd, atom by atom (default), or distances, in which like "
                  "atoms may change places"},
    [O_ENERGY_WINDOW] = {"--energy-window", "E",
                         "only frames at most E eV above the lowest of their trajectory"},
    [O_MAX_FORCE] = {"--max-force", "F", "only frames without a force above F eV/angstrom"},
    [O_LAG_FS] = {"--lag-fs", "T", "pairs of frames T fs apart, for codes that learn the motion"},
    [O_UNITS] = {"--units", "UNITS",
                 "of npy: ev-angstrom (default), kj-nm, kcal-angstrom or atomic"},
    [O_LEVEL] = {"--level", "METHOD/BASIS",
                 "of inputs for psi4, pyscf or orca (default wB97M-D3BJ/def2-TZVPPD)"},
    [O_COLLECT] = {"--collect", NULL,
                   "PATH is a folder of such inputs that were run: their energies and forces "
                   "become REF_energy and REF_forces"},
    [O_SPLIT] = {"--split", "A/B/C", "parts to train, validate and test (default 80/10/10)"},
    [O_BY] = {"--by", "UNIT",
              "divide by molecule, replica or block of time (default: molecule, if there are as "
              "many as parts, else block)"},
    [O_GAP_PS] = {"--gap-ps", "T",
                  "between two blocks (default: five autocorrelation times, at most a twentieth of "
                  "the trajectory)"},
    [O_SEED] = {"--seed", "S",
                "of the division (default: the smallest that leaves no part empty); with it a "
                "molecule stays in its part when others are added"},
    [O_PARTIAL] = {"--partial", NULL, "also trajectories that failed or are not finished"},
    [O_NUM_WORKERS] = {"--num-workers", "N",
                       "trajectories looked through side by side (default: the cores this process "
                       "may use); the output is the same"},
    [O_HELP] = {"--help", NULL, "this text"},
    [O_H] = {"-h", NULL, NULL},
};

enum { FORMATS_MAX = 64 };

/// The command line of `qmtraj dataset`.
typedef struct {
    QmtDatasetOptions options;
    const char *out;
    const char **paths; ///< [n_paths]
    size_t n_paths;
    bool collect, help;
} DatasetWords;

void help_dataset(FILE *out)
{
    text_print_paragraphs(
        out,
        "qmtraj dataset PATH... --for FORMAT -o OUT [options]\n"
        "\n"
        "Makes a training set from trajectories: chooses frames, divides them into parts to "
        "train,\n"
        "validate and test so that no two parts hold nearly the same frame, adds the energies of\n"
        "single atoms, and writes the files that a training code reads, with a README.md that "
        "says\n"
        "how the training starts. PATH is an .npz file, or a folder with all that are below it.\n"
        "Without a way of choosing all frames are taken. docs/dataset.md describes everything.\n"
        "\n"
        "Formats:\n");
    for (size_t i = 0; qmt_dataset_format_name(i) != NULL; i++) {
        const int column = fprintf(out, "  %-14s ", qmt_dataset_format_name(i));
        text_print_wrapped(out, qmt_dataset_format_help(i), column, column);
    }
    text_print_paragraphs(
        out,
        "\n"
        "  qmtraj dataset data/qm --for mace --n 200 -o set\n"
        "  qmtraj dataset data/qm --for mace --diverse 200 --split 80/10/10 --by molecule -o set\n"
        "\n");
    options_print(out, OPTIONS, N_OPTIONS);
}

static QmtStatus amount_read(QmtContext *ctx, const char *name, const char *value, bool zero,
                             double *amount)
{
    const char *problem = qmt_text_to_number(value, amount);
    if (problem == NULL && (*amount < 0.0 || (!zero && *amount <= 0.0)))
        problem = zero ? "is negative" : "is not above 0";
    return problem != NULL ? FAIL(ctx, QMT_ERR_USAGE, "%s %.60s %s", name, value, problem) : QMT_OK;
}

static QmtStatus count_read(QmtContext *ctx, const char *name, const char *value, uint64_t *count)
{
    long long number;
    TRY(option_number(ctx, name, value, 1, INT64_MAX, &number));
    *count = (uint64_t)number;
    return QMT_OK;
}

/// "80/10/10", or "90/10" without a part to test.
static QmtStatus split_read(QmtContext *ctx, const char *value, QmtDatasetOptions *options)
{
    double parts[3] = {0.0, 0.0, 0.0};
    const char *at = value;
    for (size_t n = 0; n < 3; n++) {
        char word[64];
        const size_t length = strcspn(at, "/");
        snprintf(word, sizeof word, "%.*s", (int)(length < 63 ? length : 63), at);
        if (qmt_text_to_number(word, &parts[n]) != NULL || parts[n] < 0.0)
            break;
        if (at[length] == '\0' && n > 0 && parts[0] > 0.0) {
            options->train = parts[0];
            options->valid = parts[1];
            options->test = parts[2];
            return QMT_OK;
        }
        if (at[length] == '\0')
            break;
        at += length + 1;
    }
    return FAIL(ctx, QMT_ERR_USAGE,
                "--split %.60s: wanted are parts like 80/10/10 (train, valid, test) or 90/10",
                value);
}

/// The options that choose frames.
static QmtStatus choice_take(QmtContext *ctx, int place, const char *value, QmtDatasetOptions *o)
{
    const char *const name = OPTIONS[place].name;
    switch (place) {
    case O_N:
        return count_read(ctx, name, value, &o->n_frames);
    case O_EVERY:
        return count_read(ctx, name, value, &o->every);
    case O_EVERY_PS:
        return amount_read(ctx, name, value, false, &o->every_ps);
    case O_DIVERSE:
        return count_read(ctx, name, value, &o->n_diverse);
    case O_ENERGY_WINDOW:
        return amount_read(ctx, name, value, false, &o->energy_window_ev);
    case O_MAX_FORCE:
        return amount_read(ctx, name, value, false, &o->max_force_ev_angstrom);
    case O_METRIC:
        o->metric = value;
        return QMT_OK;
    default:
        o->decorrelated = 1;
        return QMT_OK;
    }
}

static QmtStatus word_take(QmtContext *ctx, int place, const char *value, void *user)
{
    DatasetWords *const words = user;
    QmtDatasetOptions *const o = &words->options;
    const char *const name = place >= 0 ? OPTIONS[place].name : "";
    long long number;
    switch (place) {
    case OPTION_REST:
        words->paths[words->n_paths++] = value;
        return QMT_OK;
    case O_FOR:
        o->format = value;
        return QMT_OK;
    case O_OUT:
    case O_OUT_SHORT:
        words->out = value;
        return QMT_OK;
    case O_N:
    case O_EVERY:
    case O_EVERY_PS:
    case O_DECORRELATED:
    case O_DIVERSE:
    case O_METRIC:
    case O_ENERGY_WINDOW:
    case O_MAX_FORCE:
        return choice_take(ctx, place, value, o);
    case O_LAG_FS:
        return amount_read(ctx, name, value, false, &o->lag_fs);
    case O_UNITS:
        o->units = value;
        return QMT_OK;
    case O_LEVEL:
        o->level = value;
        return QMT_OK;
    case O_COLLECT:
        words->collect = true;
        return QMT_OK;
    case O_SPLIT:
        return split_read(ctx, value, o);
    case O_BY:
        o->by = value;
        return QMT_OK;
    case O_GAP_PS:
        return amount_read(ctx, name, value, true, &o->gap_ps);
    case O_SEED:
        return count_read(ctx, name, value, &o->seed);
    case O_PARTIAL:
        o->partial = 1;
        return QMT_OK;
    case O_NUM_WORKERS:
        TRY(option_number(ctx, name, value, 1, 4096, &number));
        o->n_workers = (size_t)number;
        return QMT_OK;
    default:
        words->help = true;
        return QMT_OK;
    }
}

static QmtStatus words_check(QmtContext *ctx, const DatasetWords *words)
{
    const char *names[FORMATS_MAX];
    char hint[256];
    size_t n = 0;
    bool known = false;
    for (; n < FORMATS_MAX && qmt_dataset_format_name(n) != NULL; n++) {
        names[n] = qmt_dataset_format_name(n);
        known = known || strcmp(names[n], words->options.format) == 0;
    }
    if (!known) {
        qmt_text_suggest(words->options.format, names, n, hint, sizeof hint);
        return FAIL(ctx, QMT_ERR_USAGE, "--for %.60s: unknown format%s", words->options.format,
                    hint[0] != '\0' ? hint : "; --help lists them");
    }
    if (words->n_paths == 0)
        return FAIL(ctx, QMT_ERR_USAGE, "no PATH; e.g. `qmtraj dataset data/qm --for mace -o set`");
    if (words->out == NULL || words->out[0] == '\0')
        return FAIL(ctx, QMT_ERR_USAGE, "-o OUT is missing: the folder to make");
    return QMT_OK;
}

/// What is on the screen of the progress.
typedef struct {
    Terminal terminal;
    char step[32];
    double begun_s, shown_s;
    bool line; ///< there is one to be taken away
} ProgressLine;

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void progress_show(void *user, const QmtDatasetProgress *progress)
{
    ProgressLine *const line = user;
    const double now = now_s();
    if (!line->terminal.moves)
        return;
    if (strcmp(line->step, progress->step) != 0) {
        snprintf(line->step, sizeof line->step, "%s", progress->step);
        line->begun_s = now;
    }
    if (now - line->shown_s < 0.1 || progress->total == 0)
        return;
    const double part = (double)progress->done / (double)progress->total;
    fprintf(stderr, "\r%-10s %3.0f %%  %llu/%llu", line->step, 100.0 * part,
            (unsigned long long)progress->done, (unsigned long long)progress->total);
    if (part > 0.0 && now - line->begun_s > 1.0)
        fprintf(stderr, "  %.0f s left", (now - line->begun_s) * (1.0 - part) / part);
    fprintf(stderr, "\033[K");
    line->shown_s = now;
    line->line = true;
}

static QmtStatus words_do(QmtContext *ctx, const DatasetWords *words)
{
    ProgressLine line = {.terminal = terminal_of(stderr), .shown_s = now_s()};
    char *summary = NULL;
    TRY(words_check(ctx, words));
    const QmtStatus status = qmt_dataset_make(ctx, words->paths, words->n_paths, words->out,
                                              &words->options, progress_show, &line, &summary);
    if (line.line)
        fprintf(stderr, "\r\033[K");
    TRY(status);
    char shown[4096];
    printf("%s\n%s/README.md says how the training starts\n", summary,
           qmt_text_printable(words->out, shown, sizeof shown));
    qmt_text_free(summary);
    return QMT_OK;
}

/// What another program computed.
static QmtStatus words_collect(QmtContext *ctx, const DatasetWords *words)
{
    uint64_t n_found = 0, n_missing = 0;
    char shown[4096];
    TRY(words_check(ctx, words));
    if (words->n_paths != 1)
        return FAIL(ctx, QMT_ERR_USAGE, "--collect: one folder of inputs at a time");
    const QmtStatus status =
        qmt_dataset_collect(ctx, words->paths[0], words->out, &n_found, &n_missing);
    if (status == QMT_OK || status == QMT_ERR_PARTIAL)
        printf("%s: %llu of %llu frames with labels of the other program\n",
               qmt_text_printable(words->out, shown, sizeof shown), (unsigned long long)n_found,
               (unsigned long long)(n_found + n_missing));
    return status;
}

QmtStatus cmd_dataset(QmtContext *ctx, int argc, char **argv)
{
    DatasetWords words = {.options = qmt_dataset_options_default()};
    words.paths = malloc(((size_t)argc + 1) * sizeof *words.paths);
    if (words.paths == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the command line");
    QmtStatus status =
        options_each(ctx, argc, argv, OPTIONS, N_OPTIONS, &words.help, word_take, &words);
    if (status == QMT_OK && words.help)
        help_dataset(stdout);
    else if (status == QMT_OK)
        status = words.collect ? words_collect(ctx, &words) : words_do(ctx, &words);
    free(words.paths);
    return status;
}
