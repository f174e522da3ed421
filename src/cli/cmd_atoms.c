#include <stdlib.h>
#include <string.h>

#include <qmtraj/atoms.h>

#include "cli/commands.h"
#include "cli/config_words.h"
#include "cli/options.h"

enum { O_ELEMENTS, O_METHOD, O_FOR, O_CONFIG, O_SET, O_HELP, O_H, N_OPTIONS };

static const Option OPTIONS[N_OPTIONS] = {
    [O_ELEMENTS] = {"--elements", "LIST", "symbols with commas, H,C,N,O, or all"},
    [O_METHOD] = {"--method", "NAME", "GFN2-xTB (default) or GFN1-xTB"},
    [O_FOR] = {"--for", "FORMAT", "one of the formats above (default json)"},
    [O_CONFIG] = {"--config", "FILE", "method, electrons and SCF as in the configuration of a run"},
    [O_SET] = {"--set", "KEY=VALUE",
               "a key of the configuration, e.g. electronic_temperature_K=1000"},
    [O_HELP] = {"--help", NULL, "this text"},
    [O_H] = {"-h", NULL, NULL},
};

enum { ELEMENTS_MAX = 128, SYMBOL_SIZE = 16 };

/// The command line of `qmtraj atoms`.
typedef struct {
    const char *format;
    int numbers[ELEMENTS_MAX];
    size_t n;
    bool help;
} AtomWords;

void help_atoms(FILE *out)
{
    text_print_paragraphs(
        out,
        "qmtraj atoms --elements LIST --for FORMAT [options]\n"
        "\n"
        "Energies of free atoms in their ground states, in eV, by the method and the settings of "
        "the molecules, for codes that subtract them from the energies they learn. Gas phase; the "
        "multiplicities are those of the NIST Atomic Spectra Database.\n"
        "\n"
        "Formats:\n");
    for (size_t i = 0; qmt_atom_format_name(i) != NULL; i++) {
        const int column = fprintf(out, "  %-10s ", qmt_atom_format_name(i));
        text_print_wrapped(out, qmt_atom_format_help(i), column, column);
    }
    text_print_paragraphs(out, "\n"
                               "  qmtraj atoms --elements H,C,N,O --for mace >> train.extxyz\n"
                               "  qmtraj atoms --elements all --method GFN1-xTB --for json\n"
                               "\n");
    options_print(out, OPTIONS, N_OPTIONS);
}

/// An element once, in the order of their first places.
static void element_add(AtomWords *words, int number)
{
    for (size_t i = 0; i < words->n; i++)
        if (words->numbers[i] == number)
            return;
    if (words->n < ELEMENTS_MAX)
        words->numbers[words->n++] = number;
}

static QmtStatus elements_read(QmtContext *ctx, const char *list, AtomWords *words)
{
    if (strcmp(list, "all") == 0) {
        for (int z = 1; qmt_atom_multiplicity(z) > 0; z++)
            element_add(words, z);
        return QMT_OK;
    }
    for (const char *at = list; *at != '\0';) {
        char symbol[SYMBOL_SIZE];
        const size_t n = strcspn(at, ", ");
        snprintf(symbol, sizeof symbol, "%.*s", (int)(n < SYMBOL_SIZE ? n : SYMBOL_SIZE - 1), at);
        if (n > 0 && qmt_element_number(symbol) == 0)
            return FAIL(ctx, QMT_ERR_INPUT,
                        "--elements: \"%s\" is not a symbol of an element from H to Rn", symbol);
        if (n > 0)
            element_add(words, qmt_element_number(symbol));
        at += n;
        at += strspn(at, ", ");
    }
    return QMT_OK;
}

static QmtStatus words_read(QmtContext *ctx, int argc, char **argv, QmtConfig *config,
                            AtomWords *words)
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
            return FAIL(ctx, QMT_ERR_USAGE, "%.60s: elements are named by --elements", value);
        case O_ELEMENTS:
            TRY(elements_read(ctx, value, words));
            break;
        case O_METHOD:
            TRY(qmt_config_set_at(ctx, config, "--method", "method", value));
            break;
        case O_FOR:
            words->format = value;
            break;
        case O_CONFIG:
            TRY(qmt_config_read(ctx, config, value));
            break;
        case O_SET:
            TRY(config_word(ctx, value, config));
            break;
        default:
            words->help = true;
            return QMT_OK;
        }
    }
}

/// Before any time is spent.
static QmtStatus format_check(QmtContext *ctx, const char *format)
{
    enum { FORMATS_MAX = 32, LIST_SIZE = 256 };
    const char *names[FORMATS_MAX];
    char hint[LIST_SIZE], list[LIST_SIZE] = "";
    size_t n = 0, used = 0;
    for (; n < FORMATS_MAX && qmt_atom_format_name(n) != NULL; n++) {
        names[n] = qmt_atom_format_name(n);
        if (strcmp(names[n], format) == 0)
            return QMT_OK;
        if (used < LIST_SIZE)
            used += (size_t)snprintf(list + used, LIST_SIZE - used, "%s%s", n > 0 ? ", " : "",
                                     names[n]);
    }
    return FAIL(ctx, QMT_ERR_USAGE, "--for %.60s: unknown format%s (%s)", format,
                qmt_text_suggest(format, names, n, hint, sizeof hint), list);
}

static QmtStatus atoms_print(QmtContext *ctx, const QmtConfig *config, const AtomWords *words)
{
    QmtAtomEnergy energies[ELEMENTS_MAX];
    static const char GAS[] = "free atoms are in the gas phase",
                      GROUND[] = "free atoms are neutral and in their ground states";
    static const CommandKey UNUSED[] = {{"solvent", GAS},         {"solvation_model", GAS},
                                        {"solvation_state", GAS}, {"solvation_grid", GAS},
                                        {"charge", GROUND},       {"spin_multiplicity", GROUND}};
    char *text = NULL;
    TRY(format_check(ctx, words->format));
    TRY(config_unused_say(ctx, config, "atoms", UNUSED, sizeof UNUSED / sizeof *UNUSED));
    TRY(qmt_atom_energies(ctx, config, words->n, words->numbers, energies));
    TRY(qmt_atom_energies_text(ctx, config, words->format, words->n, energies, &text));
    fputs(text, stdout);
    qmt_text_free(text);
    return QMT_OK;
}

QmtStatus cmd_atoms(QmtContext *ctx, int argc, char **argv)
{
    AtomWords words = {.format = "json"};
    QmtConfig *config = NULL;
    TRY(qmt_config_create(ctx, &config));
    QmtStatus status = words_read(ctx, argc, argv, config, &words);
    if (status == QMT_OK && words.help)
        help_atoms(stdout);
    else if (status == QMT_OK && words.n == 0)
        status = FAIL(ctx, QMT_ERR_USAGE,
                      "no elements; e.g. `qmtraj atoms --elements H,C,N,O --for mace`");
    else if (status == QMT_OK)
        status = atoms_print(ctx, config, &words);
    qmt_config_destroy(&config);
    return status;
}
