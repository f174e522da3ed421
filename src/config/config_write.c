#include "config/config_write.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/value_text.h"
#include "io/text.h"

char *config_yaml(const Config *config)
{
    const size_t size = CONFIG_KEY_COUNT * 448;
    char *const text = malloc(size);
    if (text == NULL)
        return NULL;

    size_t length = 0;
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++) {
        const ConfigKey *key = &CONFIG_KEYS[k];
        char value[CONFIG_TEXT_SIZE];
        if (config_is_dormant(config, k))
            continue;
        config_value_text(config, k, value);
        // What a recipe sets is written out: read again, its name would set what somebody took back.
        if (key->offset == offsetof(Config, recipe) && config->recipe != CONFIG_RECIPE_NONE)
            length += (size_t)snprintf(text + length, size - length,
                                       "%s: none  # the keys of %s are written out here\n",
                                       key->name, value);
        else
            length +=
                (size_t)snprintf(text + length, size - length, "%s: %s  # %s%s%s\n", key->name,
                                 value, key->unit, key->unit[0] ? "; " : "", key->help);
    }
    return text;
}

static cJSON *set_json(const ConfigKey *key, int64_t set)
{
    cJSON *const array = cJSON_CreateArray();
    for (int64_t k = 0; set >> k != 0; k++) {
        char name[CONFIG_TEXT_SIZE];
        if (!(set >> k & 1))
            continue;
        config_choice_text(key, k, name);
        cJSON_AddItemToArray(array, cJSON_CreateString(name));
    }
    return array;
}

/// One number for each atom, from 1.
static cJSON *atoms_json(const ConfigAtoms *atoms)
{
    cJSON *const array = cJSON_CreateArray();
    for (int32_t i = 0; i < atoms->n; i++)
        for (int32_t a = atoms->first[i]; a <= atoms->last[i]; a++)
            cJSON_AddItemToArray(array, cJSON_CreateNumber(a));
    return array;
}

/// True of a word where a number or a list could be.
static bool is_word(const ConfigKey *key, const char *at)
{
    if (key->type == CONFIG_REAL)
        return config_number_word(*(const double *)(const void *)at) >= 0;
    if (key->type == CONFIG_REALS)
        return ((const ConfigReals *)(const void *)at)->n == 0;
    return key->type == CONFIG_ATOMS && ((const ConfigAtoms *)(const void *)at)->n == 0;
}

struct cJSON *config_json(const Config *config)
{
    cJSON *const object = cJSON_CreateObject();
    for (size_t k = 0; k < CONFIG_KEY_COUNT && object != NULL; k++) {
        const ConfigKey *key = &CONFIG_KEYS[k];
        if (!key->decides_numbers || config_is_dormant(config, k))
            continue;
        const char *at = (const char *)config + key->offset;
        char text[CONFIG_TEXT_SIZE];
        config_value_text(config, k, text);
        cJSON *item;
        if (key->type == CONFIG_BOOL)
            item = cJSON_CreateBool(*(const bool *)at);
        else if (key->type == CONFIG_CHOICE || key->type == CONFIG_SOLVENT || is_word(key, at))
            item = cJSON_CreateString(text);
        else if (key->type == CONFIG_SMILES)
            item = cJSON_CreateString(at[0] != '\0' ? at : "none");
        else if (key->type == CONFIG_ATOMS)
            item = atoms_json((const ConfigAtoms *)(const void *)at);
        else if (key->type == CONFIG_SET)
            item = set_json(key, *(const int64_t *)at);
        else
            item = cJSON_CreateRaw(text);
        if (item == NULL || !cJSON_AddItemToObject(object, key->name, item)) {
            cJSON_Delete(item);
            cJSON_Delete(object);
            return NULL;
        }
    }
    return object;
}

cJSON *config_json_again(const Config *config)
{
    cJSON *const made = config_json(config);
    char *const text = made != NULL ? cJSON_PrintUnformatted(made) : NULL;
    cJSON *const again = text != NULL ? cJSON_Parse(text) : NULL;
    cJSON_free(text);
    cJSON_Delete(made);
    return again;
}
