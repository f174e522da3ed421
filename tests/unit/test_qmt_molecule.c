#include "support/check.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "qmtraj/qmtraj.h"

#define REFUSED(call) assert_int_equal((call), QMT_ERR_ARGUMENT)

static QmtContext *ctx;
static QmtConfig *config;
static QmtStructures *list;
static const int WATER[3] = {8, 1, 1};
static const double XYZ[9] = {0.0, 0.0, 0.22, 0.0, 1.43, -0.89, 0.0, -1.43, -0.89};

static int things_make(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) != QMT_OK || qmt_config_create(ctx, &config) != QMT_OK ||
           qmt_structures_create(ctx, &list) != QMT_OK ||
           qmt_structures_add_atoms(ctx, list, "water", 3, WATER, XYZ) != QMT_OK;
}

static int things_drop(void **state)
{
    (void)state;
    qmt_structures_destroy(&list);
    qmt_config_destroy(&config);
    qmt_context_destroy(&ctx);
    return 0;
}

/// The engine of the settled options gives the energy of an engine made by hand.
static void a_configuration_makes_an_engine(void **state)
{
    (void)state;
    QmtMolecule molecule;
    QmtEngineOptions options = qmt_engine_options_default(), own = qmt_engine_options_default();
    double energy[2];
    assert_int_equal(qmt_config_set(ctx, config, "charge", "-1"), QMT_OK);
    assert_int_equal(qmt_config_set(ctx, config, "spin_multiplicity", "2"), QMT_OK);
    assert_int_equal(qmt_config_set(ctx, config, "method", "GFN1-xTB"), QMT_OK);
    assert_int_equal(qmt_molecule_settle(ctx, list, 0, config, &molecule, &options), QMT_OK);
    assert_int_equal(molecule.charge, -1);
    assert_int_equal(molecule.multiplicity, 2);
    assert_string_equal(molecule.charge_source, "configuration");
    assert_string_equal(options.method, "GFN1-xTB");
    assert_null(options.solvent);
    own.method = "GFN1-xTB";
    own.charge = -1;
    own.unpaired = 1;
    for (int way = 0; way < 2; way++) {
        QmtEngine *engine = NULL;
        QmtResult result = qmt_result_empty();
        result.energy = &energy[way];
        assert_int_equal(qmt_engine_create(ctx, 3, WATER, way == 0 ? &options : &own, &engine),
                         QMT_OK);
        assert_int_equal(qmt_engine_evaluate(ctx, engine, XYZ, NULL, &result), QMT_OK);
        qmt_engine_destroy(&engine);
    }
    CHECK_NEAR(energy[0], energy[1], 0.0);
}

static void the_word_of_the_molecule_holds(void **state)
{
    (void)state;
    QmtMolecule molecule;
    const size_t i = qmt_structures_count(list);
    assert_int_equal(qmt_structures_add_atoms(ctx, list, "ion", 3, WATER, XYZ), QMT_OK);
    assert_int_equal(qmt_structures_set_charge(ctx, list, i, 1, 2), QMT_OK);
    assert_int_equal(qmt_config_set(ctx, config, "charge", "-1"), QMT_OK);
    // Who says two things is asked, not guessed at.
    assert_int_equal(qmt_molecule_settle(ctx, list, i, config, &molecule, NULL), QMT_ERR_CONFIG);
    assert_int_equal(qmt_config_set(ctx, config, "charge", "1"), QMT_OK);
    assert_int_equal(qmt_config_set(ctx, config, "spin_multiplicity", "2"), QMT_OK);
    assert_int_equal(qmt_molecule_settle(ctx, list, i, config, &molecule, NULL), QMT_OK);
    assert_int_equal(molecule.charge, 1);
    assert_int_equal(molecule.multiplicity, 2);
}

static void null_and_nonsense_are_arguments(void **state)
{
    (void)state;
    QmtMolecule molecule;
    QmtEngine *engine = NULL;
    QmtIpiOptions options = qmt_ipi_options_default();
    const size_t i = qmt_structures_count(list);
    REFUSED(qmt_molecule_settle(ctx, NULL, 0, config, &molecule, NULL));
    REFUSED(qmt_molecule_settle(ctx, list, SIZE_MAX, config, &molecule, NULL));
    REFUSED(qmt_molecule_settle(ctx, list, 0, NULL, &molecule, NULL));
    REFUSED(qmt_molecule_settle(ctx, list, i, config, &molecule, NULL));
    REFUSED(qmt_molecule_settle(NULL, list, 0, config, &molecule, NULL));
    assert_int_equal(qmt_config_set(ctx, config, "charge", "0"), QMT_OK);
    assert_int_equal(qmt_config_set(ctx, config, "spin_multiplicity", "1"), QMT_OK);
    REFUSED(qmt_molecule_settle(ctx, list, 0, config, NULL, &(QmtEngineOptions){0}));
    assert_int_equal(qmt_structures_add_word(ctx, list, "C=methane"), QMT_OK);
    assert_int_equal(qmt_molecule_settle(ctx, list, i, config, &molecule, NULL), QMT_ERR_INPUT);

    REFUSED(qmt_ipi_serve(ctx, NULL, &options, NULL));
    assert_int_equal(qmt_engine_create(ctx, 3, WATER, NULL, &engine), QMT_OK);
    REFUSED(qmt_ipi_serve(NULL, engine, &options, NULL));
    REFUSED(qmt_ipi_serve(ctx, engine, &(QmtIpiOptions){0}, NULL));
    options.port = 70000;
    REFUSED(qmt_ipi_serve(ctx, engine, &options, NULL));
    options.port = 31415;
    options.host = NULL;
    REFUSED(qmt_ipi_serve(ctx, engine, &options, NULL));
    options.unix_path = "/nowhere/socket";
    options.patience_s = -1.0;
    REFUSED(qmt_ipi_serve(ctx, engine, &options, NULL));
    options.patience_s = 0.0;
    assert_int_equal(qmt_ipi_serve(ctx, engine, &options, NULL), QMT_ERR_IO);
    qmt_engine_destroy(&engine);
    qmt_ipi_options_init(NULL, 8);
}

static void units_convert_both_ways(void **state)
{
    (void)state;
    // Of the same CODATA set; to the digits that the numbers have.
    CHECK_NEAR(QMT_NM_PER_BOHR * 10.0 * QMT_BOHR_PER_ANGSTROM, 1.0, 1e-14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_configuration_makes_an_engine),
        cmocka_unit_test(the_word_of_the_molecule_holds),
        cmocka_unit_test(null_and_nonsense_are_arguments),
        cmocka_unit_test(units_convert_both_ways),
    };
    return cmocka_run_group_tests(tests, things_make, things_drop);
}
