#include "support/check.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config_check.h"
#include "config/config_read.h"
#include "config/config_write.h"
#include "config/recipe.h"
#include "config/value_text.h"
#include "support/config_word.h"

static QmtContext *ctx;
static char notes[2048];

static void note_keep(void *user, QmtLogLevel level, const char *sentence)
{
    (void)user;
    (void)level;
    snprintf(notes + strlen(notes), sizeof notes - strlen(notes), "%s\n", sentence);
}

static int make_context(void **state)
{
    (void)state;
    if (qmt_context_create(&ctx) != QMT_OK)
        return 1;
    qmt_context_set_log(ctx, note_keep, NULL);
    return 0;
}

static int drop_context(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

/// What a file of this text and these words with --set come to.
static Config made_of(const char *yaml, const char *const *words)
{
    Config config = config_default();
    assert_int_equal(config_parse(ctx, "a.yaml", yaml, strlen(yaml), &config), QMT_OK);
    assert_int_equal(recipe_apply(ctx, &config), QMT_OK);
    for (; words != NULL && *words != NULL; words++) {
        assert_int_equal(config_set(ctx, *words, &config), QMT_OK);
        assert_int_equal(recipe_apply(ctx, &config), QMT_OK);
    }
    notes[0] = '\0';
    return config;
}

static void a_recipe_sets_its_keys(void **state)
{
    (void)state;
    const Config spice = made_of("recipe: spice\n", NULL);
    assert_int_equal(spice.conformers, 10);
    assert_true(spice.temperature_k.n == 1 && spice.temperature_k.value[0] == 500.0);
    assert_int_equal(config_frames(&spice), 10);
    assert_int_equal(config_copies(&spice), 10);
    assert_true(spice.quench.then_k == 100.0 && spice.quench.steps == 5 && spice.quench.ps == 1.0);
    assert_int_equal(config_check(ctx, &spice), QMT_OK);
    assert_false(config_is_given(&spice, "dt_fs"));
    recipe_say(ctx, &spice);
    assert_non_null(strstr(notes, "recipe: spice sets conformers = 10, temperature_K = 500, "));
    assert_null(strstr(notes, "leaves"));

    const Config ani = made_of("recipe: ani\n", NULL);
    assert_true(ani.temperature_ramp.n == 2 && ani.temperature_ramp.value[1] == 1000.0);
    assert_int_equal(ani.replicas, 2);
    assert_int_equal(config_check(ctx, &ani), QMT_OK);

    const Config none = made_of("dt_fs: 0.5\n", NULL);
    recipe_say(ctx, &none);
    assert_string_equal(notes, "");
}

// In whatever order, from the file or with --set.
static void a_key_that_is_given_wins(void **state)
{
    (void)state;
    static const char *const words[] = {"length_ps=20", NULL};
    const Config config = made_of("dt_fs: 0.5\nrecipe: spice\nconformers: 3\n", words);
    assert_true(config.dt_fs == 0.5 && config.conformers == 3 && config.length_ps == 20.0);
    assert_true(config.temperature_k.value[0] == 500.0);
    recipe_say(ctx, &config);
    assert_non_null(strstr(notes, "recipe: spice leaves as given: conformers = 3, not 10, "
                                  "dt_fs = 0.5, not 1, length_ps = 20.0, not 90\n"));
    static const char *const late[] = {"dt_fs=0.25", "recipe=spice", NULL};
    assert_true(made_of("conformers: 2\n", late).dt_fs == 0.25);
    assert_int_equal(made_of("conformers: 2\n", late).conformers, 2);
}

// Two keys that exclude each other: the recipe's gives way.
static void a_recipe_makes_no_contradiction(void **state)
{
    (void)state;
    const Config bussi = made_of("recipe: spice\nthermostat: bussi\n", NULL);
    assert_int_equal(config_check(ctx, &bussi), QMT_OK);
    recipe_say(ctx, &bussi);
    assert_non_null(strstr(notes, "friction_per_ps not set, as thermostat is given"));
    const Config warm = made_of("recipe: ani\ntemperature_K: 400\n", NULL);
    assert_int_equal(warm.temperature_ramp.n, 0);
    assert_int_equal(config_check(ctx, &warm), QMT_OK);
}

static void errors_name_the_recipe(void **state)
{
    (void)state;
    const Config config = made_of("recipe: spice\nlength_ps: 1\n", NULL);
    assert_int_equal(config_check(ctx, &config), QMT_ERR_CONFIG);
    assert_non_null(strstr(qmt_context_message(ctx),
                           "recipe: spice: save_interval_steps = 10000 is longer than the run"));
}

static void another_recipe_takes_its_keys_back(void **state)
{
    (void)state;
    static const char *const words[] = {"recipe=ani", NULL}, *const none[] = {"recipe=none", NULL};
    const Config ani = made_of("recipe: spice\n", words);
    assert_int_equal(ani.conformers, 0);
    assert_false(config_is_quenched(&ani));
    assert_true(ani.dt_fs == 0.5);
    const Config initial = config_default(), back = made_of("recipe: spice\n", none);
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++) {
        char a[CONFIG_TEXT_SIZE], b[CONFIG_TEXT_SIZE];
        config_value_text(&initial, k, a);
        config_value_text(&back, k, b);
        assert_string_equal(a, b);
    }
}

// Read again, the echo has the values of the recipe, and what was taken back from it stays away.
static void the_echo_writes_the_keys_out(void **state)
{
    (void)state;
    const Config config = made_of("recipe: spice\nquench.every_ps: none\n", NULL);
    char *const echo = config_yaml(&config);
    assert_non_null(echo);
    assert_non_null(strstr(echo, "recipe: none  # the keys of spice are written out here\n"));
    const Config again = made_of(echo, NULL);
    free(echo);
    assert_false(config_is_quenched(&again));
    assert_true(again.temperature_k.value[0] == 500.0 && again.conformers == 10);
}

static void metadata_have_name_step_and_keys(void **state)
{
    (void)state;
    const Config config = made_of("recipe: ani\ndt_fs: 0.25\n", NULL);
    cJSON *const json = recipe_json(&config, false);
    char *const text = cJSON_PrintUnformatted(json);
    assert_string_equal(
        text, "{\"name\":\"ani\",\"step\":\"dynamics with rising temperature\",\"keys_set\":{"
              "\"replicas\":2,\"temperature_ramp_K\":[300, 1000],\"friction_per_ps\":2,"
              "\"equilibration_ps\":0.5,\"length_ps\":3,\"save_interval_steps\":20,"
              "\"nve_every_ps\":0},\"keys_given\":[\"dt_fs\"]}");
    cJSON_free(text);
    cJSON_Delete(json);
    cJSON *const copy = recipe_json(&config, true);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(copy, "step")),
                        "relaxed copy of a frame");
    cJSON_Delete(copy);
    const Config none = config_default();
    assert_null(recipe_json(&none, false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recipe_sets_its_keys),
        cmocka_unit_test(a_key_that_is_given_wins),
        cmocka_unit_test(a_recipe_makes_no_contradiction),
        cmocka_unit_test(errors_name_the_recipe),
        cmocka_unit_test(another_recipe_takes_its_keys_back),
        cmocka_unit_test(the_echo_writes_the_keys_out),
        cmocka_unit_test(metadata_have_name_step_and_keys),
    };
    return cmocka_run_group_tests(tests, make_context, drop_context);
}
