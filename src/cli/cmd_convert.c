#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <qmtraj/campaign.h>
#include <qmtraj/text.h>
#include <qmtraj/trajectory.h>

#include "cli/commands.h"
#include "cli/options.h"

enum { O_TO, O_EVERY, O_OUT, O_OUT_SHORT, O_MOMENTA, O_HELP, O_H, N_OPTIONS };

static const Option OPTIONS[N_OPTIONS] = {
    [O_TO] = {"--to", "FORMAT", "one of the formats above"},
    [O_EVERY] = {"--every", "K", "frames 0, K, 2K, ... (default 1, all)"},
    [O_OUT] = {"--out", "OUT",
               "file or folder to make, also -o (default: beside FILE, with the ending of the "
               "format; needed for one in an archive)"},
    [O_OUT_SHORT] = {"-o", "OUT", NULL},
    [O_MOMENTA] = {"--momenta", NULL, "momenta and masses too, extxyz only"},
    [O_HELP] = {"--help", NULL, "this text"},
    [O_H] = {"-h", NULL, NULL},
};

enum { FORMATS_MAX = 32, FORMATS_SIZE = 256 };

/// The command line of `qmtraj convert`.
typedef struct {
    const char *from, *to, *out;
    long long every;
    bool momenta, help;
} ConvertWords;

/// "extxyz, npy, npz".
static const char *formats_list(char list[FORMATS_SIZE])
{
    size_t used = 0;
    list[0] = '\0';
    for (size_t i = 0; i < qmt_format_count() && used < FORMATS_SIZE; i++)
        used += (size_t)snprintf(list + used, FORMATS_SIZE - used, "%s%s", i > 0 ? ", " : "",
                                 qmt_format_name(i));
    return list;
}

void help_convert(FILE *out)
{
    text_print_paragraphs(
        out,
        "qmtraj convert FILE --to FORMAT [options]\n"
        "\n"
        "Writes a trajectory in the format of another program. FILE is an NPZ file, or the\n"
        "trajectory.npz.part of a trajectory that was stopped or still runs: its frames up to\n"
        "the last checkpoint.\n"
        "\n"
        "Formats:\n");
    for (size_t i = 0; i < qmt_format_count(); i++) {
        const int column = fprintf(out, "  %-8s ", qmt_format_name(i));
        text_print_wrapped(out, qmt_format_help(i), column, column);
    }
    text_print_paragraphs(
        out, "\n"
             "  qmtraj convert data/qm/glycine/trajectory.npz --to extxyz --every 100\n"
             "  qmtraj convert data/qm/glycine/trajectory.npz --to npy -o glycine_arrays\n"
             "  qmtraj convert data/qm/glycine/trajectory.npz.part --to npz -o so_far.npz\n"
             "\n");
    options_print(out, OPTIONS, N_OPTIONS);
}

static QmtStatus words_read(QmtContext *ctx, int argc, char **argv, ConvertWords *words)
{
    OptionReader reader = {.argc = argc, .argv = argv};
    int place = 0;
    const char *value = NULL;
    for (;;) {
        TRY(options_next(ctx, &reader, OPTIONS, N_OPTIONS, &place, &value));
        switch (place) {
        case OPTION_END:
            return QMT_OK;
        case OPTION_REST:
            if (words->from != NULL)
                return FAIL(ctx, QMT_ERR_USAGE,
                            "%.200s: one FILE at a time, %.200s was given before", value,
                            words->from);
            words->from = value;
            break;
        case O_TO:
            words->to = value;
            break;
        case O_EVERY:
            TRY(option_number(ctx, "--every", value, 1, INT64_MAX, &words->every));
            break;
        case O_OUT:
        case O_OUT_SHORT:
            if (strcmp(value, "-") == 0 || value[0] == '\0')
                return FAIL(ctx, QMT_ERR_USAGE,
                            "%s \"%s\": OUT is a file or folder to make; standard output cannot be "
                            "one",
                            OPTIONS[place].name, value);
            words->out = value;
            break;
        case O_MOMENTA:
            words->momenta = true;
            break;
        default:
            words->help = true;
            return QMT_OK;
        }
    }
}

/// The length of a name without an ending that it may have.
static size_t without(const char *name, size_t length, const char *ending)
{
    const size_t n = strlen(ending);
    return length > n && strncmp(name + length - n, ending, n) == 0 ? length - n : length;
}

/// OUT without the slashes that may end it, or FILE with the ending of the format.
static QmtStatus out_path(QmtContext *ctx, const ConvertWords *words, const QmtFormat *format,
                          char path[PATH_MAX])
{
    const char *const given = words->out != NULL ? words->out : words->from;
    const char *const ending = words->out != NULL ? "" : format->ending;
    size_t length = strlen(given);
    if (words->out != NULL)
        while (length > 1 && given[length - 1] == '/')
            length--;
    else
        length = without(given, without(given, length, ".part"), ".npz");
    if (length + strlen(ending) >= PATH_MAX)
        return FAIL(ctx, QMT_ERR_IO, "%.60s...: the path is too long; choose a shorter one", given);
    memcpy(path, given, length);
    strcpy(path + length, ending);
    return QMT_OK;
}

/// A trajectory in an archive has no folder that its converted file could lie in.
static QmtStatus folder_needed(QmtContext *ctx, const ConvertWords *words, const char *out)
{
    char folder[PATH_MAX] = ".";
    struct stat about;
    const char *const slash = strrchr(out, '/');
    if (slash != NULL)
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - out + 1), out);
    if (words->out != NULL || stat(folder, &about) == 0)
        return QMT_OK;
    return FAIL(ctx, QMT_ERR_USAGE,
                "%.900s: lies in an archive, and has no folder for %.60s; -o OUT names the file or "
                "folder to make",
                words->from, out + strlen(folder));
}

/// `qmtraj run` renames to and removes the files of these names beside the .part file.
static QmtStatus own_name_refuse(QmtContext *ctx, const char *part, const char *out)
{
    static const char *const NAMES[] = {QMT_FILE_TRAJECTORY, QMT_FILE_OLD, QMT_FILE_PARTIAL};
    const char *const slash = strrchr(part, '/');
    const size_t length = slash != NULL ? (size_t)(slash - part) + 1 : 0;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strncmp(out, part, length) == 0 && strcmp(out + length, NAMES[i]) == 0)
            return FAIL(ctx, QMT_ERR_USAGE,
                        "%.900s: is the name of a file that `qmtraj run` makes and removes there; "
                        "choose another one",
                        out);
    return QMT_OK;
}

/// The format of --to, if the other options go with it.
static QmtStatus format_find(QmtContext *ctx, const ConvertWords *words, QmtFormat *format)
{
    const char *names[FORMATS_MAX];
    char hint[256], list[FORMATS_SIZE];
    if (words->to == NULL)
        return FAIL(ctx, QMT_ERR_USAGE, "--to FORMAT is missing: %s", formats_list(list));
    size_t n = 0;
    for (; n < qmt_format_count() && n < FORMATS_MAX; n++) {
        TRY(qmt_format(ctx, n, format));
        names[n] = format->name;
        if (strcmp(words->to, format->name) == 0)
            break;
    }
    if (n == qmt_format_count())
        return FAIL(ctx, QMT_ERR_USAGE, "--to %.60s: unknown format%s (%s)", words->to,
                    qmt_text_suggest(words->to, names, n, hint, sizeof hint), formats_list(list));
    if (words->momenta && !format->has_momenta)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "--momenta: %s has the velocities instead, in the array vel; leave it out",
                    words->to);
    return QMT_OK;
}

QmtStatus cmd_convert(QmtContext *ctx, int argc, char **argv)
{
    ConvertWords words = {.every = 1};
    QmtConvertOptions options = qmt_convert_options_default();
    QmtFormat format;
    QmtReader *reader = NULL;
    char out[PATH_MAX];
    uint64_t n_frames = 0;

    TRY(words_read(ctx, argc, argv, &words));
    if (words.help) {
        help_convert(stdout);
        return QMT_OK;
    }
    if (words.from == NULL)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "no FILE; e.g. `qmtraj convert data/qm/glycine/trajectory.npz --to extxyz`");
    TRY(format_find(ctx, &words, &format));
    TRY(out_path(ctx, &words, &format, out));
    if (format.is_trajectory)
        TRY(own_name_refuse(ctx, words.from, out));
    TRY(qmt_reader_open(ctx, words.from, &reader));
    options.every = (uint64_t)words.every;
    options.momenta = words.momenta;
    QmtStatus status = folder_needed(ctx, &words, out);
    if (status == QMT_OK)
        status = qmt_reader_convert(ctx, reader, format.name, out, &options, &n_frames);
    qmt_reader_close(&reader);
    TRY(status);
    printf("%s: %" PRIu64 " frames\n", out, n_frames);
    return QMT_OK;
}
