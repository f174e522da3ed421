#include "job/config_write.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/text.h"

static void choice_text(const ConfigKey *key, int64_t place, char text[64])
{
    const char *c = key->choices;
    for (int64_t k = 0; k < place; k++)
        c += strcspn(c, "|") + 1;
    snprintf(text, 64, "%.*s", (int)strcspn(c, "|"), c);
}

void config_value_text(const Config *config, size_t k, char text[64])
{
    const ConfigKey *key = &CONFIG_KEYS[k];
    const char *at = (const char *)config + key->offset;
    switch (key->type) {
    case CONFIG_REAL:
        text_format_double(*(const double *)at, text);
        break;
    case CONFIG_COUNT:
        snprintf(text, 64, "%" PRId64, *(const int64_t *)at);
        break;
    case CONFIG_BOOL:
        snprintf(text, 64, "%s", *(const bool *)at ? "true" : "false");
        break;
    case CONFIG_CHOICE:
        choice_text(key, *(const int64_t *)at, text);
        break;
    case CONFIG_SOLVENT:
        snprintf(text, 64, "%s", *(const int64_t *)at > 0 ? config_solvent_name(config) : "none");
        break;
    }
}

void config_default_text(size_t k, char text[64])
{
    const Config config = config_default();
    config_value_text(&config, k, text);
    // A manual says 300 where JSON and YAML are told 300.0, a number that is not whole.
    const size_t length = strlen(text);
    if (CONFIG_KEYS[k].type == CONFIG_REAL && length > 2 && strcmp(text + length - 2, ".0") == 0)
        text[length - 2] = '\0';
}

void config_range_text(size_t k, char text[96])
{
    const ConfigKey *key = &CONFIG_KEYS[k];
    char lowest[32], highest[32];

    switch (key->type) {
    case CONFIG_REAL:
    case CONFIG_COUNT:
        snprintf(lowest, sizeof lowest, "%g", key->lowest);
        snprintf(highest, sizeof highest, key->type == CONFIG_REAL ? "%g" : "%.16g", key->highest);
        snprintf(text, 96, "%s %s, <= %s", key->above_lowest ? ">" : ">=", lowest, highest);
        break;
    case CONFIG_BOOL:
        snprintf(text, 96, "true or false");
        break;
    case CONFIG_CHOICE: {
        size_t length = 0;
        for (const char *c = key->choices; *c != '\0' && length < 90; c++)
            length += (size_t)snprintf(text + length, 96 - length, *c == '|' ? " or " : "%c", *c);
        break;
    }
    case CONFIG_SOLVENT:
        snprintf(text, 96, "none or one of `qmtraj solvents`");
        break;
    }
}

char *config_yaml(const Config *config)
{
    const size_t size = CONFIG_KEY_COUNT * 320;
    char *const text = malloc(size);
    if (text == NULL)
        return NULL;

    size_t length = 0;
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++) {
        const ConfigKey *key = &CONFIG_KEYS[k];
        char value[64];
        config_value_text(config, k, value);
        length += (size_t)snprintf(text + length, size - length, "%s: %s  # %s%s%s\n", key->name,
                                   value, key->unit, key->unit[0] ? "; " : "", key->help);
    }
    return text;
}

struct cJSON *config_json(const Config *config)
{
    cJSON *const object = cJSON_CreateObject();
    for (size_t k = 0; k < CONFIG_KEY_COUNT && object != NULL; k++) {
        const ConfigKey *key = &CONFIG_KEYS[k];
        if (!key->decides_numbers)
            continue;
        const char *at = (const char *)config + key->offset;
        char text[64];
        config_value_text(config, k, text);
        cJSON *item;
        if (key->type == CONFIG_BOOL)
            item = cJSON_CreateBool(*(const bool *)at);
        else if (key->type == CONFIG_CHOICE || key->type == CONFIG_SOLVENT)
            item = cJSON_CreateString(text);
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
