#include <stdio.h>
#include <string.h>

#include <qmtraj/ipi.h>
#include <qmtraj/molecule.h>

#include "cli/commands.h"
#include "cli/config_words.h"
#include "cli/options.h"

enum {
    O_UNIX,
    O_HOST,
    O_PORT,
    O_PREFIX,
    O_RETRY,
    O_EXTRAS,
    O_METHOD,
    O_CHARGE,
    O_MULTIPLICITY,
    O_SET,
    O_HELP,
    O_H,
    N_OPTIONS
};

static const Option OPTIONS[N_OPTIONS] = {
    [O_UNIX] = {"--unix", "NAME", "UNIX socket NAME of the server, /tmp/ipi_NAME"},
    [O_HOST] = {"--host", "HOST", "server on the network (default localhost)"},
    [O_PORT] = {"--port", "PORT", "its port (default 31415)"},
    [O_PREFIX] = {"--prefix", "PATH", "in front of NAME instead of /tmp/ipi_"},
    [O_RETRY] = {"--retry", "SECONDS", "keep trying to connect for so long (default 10)"},
    [O_EXTRAS] =
        {"--extras", "json",
         "send dipole and charges with the forces, in atomic units; ASE before 3.23 cannot "
         "read them"},
    [O_METHOD] = {"--method", "NAME", "GFN2-xTB (default) or GFN1-xTB"},
    [O_CHARGE] = {"--charge", "N", "if the structure does not say its own (default 0)"},
    [O_MULTIPLICITY] = {"--multiplicity", "N", "unpaired electrons + 1, likewise (default 1)"},
    [O_SET] = {"--set", "KEY=VALUE", "a key of the configuration, e.g. solvent=water"},
    [O_HELP] = {"--help", NULL, "this text"},
    [O_H] = {"-h", NULL, NULL},
};

/// What the command line says.
typedef struct {
    const char *unix_name, *prefix, *host;
    long long port, retry_s;
    bool extras, help;
    QmtConfig *config;
    QmtStructures *structures;
} Words;

void help_ipi(FILE *out)
{
    text_print_paragraphs(
        out, "qmtraj ipi [options] START.xyz\n"
             "\n"
             "Gives energies and forces to a program that moves the nuclei: i-PI, ASE's\n"
             "SocketIOCalculator. START.xyz says which atoms, in the order of the server; each\n"
             "evaluation starts from the electrons of the one before. Ends when the server does.\n"
             "\n"
             "  qmtraj ipi --unix water water.xyz\n"
             "  qmtraj ipi --host node7 --port 31415 --charge -1 acetate.xyz\n"
             "\n");
    options_print(out, OPTIONS, N_OPTIONS);
}

static QmtStatus drive(QmtContext *ctx, const Words *words)
{
    char path[256];
    snprintf(path, sizeof path, "%s%s", words->prefix, words->unix_name ? words->unix_name : "");
    QmtIpiOptions options = qmt_ipi_options_default();
    options.unix_path = words->unix_name != NULL ? path : NULL;
    options.host = words->host;
    options.port = (int)words->port;
    options.extras = words->extras;
    options.patience_s = (double)words->retry_s;
    QmtStructure structure;
    QmtEngineOptions method = qmt_engine_options_default();
    QmtEngine *engine = NULL;
    uint64_t n_done = 0;
    TRY(qmt_structures_get(ctx, words->structures, 0, &structure));
    TRY(qmt_molecule_settle(ctx, words->structures, 0, words->config, NULL, &method));
    method.start = structure.xyz;
    TRY(qmt_engine_create(ctx, structure.n_atoms, structure.numbers, &method, &engine));
    const QmtStatus status = qmt_ipi_serve(ctx, engine, &options, &n_done);
    if (status == QMT_OK)
        fprintf(stderr, "%s: %llu geometries, the server is done\n", structure.name,
                (unsigned long long)n_done);
    qmt_engine_destroy(&engine);
    return status;
}

static QmtStatus key_set(QmtContext *ctx, int place, const char *key, const char *value,
                         QmtConfig *config)
{
    return qmt_config_set_at(ctx, config, OPTIONS[place].name, key, value);
}

static QmtStatus word_take(QmtContext *ctx, int place, const char *value, Words *words)
{
    switch (place) {
    case O_UNIX:
        words->unix_name = value;
        return QMT_OK;
    case O_HOST:
        words->host = value;
        return QMT_OK;
    case O_PREFIX:
        words->prefix = value;
        return QMT_OK;
    case O_PORT:
        return option_number(ctx, "--port", value, 1, 65535, &words->port);
    case O_RETRY:
        return option_number(ctx, "--retry", value, 0, 86400, &words->retry_s);
    case O_EXTRAS:
        words->extras = true;
        return strcmp(value, "json") == 0
                   ? QMT_OK
                   : FAIL(ctx, QMT_ERR_USAGE, "--extras %.60s: only json is known", value);
    case O_METHOD:
        return key_set(ctx, place, "method", value, words->config);
    case O_CHARGE:
        return key_set(ctx, place, "charge", value, words->config);
    case O_MULTIPLICITY:
        return key_set(ctx, place, "spin_multiplicity", value, words->config);
    case O_SET:
        return config_word(ctx, value, words->config);
    case O_HELP:
    case O_H:
        words->help = true;
        return QMT_OK;
    default:
        return qmt_structures_read_xyz(ctx, words->structures, value);
    }
}

static QmtStatus words_do(QmtContext *ctx, const Words *words)
{
    if (words->help) {
        help_ipi(stdout);
        return QMT_OK;
    }
    static const CommandKey UNUSED[] = {{"properties", "--extras json sends dipole and charges"}};
    TRY(config_unused_say(ctx, words->config, "ipi", UNUSED, sizeof UNUSED / sizeof *UNUSED));
    const size_t n = qmt_structures_count(words->structures);
    if (n != 1)
        return FAIL(
            ctx, QMT_ERR_USAGE,
            "%zu structures; one says which atoms the server moves, e.g. `qmtraj ipi --unix "
            "water water.xyz`",
            n);
    return drive(ctx, words);
}

QmtStatus cmd_ipi(QmtContext *ctx, int argc, char **argv)
{
    OptionReader reader = {.argc = argc, .argv = argv};
    Words words = {.prefix = "/tmp/ipi_", .host = "localhost", .port = 31415, .retry_s = 10};
    QmtStatus status = qmt_config_create(ctx, &words.config);
    if (status == QMT_OK)
        status = qmt_structures_create(ctx, &words.structures);
    while (status == QMT_OK && !words.help) {
        int place;
        const char *value;
        status = options_next(ctx, &reader, OPTIONS, N_OPTIONS, &place, &value);
        if (status != QMT_OK || place == OPTION_END)
            break;
        status = word_take(ctx, place, value, &words);
    }
    if (status == QMT_OK)
        status = words_do(ctx, &words);
    qmt_structures_destroy(&words.structures);
    qmt_config_destroy(&words.config);
    return status;
}
