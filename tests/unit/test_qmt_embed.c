#include "support/check.h"

#include <math.h>
#include <string.h>

#include "qmtraj/qmtraj.h"

#define REFUSED(call) assert_int_equal((call), QMT_ERR_ARGUMENT)

static QmtContext *ctx;
static QmtStructures *list;
static const int WATER[3] = {8, 1, 1}, BONDS[4] = {0, 1, 0, 2};
static const double XYZ[9] = {0.0, 0.0, 0.22, 0.0, 1.43, -0.89, 0.0, -1.43, -0.89};

static int list_make(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) != QMT_OK || qmt_structures_create(ctx, &list) != QMT_OK ||
           qmt_structures_add_smiles(ctx, list, "O", "water") != QMT_OK ||
           qmt_structures_add_smiles(ctx, list, "OO", "peroxide") != QMT_OK ||
           qmt_structures_add_atoms(ctx, list, "known", 3, WATER, XYZ) != QMT_OK;
}

static int list_drop(void **state)
{
    (void)state;
    qmt_structures_destroy(&list);
    qmt_context_destroy(&ctx);
    return 0;
}

static void the_library_knows_whether_it_can_embed(void **state)
{
    (void)state;
    const QmtStatus status = qmt_structures_embed(ctx, list, 0);
    assert_int_equal(status, qmt_structures_can_embed() ? QMT_OK : QMT_ERR_INPUT);
}

static void a_caller_may_bring_the_atoms(void **state)
{
    (void)state;
    QmtStructure water;
    assert_int_equal(qmt_structures_set_atoms(ctx, list, 0, 3, WATER, XYZ, 2, BONDS), QMT_OK);
    assert_int_equal(qmt_structures_get(ctx, list, 0, &water), QMT_OK);
    assert_string_equal(water.smiles, "O");
    assert_string_equal(water.name, "water");
    assert_int_equal(water.n_atoms, 3);
    assert_memory_equal(water.numbers, WATER, sizeof WATER);
    assert_memory_equal(water.xyz, XYZ, sizeof XYZ);
    assert_int_equal(qmt_structures_embed(ctx, list, 0), QMT_OK); // it has atoms, nothing is done
    REFUSED(qmt_structures_set_atoms(ctx, list, 0, 3, WATER, XYZ, 2, BONDS));
}

static void atoms_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const int beyond[2] = {0, 3}, below[2] = {-1, 0}, dummy[3] = {0, 1, 1};
    double lost[9];
    QmtStructure water;
    memcpy(lost, XYZ, sizeof lost);
    lost[4] = (double)NAN;
    REFUSED(qmt_structures_set_atoms(ctx, list, 0, 3, WATER, XYZ, 1, beyond));
    REFUSED(qmt_structures_set_atoms(ctx, list, 0, 3, WATER, XYZ, 1, below));
    REFUSED(qmt_structures_set_atoms(ctx, list, 0, 3, WATER, XYZ, 1, NULL));
    REFUSED(qmt_structures_set_atoms(ctx, list, 0, 3, NULL, XYZ, 0, NULL));
    REFUSED(qmt_structures_set_atoms(ctx, list, 0, 3, WATER, NULL, 0, NULL));
    REFUSED(qmt_structures_set_atoms(ctx, list, 0, 0, WATER, XYZ, 0, NULL));
    REFUSED(qmt_structures_set_atoms(ctx, list, 2, 3, WATER, XYZ, 0, NULL)); // not from SMILES
    REFUSED(qmt_structures_set_atoms(ctx, list, 9, 3, WATER, XYZ, 0, NULL));
    REFUSED(qmt_structures_set_atoms(ctx, NULL, 0, 3, WATER, XYZ, 0, NULL));
    assert_int_equal(qmt_structures_set_atoms(ctx, list, 0, 3, dummy, XYZ, 0, NULL), QMT_ERR_INPUT);
    assert_int_equal(qmt_structures_set_atoms(ctx, list, 0, 3, WATER, lost, 0, NULL),
                     QMT_ERR_INPUT);
    assert_int_equal(qmt_structures_get(ctx, list, 0, &water), QMT_OK);
    assert_int_equal(water.n_atoms, 0);
}

static void what_is_rejected_leaves_a_tolerant_list(void **state)
{
    (void)state;
    QmtStructure next;
    QmtRejection rejection;
    REFUSED(qmt_structures_reject(ctx, list, 0, "no geometry"));
    qmt_structures_set_tolerant(list, 1);
    REFUSED(qmt_structures_reject(ctx, list, 0, NULL));
    REFUSED(qmt_structures_reject(ctx, list, 3, "no geometry"));
    assert_int_equal(qmt_structures_reject(ctx, list, 0, "no geometry"), QMT_OK);
    assert_int_equal(qmt_structures_count(list), 2);
    assert_int_equal(qmt_structures_get(ctx, list, 0, &next), QMT_OK);
    assert_string_equal(next.name, "peroxide");
    assert_int_equal(qmt_structures_rejection_count(list), 1);
    assert_int_equal(qmt_structures_rejection(ctx, list, 0, &rejection), QMT_OK);
    assert_string_equal(rejection.name, "water");
    assert_string_equal(rejection.reason, "smiles");
    assert_non_null(strstr(rejection.sentence, "no geometry"));
    assert_int_equal(qmt_structures_reject(ctx, list, 1, "the last"), QMT_OK);
    assert_int_equal(qmt_structures_count(list), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_library_knows_whether_it_can_embed, list_make,
                                        list_drop),
        cmocka_unit_test_setup_teardown(a_caller_may_bring_the_atoms, list_make, list_drop),
        cmocka_unit_test_setup_teardown(atoms_that_cannot_be_are_refused, list_make, list_drop),
        cmocka_unit_test_setup_teardown(what_is_rejected_leaves_a_tolerant_list, list_make,
                                        list_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
