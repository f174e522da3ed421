#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "config/config_set.h"
#include "engine/xtb.h"
#include "io/ipi.h"
#include "io/json.h"
#include "io/text.h"
#include "run/run.h"
#include "structure/xyz.h"

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
    Config config;
    StructureList structures;
} Words;

/// The engine behind the protocol.
typedef struct {
    Engine *engine;
    size_t n_atoms;
    bool wants_extra;
    double dipole[3], *charges;
    char *text; ///< JSON of the last extra
} Driver;

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

static QmtStatus driver_evaluate(QmtContext *ctx, void *user, const double *xyz, double *energy,
                                 double *gradient)
{
    Driver *const driver = user;
    return engine_evaluate(
        ctx, driver->engine, (const double(*)[3])xyz,
        &(EngineResult){.energy = energy,
                        .gradient = (double(*)[3])gradient,
                        .dipole = driver->wants_extra ? driver->dipole : NULL,
                        .charges = driver->wants_extra ? driver->charges : NULL});
}

static cJSON *numbers_json(const double *values, size_t n)
{
    cJSON *const array = cJSON_CreateArray();
    for (size_t i = 0; i < n; i++) {
        char text[TEXT_DOUBLE_SIZE];
        text_format_double(values[i], text);
        cJSON_AddItemToArray(array, cJSON_CreateRaw(text));
    }
    return array;
}

static const char *driver_extra(void *user)
{
    Driver *const driver = user;
    cJSON_free(driver->text);
    json_begin();
    cJSON *const object = cJSON_CreateObject();
    cJSON_AddItemToObject(object, "dipole", numbers_json(driver->dipole, 3));
    cJSON_AddItemToObject(object, "charges", numbers_json(driver->charges, driver->n_atoms));
    driver->text = json_text(object, false);
    return driver->text;
}

static QmtStatus drive(QmtContext *ctx, const Words *words, const Structure *structure)
{
    RunSpec spec;
    TRY(spec_make(ctx, structure, &words->config, &spec));
    const QmtEngineOptions options = run_engine_options(&spec);
    Driver driver = {.n_atoms = structure->n_atoms, .wants_extra = words->extras};
    char path[256];
    snprintf(path, sizeof path, "%s%s", words->prefix, words->unix_name ? words->unix_name : "");
    const IpiClient client = {.unix_path = words->unix_name != NULL ? path : NULL,
                              .host = words->host,
                              .port = (int)words->port,
                              .patience_s = (double)words->retry_s,
                              .n_atoms = structure->n_atoms,
                              .user = &driver,
                              .evaluate = driver_evaluate,
                              .extra = words->extras ? driver_extra : NULL};
    uint64_t n_done = 0;
    driver.charges = malloc(structure->n_atoms * sizeof *driver.charges);
    QmtStatus status =
        driver.charges != NULL
            ? xtb_create(ctx, structure->n_atoms, structure->numbers, &options, &driver.engine)
            : FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu atoms", structure->n_atoms);
    if (status == QMT_OK)
        status = ipi_serve(ctx, &client, &n_done);
    if (status == QMT_OK)
        fprintf(stderr, "%s: %llu geometries, the server is done\n", structure->name,
                (unsigned long long)n_done);
    engine_destroy(&driver.engine);
    free(driver.charges);
    cJSON_free(driver.text);
    return status;
}

static QmtStatus key_set(QmtContext *ctx, int place, const char *key, const char *value,
                         Config *config)
{
    return config_set_key(ctx, OPTIONS[place].name, -1, key, value, false, config);
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
        return key_set(ctx, place, "method", value, &words->config);
    case O_CHARGE:
        return key_set(ctx, place, "charge", value, &words->config);
    case O_MULTIPLICITY:
        return key_set(ctx, place, "spin_multiplicity", value, &words->config);
    case O_SET:
        return config_set(ctx, value, &words->config);
    case O_HELP:
    case O_H:
        words->help = true;
        return QMT_OK;
    default:
        return xyz_read(ctx, value, &words->structures);
    }
}

static QmtStatus words_do(QmtContext *ctx, const Words *words)
{
    if (words->help) {
        help_ipi(stdout);
        return QMT_OK;
    }
    if (words->structures.n != 1)
        return FAIL(
            ctx, QMT_ERR_USAGE,
            "%zu structures; one says which atoms the server moves, e.g. `qmtraj ipi --unix "
            "water water.xyz`",
            words->structures.n);
    return drive(ctx, words, &words->structures.items[0]);
}

QmtStatus cmd_ipi(QmtContext *ctx, int argc, char **argv)
{
    OptionReader reader = {.argc = argc, .argv = argv};
    Words words = {.prefix = "/tmp/ipi_",
                   .host = "localhost",
                   .port = 31415,
                   .retry_s = 10,
                   .config = config_default()};
    QmtStatus status = QMT_OK;
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
    structures_release(&words.structures);
    return status;
}
