#include "support/check.h"

#include <stdbool.h>
#include <string.h>

#include "qmtraj/qmtraj.h"

#define REFUSED(call) assert_int_equal((call), QMT_ERR_ARGUMENT)

static QmtContext *ctx;

static int context_make(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) != QMT_OK;
}

static int context_drop(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

static void keys_are_set_read_and_written(void **state)
{
    (void)state;
    QmtConfig *config = NULL, *again = NULL;
    char value[128], *yaml = NULL;
    assert_int_equal(qmt_config_create(ctx, &config), QMT_OK);
    assert_int_equal(qmt_config_is_given(config, "dt_fs"), 0);
    assert_int_equal(qmt_config_set(ctx, config, "dt_fs", "0.5"), QMT_OK);
    assert_int_equal(qmt_config_parse(ctx, config, "here", "solvent: h2o\n"), QMT_OK);
    assert_int_equal(qmt_config_is_given(config, "dt_fs"), 1);
    assert_int_equal(qmt_config_check(ctx, config), QMT_OK);
    assert_int_equal(qmt_config_yaml(ctx, config, &yaml), QMT_OK);
    assert_int_equal(qmt_config_create(ctx, &again), QMT_OK);
    assert_int_equal(qmt_config_parse(ctx, again, "again", yaml), QMT_OK);
    for (size_t i = 0; i < qmt_config_key_count(); i++) {
        QmtConfigKey key;
        char other[128];
        assert_int_equal(qmt_config_key(ctx, i, &key), QMT_OK);
        assert_int_equal(qmt_config_get(ctx, config, key.name, value, sizeof value), QMT_OK);
        assert_int_equal(qmt_config_get(ctx, again, key.name, other, sizeof other), QMT_OK);
        assert_string_equal(value, other);
        assert_string_not_equal(key.help, "");
    }
    assert_int_equal(qmt_config_get(ctx, config, "solvent", value, sizeof value), QMT_OK);
    assert_string_equal(value, "water");
    qmt_text_free(yaml);
    qmt_text_free(NULL);
    qmt_config_destroy(&config);
    qmt_config_destroy(&again);
    qmt_config_destroy(&again);
    qmt_config_destroy(NULL);
}

static void keys_know_where_they_count_and_where_they_were_given(void **state)
{
    (void)state;
    static const char *const SAMPLES[QMT_KEY_USE_COUNT] = {"length_ps", "solvent", "push.eV"};
    QmtConfig *config = NULL;
    size_t n[QMT_KEY_USE_COUNT] = {0};
    bool found[QMT_KEY_USE_COUNT] = {false};
    for (size_t i = 0; i < qmt_config_key_count(); i++) {
        QmtConfigKey key;
        const QmtKeyUse use = qmt_config_key_use(i);
        assert_int_equal(qmt_config_key(ctx, i, &key), QMT_OK);
        n[use]++;
        found[use] = found[use] || strcmp(key.name, SAMPLES[use]) == 0;
    }
    assert_true(found[QMT_KEY_OF_RUN] && found[QMT_KEY_OF_ENERGY] && found[QMT_KEY_BESIDE_METHOD]);
    assert_int_equal(n[QMT_KEY_OF_ENERGY], 13);
    assert_int_equal(qmt_config_key_use(SIZE_MAX), QMT_KEY_OF_RUN);
    assert_int_equal(qmt_config_create(ctx, &config), QMT_OK);
    assert_string_equal(qmt_config_file(config), "");
    assert_int_equal(qmt_config_parse(ctx, config, "here", "dt_fs: 1\nsolvent: h2o\n"), QMT_OK);
    assert_int_equal(qmt_config_set(ctx, config, "dt_fs", "0.5"), QMT_OK);
    assert_string_equal(qmt_config_file(config), "here");
    assert_int_equal(qmt_config_line(config, "solvent"), 2);
    assert_int_equal(qmt_config_line(config, "dt_fs"), -1);
    assert_int_equal(qmt_config_line(config, "length_ps"), 0);
    assert_int_equal(qmt_config_line(config, "nothing"), 0);
    assert_int_equal(qmt_config_line(NULL, "dt_fs"), 0);
    assert_string_equal(qmt_config_file(NULL), "");
    assert_int_equal(qmt_config_is_default(config, "dt_fs"), 0);
    assert_int_equal(qmt_config_set(ctx, config, "temperature_K", "300"), QMT_OK);
    assert_int_equal(qmt_config_is_default(config, "temperature_K"), 1);
    assert_int_equal(qmt_config_is_default(config, "nothing"), 0);
    assert_int_equal(qmt_config_is_default(NULL, "dt_fs"), 0);
    qmt_config_destroy(&config);
}

static void solvents_have_names_and_other_names(void **state)
{
    (void)state;
    size_t n = 0;
    bool water = false;
    const char *name;
    for (; (name = qmt_solvent_name("GFN2-xTB", "alpb", n)) != NULL; n++)
        water = water || strcmp(name, "water") == 0;
    assert_true(water && n > 10);
    assert_string_equal(qmt_solvent_alias("water", 0), "h2o");
    assert_null(qmt_solvent_name("GFN3-xTB", "alpb", 0));
    assert_null(qmt_solvent_name("GFN2-xTB", "cosmo", 0));
    assert_null(qmt_solvent_name(NULL, "alpb", 0));
    assert_null(qmt_solvent_name("GFN2-xTB", NULL, 0));
    assert_null(qmt_solvent_alias(NULL, 0));
    assert_string_equal(qmt_method_name(0), "GFN2-xTB");
    assert_null(qmt_method_name(SIZE_MAX));
    assert_null(qmt_solvation_model_name(SIZE_MAX));
}

static void null_and_nonsense_are_arguments(void **state)
{
    (void)state;
    QmtConfig *config = NULL;
    QmtConfigKey key;
    char value[8], *yaml = NULL;
    REFUSED(qmt_config_create(ctx, NULL));
    REFUSED(qmt_config_create(NULL, &config));
    assert_int_equal(qmt_config_create(ctx, &config), QMT_OK);
    REFUSED(qmt_config_read(ctx, config, NULL));
    REFUSED(qmt_config_read(ctx, NULL, "a.yaml"));
    assert_int_equal(qmt_config_read(ctx, config, "/nowhere/a.yaml"), QMT_ERR_IO);
    REFUSED(qmt_config_parse(ctx, config, NULL, ""));
    REFUSED(qmt_config_parse(ctx, config, "here", NULL));
    assert_int_equal(qmt_config_parse(ctx, config, "here", "dt_fs: much"), QMT_ERR_CONFIG);
    REFUSED(qmt_config_set(ctx, config, "dt_fs", NULL));
    REFUSED(qmt_config_set(ctx, config, NULL, "1"));
    REFUSED(qmt_config_set_at(ctx, config, NULL, "dt_fs", "1"));
    assert_int_equal(qmt_config_steps(NULL), 0);
    assert_int_equal(qmt_config_frames(NULL), 0);
    REFUSED(qmt_config_set_at(ctx, NULL, "--dt", "dt_fs", "1"));
    assert_int_equal(qmt_config_set_at(ctx, config, "--dt", "dt_fs", "long"), QMT_ERR_CONFIG);
    assert_int_equal(strncmp(qmt_context_message(ctx), "--dt: ", 6), 0);
    assert_int_equal(qmt_config_set(ctx, config, "no_such_key", "1"), QMT_ERR_CONFIG);
    REFUSED(qmt_config_check(ctx, NULL));
    REFUSED(qmt_config_get(ctx, config, "dt_fs", NULL, 8));
    REFUSED(qmt_config_get(ctx, config, "dt_fs", value, 0));
    assert_int_equal(qmt_config_get(ctx, config, "no_such_key", value, 8), QMT_ERR_CONFIG);
    assert_int_equal(qmt_config_get(ctx, config, "method", value, 3), QMT_OK);
    assert_string_equal(value, "GF"); // cut off, and ended
    REFUSED(qmt_config_yaml(ctx, config, NULL));
    REFUSED(qmt_config_yaml(ctx, NULL, &yaml));
    REFUSED(qmt_config_key(ctx, SIZE_MAX, &key));
    REFUSED(qmt_config_key(ctx, 0, NULL));
    assert_int_equal(qmt_config_is_given(NULL, "dt_fs"), 0);
    assert_int_equal(qmt_config_is_given(config, NULL), 0);
    assert_int_equal(qmt_config_is_given(config, "no_such_key"), 0);
    assert_string_equal(qmt_config_advice((QmtHint)1000), "");
    qmt_config_destroy(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_set_read_and_written),
        cmocka_unit_test(keys_know_where_they_count_and_where_they_were_given),
        cmocka_unit_test(solvents_have_names_and_other_names),
        cmocka_unit_test(null_and_nonsense_are_arguments),
    };
    return cmocka_run_group_tests(tests, context_make, context_drop);
}
