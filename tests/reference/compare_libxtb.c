/// Compounds of K, Rb and Cs by the library xtb of this machine (Debian: 6.5.1, by the authors of GFN2-xTB), live:
///
///     compare_libxtb          beside ours, a line each; NOT RUN where libxtb gives up
///     compare_libxtb --write  its values, as tests/reference/data/libxtb_vectors.txt holds them
///
/// Whether its SCF converges depends on the kernels that the BLAS picks for the processor: the stored values are those of
/// OPENBLAS_CORETYPE=SKYLAKEX. Its D4 and its unit factors are a little older than ours, so agreement ends
/// at some 1e-8 hartree.
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <xtb.h>

#include "qmtraj/qmtraj.h"
#include "support/alkali.h"

static const double TOLERANCE = 1e-6; // hartree, hartree/bohr; as in test_libxtb.c

static bool ours(const System *system, double (*xyz)[3], double *energy, double (*gradient)[3])
{
    QmtContext *ctx = NULL;
    QmtEngine *engine = NULL;
    QmtEngineOptions options = qmt_engine_options_default();
    options.charge = system->charge;
    options.unpaired = system->unpaired;
    if (qmt_context_create(&ctx) != QMT_OK)
        return false;
    QmtResult result = qmt_result_empty();
    result.energy = energy;
    result.gradient = &gradient[0][0];
    const bool done =
        qmt_engine_create(ctx, system->n, system->numbers, &options, &engine) == QMT_OK &&
        qmt_engine_evaluate(ctx, engine, &xyz[0][0], NULL, &result) == QMT_OK;
    if (!done)
        fprintf(stderr, "%s: %s\n", system->name, qmt_context_message(ctx));
    qmt_engine_destroy(&engine);
    qmt_context_destroy(&ctx);
    return done;
}

static bool theirs(const System *system, double (*xyz)[3], double *energy, double (*gradient)[3])
{
    const int n = (int)system->n, unpaired = system->unpaired;
    const double charge = system->charge;
    xtb_TEnvironment env = xtb_newEnvironment();
    xtb_TCalculator calculator = xtb_newCalculator();
    xtb_TResults results = xtb_newResults();
    xtb_setVerbosity(env, XTB_VERBOSITY_MUTED);
    xtb_TMolecule molecule =
        xtb_newMolecule(env, &n, system->numbers, xyz[0], &charge, &unpaired, NULL, NULL);
    xtb_loadGFN2xTB(env, molecule, calculator, NULL);
    xtb_setAccuracy(env, calculator, 1e-4);
    xtb_singlepoint(env, molecule, calculator, results);
    xtb_getEnergy(env, results, energy);
    xtb_getGradient(env, results, gradient[0]);
    const bool gave_up = xtb_checkEnvironment(env) != 0;
    if (gave_up) {
        char message[512] = "";
        const int size = sizeof message;
        xtb_getError(env, message, &size);
        message[strcspn(message, "\n")] = '\0';
        fprintf(stderr, "%s: libxtb gives up: %s\n", system->name, message);
    }
    xtb_delResults(&results);
    xtb_delCalculator(&calculator);
    xtb_delMolecule(&molecule);
    xtb_delEnvironment(&env);
    return !gave_up;
}

static void write(const System *system, double energy, double (*gradient)[3])
{
    printf("system %s\nenergy %.12f\n", system->name, energy);
    for (size_t a = 0; a < system->n; a++)
        printf("gradient %.12f %.12f %.12f\n", gradient[a][0], gradient[a][1], gradient[a][2]);
}

/// Prints how far ours is from theirs; false if that is too far.
static bool compare(const System *system, double (*xyz)[3], double energy, double (*gradient)[3])
{
    double e, g[SYSTEM_MAX_ATOMS][3], off = 0.0;
    if (!ours(system, xyz, &e, g))
        return false;
    for (size_t a = 0; a < system->n; a++)
        for (int x = 0; x < 3; x++)
            off = fmax(off, fabs(g[a][x] - gradient[a][x]));
    const bool agrees = fabs(e - energy) <= TOLERANCE && off <= TOLERANCE;
    printf("%-8s %-10s energy %8.1e hartree, gradient %8.1e hartree/bohr\n",
           agrees ? "PASS" : "FAIL", system->name, fabs(e - energy), off);
    return agrees;
}

int main(int argc, char **argv)
{
    const bool to_write = argc == 2 && strcmp(argv[1], "--write") == 0;
    int n_failed = 0;
    for (size_t i = 0; i < N_ALKALI; i++) {
        const System *const system = alkali_system(i);
        double xyz[SYSTEM_MAX_ATOMS][3], energy, gradient[SYSTEM_MAX_ATOMS][3];
        system_bohr(system, xyz);
        const bool there = theirs(system, xyz, &energy, gradient);
        if (to_write && there)
            write(system, energy, gradient);
        else if (to_write)
            n_failed++;
        else if (!there)
            printf("%-8s %-10s the reference gives up\n", "NOT RUN", system->name);
        else
            n_failed += !compare(system, xyz, energy, gradient);
    }
    return n_failed > 0;
}
