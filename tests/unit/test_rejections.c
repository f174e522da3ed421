#include "structure/smiles_list.h"
#include "support/check.h"

#include <string.h>

#include "structure/rejections.h"

static QmtContext *ctx;

static int setup(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) == QMT_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

static const char DATA[] =
    "CCO ethanol\nC |^1:0|\nO\xC3\xA4 x\nC#N hcn\nCC ethanol\nN ammonia\nCCC ethanol\n";

static void a_bad_line_takes_no_other_with_it(void **state)
{
    (void)state;
    RejectionList rejected = {0};
    StructureList list = {.rejected = &rejected};
    assert_int_equal(smiles_read_memory(ctx, "m.smi", DATA, strlen(DATA), &list), QMT_OK);
    assert_int_equal(list.n, 5);
    assert_int_equal(rejected.n, 2);
    assert_string_equal(rejected.items[0].source, "m.smi:2");
    assert_string_equal(reject_reason_word(rejected.items[0].reason), "format");
    assert_non_null(strstr(rejected.items[0].sentence, "behind \"C\" marks radicals"));
    assert_non_null(strstr(rejected.items[1].sentence, "m.smi:3:2"));

    assert_int_equal(structures_check_names(ctx, &list), QMT_OK);
    assert_int_equal(list.n, 3);
    assert_string_equal(list.items[0].smiles, "CCO");
    assert_string_equal(list.items[2].name, "ammonia");
    assert_int_equal(rejected.n, 4);
    assert_string_equal(rejected.items[2].name, "ethanol");
    assert_string_equal(rejected.items[2].source, "m.smi:5:1");
    assert_string_equal(reject_reason_word(rejected.items[3].reason), "name");
    assert_non_null(strstr(rejected.items[3].sentence, "was taken before at m.smi:1:1"));
    structures_release(&list);
    rejections_release(&rejected);
}

static void without_a_list_the_first_one_is_a_failure(void **state)
{
    (void)state;
    StructureList list = {0};
    assert_int_equal(smiles_read_memory(ctx, "m.smi", DATA, strlen(DATA), &list), QMT_ERR_FORMAT);
    assert_int_equal(list.n, 0);
    structures_release(&list);
}

static void a_fault_of_the_machine_is_no_bad_input(void **state)
{
    (void)state;
    RejectionList rejected = {0};
    assert_int_equal(rejection_take(ctx, &rejected, "a", NULL, REJECT_FORMAT, QMT_ERR_IO),
                     QMT_ERR_IO);
    assert_int_equal(rejection_take(ctx, &rejected, "a", NULL, REJECT_FORMAT, QMT_ERR_MEMORY),
                     QMT_ERR_MEMORY);
    assert_int_equal(rejection_take(ctx, &rejected, "a", NULL, REJECT_FORMAT, QMT_OK), QMT_OK);
    assert_int_equal(rejected.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bad_line_takes_no_other_with_it),
        cmocka_unit_test(without_a_list_the_first_one_is_a_failure),
        cmocka_unit_test(a_fault_of_the_machine_is_no_bad_input),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
