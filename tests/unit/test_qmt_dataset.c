#include "support/check.h"

#include <string.h>

#include <qmtraj/dataset.h>

static QmtContext *ctx;
static const char *const NOWHERE[] = {"nowhere/trajectory.npz"};

static void every_format_has_a_name_and_a_help(void **state)
{
    (void)state;
    size_t n = 0;
    for (; qmt_dataset_format_name(n) != NULL; n++) {
        assert_non_null(qmt_dataset_format_help(n));
        for (size_t k = 0; k < n; k++)
            assert_string_not_equal(qmt_dataset_format_name(n), qmt_dataset_format_name(k));
    }
    assert_true(n >= 10);
    assert_null(qmt_dataset_format_help(n));
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    QmtDatasetOptions options = qmt_dataset_options_default();
    assert_int_equal(qmt_dataset_make(NULL, NOWHERE, 1, "no", NULL, NULL, NULL, NULL),
                     QMT_ERR_ARGUMENT);
    assert_int_equal(qmt_dataset_make(ctx, NULL, 1, "no", NULL, NULL, NULL, NULL),
                     QMT_ERR_ARGUMENT);
    assert_int_equal(qmt_dataset_make(ctx, NOWHERE, 0, "no", NULL, NULL, NULL, NULL),
                     QMT_ERR_ARGUMENT);
    assert_int_equal(qmt_dataset_make(ctx, NOWHERE, 1, NULL, NULL, NULL, NULL, NULL),
                     QMT_ERR_ARGUMENT);
    options.format = NULL;
    assert_int_equal(qmt_dataset_make(ctx, NOWHERE, 1, "no", &options, NULL, NULL, NULL),
                     QMT_ERR_ARGUMENT);
    options.format = "parchment";
    assert_int_equal(qmt_dataset_make(ctx, NOWHERE, 1, "no", &options, NULL, NULL, NULL),
                     QMT_ERR_USAGE);
    assert_int_equal(qmt_dataset_make(ctx, NOWHERE, 1, "no", NULL, NULL, NULL, NULL), QMT_ERR_IO);
}

static void options_that_exclude_each_other_are_named(void **state)
{
    (void)state;
    QmtDatasetOptions options = qmt_dataset_options_default();
    options.every = 2;
    options.decorrelated = 1;
    assert_int_equal(qmt_dataset_make(ctx, NOWHERE, 1, "no", &options, NULL, NULL, NULL),
                     QMT_ERR_USAGE);
    assert_non_null(strstr(qmt_context_message(ctx), "one way"));
    options = qmt_dataset_options_default();
    options.train = 0.0;
    assert_int_equal(qmt_dataset_make(ctx, NOWHERE, 1, "no", &options, NULL, NULL, NULL),
                     QMT_ERR_USAGE);
    options = qmt_dataset_options_default();
    options.units = "kj-nm";
    assert_int_equal(qmt_dataset_make(ctx, NOWHERE, 1, "no", &options, NULL, NULL, NULL),
                     QMT_ERR_USAGE);
    options = qmt_dataset_options_default();
    options.format = "deepmd";
    options.lag_fs = 2.0;
    assert_int_equal(qmt_dataset_make(ctx, NOWHERE, 1, "no", &options, NULL, NULL, NULL),
                     QMT_ERR_USAGE);
}

static void a_folder_with_manifest_and_sources_is_a_set(void **state)
{
    (void)state;
    assert_int_equal(qmt_path_is_dataset(NULL), 0);
    assert_int_equal(qmt_path_is_dataset("."), 0);
    assert_int_equal(qmt_path_is_dataset("nowhere"), 0);
}

static int make_context(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) == QMT_OK ? 0 : -1;
}

static int drop_context(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_has_a_name_and_a_help),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(options_that_exclude_each_other_are_named),
        cmocka_unit_test(a_folder_with_manifest_and_sources_is_a_set),
    };
    return cmocka_run_group_tests(tests, make_context, drop_context);
}
