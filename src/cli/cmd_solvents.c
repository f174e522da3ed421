#include <string.h>

#include "cli/commands.h"
#include "data/solvent.h"

void help_solvents(FILE *out)
{
    fputs(
        "qmtraj solvents\n"
        "\n"
        "The solvents of the continuum models ALPB and GBSA, with the methods that each was fitted "
        "for. In a\n"
        "configuration: solvent: water, and solvation_model: gbsa instead of alpb.\n"
        "\n"
        "  qmtraj solvents\n"
        "  qmtraj energy --alpb water glycine.xyz\n",
        out);
}

QmtStatus cmd_solvents(QmtContext *ctx, int argc, char **argv)
{
    if (argc > 0 && (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0)) {
        help_solvents(stdout);
        return QMT_OK;
    }
    if (argc > 0)
        return FAIL(ctx, QMT_ERR_USAGE, "%.60s: `qmtraj solvents` takes no words", argv[0]);

    printf("%-14s", "solvent");
    for (int model = 0; model < SOLVATION_MODELS; model++)
        for (size_t m = 0; method_name(m) != NULL; m++)
            printf("  %s %-8s", solvation_model_name((SolvationModel)model), method_name(m));
    printf("  other names\n");
    // GFN2-xTB with ALPB has them all.
    const char *name;
    for (size_t i = 0; (name = solvent_name(&METHOD_GFN2, SOLVATION_ALPB, i)) != NULL; i++) {
        printf("%-14s", name);
        for (int model = 0; model < SOLVATION_MODELS; model++)
            for (size_t m = 0; method_name(m) != NULL; m++) {
                Solvent solvent;
                const bool has = solvent_find(method_find(method_name(m)), (SolvationModel)model,
                                              name, &solvent);
                printf("  %-13s", has ? "yes" : "-");
            }
        const char *alias;
        for (size_t k = 0; (alias = solvent_alias(name, k)) != NULL; k++)
            printf("%s%s", k == 0 ? "  " : ", ", alias);
        printf("\n");
    }
    return QMT_OK;
}
