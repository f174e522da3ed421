#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "io/export_extxyz.h"
#include "io/export_npy.h"
#include "io/file.h"
#include "run/partial_export.h"
#include "run/run.h"

enum { O_TO, O_EVERY, O_OUT, O_OUT_SHORT, O_MOMENTA, O_HELP, O_H, N_OPTIONS };

static const Option OPTIONS[N_OPTIONS] = {
    [O_TO] = {"--to", "FORMAT", "extxyz, npy, or npz for the frames of an unfinished trajectory"},
    [O_EVERY] = {"--every", "K", "frames 0, K, 2K, ... (default 1, all)"},
    [O_OUT] = {"--out", "OUT",
               "file or folder to make, also -o (default: beside FILE, trajectory.extxyz, "
               "trajectory_npy or trajectory.frames.npz)"},
    [O_OUT_SHORT] = {"-o", "OUT", NULL},
    [O_MOMENTA] = {"--momenta", NULL, "extxyz: momenta and masses too"},
    [O_HELP] = {"--help", NULL, "this text"},
    [O_H] = {"-h", NULL, NULL},
};

/// The command line of `qmtraj convert`.
typedef struct {
    const char *from, *to, *out;
    long long every;
    bool momenta, help;
} ConvertWords;

void help_convert(FILE *out)
{
    fputs(
        "qmtraj convert FILE --to extxyz|npy|npz [options]\n"
        "\n"
        "A trajectory in the format of another program. extxyz: text for ASE, MACE and NequIP, in "
        "eV and\n"
        "angstrom, energy and forces under both their names (energy, REF_energy). npy: a folder "
        "of plain\n"
        "arrays that numpy.load(..., mmap_mode=\"r\") maps into memory, in the units of FILE. FILE "
        "may also be\n"
        "the trajectory.npz.part of a trajectory that was stopped, met a full disk, or still runs: "
        "its frames\n"
        "up to the last checkpoint; npz makes an NPZ file of them.\n"
        "\n"
        "  qmtraj convert data/qm/glycine/trajectory.npz --to extxyz --every 100\n"
        "  qmtraj convert data/qm/glycine/trajectory.npz --to npy -o glycine_arrays\n"
        "  qmtraj convert data/qm/glycine/trajectory.npz.part --to npz -o glycine_so_far.npz\n"
        "\n",
        out);
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

/// OUT without the slashes that may end it, or FILE with another ending.
static QmtStatus out_path(QmtContext *ctx, const ConvertWords *words, char path[FILE_PATH_SIZE])
{
    const char *const given = words->out != NULL ? words->out : words->from;
    const char *const ending = strcmp(words->to, "npy") == 0   ? "_npy"
                               : strcmp(words->to, "npz") == 0 ? ".frames.npz"
                                                               : ".extxyz";
    size_t length = strlen(given);
    if (words->out != NULL)
        while (length > 1 && given[length - 1] == '/')
            length--;
    else
        length = without(given, without(given, length, ".part"), ".npz");
    if (length + strlen(ending) >= FILE_PATH_SIZE)
        return FAIL(ctx, QMT_ERR_IO, "%.60s...: the path is too long; choose a shorter one", given);
    memcpy(path, given, length);
    strcpy(path + length, words->out != NULL ? "" : ending);
    return QMT_OK;
}

/// `qmtraj run` renames to and removes the files of these names beside the .part file.
static QmtStatus own_name_refuse(QmtContext *ctx, const char *part, const char *out)
{
    static const char *const NAMES[] = {RUN_FILE_COMPLETE, RUN_FILE_OLD, RUN_FILE_PARTIAL};
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

static QmtStatus npz_export(QmtContext *ctx, const ConvertWords *words, const char *from,
                            const char *out, uint64_t *n_frames)
{
    if (strcmp(words->to, "npy") == 0)
        return export_npy(ctx, from, out, (uint64_t)words->every, n_frames);
    const ExtxyzOptions options = {.every = (uint64_t)words->every, .momenta = words->momenta};
    return export_extxyz(ctx, from, out, &options, n_frames);
}

/// By way of an NPZ file, which goes again if it is not what was asked for.
static QmtStatus unfinished_export(QmtContext *ctx, const ConvertWords *words, const char *out,
                                   uint64_t *n_frames)
{
    char between[FILE_PATH_SIZE];
    if (strcmp(words->to, "npz") == 0)
        return partial_export(ctx, words->from, out, n_frames);
    const int length = snprintf(between, sizeof between, "%s.npz.tmp", out);
    if (length < 0 || (size_t)length >= sizeof between)
        return FAIL(ctx, QMT_ERR_IO, "%.60s...: the path is too long; choose a shorter one", out);
    TRY(partial_export(ctx, words->from, between, n_frames));
    const QmtStatus status = npz_export(ctx, words, between, out, n_frames);
    const Message failure = context_keep(ctx);
    const QmtStatus removed = file_remove(ctx, between);
    return status == QMT_OK ? removed : context_restore(ctx, &failure);
}

QmtStatus cmd_convert(QmtContext *ctx, int argc, char **argv)
{
    static const char *const FORMATS[] = {"extxyz", "npy", "npz"};
    ConvertWords words = {.every = 1};
    char out[FILE_PATH_SIZE], hint[SUGGEST_HINT_SIZE];
    uint64_t n_frames = 0;

    TRY(words_read(ctx, argc, argv, &words));
    if (words.help) {
        help_convert(stdout);
        return QMT_OK;
    }
    if (words.from == NULL)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "no FILE; e.g. `qmtraj convert data/qm/glycine/trajectory.npz --to extxyz`");
    if (words.to == NULL)
        return FAIL(ctx, QMT_ERR_USAGE, "--to FORMAT is missing: extxyz, npy or npz");
    const bool extxyz = strcmp(words.to, FORMATS[0]) == 0, npy = strcmp(words.to, FORMATS[1]) == 0;
    const bool npz = strcmp(words.to, FORMATS[2]) == 0, unfinished = partial_is(words.from);
    if (!extxyz && !npy && !npz)
        return FAIL(ctx, QMT_ERR_USAGE, "--to %.60s: unknown format%s (extxyz, npy, npz)", words.to,
                    suggest_hint(words.to, FORMATS, 3, hint));
    if (npy && words.momenta)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "--momenta belongs to extxyz; npy has the velocities always, in vel.npy");
    if (npz && !unfinished)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "--to npz is for a trajectory.npz.part; a finished trajectory is an NPZ file");
    if (npz && (words.every != 1 || words.momenta))
        return FAIL(ctx, QMT_ERR_USAGE, "--to npz takes all frames as they are, without %s",
                    words.momenta ? "--momenta" : "--every");

    TRY(out_path(ctx, &words, out));
    if (npz)
        TRY(own_name_refuse(ctx, words.from, out));
    if (npz && file_exists(out))
        return FAIL(ctx, QMT_ERR_USAGE, "%s: exists already; remove it or choose another name",
                    out);
    TRY(unfinished ? unfinished_export(ctx, &words, out, &n_frames)
                   : npz_export(ctx, &words, words.from, out, &n_frames));
    printf("%s: %" PRIu64 " frames\n", out, n_frames);
    return QMT_OK;
}
