#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/audit.h"
#include "base/printable.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "io/file.h"
#include "io/json.h"
#include "run/partial.h"

enum { O_FRAMES, O_SEED, O_JSON, O_HELP, O_H, N_OPTIONS };

static const Option OPTIONS[N_OPTIONS] = {
    [O_FRAMES] = {"--frames", "K", "frames to compute again (default 8; 0: none)"},
    [O_SEED] = {"--seed", "S", "draw other frames (default 1)"},
    [O_JSON] = {"--json", NULL, "the report as JSON"},
    [O_HELP] = {"--help", NULL, "this text"},
    [O_H] = {"-h", NULL, NULL},
};

void help_check(FILE *out)
{
    fputs("qmtraj check PATH... [options]\n"
          "\n"
          "Proves that trajectory files are what they say. PATH is an .npz file, or a folder whose "
          ".npz\n"
          "files are all checked, those of its folders too. Each line is PASS, WARN, FAIL or NOT "
          "RUN: types,\n"
          "checksums, numbers that are not finite, masses, time, energies, temperature, drift, "
          "centre of\n"
          "mass, bonds, and the labels of a few frames computed again from nothing, properties "
          "included.\n"
          "\n"
          "Ends with 0 if nothing fails, 1 if something does, 5 if a file cannot be read.\n"
          "\n"
          "  qmtraj check data/qm\n"
          "  qmtraj check data/qm/glycine/trajectory.npz --frames 100\n"
          "\n",
          out);
    options_print(out, OPTIONS, N_OPTIONS);
}

typedef struct {
    char **path; ///< [n], each malloc'ed
    size_t n, room;
} Paths;

static void paths_release(Paths *paths)
{
    for (size_t i = 0; i < paths->n; i++)
        free(paths->path[i]);
    free(paths->path);
}

static QmtStatus paths_add(QmtContext *ctx, const char *path, Paths *paths)
{
    if (paths->n == paths->room) {
        const size_t room = paths->room > 0 ? 2 * paths->room : 16;
        char **const more = realloc(paths->path, room * sizeof *more);
        if (more == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for the list of files", path);
        paths->path = more;
        paths->room = room;
    }
    paths->path[paths->n] = strdup(path);
    if (paths->path[paths->n] == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for the list of files", path);
    paths->n++;
    return QMT_OK;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool is_npz(const char *name)
{
    const size_t n = strlen(name);
    return n > 4 && strcmp(name + n - 4, ".npz") == 0;
}

/// The .npz files of a folder and those below it, in the order of their bytes.
static QmtStatus folder_add(QmtContext *ctx, const char *folder, Paths *paths)
{
    struct dirent **entries = NULL;
    const int n = scandir(folder, &entries, NULL, by_bytes);
    if (n < 0)
        return FAIL(ctx, QMT_ERR_IO, "%s: cannot be listed", folder);
    QmtStatus status = QMT_OK;
    for (int i = 0; i < n; i++) {
        char path[FILE_PATH_SIZE];
        struct stat about;
        if (status == QMT_OK && entries[i]->d_name[0] != '.') {
            status = file_join(ctx, folder, entries[i]->d_name, path);
            // A link to a folder is not followed: it could lead back here.
            if (status == QMT_OK && lstat(path, &about) == 0) {
                if (S_ISDIR(about.st_mode))
                    status = folder_add(ctx, path, paths);
                else if (is_npz(path))
                    status = paths_add(ctx, path, paths);
            }
        }
        free(entries[i]);
    }
    free(entries);
    return status;
}

static QmtStatus path_add(QmtContext *ctx, const char *path, Paths *paths)
{
    struct stat about;
    if (partial_is(path))
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%.300s: is not finished; `qmtraj convert %.300s --to npz` makes a file of its "
                    "frames, which can be checked",
                    path, path);
    if (stat(path, &about) != 0 || !S_ISDIR(about.st_mode))
        return paths_add(ctx, path, paths);
    const size_t before = paths->n;
    TRY(folder_add(ctx, path, paths));
    if (paths->n == before)
        return FAIL(ctx, QMT_ERR_IO,
                    "%s: there is no .npz file in this folder; of what is not finished, `qmtraj "
                    "convert NAME/trajectory.npz.part --to npz` makes one",
                    path);
    return QMT_OK;
}

/// What the command line asks for.
typedef struct {
    CheckOptions options;
    Paths paths;
    bool json, help;
} CheckWords;

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
            TRY(path_add(ctx, value, &words->paths));
            break;
        case O_FRAMES:
            TRY(option_number(ctx, "--frames", value, 0, INT64_MAX, &number));
            words->options.n_frames = (uint64_t)number;
            break;
        case O_SEED:
            TRY(option_number(ctx, "--seed", value, 0, INT64_MAX, &number));
            words->options.seed = (uint64_t)number;
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

static void report_print(const char *path, const CheckReport *report)
{
    char shown[4096];
    printf("%s\n", text_printable(path, shown, sizeof shown));
    for (int i = 0; i < CHECK_COUNT; i++) // what the metadata say comes into these sentences
        printf("  %-7s  %-14s  %s\n", check_verdict_name(report->line[i].verdict),
               check_item_name((CheckItem)i),
               text_printable(report->line[i].sentence, shown, sizeof shown));
}

static cJSON *report_json(const char *path, const CheckReport *report)
{
    cJSON *const object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "path", path);
    cJSON_AddStringToObject(object, "verdict", check_verdict_name(check_worst(report)));
    cJSON *const lines = cJSON_AddArrayToObject(object, "checks");
    for (int i = 0; i < CHECK_COUNT; i++) {
        cJSON *const line = cJSON_CreateObject();
        cJSON_AddStringToObject(line, "check", check_item_name((CheckItem)i));
        cJSON_AddStringToObject(line, "verdict", check_verdict_name(report->line[i].verdict));
        cJSON_AddStringToObject(line, "message", report->line[i].sentence);
        cJSON_AddItemToArray(lines, line);
    }
    return object;
}

/// Checks every file; one that cannot be read does not stop the others.
static QmtStatus paths_check(QmtContext *ctx, const CheckWords *words, cJSON *array)
{
    QmtStatus unread = QMT_OK;
    Message first = {0};
    size_t n_failed = 0, n_warned = 0;
    for (size_t i = 0; i < words->paths.n; i++) {
        const char *const path = words->paths.path[i];
        CheckReport report;
        const QmtStatus status = check_file(ctx, path, &words->options, &report);
        if (status != QMT_OK) {
            if (unread == QMT_OK)
                first = context_keep(ctx);
            else
                context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
            unread = unread == QMT_OK ? status : unread;
            continue;
        }
        n_failed += check_worst(&report) == CHECK_FAIL;
        n_warned += check_worst(&report) == CHECK_WARN;
        if (array != NULL)
            cJSON_AddItemToArray(array, report_json(path, &report));
        else
            report_print(path, &report);
    }
    if (array == NULL && words->paths.n > 1)
        printf("%zu files: %zu fail, %zu warn\n", words->paths.n, n_failed, n_warned);
    if (unread != QMT_OK)
        return context_restore(ctx, &first);
    if (n_failed > 0)
        return FAIL(ctx, QMT_ERR_PARTIAL, "%zu of %zu files are not what they should be", n_failed,
                    words->paths.n);
    return QMT_OK;
}

static QmtStatus words_check(QmtContext *ctx, const CheckWords *words)
{
    if (words->paths.n == 0)
        return FAIL(ctx, QMT_ERR_USAGE, "no PATH; e.g. `qmtraj check data/qm`");
    if (!words->json)
        return paths_check(ctx, words, NULL);
    json_begin();
    cJSON *const array = cJSON_CreateArray();
    if (array == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the report");
    const QmtStatus status = paths_check(ctx, words, array);
    char *const text = json_text(array, true);
    if (text == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the report");
    puts(text);
    cJSON_free(text);
    return status;
}

QmtStatus cmd_check(QmtContext *ctx, int argc, char **argv)
{
    CheckWords words = {.options = {.n_frames = 8, .seed = 1}};
    QmtStatus status = words_read(ctx, argc, argv, &words);
    if (status == QMT_OK && words.help)
        help_check(stdout);
    else if (status == QMT_OK)
        status = words_check(ctx, &words);
    paths_release(&words.paths);
    return status;
}
