#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "io/export_extxyz.h"
#include "io/export_npy.h"
#include "io/file.h"

enum { O_TO, O_EVERY, O_OUT, O_OUT_SHORT, O_MOMENTA, O_HELP, O_H, N_OPTIONS };

static const Option OPTIONS[N_OPTIONS] = {
    [O_TO] = {"--to", "FORMAT", "extxyz or npy"},
    [O_EVERY] = {"--every", "K", "frames 0, K, 2K, ... (default 1, all)"},
    [O_OUT] = {"--out", "OUT",
               "file or folder to make, also -o (default: beside FILE, trajectory.extxyz or "
               "trajectory_npy)"},
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
        "qmtraj convert FILE.npz --to extxyz|npy [options]\n"
        "\n"
        "A trajectory in the format of another program. extxyz: text for ASE, MACE and NequIP, in "
        "eV and\n"
        "angstrom, energy and forces under both their names (energy, REF_energy). npy: a folder "
        "of plain\n"
        "arrays that numpy.load(..., mmap_mode=\"r\") maps into memory, in the units of FILE.\n"
        "\n"
        "  qmtraj convert data/qm/glycine/trajectory.npz --to extxyz --every 100\n"
        "  qmtraj convert data/qm/glycine/trajectory.npz --to npy -o glycine_arrays\n"
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

/// OUT without the slashes that may end it, or FILE with another ending.
static QmtStatus out_path(QmtContext *ctx, const ConvertWords *words, char path[FILE_PATH_SIZE])
{
    const char *const given = words->out != NULL ? words->out : words->from;
    const char *const ending = strcmp(words->to, "npy") == 0 ? "_npy" : ".extxyz";
    size_t length = strlen(given);
    if (words->out != NULL)
        while (length > 1 && given[length - 1] == '/')
            length--;
    else if (length > 4 && strcmp(given + length - 4, ".npz") == 0)
        length -= 4;
    if (length + strlen(ending) >= FILE_PATH_SIZE)
        return FAIL(ctx, QMT_ERR_IO, "%.60s...: the path is too long; choose a shorter one", given);
    memcpy(path, given, length);
    strcpy(path + length, words->out != NULL ? "" : ending);
    return QMT_OK;
}

QmtStatus cmd_convert(QmtContext *ctx, int argc, char **argv)
{
    static const char *const FORMATS[] = {"extxyz", "npy"};
    ConvertWords words = {.every = 1};
    char out[FILE_PATH_SIZE];
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
        return FAIL(ctx, QMT_ERR_USAGE, "--to FORMAT is missing: extxyz or npy");
    const bool extxyz = strcmp(words.to, FORMATS[0]) == 0, npy = strcmp(words.to, FORMATS[1]) == 0;
    if (!extxyz && !npy)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "--to %.60s: unknown format, did you mean %s? (extxyz, npy)", words.to,
                    nearest_name(words.to, FORMATS, 2));
    if (npy && words.momenta)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "--momenta belongs to extxyz; npy has the velocities always, in vel.npy");

    TRY(out_path(ctx, &words, out));
    if (extxyz)
        TRY(export_extxyz(
            ctx, words.from, out,
            &(ExtxyzOptions){.every = (uint64_t)words.every, .momenta = words.momenta}, &n_frames));
    else
        TRY(export_npy(ctx, words.from, out, (uint64_t)words.every, &n_frames));
    printf("%s: %" PRIu64 " frames\n", out, n_frames);
    return QMT_OK;
}
