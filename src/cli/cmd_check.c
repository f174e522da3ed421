#include <string.h>

#include <qmtraj/check.h>
#include <qmtraj/text.h>

#include "cli/commands.h"
#include "cli/json_print.h"
#include "cli/npz_paths.h"
#include "cli/options.h"
#include "cli/terminal.h"

/// Up to so many files are reported in full.
enum { FEW_FILES = 3, PATH_SHOWN = 4096 };

enum { O_FRAMES, O_SEED, O_NUM_WORKERS, O_QUIET, O_VERBOSE, O_JSON, O_HELP, O_H, N_OPTIONS };

static const Option OPTIONS[N_OPTIONS] = {
    [O_FRAMES] = {"--frames", "K",
                  "frames to compute again: a number (default 8; 0: none), or all"},
    [O_SEED] = {"--seed", "S", "draw other frames (default 1)"},
    [O_NUM_WORKERS] = {"--num-workers", "N",
                       "files side by side, a process each (default: the cores this process may "
                       "use); the output is the same"},
    [O_QUIET] = {"--quiet", NULL, "one line for each file that does not pass, and nothing else"},
    [O_VERBOSE] = {"--verbose", NULL, "every check of every file, however many files there are"},
    [O_JSON] = {"--json", NULL, "the reports as JSON"},
    [O_HELP] = {"--help", NULL, "this text"},
    [O_H] = {"-h", NULL, NULL},
};

void help_check(FILE *out)
{
    text_print_paragraphs(
        out,
        "qmtraj check PATH... [options]\n"
        "\n"
        "Proves that trajectory files are what they say. PATH is an .npz file, or a folder whose "
        ".npz\n"
        "files are all checked, those of its folders too. The steps of each file are made again "
        "from its\n"
        "forces, some of its frames are computed again from nothing, and everything that it says "
        "twice is\n"
        "compared. docs/check.md describes each check, its limits, and what no check can tell.\n"
        "\n"
        "Up to three files are reported in full: PASS, WARN, FAIL or NOT RUN for each check, with "
        "what was\n"
        "found and what is allowed. Of more files each has a line, with the checks that do not "
        "pass.\n"
        "\n"
        "Ends with 0 if no file fails (a warning is no failure), 1 if one does, 5 if a file cannot "
        "be read.\n"
        "\n"
        "  qmtraj check data/qm\n"
        "  qmtraj check data/qm --quiet --num-workers 8\n"
        "  qmtraj check data/qm/glycine/trajectory.npz --frames all\n"
        "\n");
    options_print(out, OPTIONS, N_OPTIONS);
}

/// What the command line asks for.
typedef struct {
    QmtCheckOptions options;
    NpzPaths paths;
    size_t n_workers;
    bool quiet, verbose, json, help;
} CheckWords;

static QmtStatus frames_read(QmtContext *ctx, const char *value, uint64_t *n)
{
    long long number = 0;
    if (strcmp(value, "all") == 0) {
        *n = UINT64_MAX;
        return QMT_OK;
    }
    TRY(option_number(ctx, "--frames", value, 0, INT64_MAX, &number));
    *n = (uint64_t)number;
    return QMT_OK;
}

static QmtStatus words_read(QmtContext *ctx, int argc, char **argv, CheckWords *words)
{
    OptionReader reader = {.argc = argc, .argv = argv};
    int place = 0;
    const char *value = NULL;
    long long number = 0;
    for (;;) {
        TRY(options_next(ctx, &reader, OPTIONS, N_OPTIONS, &place, &value));
        switch (place) {
        case OPTION_END:
            return QMT_OK;
        case OPTION_REST:
            TRY(npz_paths_add(ctx, value, &words->paths));
            break;
        case O_FRAMES:
            TRY(frames_read(ctx, value, &words->options.n_frames));
            break;
        case O_SEED:
            TRY(option_number(ctx, "--seed", value, 0, INT64_MAX, &number));
            words->options.seed = (uint64_t)number;
            break;
        case O_NUM_WORKERS:
            TRY(option_number(ctx, "--num-workers", value, 1, 4096, &number));
            words->n_workers = (size_t)number;
            break;
        case O_QUIET:
            words->quiet = true;
            break;
        case O_VERBOSE:
            words->verbose = true;
            break;
        case O_JSON:
            words->json = true;
            break;
        default:
            words->help = true;
            return QMT_OK;
        }
    }
}

/// Where results go, and what they add up to.
typedef struct {
    QmtContext *ctx;
    const CheckWords *words;
    Terminal terminal;
    cJSON *array; ///< NULL: text
    size_t n[QMT_CHECK_FAIL + 1];
    size_t n_unread;
    QmtStatus unread; ///< of the first file that cannot be read
    char unread_sentence[1280];
} Printer;

static void verdict_print(const Printer *printer, QmtVerdict verdict)
{
    static const Colour COLOURS[] = {COLOUR_NONE, COLOUR_GOOD, COLOUR_WARNING, COLOUR_FAILURE};
    printf("%s%-7s%s", colour_begin(&printer->terminal, COLOURS[verdict]),
           qmt_verdict_name(verdict), colour_end(&printer->terminal, COLOURS[verdict]));
}

/// A line for each check, or for those that did not pass.
static void lines_print(const Printer *printer, const QmtCheckReport *report, QmtVerdict least)
{
    for (size_t i = 0; i < qmt_check_count(); i++) {
        if (qmt_check_verdict(report, i) < least)
            continue;
        printf("  ");
        verdict_print(printer, qmt_check_verdict(report, i));
        printf("  %-14s  %s\n", qmt_check_name(i), qmt_check_sentence(report, i));
    }
}

/// The file, its verdict and the first check that has it, in one line.
static void quiet_print(const Printer *printer, const char *path, const QmtCheckReport *report)
{
    const QmtVerdict worst = qmt_check_worst(report);
    size_t n_more = 0, first = qmt_check_count();
    for (size_t i = 0; i < qmt_check_count(); i++) {
        const bool counts = qmt_check_verdict(report, i) >= QMT_CHECK_WARN;
        if (first == qmt_check_count() && qmt_check_verdict(report, i) == worst)
            first = i;
        else
            n_more += counts;
    }
    if (worst <= QMT_CHECK_PASS)
        return;
    verdict_print(printer, worst);
    printf(" %s: %s: %s", path, qmt_check_name(first), qmt_check_sentence(report, first));
    if (n_more > 0)
        printf(" (%zu more)", n_more);
    putchar('\n');
}

static void report_print(const Printer *printer, const char *path, const QmtCheckReport *report)
{
    char shown[PATH_SHOWN];
    qmt_text_printable(path, shown, sizeof shown);
    if (printer->words->quiet) {
        quiet_print(printer, shown, report);
    } else if (printer->words->verbose || printer->words->paths.n <= FEW_FILES) {
        printf("%s\n", shown);
        lines_print(printer, report, QMT_CHECK_NOT_RUN);
    } else {
        verdict_print(printer, qmt_check_worst(report));
        printf(" %s\n", shown);
        lines_print(printer, report, QMT_CHECK_WARN);
    }
}

static cJSON *report_json(const char *path, const QmtCheckReport *report)
{
    json_print_go_on();
    cJSON *const object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "path", path);
    cJSON_AddStringToObject(object, "verdict", qmt_verdict_name(qmt_check_worst(report)));
    cJSON *const lines = cJSON_AddArrayToObject(object, "checks");
    for (size_t i = 0; i < qmt_check_count(); i++) {
        cJSON *const line = cJSON_CreateObject();
        cJSON_AddStringToObject(line, "check", qmt_check_name(i));
        cJSON_AddStringToObject(line, "verdict", qmt_verdict_name(qmt_check_verdict(report, i)));
        cJSON_AddStringToObject(line, "message", qmt_check_sentence(report, i));
        cJSON_AddItemToArray(lines, line);
    }
    return object;
}

/// One that cannot be read does not stop the others.
static void result_take(void *user, size_t file, const QmtCheckedFile *checked)
{
    Printer *const printer = user;
    const char *const path = printer->words->paths.path[file];
    if (checked->status != QMT_OK) {
        if (printer->n_unread++ == 0) {
            printer->unread = checked->status;
            snprintf(printer->unread_sentence, sizeof printer->unread_sentence, "%s",
                     checked->message);
        } else {
            qmt_context_note(printer->ctx, QMT_LOG_WARNING, checked->message);
        }
        return;
    }
    printer->n[qmt_check_worst(checked->report)]++;
    if (printer->array != NULL)
        cJSON_AddItemToArray(printer->array, report_json(path, checked->report));
    else
        report_print(printer, path, checked->report);
}

static QmtStatus paths_check(QmtContext *ctx, const CheckWords *words, cJSON *array)
{
    const size_t n = words->paths.n;
    Printer printer = {.ctx = ctx, .words = words, .terminal = terminal_of(stdout), .array = array};
    TRY(qmt_check_files(ctx, (const char *const *)words->paths.path, n, &words->options,
                        words->n_workers, result_take, &printer));
    if (array == NULL && n > 1 && !words->quiet) {
        printf("%zu files: %zu pass, %zu warn, %zu fail", n,
               printer.n[QMT_CHECK_PASS] + printer.n[QMT_CHECK_NOT_RUN], printer.n[QMT_CHECK_WARN],
               printer.n[QMT_CHECK_FAIL]);
        if (printer.n_unread > 0)
            printf(", %zu cannot be read", printer.n_unread);
        putchar('\n');
    }
    if (printer.n_unread > 0)
        return FAIL(ctx, printer.unread, "%s", printer.unread_sentence);
    if (printer.n[QMT_CHECK_FAIL] > 0)
        return FAIL(ctx, QMT_ERR_PARTIAL, "%zu of %zu files are not what they should be",
                    printer.n[QMT_CHECK_FAIL], n);
    return QMT_OK;
}

static QmtStatus words_check(QmtContext *ctx, const CheckWords *words)
{
    if (words->paths.n == 0)
        return FAIL(ctx, QMT_ERR_USAGE, "no PATH; e.g. `qmtraj check data/qm`");
    if (!words->json)
        return paths_check(ctx, words, NULL);
    json_print_begin();
    cJSON *const array = cJSON_CreateArray();
    if (array == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the report");
    const QmtStatus status = paths_check(ctx, words, array);
    char *const text = json_print_text(array, true);
    if (text == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the report");
    puts(text);
    qmt_text_free(text);
    return status;
}

QmtStatus cmd_check(QmtContext *ctx, int argc, char **argv)
{
    CheckWords words = {.options = qmt_check_options_default()};
    QmtStatus status = words_read(ctx, argc, argv, &words);
    if (status == QMT_OK && words.help)
        help_check(stdout);
    else if (status == QMT_OK)
        status = words_check(ctx, &words);
    npz_paths_release(&words.paths);
    return status;
}
