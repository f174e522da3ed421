#include <string.h>
#include <time.h>

#include <qmtraj/campaign.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/status_view.h"
#include "cli/terminal.h"

enum { O_FAILED, O_ALL, O_WATCH, O_JSON, O_HELP, O_H, N_OPTIONS };

/// Rows of a table that was not asked for in full, and seconds between two looks of --watch.
enum { ROWS_MAX = 50, WATCH_PAUSE_S = 2 };

static const Option OPTIONS[N_OPTIONS] = {
    [O_FAILED] = {"--failed", NULL, "only what failed or cannot be computed, with the reasons"},
    [O_ALL] = {"--all", NULL, "a row for every molecule, however many there are"},
    [O_WATCH] = {"--watch", NULL, "look again every two seconds, as long as something runs"},
    [O_JSON] = {"--json", NULL, "one JSON list with an object per trajectory"},
    [O_HELP] = {"--help", NULL, "this text"},
    [O_H] = {"-h", NULL, NULL},
};

void help_status(FILE *out)
{
    text_print_paragraphs(
        out,
        "qmtraj status [options] OUT\n"
        "\n"
        "How far the jobs in an output folder are, also while they run: how many molecules are\n"
        "complete, running, waiting, failed or rejected, and the time left; then a table with\n"
        "percent, time left, speed, mean temperature and drift so far (of the shadow energy, in\n"
        "NVE windows if there are any), and the reason of each failure. What is running is\n"
        "shown as of its last checkpoint. Of more than 50 molecules only those have a row that\n"
        "run, failed, were interrupted or have a warning.\n"
        "\n"
        "The exit code is 1 if a molecule failed or cannot be computed, else 0.\n"
        "\n"
        "  qmtraj status data/qm\n"
        "  qmtraj status data/qm --failed\n"
        "\n");
    options_print(out, OPTIONS, N_OPTIONS);
}

typedef struct {
    const char *out;
    StatusShow show;
    bool watch, json, help;
} StatusWords;

static QmtStatus words_read(QmtContext *ctx, int argc, char **argv, StatusWords *words)
{
    OptionReader reader = {.argc = argc, .argv = argv};
    const char *value = NULL;
    int place = 0;
    for (;;) {
        TRY(options_next(ctx, &reader, OPTIONS, N_OPTIONS, &place, &value));
        if (place == OPTION_END)
            break;
        if (place == O_HELP || place == O_H)
            words->help = true;
        else if (place == O_JSON)
            words->json = true;
        else if (place == O_WATCH)
            words->watch = true;
        else if (place == O_FAILED || place == O_ALL)
            words->show = place == O_FAILED ? STATUS_SHOW_FAILED : STATUS_SHOW_ALL;
        else if (words->out != NULL)
            return FAIL(ctx, QMT_ERR_USAGE, "%.100s: one folder is enough", value);
        else
            words->out = value;
    }
    if (words->out == NULL && !words->help)
        return FAIL(ctx, QMT_ERR_USAGE, "which folder? qmtraj status OUT");
    if (words->json && words->watch)
        return FAIL(ctx, QMT_ERR_USAGE, "--watch is for people, --json for programs; choose one");
    return QMT_OK;
}

static void list_print(QmtContext *ctx, const StatusWords *words, const QmtFolderStatus *list)
{
    size_t rows_max = words->show == STATUS_SHOW_SOME ? ROWS_MAX : qmt_folder_status_count(list);
    if (words->watch && terminal_of(stdout).moves) {
        // Every row may have a line below it.
        int columns, rows;
        terminal_size(stdout, &columns, &rows);
        const size_t room = rows > 8 ? (size_t)(rows - 6) / 2 : 1;
        rows_max = room < rows_max ? room : rows_max;
        fputs("\033[H\033[J", stdout);
    }
    status_view_print(ctx, list, words->show, rows_max);
    fflush(stdout);
}

static QmtStatus totals_status(QmtContext *ctx, const QmtTotals *totals)
{
    const size_t n_bad = totals->n_failed + totals->n_rejected;
    return n_bad == 0 ? QMT_OK
                      : FAIL(ctx, QMT_ERR_PARTIAL,
                             "%zu of %zu molecules failed or cannot be computed", n_bad, totals->n);
}

/// One look.
///
/// @param running  whether anything runs
static QmtStatus folder_show(QmtContext *ctx, const StatusWords *words, bool *running)
{
    QmtFolderStatus *list = NULL;
    QmtTotals totals;
    TRY(qmt_folder_status(ctx, words->out, &list));
    QmtStatus status = qmt_folder_status_totals(ctx, list, &totals);
    if (status == QMT_OK && words->json)
        status = status_view_json(ctx, list);
    else if (status == QMT_OK)
        list_print(ctx, words, list);
    if (status == QMT_OK) {
        *running = totals.n_running > 0;
        status = totals_status(ctx, &totals);
    }
    qmt_folder_status_destroy(&list);
    return status;
}

QmtStatus cmd_status(QmtContext *ctx, int argc, char **argv)
{
    StatusWords words = {.show = STATUS_SHOW_SOME};
    bool again;
    QmtStatus status;
    TRY(words_read(ctx, argc, argv, &words));
    if (words.help) {
        help_status(stdout);
        return QMT_OK;
    }
    do {
        bool running = false;
        status = folder_show(ctx, &words, &running);
        again = words.watch && running;
        if (again)
            nanosleep(&(struct timespec){.tv_sec = WATCH_PAUSE_S}, NULL);
    } while (again);
    return status;
}
