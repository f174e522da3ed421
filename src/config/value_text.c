#include "config/value_text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "io/text.h"

void config_choice_text(const ConfigKey *key, int64_t place, char text[CONFIG_TEXT_SIZE])
{
    const char *c = key->choices;
    for (int64_t k = 0; k < place; k++)
        c += strcspn(c, "|") + 1;
    snprintf(text, CONFIG_TEXT_SIZE, "%.*s", (int)strcspn(c, "|"), c);
}

/// "[dipole, charges]", in the order of the choices.
static void set_text(const ConfigKey *key, int64_t set, char text[CONFIG_TEXT_SIZE])
{
    size_t length = (size_t)snprintf(text, CONFIG_TEXT_SIZE, "[");
    for (int64_t k = 0; set >> k != 0; k++) {
        char name[CONFIG_TEXT_SIZE];
        if (!(set >> k & 1))
            continue;
        config_choice_text(key, k, name);
        length += (size_t)snprintf(text + length, CONFIG_TEXT_SIZE - length, "%s%s",
                                   length > 1 ? ", " : "", name);
    }
    snprintf(text + length, CONFIG_TEXT_SIZE - length, "]");
}

/// "[1, 2, 5-9]"
static void atoms_text(const ConfigAtoms *atoms, char text[CONFIG_TEXT_SIZE])
{
    size_t length = (size_t)snprintf(text, CONFIG_TEXT_SIZE, "[");
    for (int32_t i = 0; i < atoms->n && length < CONFIG_TEXT_SIZE; i++) {
        length += (size_t)snprintf(text + length, CONFIG_TEXT_SIZE - length, "%s%d",
                                   i > 0 ? ", " : "", (int)atoms->first[i]);
        if (atoms->last[i] > atoms->first[i] && length < CONFIG_TEXT_SIZE)
            length += (size_t)snprintf(text + length, CONFIG_TEXT_SIZE - length, "-%d",
                                       (int)atoms->last[i]);
    }
    if (length < CONFIG_TEXT_SIZE)
        snprintf(text + length, CONFIG_TEXT_SIZE - length, "]");
}

/// "300.0", "[300.0, 600.0]" or "none".
static void reals_text(const ConfigReals *reals, char text[CONFIG_TEXT_SIZE])
{
    size_t length = 0;
    text[0] = '\0';
    for (int64_t i = 0; i < reals->n; i++) {
        char number[TEXT_DOUBLE_SIZE];
        text_format_double(reals->value[i], number);
        length += (size_t)snprintf(text + length, CONFIG_TEXT_SIZE - length, "%s%s",
                                   i > 0          ? ", "
                                   : reals->n > 1 ? "["
                                                  : "",
                                   number);
    }
    if (reals->n != 1)
        snprintf(text + length, CONFIG_TEXT_SIZE - length, "%s", reals->n > 1 ? "]" : "none");
}

void config_value_text(const Config *config, size_t k, char text[CONFIG_TEXT_SIZE])
{
    const ConfigKey *key = &CONFIG_KEYS[k];
    const char *at = (const char *)config + key->offset;
    switch (key->type) {
    case CONFIG_REAL:
        if (config_number_word(*(const double *)at) >= 0)
            config_choice_text(key, config_number_word(*(const double *)at), text);
        else
            text_format_double(*(const double *)at, text);
        break;
    case CONFIG_COUNT:
        snprintf(text, CONFIG_TEXT_SIZE, "%" PRId64, *(const int64_t *)at);
        break;
    case CONFIG_BOOL:
        snprintf(text, CONFIG_TEXT_SIZE, "%s", *(const bool *)at ? "true" : "false");
        break;
    case CONFIG_CHOICE:
        config_choice_text(key, *(const int64_t *)at, text);
        break;
    case CONFIG_SET:
        set_text(key, *(const int64_t *)at, text);
        break;
    case CONFIG_SOLVENT:
        snprintf(text, CONFIG_TEXT_SIZE, "%s",
                 *(const int64_t *)at > 0 ? config_solvent_name(config) : "none");
        break;
    case CONFIG_REALS:
        reals_text((const ConfigReals *)(const void *)at, text);
        break;
    case CONFIG_ATOMS:
        if (((const ConfigAtoms *)(const void *)at)->n > 0)
            atoms_text((const ConfigAtoms *)(const void *)at, text);
        else
            config_choice_text(key, ((const ConfigAtoms *)(const void *)at)->word, text);
        break;
    case CONFIG_SMILES: // in quotes: a SMILES may look like a list, and "none" is no SMILES
        snprintf(text, CONFIG_TEXT_SIZE, at[0] != '\0' ? "\"%s\"" : "none", at);
        break;
    }
}

void config_default_text(size_t k, char text[CONFIG_TEXT_SIZE])
{
    const Config config = config_default();
    config_value_text(&config, k, text);
    // A manual says 300 where JSON and YAML are told 300.0, a number that is not whole.
    const size_t length = strlen(text);
    if ((CONFIG_KEYS[k].type == CONFIG_REAL || CONFIG_KEYS[k].type == CONFIG_REALS) && length > 2 &&
        strcmp(text + length - 2, ".0") == 0)
        text[length - 2] = '\0';
}

/// ", or none or auto"
static void words_add(const ConfigKey *key, char text[CONFIG_TEXT_SIZE])
{
    size_t length = strlen(text);
    for (const char *c = key->choices; c != NULL && *c != '\0' && length < CONFIG_TEXT_SIZE;) {
        const size_t size = strcspn(c, "|");
        length += (size_t)snprintf(text + length, CONFIG_TEXT_SIZE - length, "%s or %.*s",
                                   c == key->choices ? "," : "", (int)size, c);
        c += size + (c[size] == '|');
    }
}

void config_range_text(size_t k, char text[CONFIG_TEXT_SIZE])
{
    const ConfigKey *key = &CONFIG_KEYS[k];
    char lowest[32], highest[32];

    switch (key->type) {
    case CONFIG_REAL:
    case CONFIG_REALS:
    case CONFIG_COUNT:
        snprintf(lowest, sizeof lowest, "%g", key->lowest);
        snprintf(highest, sizeof highest, key->type != CONFIG_COUNT ? "%g" : "%.16g", key->highest);
        snprintf(text, CONFIG_TEXT_SIZE, "%s %s, <= %s", key->above_lowest ? ">" : ">=", lowest,
                 highest);
        words_add(key, text);
        break;
    case CONFIG_ATOMS:
        snprintf(text, CONFIG_TEXT_SIZE, "a list of %s%.0f atoms",
                 key->highest > key->lowest ? "at least " : "", key->lowest);
        words_add(key, text);
        break;
    case CONFIG_SMILES:
        snprintf(text, CONFIG_TEXT_SIZE, "none or a SMILES");
        break;
    case CONFIG_BOOL:
        snprintf(text, CONFIG_TEXT_SIZE, "true or false");
        break;
    case CONFIG_CHOICE:
    case CONFIG_SET: {
        const char *const between = key->type == CONFIG_SET ? ", " : " or ";
        size_t length = 0;
        for (const char *c = key->choices; *c != '\0' && length < CONFIG_TEXT_SIZE - 6; c++) {
            if (*c == '|')
                length += (size_t)snprintf(text + length, CONFIG_TEXT_SIZE - length, "%s", between);
            else
                text[length++] = *c;
        }
        text[length] = '\0';
        break;
    }
    case CONFIG_SOLVENT:
        snprintf(text, CONFIG_TEXT_SIZE, "none or one of `qmtraj solvents`");
        break;
    }
}

const char *config_choice(const Config *config, const char *name, char text[32])
{
    const size_t k = config_key(name);
    assert(k < CONFIG_KEY_COUNT && CONFIG_KEYS[k].type == CONFIG_CHOICE);
    char value[CONFIG_TEXT_SIZE];
    config_value_text(config, k, value);
    snprintf(text, 32, "%.31s", value);
    return text;
}
