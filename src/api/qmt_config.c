// include/qmtraj/config.h
#include "api/qmt_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/argument.h"
#include "config/advice.h"
#include "config/config_check.h"
#include "config/config_read.h"
#include "config/config_set.h"
#include "config/config_write.h"
#include "config/recipe.h"
#include "config/value_text.h"
#include "data/method.h"
#include "data/solvent.h"
#include "io/text.h"
#include "run/spec.h"

_Static_assert((int)QMT_KEY_OF_RUN == (int)CONFIG_OF_RUN &&
                   (int)QMT_KEY_OF_ENERGY == (int)CONFIG_OF_ENERGY &&
                   (int)QMT_KEY_BESIDE_METHOD == (int)CONFIG_BESIDE_METHOD,
               "one list of uses");
_Static_assert(sizeof((QmtConfigKey){0}.range) >= CONFIG_TEXT_SIZE, "room for every text");

QmtStatus qmt_config_create(QmtContext *ctx, QmtConfig **config)
{
    NEEDS(ctx, config != NULL, "config: config is NULL");
    QmtConfig *const made = malloc(sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for a configuration");
    made->values = config_default();
    *config = made;
    return QMT_OK;
}

void qmt_config_destroy(QmtConfig **config)
{
    if (config == NULL || *config == NULL)
        return;
    free(*config);
    *config = NULL;
}

/// A reader knows the lines of its own file; what was given before stays given.
static void lines_keep(Config *now, const Config *before)
{
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++)
        if (now->line[k] == 0)
            now->line[k] = before->line[k];
}

QmtStatus qmt_config_read(QmtContext *ctx, QmtConfig *config, const char *path)
{
    NEEDS(ctx, config != NULL && path != NULL, "config: config or path is NULL");
    const Config before = config->values;
    TRY(config_read(ctx, path, &config->values));
    lines_keep(&config->values, &before);
    return recipe_apply(ctx, &config->values);
}

QmtStatus qmt_config_parse(QmtContext *ctx, QmtConfig *config, const char *place, const char *text)
{
    NEEDS(ctx, config != NULL && place != NULL && text != NULL,
          "config: config, place or text is NULL");
    const Config before = config->values;
    TRY(config_parse(ctx, place, text, strlen(text), &config->values));
    lines_keep(&config->values, &before);
    return recipe_apply(ctx, &config->values);
}

QmtStatus qmt_config_set(QmtContext *ctx, QmtConfig *config, const char *key, const char *value)
{
    return qmt_config_set_at(ctx, config, "set", key, value);
}

QmtStatus qmt_config_set_at(QmtContext *ctx, QmtConfig *config, const char *place, const char *key,
                            const char *value)
{
    NEEDS(ctx, config != NULL && place != NULL && key != NULL && value != NULL,
          "config: config, place, key or value is NULL");
    TRY(config_set_key(ctx, place, CONFIG_LINE_SET, key, value, false, &config->values));
    return recipe_apply(ctx, &config->values);
}

QmtStatus qmt_config_check(QmtContext *ctx, const QmtConfig *config)
{
    NEEDS(ctx, config != NULL, "config: config is NULL");
    return config_check(ctx, &config->values);
}

int64_t qmt_config_steps(const QmtConfig *config)
{
    return config != NULL ? spec_steps(&config->values) : 0;
}

int64_t qmt_config_frames(const QmtConfig *config)
{
    return config != NULL ? config_frames(&config->values) : 0;
}

QmtStatus qmt_config_get(QmtContext *ctx, const QmtConfig *config, const char *key, char *text,
                         size_t size)
{
    char value[CONFIG_TEXT_SIZE];
    NEEDS(ctx, config != NULL && key != NULL && text != NULL && size > 0,
          "config: config, key or text is NULL, or size is 0");
    const size_t k = config_key(key);
    if (k == CONFIG_KEY_COUNT)
        return FAIL(ctx, QMT_ERR_CONFIG, "config: there is no key %.100s", key);
    const locale_t before = text_enter_c_locale();
    config_value_text(&config->values, k, value);
    text_leave_c_locale(before);
    snprintf(text, size, "%s", value);
    return QMT_OK;
}

int qmt_config_is_given(const QmtConfig *config, const char *key)
{
    return config != NULL && key != NULL && config_key(key) < CONFIG_KEY_COUNT &&
           config_is_given(&config->values, key);
}

int qmt_config_line(const QmtConfig *config, const char *key)
{
    if (!qmt_config_is_given(config, key))
        return 0;
    return config->values.line[config_key(key)];
}

int qmt_config_is_default(const QmtConfig *config, const char *key)
{
    return config != NULL && key != NULL && config_key(key) < CONFIG_KEY_COUNT &&
           config_is_default(&config->values, config_key(key));
}

const char *qmt_config_file(const QmtConfig *config)
{
    return config != NULL ? config->values.place : "";
}

QmtStatus qmt_config_yaml(QmtContext *ctx, const QmtConfig *config, char **text)
{
    NEEDS(ctx, config != NULL && text != NULL, "config: config or text is NULL");
    const locale_t before = text_enter_c_locale();
    char *const yaml = config_yaml(&config->values);
    text_leave_c_locale(before);
    if (yaml == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the configuration");
    *text = yaml;
    return QMT_OK;
}

QmtStatus qmt_config_key(QmtContext *ctx, size_t i, QmtConfigKey *key)
{
    NEEDS(ctx, key != NULL, "config: key is NULL");
    NEEDS(ctx, i < CONFIG_KEY_COUNT, "config: key %zu of %zu", i, CONFIG_KEY_COUNT);
    const ConfigKey *row = &CONFIG_KEYS[i];
    const locale_t before = text_enter_c_locale();
    *key = (QmtConfigKey){.name = row->name,
                          .unit = row->unit,
                          .choices = row->choices,
                          .help = row->help,
                          .decides_numbers = row->decides_numbers};
    config_default_text(i, key->initial);
    config_range_text(i, key->range);
    text_leave_c_locale(before);
    return QMT_OK;
}

size_t qmt_config_key_count(void)
{
    return CONFIG_KEY_COUNT;
}

QmtKeyUse qmt_config_key_use(size_t i)
{
    return i < CONFIG_KEY_COUNT ? (QmtKeyUse)CONFIG_KEYS[i].use : QMT_KEY_OF_RUN;
}

const char *qmt_config_advice(QmtHint hint)
{
    return config_advice(hint);
}

const char *qmt_method_name(size_t i)
{
    return method_name(i);
}

const char *qmt_solvation_model_name(size_t i)
{
    return i < SOLVATION_MODELS ? solvation_model_name((SolvationModel)i) : NULL;
}

const char *qmt_solvent_name(const char *method, const char *model, size_t i)
{
    SolvationModel found;
    const Method *const own = method != NULL ? method_find(method) : NULL;
    if (own == NULL || model == NULL || !solvation_model_find(model, &found))
        return NULL;
    return solvent_name(own, found, i);
}

const char *qmt_solvent_alias(const char *solvent, size_t i)
{
    return solvent != NULL ? solvent_alias(solvent, i) : NULL;
}
