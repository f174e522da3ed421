#include <string.h>
#include <time.h>

#include <qmtraj/report.h>

#include "cli/commands.h"
#include "cli/options.h"

enum { O_OUT, O_OUT_SHORT, O_FRAMES, O_NUM_WORKERS, O_WATCH, O_HELP, O_H, N_OPTIONS };

/// Seconds between two pages of --watch.
enum { WATCH_PAUSE_S = 10 };

static const Option OPTIONS[N_OPTIONS] = {
    [O_OUT] = {"--out", "FILE", "the page to write (default report.html)"},
    [O_OUT_SHORT] = {"-o", "FILE", NULL},
    [O_FRAMES] = {"--frames", "K",
                  "frames of each trajectory to compute again (default 2; 0: none)"},
    [O_NUM_WORKERS] = {"--num-workers", "N",
                       "trajectories side by side (default: the cores this process may use)"},
    [O_WATCH] = {"--watch", NULL,
                 "write the page again every ten seconds, as long as something "
                 "runs; it loads itself again"},
    [O_HELP] = {"--help", NULL, "this text"},
    [O_H] = {"-h", NULL, NULL},
};

void help_report(FILE *out)
{
    text_print_paragraphs(
        out,
        "qmtraj report OUT [-o report.html] [options]\n"
        "\n"
        "Writes one page about the trajectories of a folder, to open in a browser: a verdict for "
        "each, worst first, the molecule in motion, temperature, energies, bonds, torsions, forces "
        "and vibrations. The page is one file that needs no network. docs/report.md says how each "
        "number is made.\n"
        "\n"
        "  qmtraj report data/qm\n"
        "  qmtraj report data/qm -o today.html --watch\n"
        "\n");
    options_print(out, OPTIONS, N_OPTIONS);
}

void help_view(FILE *out)
{
    text_print_paragraphs(out,
                          "qmtraj view FILE [-o report.html] [options]\n"
                          "\n"
                          "Likewise of one trajectory: an .npz file, or the trajectory.npz.part of "
                          "one that is not finished.\n"
                          "\n"
                          "  qmtraj view data/qm/glycine/trajectory.npz\n"
                          "\n");
    options_print(out, OPTIONS, N_OPTIONS);
}

typedef struct {
    const char *path, *to;
    QmtReportOptions options;
    bool watch, help;
} ReportWords;

static QmtStatus words_read(QmtContext *ctx, int argc, char **argv, ReportWords *words)
{
    OptionReader reader = {.argc = argc, .argv = argv};
    const char *value = NULL;
    int place = 0;
    long long number = 0;
    for (;;) {
        TRY(options_next(ctx, &reader, OPTIONS, N_OPTIONS, &place, &value));
        if (place == OPTION_END)
            return QMT_OK;
        if (place == O_HELP || place == O_H) {
            words->help = true;
        } else if (place == O_OUT || place == O_OUT_SHORT) {
            TRY(option_file(ctx, OPTIONS[place].name, value, &words->to));
        } else if (place == O_WATCH) {
            words->watch = true;
        } else if (place == O_FRAMES) {
            TRY(option_number(ctx, "--frames", value, 0, INT64_MAX, &number));
            words->options.n_frames = (uint64_t)number;
        } else if (place == O_NUM_WORKERS) {
            TRY(option_number(ctx, "--num-workers", value, 1, 4096, &number));
            words->options.n_workers = (size_t)number;
        } else if (words->path != NULL) {
            return FAIL(ctx, QMT_ERR_USAGE, "%.100s: one folder or file is enough", value);
        } else {
            words->path = value;
        }
    }
}

static QmtStatus pages_write(QmtContext *ctx, ReportWords *words)
{
    size_t n_running = 0;
    words->options.reload_s = words->watch ? WATCH_PAUSE_S : 0;
    TRY(qmt_report_write(ctx, words->path, words->to, &words->options, &n_running));
    while (words->watch && n_running > 0) {
        nanosleep(&(struct timespec){.tv_sec = WATCH_PAUSE_S}, NULL);
        TRY(qmt_report_write(ctx, words->path, words->to, &words->options, &n_running));
    }
    if (!words->watch)
        return QMT_OK;
    words->options.reload_s = 0;
    return qmt_report_write(ctx, words->path, words->to, &words->options, &n_running);
}

static QmtStatus report_run(QmtContext *ctx, int argc, char **argv, const char *missing,
                            void (*help)(FILE *out))
{
    ReportWords words = {.to = "report.html", .options = qmt_report_options_default()};
    TRY(words_read(ctx, argc, argv, &words));
    if (words.help) {
        help(stdout);
        return QMT_OK;
    }
    if (words.path == NULL)
        return FAIL(ctx, QMT_ERR_USAGE, "%s", missing);
    TRY(pages_write(ctx, &words));
    printf("%s: open it in a browser\n", words.to);
    return QMT_OK;
}

QmtStatus cmd_report(QmtContext *ctx, int argc, char **argv)
{
    return report_run(ctx, argc, argv, "which folder? qmtraj report OUT", help_report);
}

QmtStatus cmd_view(QmtContext *ctx, int argc, char **argv)
{
    return report_run(ctx, argc, argv, "which file? qmtraj view FILE", help_view);
}
