#include "config/config.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "data/solvent.h"

/// A key at its default.
static void key_reset(Config *config, const ConfigKey *key)
{
    char *const at = (char *)config + key->offset;
    switch (key->type) {
    case CONFIG_REAL:
        *(double *)at = key->initial;
        return;
    case CONFIG_REALS:
        *(ConfigReals *)at = (ConfigReals){.n = key->choices == NULL, .value = {key->initial}};
        return;
    case CONFIG_BOOL:
        *(bool *)at = key->initial != 0.0;
        return;
    case CONFIG_ATOMS: // the first word
        *(ConfigAtoms *)at = (ConfigAtoms){.n = 0};
        return;
    case CONFIG_SMILES:
        *at = '\0';
        return;
    case CONFIG_COUNT:
    case CONFIG_CHOICE:
    case CONFIG_SET:
    case CONFIG_SOLVENT:
        break;
    }
    *(int64_t *)at = (int64_t)key->initial;
}

Config config_default(void)
{
    Config config = {0};
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++)
        key_reset(&config, &CONFIG_KEYS[k]);
    return config;
}

/// True of "bias.torsion.at_degree" in "bias".
static bool is_in_block(const ConfigKey *key, const char *block)
{
    const size_t n = strlen(block);
    return strncmp(key->name, block, n) == 0 && key->name[n] == '.';
}

void config_block_reset(Config *config, const char *block)
{
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++)
        if (is_in_block(&CONFIG_KEYS[k], block))
            key_reset(config, &CONFIG_KEYS[k]);
}

size_t config_key(const char *name)
{
    size_t k = 0;
    while (k < CONFIG_KEY_COUNT && strcmp(CONFIG_KEYS[k].name, name) != 0)
        k++;
    return k;
}

bool config_is_block(const char *name)
{
    const size_t size = strlen(name);
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++)
        if (strncmp(CONFIG_KEYS[k].name, name, size) == 0 && CONFIG_KEYS[k].name[size] == '.')
            return true;
    return false;
}

size_t config_workers(const Config *config, size_t n_cores)
{
    const size_t workers = n_cores / (size_t)config->cores_per_trajectory;
    return workers > 1 ? workers : 1;
}

bool config_is_default(const Config *config, size_t k)
{
    const ConfigKey *const key = &CONFIG_KEYS[k];
    const void *const at = (const char *)config + key->offset;
    switch (key->type) {
    case CONFIG_REAL:
        return *(const double *)at == key->initial;
    case CONFIG_REALS:
        return ((const ConfigReals *)at)->n == (key->choices == NULL) &&
               ((const ConfigReals *)at)->value[0] == key->initial;
    case CONFIG_BOOL:
        return *(const bool *)at == (key->initial != 0.0);
    case CONFIG_ATOMS:
        return ((const ConfigAtoms *)at)->n == 0 && ((const ConfigAtoms *)at)->word == 0;
    case CONFIG_SMILES:
        return *(const char *)at == '\0';
    case CONFIG_COUNT:
    case CONFIG_CHOICE:
    case CONFIG_SET:
    case CONFIG_SOLVENT:
        break;
    }
    return *(const int64_t *)at == (int64_t)key->initial;
}

bool config_is_dormant(const Config *config, size_t k)
{
    const char *const name = CONFIG_KEYS[k].name;
    const char *const dot = strrchr(name, '.');
    if (dot == NULL)
        return false;
    const size_t size = (size_t)(dot - name) + 1;
    for (size_t i = 0; i < CONFIG_KEY_COUNT; i++)
        if (strncmp(CONFIG_KEYS[i].name, name, size) == 0 && !config_is_default(config, i))
            return false;
    return true;
}

double config_word_number(int i)
{
    return -1e30 * (i + 1);
}

int config_number_word(double value)
{
    return value <= -1e30 ? (int)lround(value / -1e30) - 1 : -1;
}

double config_confine_nm(const Config *config)
{
    const bool none = config_number_word(config->confine_nm) == CONFIG_CONFINE_NONE;
    return none && config->solvate_molecule[0] != '\0' ? config_word_number(CONFIG_CONFINE_AUTO)
                                                       : config->confine_nm;
}

bool config_is_biased(const Config *config)
{
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++)
        if (is_in_block(&CONFIG_KEYS[k], "bias") && !config_is_default(config, k))
            return true;
    return config_number_word(config_confine_nm(config)) != CONFIG_CONFINE_NONE;
}

bool config_is_quenched(const Config *config)
{
    return config_number_word(config->quench.every_ps) < 0;
}

int64_t config_copies(const Config *config)
{
    return config_is_quenched(config) ? config_steps(config, config->length_ps) /
                                                config_steps(config, config->quench.every_ps) +
                                            1
                                      : 0;
}

int64_t config_frames_between_copies(const Config *config)
{
    return config_steps(config, config->quench.every_ps) / config->save_interval_steps;
}

bool config_has_atoms(const ConfigAtoms *atoms)
{
    return atoms->n > 0 || atoms->word > 0;
}

size_t config_n_atoms(const ConfigAtoms *atoms)
{
    size_t n = 0;
    for (int32_t i = 0; i < atoms->n; i++)
        n += (size_t)(atoms->last[i] - atoms->first[i]) + 1;
    return n;
}

size_t config_atoms(const ConfigAtoms *atoms, size_t *out, size_t n_max)
{
    size_t n = 0;
    for (int32_t i = 0; i < atoms->n; i++)
        for (int32_t a = atoms->first[i]; a <= atoms->last[i] && n < n_max; a++)
            out[n++] = (size_t)a - 1;
    return n;
}

bool config_is_given(const Config *config, const char *name)
{
    const size_t k = config_key(name);
    assert(k < CONFIG_KEY_COUNT);
    return config->line[k] != 0 && config->line[k] != CONFIG_LINE_RECIPE;
}

int64_t config_steps(const Config *config, double length_ps)
{
    return llround(length_ps * 1000.0 / config->dt_fs);
}

int64_t config_frames(const Config *config)
{
    return config_steps(config, config->length_ps) / config->save_interval_steps + 1;
}

/// The method and model that know every solvent there is.
const char *config_solvent_by_place(int64_t place)
{
    return solvent_name(&METHOD_GFN2, SOLVATION_ALPB, (size_t)place);
}

const char *config_solvent_name(const Config *config)
{
    return config->solvent > 0 ? config_solvent_by_place(config->solvent - 1) : NULL;
}
