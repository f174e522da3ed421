#include "config/recipe.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "config/config_set.h"
#include "config/value_text.h"

/// A key of a recipe.
typedef struct {
    int recipe;
    const char *key, *value;
    const char *
        unless; ///< the key is left alone if this one is given, as both exclude each other; NULL: none does
} RecipeKey;

// Equilibration takes the place of the 10 ps before the first frame of SPICE.
static const RecipeKey KEYS[] = {
    {CONFIG_RECIPE_SPICE, "conformers", "10", NULL},
    {CONFIG_RECIPE_SPICE, "temperature_K", "500", "temperature_ramp_K"},
    {CONFIG_RECIPE_SPICE, "friction_per_ps", "1", "thermostat"},
    {CONFIG_RECIPE_SPICE, "dt_fs", "1", NULL},
    {CONFIG_RECIPE_SPICE, "equilibration_ps", "10", NULL},
    {CONFIG_RECIPE_SPICE, "equilibration_friction_per_ps", "1", NULL},
    {CONFIG_RECIPE_SPICE, "length_ps", "90", NULL},
    {CONFIG_RECIPE_SPICE, "save_interval_steps", "10000", NULL},
    {CONFIG_RECIPE_SPICE, "nve_every_ps", "0", NULL},
    {CONFIG_RECIPE_SPICE, "quench.every_ps", "10", NULL},
    {CONFIG_RECIPE_SPICE, "quench.steps", "5", NULL},
    {CONFIG_RECIPE_SPICE, "quench.then_K", "100", NULL},
    {CONFIG_RECIPE_SPICE, "quench.ps", "1", NULL},
    {CONFIG_RECIPE_ANI, "replicas", "2", NULL},
    {CONFIG_RECIPE_ANI, "temperature_ramp_K", "[300, 1000]", "temperature_K"},
    {CONFIG_RECIPE_ANI, "friction_per_ps", "2", "thermostat"},
    {CONFIG_RECIPE_ANI, "dt_fs", "0.5", NULL},
    {CONFIG_RECIPE_ANI, "equilibration_ps", "0.5", NULL},
    {CONFIG_RECIPE_ANI, "length_ps", "3", NULL},
    {CONFIG_RECIPE_ANI, "save_interval_steps", "20", NULL},
    {CONFIG_RECIPE_ANI, "nve_every_ps", "0", NULL},
};
enum { N_KEYS = sizeof KEYS / sizeof KEYS[0], NOTE_SIZE = 1024 };

/// The step of a recipe that a trajectory is: of its own, and of a copy of a frame.
static const char *const STEPS[CONFIG_RECIPES][2] = {
    [CONFIG_RECIPE_SPICE] = {"dynamics at high temperature", "relaxed copy of a frame"},
    [CONFIG_RECIPE_ANI] = {"dynamics with rising temperature", "relaxed copy of a frame"},
};

static size_t value_size(ConfigType type)
{
    switch (type) {
    case CONFIG_REAL:
        return sizeof(double);
    case CONFIG_REALS:
        return sizeof(ConfigReals);
    case CONFIG_BOOL:
        return sizeof(bool);
    case CONFIG_ATOMS:
        return sizeof(ConfigAtoms);
    case CONFIG_SMILES:
        return CONFIG_SMILES_SIZE;
    case CONFIG_COUNT:
    case CONFIG_CHOICE:
    case CONFIG_SET:
    case CONFIG_SOLVENT:
        break;
    }
    return sizeof(int64_t);
}

/// Keys that a recipe set have their defaults again.
static void keys_reset(Config *config)
{
    const Config initial = config_default();
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++) {
        const size_t at = CONFIG_KEYS[k].offset;
        if (config->line[k] != CONFIG_LINE_RECIPE)
            continue;
        memcpy((char *)config + at, (const char *)&initial + at, value_size(CONFIG_KEYS[k].type));
        config->line[k] = 0;
    }
}

static bool is_excluded(const Config *config, const RecipeKey *row)
{
    return row->unless != NULL && config_is_given(config, row->unless) &&
           !config_is_default(config, config_key(row->unless));
}

QmtStatus recipe_apply(QmtContext *ctx, Config *config)
{
    char place[320];
    keys_reset(config);
    recipe_place(config, place);
    for (size_t i = 0; i < N_KEYS; i++)
        if (KEYS[i].recipe == config->recipe && config->line[config_key(KEYS[i].key)] == 0 &&
            !is_excluded(config, &KEYS[i]))
            TRY(config_set_key(ctx, place, CONFIG_LINE_RECIPE, KEYS[i].key, KEYS[i].value, false,
                               config));
    return QMT_OK;
}

void recipe_place(const Config *config, char text[320])
{
    char name[32];
    snprintf(text, 320, "recipe: %s", config_choice(config, "recipe", name));
}

static void word_add(char text[NOTE_SIZE], const char *key, const char *between, const char *value)
{
    const size_t length = strlen(text);
    snprintf(text + length, NOTE_SIZE - length, "%s%s%s%s", length > 0 ? ", " : "", key, between,
             value);
}

void recipe_say(QmtContext *ctx, const Config *config)
{
    char place[320], set[NOTE_SIZE] = "", left[NOTE_SIZE] = "";
    recipe_place(config, place);
    for (size_t i = 0; i < N_KEYS; i++) {
        const size_t k = config_key(KEYS[i].key);
        char now[CONFIG_TEXT_SIZE], comment[CONFIG_TEXT_SIZE + 64];
        if (KEYS[i].recipe != config->recipe)
            continue;
        config_value_text(config, k, now);
        if (config->line[k] == CONFIG_LINE_RECIPE) {
            word_add(set, KEYS[i].key, " = ", KEYS[i].value);
            continue;
        }
        if (is_excluded(config, &KEYS[i]) && config->line[k] == 0)
            snprintf(comment, sizeof comment, "%s not set, as %s is given", KEYS[i].key,
                     KEYS[i].unless);
        else
            snprintf(comment, sizeof comment, "%s = %s, not %s", KEYS[i].key, now, KEYS[i].value);
        word_add(left, comment, "", "");
    }
    if (set[0] != '\0')
        context_log(ctx, QMT_LOG_INFO, "%s sets %s", place, set);
    if (left[0] != '\0')
        context_log(ctx, QMT_LOG_INFO, "%s leaves as given: %s", place, left);
}

struct cJSON *recipe_json(const Config *config, bool is_copy)
{
    char name[32];
    if (config->recipe == CONFIG_RECIPE_NONE)
        return NULL;
    cJSON *const object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "name", config_choice(config, "recipe", name));
    cJSON_AddStringToObject(object, "step", STEPS[config->recipe][is_copy]);
    cJSON *const set = cJSON_AddObjectToObject(object, "keys_set");
    cJSON *const given = cJSON_AddArrayToObject(object, "keys_given");
    for (size_t i = 0; i < N_KEYS; i++) {
        const char *const key = KEYS[i].key;
        if (KEYS[i].recipe != config->recipe)
            continue;
        if (config->line[config_key(key)] == CONFIG_LINE_RECIPE)
            cJSON_AddRawToObject(set, key, KEYS[i].value); // numbers and lists of them, all
        else
            cJSON_AddItemToArray(given, cJSON_CreateString(key));
    }
    return object;
}
