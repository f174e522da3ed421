#include "audit/settings.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config_set.h"
#include "config/config_write.h"
#include "io/text.h"

/// Bytes of a number in a list, with what stands around it.
enum { ITEM_SIZE = TEXT_DOUBLE_SIZE + 4 };

/// A number or a word as YAML has it. False if it is neither.
static bool scalar_text(const cJSON *item, size_t size, char *text)
{
    char number[TEXT_DOUBLE_SIZE];
    if (cJSON_IsString(item)) {
        snprintf(text, size, "%s", item->valuestring);
    } else if (cJSON_IsNumber(item) && item->valuedouble == item->valueint) {
        snprintf(text, size, "%d", item->valueint); // atoms are counted, 3.0 is none
    } else if (cJSON_IsNumber(item)) {
        text_format_double(item->valuedouble, number);
        snprintf(text, size, "%s", number);
    } else if (cJSON_IsBool(item)) {
        snprintf(text, size, "%s", cJSON_IsTrue(item) ? "true" : "false");
    } else {
        return false;
    }
    return true;
}

/// A list as YAML has it, atoms that follow each other as ranges: "[1-12, 15]". NULL if an item is no number and no word, or
/// there is no memory.
static char *list_text(const cJSON *list, bool is_atoms)
{
    size_t size = 4, used = 1;
    const cJSON *item, *next;
    cJSON_ArrayForEach(item, list)
    {
        size += ITEM_SIZE + (cJSON_IsString(item) ? strlen(item->valuestring) : 0);
    }
    char *const text = malloc(size);
    if (text == NULL)
        return NULL;
    snprintf(text, size, "[");
    for (item = list->child; item != NULL; item = next) {
        const cJSON *last = item;
        next = item->next;
        while (is_atoms && cJSON_IsNumber(last) && cJSON_IsNumber(next) &&
               next->valuedouble == last->valuedouble + 1.0) {
            last = next;
            next = next->next;
        }
        if (!scalar_text(item, size - used, text + used)) {
            free(text);
            return NULL;
        }
        used += strlen(text + used);
        if (last != item)
            used += (size_t)snprintf(text + used, size - used, "-%d", last->valueint);
        used += (size_t)snprintf(text + used, size - used, next != NULL ? ", " : "");
    }
    snprintf(text + used, size - used, "]");
    return text;
}

/// Sets the key of an item. False, with the reason said, if it cannot have that value.
static bool item_set(QmtContext *ctx, Check *check, CheckVerdict verdict, const cJSON *item,
                     Config *config)
{
    const size_t k = config_key(item->string);
    if (k == CONFIG_KEY_COUNT)
        return true;
    char word[CONFIG_TEXT_SIZE], *list = NULL;
    if (cJSON_IsArray(item))
        list = list_text(item, CONFIG_KEYS[k].type == CONFIG_ATOMS);
    const bool is_text = list != NULL || scalar_text(item, sizeof word, word);
    bool set = false;
    if (!is_text)
        check_say(check, CHECK_METADATA, verdict, "config: %s is neither a number nor a word",
                  item->string);
    else if (config_set_key(ctx, "config", 0, item->string, list != NULL ? list : word, false,
                            config) != QMT_OK)
        check_say(check, CHECK_METADATA, verdict, "%s", qmt_context_message(ctx));
    else
        set = true;
    free(list);
    return set;
}

/// Keys of a file of this version: all of them, no other, and as they are written.
static void keys_compare(Check *check, const cJSON *config, const cJSON *written)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, written)
    {
        if (cJSON_GetObjectItemCaseSensitive(config, item->string) == NULL)
            check_say(check, CHECK_METADATA, CHECK_FAIL,
                      "config has no %s, which files of this version have", item->string);
    }
    cJSON_ArrayForEach(item, config)
    {
        const cJSON *const same = cJSON_GetObjectItemCaseSensitive(written, item->string);
        if (same == NULL)
            check_say(check, CHECK_METADATA, CHECK_FAIL,
                      "config has %s, which files of this version do not have", item->string);
        else if (!cJSON_Compare(item, same, true))
            check_say(check, CHECK_METADATA, CHECK_FAIL,
                      "config: %s is not written as this program writes it", item->string);
    }
}

QmtStatus settings_check(QmtContext *ctx, Check *check)
{
    const cJSON *const config = cJSON_GetObjectItemCaseSensitive(check->metadata, "config");
    const CheckVerdict verdict = check->is_current ? CHECK_FAIL : CHECK_WARN;
    // Frames that are drawn have a few keys of their own.
    if (!check->is_ours || check->is_sample || !cJSON_IsObject(config))
        return QMT_OK;
    Config parsed = config_default();
    const cJSON *item;
    bool all_set = true;
    cJSON_ArrayForEach(item, config)
    {
        all_set = item_set(ctx, check, verdict, item, &parsed) && all_set;
    }
    if (!all_set || !check->is_current)
        return QMT_OK;
    cJSON *const written = config_json_again(&parsed);
    if (written == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its configuration",
                    check->npz.file.path);
    keys_compare(check, config, written);
    cJSON_Delete(written);
    return QMT_OK;
}
