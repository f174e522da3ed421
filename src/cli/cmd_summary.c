#include <stdio.h>

#include <qmtraj/campaign.h>

#include "cli/commands.h"
#include "cli/options.h"

enum { O_HELP, O_H, N_OPTIONS };

static const Option OPTIONS[N_OPTIONS] = {
    [O_HELP] = {"--help", NULL, "this text"},
    [O_H] = {"-h", NULL, NULL},
};

void help_summary(FILE *out)
{
    text_print_paragraphs(
        out,
        "qmtraj summary OUT\n"
        "\n"
        "Writes OUT/summary.json again: the figures of every trajectory in OUT, from the journals\n"
        "of all jobs there, also while they run. A job does it at its end, unless it made only a\n"
        "small part of a large folder.\n"
        "\n"
        "  qmtraj summary data/qm\n"
        "\n");
    options_print(out, OPTIONS, N_OPTIONS);
}

QmtStatus cmd_summary(QmtContext *ctx, int argc, char **argv)
{
    OptionReader reader = {.argc = argc, .argv = argv};
    const char *value = NULL, *out = NULL;
    int place = 0;
    size_t n;
    for (;;) {
        TRY(options_next(ctx, &reader, OPTIONS, N_OPTIONS, &place, &value));
        if (place == OPTION_END)
            break;
        if (place == O_HELP || place == O_H) {
            help_summary(stdout);
            return QMT_OK;
        }
        if (out != NULL)
            return FAIL(ctx, QMT_ERR_USAGE, "%.100s: one folder is enough", value);
        out = value;
    }
    if (out == NULL)
        return FAIL(ctx, QMT_ERR_USAGE, "which folder? qmtraj summary OUT");
    TRY(qmt_summary_write(ctx, out, &n));
    printf("%s/summary.json holds %zu %s\n", out, n, n == 1 ? "trajectory" : "trajectories");
    return QMT_OK;
}
