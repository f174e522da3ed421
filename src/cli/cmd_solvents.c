#include <string.h>

#include <qmtraj/config.h>

#include "cli/commands.h"
#include "cli/options.h"

void help_solvents(FILE *out)
{
    text_print_paragraphs(
        out,
        "qmtraj solvents\n"
        "\n"
        "The solvents of the continuum models ALPB and GBSA, with the methods that each was fitted "
        "for. In a\n"
        "configuration: solvent: water, and solvation_model: gbsa instead of alpb.\n"
        "\n"
        "  qmtraj solvents\n"
        "  qmtraj energy --alpb water glycine.xyz\n");
}

/// True if a method has a solvent in a model.
static bool has_solvent(const char *method, const char *model, const char *solvent)
{
    const char *name;
    for (size_t i = 0; (name = qmt_solvent_name(method, model, i)) != NULL; i++)
        if (strcmp(name, solvent) == 0)
            return true;
    return false;
}

static void print_row(const char *solvent)
{
    const char *model, *method, *alias;
    printf("%-14s", solvent);
    for (size_t k = 0; (model = qmt_solvation_model_name(k)) != NULL; k++)
        for (size_t m = 0; (method = qmt_method_name(m)) != NULL; m++)
            printf("  %-13s", has_solvent(method, model, solvent) ? "yes" : "-");
    for (size_t k = 0; (alias = qmt_solvent_alias(solvent, k)) != NULL; k++)
        printf("%s%s", k == 0 ? "  " : ", ", alias);
    printf("\n");
}

static void print_table(void)
{
    const char *model, *method, *name;
    printf("%-14s", "solvent");
    for (size_t k = 0; (model = qmt_solvation_model_name(k)) != NULL; k++)
        for (size_t m = 0; (method = qmt_method_name(m)) != NULL; m++)
            printf("  %s %-8s", model, method);
    printf("  other names\n");
    // GFN2-xTB with ALPB has them all.
    for (size_t i = 0; (name = qmt_solvent_name("GFN2-xTB", "alpb", i)) != NULL; i++)
        print_row(name);
}

QmtStatus cmd_solvents(QmtContext *ctx, int argc, char **argv)
{
    if (argc > 0 && (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0)) {
        help_solvents(stdout);
        return QMT_OK;
    }
    if (argc > 0)
        return FAIL(ctx, QMT_ERR_USAGE, "%.60s: `qmtraj solvents` takes no words", argv[0]);

    print_table();
    return QMT_OK;
}
