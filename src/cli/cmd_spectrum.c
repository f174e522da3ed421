#include <qmtraj/report.h>
#include <qmtraj/text.h>

#include "cli/commands.h"
#include "cli/options.h"

enum { O_HELP, O_H, N_OPTIONS };

static const Option OPTIONS[N_OPTIONS] = {
    [O_HELP] = {"--help", NULL, "this text"},
    [O_H] = {"-h", NULL, NULL},
};

void help_spectrum(FILE *out)
{
    text_print_paragraphs(out, "qmtraj spectrum FILE\n"
                               "\n"
                               "Prints the vibrational density of states of a trajectory from its "
                               "velocities, and its infrared spectrum if it holds dipoles, as CSV "
                               "over wavenumbers in cm-1. docs/report.md has the formulas.\n"
                               "\n"
                               "  qmtraj spectrum data/qm/glycine/trajectory.npz > glycine.csv\n"
                               "\n");
    options_print(out, OPTIONS, N_OPTIONS);
}

QmtStatus cmd_spectrum(QmtContext *ctx, int argc, char **argv)
{
    OptionReader reader = {.argc = argc, .argv = argv};
    const char *value = NULL, *path = NULL;
    char *text = NULL;
    int place = 0;
    for (;;) {
        TRY(options_next(ctx, &reader, OPTIONS, N_OPTIONS, &place, &value));
        if (place == OPTION_END)
            break;
        if (place != OPTION_REST) {
            help_spectrum(stdout);
            return QMT_OK;
        }
        if (path != NULL)
            return FAIL(ctx, QMT_ERR_USAGE, "%.100s: one file is enough", value);
        path = value;
    }
    if (path == NULL)
        return FAIL(ctx, QMT_ERR_USAGE, "which file? qmtraj spectrum FILE");
    TRY(qmt_spectrum_csv(ctx, path, &text));
    fputs(text, stdout);
    qmt_text_free(text);
    return QMT_OK;
}
