#include <stdio.h>

#include <qmtraj/archive.h>

#include "cli/commands.h"
#include "cli/options.h"

enum { O_HELP, O_H, N_OPTIONS };

static const Option OPTIONS[N_OPTIONS] = {
    [O_HELP] = {"--help", NULL, "this text"},
    [O_H] = {"-h", NULL, NULL},
};

enum { NAMES_MAX = 4096 };

/// The words of both commands.
typedef struct {
    const char *out;
    const char *names[NAMES_MAX];
    size_t n_names;
    bool help;
} PackWords;

void help_pack(FILE *out)
{
    text_print_paragraphs(
        out,
        "qmtraj pack OUT\n"
        "\n"
        "Puts every finished trajectory of OUT into OUT/packed.zip, five files into none. Every\n"
        "command reads it as if the folders were there, and so do NumPy and Python's zipfile.\n"
        "`run --pack` does it as trajectories end.\n"
        "\n"
        "  qmtraj pack data/qm\n"
        "\n");
    options_print(out, OPTIONS, N_OPTIONS);
}

void help_unpack(FILE *out)
{
    text_print_paragraphs(
        out,
        "qmtraj unpack OUT [NAME ...]\n"
        "\n"
        "Makes folders of the trajectories in the archives of OUT again: of those that are named,\n"
        "or of all, and the archives go.\n"
        "\n"
        "  qmtraj unpack data/qm glycine\n"
        "\n");
    options_print(out, OPTIONS, N_OPTIONS);
}

static QmtStatus words_read(QmtContext *ctx, int argc, char **argv, const char *usage,
                            PackWords *words)
{
    OptionReader reader = {.argc = argc, .argv = argv};
    const char *value = NULL;
    int place = 0;
    for (;;) {
        TRY(options_next(ctx, &reader, OPTIONS, N_OPTIONS, &place, &value));
        if (place == OPTION_END)
            break;
        words->help = words->help || place == O_HELP || place == O_H;
        if (words->help)
            return QMT_OK;
        if (words->out == NULL)
            words->out = value;
        else if (words->n_names == NAMES_MAX)
            return FAIL(ctx, QMT_ERR_USAGE, "at most %d names at once", NAMES_MAX);
        else
            words->names[words->n_names++] = value;
    }
    return words->out != NULL ? QMT_OK : FAIL(ctx, QMT_ERR_USAGE, "which folder? %s", usage);
}

QmtStatus cmd_pack(QmtContext *ctx, int argc, char **argv)
{
    PackWords words = {.n_names = 0};
    size_t n;
    TRY(words_read(ctx, argc, argv, "qmtraj pack OUT", &words));
    if (words.help) {
        help_pack(stdout);
        return QMT_OK;
    }
    if (words.n_names > 0)
        return FAIL(ctx, QMT_ERR_USAGE, "%.100s: one folder is enough", words.names[0]);
    TRY(qmt_pack(ctx, words.out, &n));
    printf("%zu %s now in %s/packed.zip\n", n, n == 1 ? "trajectory is" : "trajectories are",
           words.out);
    return QMT_OK;
}

QmtStatus cmd_unpack(QmtContext *ctx, int argc, char **argv)
{
    PackWords words = {.n_names = 0};
    size_t n;
    TRY(words_read(ctx, argc, argv, "qmtraj unpack OUT [NAME ...]", &words));
    if (words.help) {
        help_unpack(stdout);
        return QMT_OK;
    }
    TRY(qmt_unpack(ctx, words.out, words.names, words.n_names, &n));
    printf("%zu %s of %s again\n", n,
           n == 1 ? "trajectory is a folder" : "trajectories are folders", words.out);
    return QMT_OK;
}
