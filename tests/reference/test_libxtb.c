/// Compounds of K, Rb and Cs, which the other reference files lack, against values of the library xtb of Debian (6.5.1, by
/// the authors of GFN2-xTB). Its D4 and its unit factors are a little older, so agreement ends at some 1e-8
/// hartree. compare_libxtb.c asks the library itself.
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "qmtraj/qmtraj.h"
#include "support/alkali.h"

static const double TOLERANCE =
    1e-6; // hartree, hartree/bohr: a hundred times the older factors of theirs

static double worst_energy, worst_gradient;
static const char *worst_energy_name = "", *worst_gradient_name = "";

static void ours(const System *system, double (*xyz)[3], double *energy, double (*gradient)[3])
{
    QmtContext *ctx = NULL;
    QmtEngine *engine = NULL;
    QmtEngineOptions options = qmt_engine_options_default();
    options.charge = system->charge;
    options.unpaired = system->unpaired;
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    QmtResult result = qmt_result_empty();
    result.energy = energy;
    result.gradient = &gradient[0][0];
    if (qmt_engine_create(ctx, system->n, system->numbers, &options, &engine) != QMT_OK ||
        qmt_engine_evaluate(ctx, engine, &xyz[0][0], NULL, &result) != QMT_OK)
        fail_msg("%s: %s", system->name, qmt_context_message(ctx));
    qmt_engine_destroy(&engine);
    qmt_context_destroy(&ctx);
}

/// The next system of the file: its name is the one that is expected, its values are read.
static void theirs(FILE *file, const System *system, double *energy, double (*gradient)[3])
{
    char line[256];
    do
        assert_non_null(fgets(line, sizeof line, file));
    while (line[0] == '#');
    assert_int_equal(strncmp(line, "system ", 7), 0);
    line[strcspn(line, "\n")] = '\0';
    assert_string_equal(line + 7, system->name);
    assert_int_equal(fscanf(file, "energy %lf\n", energy), 1);
    for (size_t a = 0; a < system->n; a++)
        assert_int_equal(fscanf(file, "gradient %lf %lf %lf\n", &gradient[a][0], &gradient[a][1],
                                &gradient[a][2]),
                         3);
}

static void compare(FILE *file, const System *system)
{
    double xyz[SYSTEM_MAX_ATOMS][3], e, wanted_e, g[SYSTEM_MAX_ATOMS][3];
    double wanted_g[SYSTEM_MAX_ATOMS][3];
    system_bohr(system, xyz);
    ours(system, xyz, &e, g);
    theirs(file, system, &wanted_e, wanted_g);
    if (!(fabs(e - wanted_e) <= worst_energy)) {
        worst_energy = fabs(e - wanted_e);
        worst_energy_name = system->name;
    }
    for (size_t a = 0; a < system->n; a++)
        for (int x = 0; x < 3; x++)
            if (!(fabs(g[a][x] - wanted_g[a][x]) <= worst_gradient)) {
                worst_gradient = fabs(g[a][x] - wanted_g[a][x]);
                worst_gradient_name = system->name;
            }
}

static void alkali_compounds_agree_with_libxtb(void **state)
{
    (void)state;
    FILE *const file = fopen(TEST_DATA_DIR "/reference/data/libxtb_vectors.txt", "r");
    assert_non_null(file);
    for (size_t i = 0; i < N_ALKALI; i++)
        compare(file, alkali_system(i));
    fclose(file);
    print_message("worst energy %.1e hartree (%s), gradient %.1e hartree/bohr (%s)\n", worst_energy,
                  worst_energy_name, worst_gradient, worst_gradient_name);
    assert_true(worst_energy <= TOLERANCE);
    assert_true(worst_gradient <= TOLERANCE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(alkali_compounds_agree_with_libxtb)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
