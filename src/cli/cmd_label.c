#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <qmtraj/label.h>
#include <qmtraj/text.h>

#include "cli/commands.h"
#include "cli/config_words.h"
#include "cli/options.h"
#include "cli/terminal.h"

enum {
    O_OUT,
    O_OUT_SHORT,
    O_CONFIG,
    O_METHOD,
    O_ALSO,
    O_CHARGE,
    O_MULTIPLICITY,
    O_SET,
    O_NUM_WORKERS,
    O_FRESH,
    O_HELP,
    O_H,
    N_OPTIONS
};

static const Option OPTIONS[N_OPTIONS] = {
    [O_OUT] = {"--out", "OUT", "file to make, also -o"},
    [O_OUT_SHORT] = {"-o", "OUT", NULL},
    [O_CONFIG] = {"--config", "FILE", "method, solvent, electrons and properties as for a run"},
    [O_METHOD] = {"--method", "NAME", "GFN2-xTB (default) or GFN1-xTB"},
    [O_ALSO] = {"--also", "NAME",
                "a second method, whose labels stand beside under energy_gfn1, forces_gfn1"},
    [O_CHARGE] = {"--charge", "N", "charge of frames that do not say theirs (default 0)"},
    [O_MULTIPLICITY] = {"--multiplicity", "N", "unpaired electrons + 1, likewise (default 1)"},
    [O_SET] = {"--set", "KEY=VALUE",
               "a key of the configuration, e.g. electronic_temperature_K=1000"},
    [O_NUM_WORKERS] = {"--num-workers", "N",
                       "processes side by side (default: the cores this process may use); the "
                       "output is the same"},
    [O_FRESH] = {"--fresh", NULL, "start over instead of continuing what was interrupted"},
    [O_HELP] = {"--help", NULL, "this text"},
    [O_H] = {"-h", NULL, NULL},
};

enum { SHOWN_SIZE = 4096 };

/// The command line of `qmtraj label`.
typedef struct {
    QmtLabelOptions options;
    QmtConfig *config;
    const char *path, *out;
    bool help;
} LabelWords;

void help_label(FILE *out)
{
    text_print_paragraphs(
        out,
        "qmtraj label FILE -o OUT [options]\n"
        "\n"
        "Adds energies and forces, in eV and angstrom, to every frame of an XYZ or extended XYZ "
        "file: one molecule or many, also compressed by gzip; \"-\" is standard input. Order, keys "
        "and columns are kept. What cannot be computed is marked by label_failed= and listed in "
        "OUT.rejected.tsv; the exit code is then 1. An interrupted call continues when it is "
        "repeated. docs/label.md describes every key.\n"
        "\n"
        "  qmtraj label frames.extxyz -o labelled.extxyz\n"
        "  qmtraj label frames.xyz.gz -o delta.extxyz --config qm.yaml --also GFN1-xTB\n"
        "\n");
    options_print(out, OPTIONS, N_OPTIONS);
}

static QmtStatus word_take(QmtContext *ctx, int place, const char *value, void *user)
{
    LabelWords *const words = user;
    long long number;
    switch (place) {
    case OPTION_REST:
        if (words->path != NULL)
            return FAIL(ctx, QMT_ERR_USAGE, "%.200s: one FILE at a time, %.200s was given before",
                        value, words->path);
        words->path = value;
        return QMT_OK;
    case O_OUT:
    case O_OUT_SHORT:
        words->out = value;
        return QMT_OK;
    case O_CONFIG:
        return qmt_config_read(ctx, words->config, value);
    case O_METHOD:
        return qmt_config_set(ctx, words->config, "method", value);
    case O_ALSO:
        words->options.also = value;
        return QMT_OK;
    case O_CHARGE:
        return qmt_config_set(ctx, words->config, "charge", value);
    case O_MULTIPLICITY:
        return qmt_config_set(ctx, words->config, "spin_multiplicity", value);
    case O_SET:
        return config_word(ctx, value, words->config);
    case O_NUM_WORKERS:
        TRY(option_number(ctx, "--num-workers", value, 1, 4096, &number));
        words->options.n_workers = (size_t)number;
        return QMT_OK;
    case O_FRESH:
        words->options.fresh = 1;
        return QMT_OK;
    default:
        words->help = true;
        return QMT_OK;
    }
}

/// What is on the screen of the progress.
typedef struct {
    Terminal terminal;
    double begun_s, shown_s;
    uint64_t n_before; ///< frames of an earlier call
    bool begun, line;  ///< line: there is one to be taken away
} ProgressLine;

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void progress_show(void *user, const QmtLabelCounts *counts)
{
    ProgressLine *const line = user;
    const double now = now_s();
    if (!line->begun) {
        line->begun = true;
        line->n_before = counts->n_done;
        line->begun_s = now;
        return;
    }
    if (!line->terminal.moves || now - line->shown_s < 0.1)
        return;
    const double done = (double)(counts->n_done - line->n_before);
    const double left = (double)(counts->n_frames - counts->n_done);
    fprintf(stderr, "\r%3.0f %%  %llu/%llu frames",
            100.0 * (double)counts->n_done / (double)counts->n_frames,
            (unsigned long long)counts->n_done, (unsigned long long)counts->n_frames);
    if (counts->n_failed > 0)
        fprintf(stderr, ", %llu failed", (unsigned long long)counts->n_failed);
    if (done > 0.0 && now - line->begun_s > 1.0)
        fprintf(stderr, ", %.0f s left", (now - line->begun_s) * left / done);
    fprintf(stderr, "\033[K");
    line->shown_s = now;
    line->line = true;
}

static QmtStatus words_do(QmtContext *ctx, const LabelWords *words)
{
    ProgressLine line = {.terminal = terminal_of(stderr)};
    QmtLabelCounts counts = {0};
    char shown[SHOWN_SIZE];
    static const CommandKey USED[] = {{"properties", NULL}};
    if (words->path == NULL)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "no FILE; e.g. `qmtraj label frames.extxyz -o labelled.extxyz`");
    if (words->out == NULL || words->out[0] == '\0' || strcmp(words->out, "-") == 0)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "-o OUT is missing: the file to make; standard output "
                    "cannot be one");
    TRY(config_unused_say(ctx, words->config, "label", USED, sizeof USED / sizeof *USED));
    const QmtStatus status = qmt_label_file(ctx, words->config, words->path, words->out,
                                            &words->options, progress_show, &line, &counts);
    if (line.line)
        fprintf(stderr, "\r\033[K");
    if (status == QMT_OK || status == QMT_ERR_PARTIAL)
        printf("%s: %llu of %llu frames labelled\n",
               qmt_text_printable(words->out, shown, sizeof shown),
               (unsigned long long)(counts.n_frames - counts.n_failed),
               (unsigned long long)counts.n_frames);
    return status;
}

QmtStatus cmd_label(QmtContext *ctx, int argc, char **argv)
{
    LabelWords words = {.options = qmt_label_options_default()};
    TRY(qmt_config_create(ctx, &words.config));
    QmtStatus status =
        options_each(ctx, argc, argv, OPTIONS, N_OPTIONS, &words.help, word_take, &words);
    if (status == QMT_OK && words.help)
        help_label(stdout);
    else if (status == QMT_OK)
        status = words_do(ctx, &words);
    qmt_config_destroy(&words.config);
    return status;
}
