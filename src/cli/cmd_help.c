#include <string.h>

#include <qmtraj/text.h>
#include <qmtraj/version.h>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/help_tables.h"
#include "cli/options.h"

/// Tables that `help` prints.
enum { N_TABLES = 2 };

enum { LARGEST_EXIT_CODE = 75 };

void help_all(FILE *out)
{
    text_print_paragraphs(
        out, "qmtraj: GFN-xTB trajectories of molecules, every step of them, for training.\n"
             "\n"
             "  qmtraj run --config configs/qm.yaml --smiles-file molecules.smi --out data/qm\n"
             "  qmtraj energy water.xyz\n"
             "  qmtraj convert data/qm/glycine/trajectory.npz --to extxyz --every 100\n"
             "  qmtraj check data/qm\n"
             "\n"
             "Commands (`qmtraj COMMAND --help` says more):\n");
    for (size_t i = 0; i < N_COMMANDS; i++) {
        const int column = fprintf(out, "  %-10s ", COMMANDS[i].name);
        text_print_wrapped(out, COMMANDS[i].help, column, column);
    }
    text_print_paragraphs(out, "\nExit codes:\n");
    for (int code = 0; code <= LARGEST_EXIT_CODE; code++) {
        bool named = false;
        for (int status = 0; status < QMT_STATUS_COUNT; status++) {
            // Statuses for callers of the library: the program has a word line, and no functions of others.
            if (exit_code((QmtStatus)status) != code || status == QMT_ERR_ARGUMENT ||
                status == QMT_ERR_CALLBACK)
                continue;
            fprintf(out, named ? "       %.0d%s\n" : "  %3d  %s\n", named ? 0 : code,
                    qmt_status_sentence((QmtStatus)status));
            named = true;
        }
    }
    text_print_paragraphs(out, "  128+n ended by signal n\n");
}

static bool asks_help(int argc, char **argv)
{
    return argc > 0 && (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0);
}

void help_version(FILE *out)
{
    text_print_paragraphs(
        out,
        "qmtraj version\n"
        "\n"
        "The version, the build, the checksum of all that decides numbers, the instruction set of\n"
        "the kernels in use and the checksum of the parameter tables: what to quote in a report.\n"
        "The environment variable QMTRAJ_ISA chooses another instruction set.\n"
        "\n"
        "  qmtraj version\n"
        "  QMTRAJ_ISA=generic qmtraj version\n");
}

void help_cite(FILE *out)
{
    text_print_paragraphs(
        out,
        "qmtraj cite\n"
        "\n"
        "The papers behind the methods, the solvents, the thermostat and the start geometries, "
        "as BibTeX.\n"
        "\n"
        "  qmtraj cite >references.bib\n");
}

static const struct {
    const char *name;
    void (*print)(QmtContext *ctx, FILE *out);
    void (*print_markdown)(QmtContext *ctx, FILE *out);
} TABLES[N_TABLES] = {{"config", help_config, help_config_markdown},
                      {"arrays", help_arrays, help_arrays_markdown}};

static QmtStatus no_topic(QmtContext *ctx, const char *word)
{
    const char *topics[COMMANDS_MAX + N_TABLES];
    char hint[256];
    for (size_t i = 0; i < N_TABLES; i++)
        topics[i] = TABLES[i].name;
    for (size_t i = 0; i < N_COMMANDS; i++)
        topics[N_TABLES + i] = COMMANDS[i].name;
    qmt_text_suggest(word, topics, N_COMMANDS + N_TABLES, hint, sizeof hint);
    return FAIL(ctx, QMT_ERR_USAGE, "help %.60s: no such topic%s", word,
                hint[0] != '\0' ? hint : "; `qmtraj --help` lists the commands");
}

QmtStatus cmd_help(QmtContext *ctx, int argc, char **argv)
{
    if (argc == 0 || asks_help(argc, argv)) {
        help_all(stdout);
        return QMT_OK;
    }
    const bool markdown = argc == 2 && strcmp(argv[1], "--markdown") == 0;
    if (argc > 1 && !markdown)
        return FAIL(ctx, QMT_ERR_USAGE, "help %.60s: one topic at a time, got %.60s too", argv[0],
                    argv[1]);
    for (size_t i = 0; i < N_TABLES; i++)
        if (strcmp(argv[0], TABLES[i].name) == 0) {
            (markdown ? TABLES[i].print_markdown : TABLES[i].print)(ctx, stdout);
            return QMT_OK;
        }
    if (markdown)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "help %.60s: only `help config` and `help arrays` are "
                    "tables that --markdown can print",
                    argv[0]);
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(argv[0], COMMANDS[i].name) == 0) {
            COMMANDS[i].help_text(stdout);
            return QMT_OK;
        }
    return no_topic(ctx, argv[0]);
}

QmtStatus cmd_version(QmtContext *ctx, int argc, char **argv)
{
    if (asks_help(argc, argv)) {
        help_version(stdout);
        return QMT_OK;
    }
    if (argc > 0)
        return FAIL(ctx, QMT_ERR_USAGE, "%.60s: `qmtraj version` takes no words", argv[0]);
    printf("qmtraj %s\nbuild %s\nnumerics %s\ninstruction set %s\nparameters %s\n", qmt_version(),
           qmt_build_id(), qmt_numerics_id(), qmt_context_isa(ctx), qmt_parameter_checksum());
    return QMT_OK;
}

QmtStatus cmd_cite(QmtContext *ctx, int argc, char **argv)
{
    if (asks_help(argc, argv)) {
        help_cite(stdout);
        return QMT_OK;
    }
    if (argc > 0)
        return FAIL(ctx, QMT_ERR_USAGE, "%.60s: `qmtraj cite` takes no words", argv[0]);
    fputs(qmt_citations(), stdout);
    return QMT_OK;
}
