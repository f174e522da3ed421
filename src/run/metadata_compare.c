#include "run/metadata_compare.h"

#include <stdio.h>
#include <string.h>

#include "config/config_write.h"
#include "io/json.h"

enum { SAID_SIZE = 160 };

static void said_add(const char *what, const char *before, const char *now,
                     char list[PROGRAM_DIFFERENCES_SIZE])
{
    char sentence[3 * SAID_SIZE];
    snprintf(sentence, sizeof sentence, "%.80s is %.*s, not %.*s", what, SAID_SIZE, before,
             SAID_SIZE, now);
    if (strcmp(before, now) != 0)
        difference_add(list, sentence);
}

static void word_compare(const cJSON *metadata, const char *key, const char *wanted,
                         char list[PROGRAM_DIFFERENCES_SIZE])
{
    const char *const word = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(metadata, key));
    said_add(key, word != NULL ? word : "", wanted, list);
}

static void replica_compare(const cJSON *metadata, int wanted, char list[PROGRAM_DIFFERENCES_SIZE])
{
    const cJSON *const replica = cJSON_GetObjectItemCaseSensitive(metadata, "replica");
    char before[32], now[32];
    snprintf(before, sizeof before, "%.0f", cJSON_IsNumber(replica) ? replica->valuedouble : 0.0);
    snprintf(now, sizeof now, "%d", wanted);
    said_add("replica", before, now, list);
}

/// Every key that one of them has; what a recipe or a block leaves out is missing in both.
static void config_compare(const cJSON *before, const cJSON *now, bool any_length,
                           char list[PROGRAM_DIFFERENCES_SIZE])
{
    const cJSON *item;
    cJSON_ArrayForEach(item, now)
    {
        const cJSON *const other = cJSON_GetObjectItemCaseSensitive(before, item->string);
        if ((any_length && strcmp(item->string, "length_ps") == 0) ||
            cJSON_Compare(item, other, true))
            continue;
        char *const was = other != NULL ? cJSON_PrintUnformatted(other) : NULL;
        char *const is = cJSON_PrintUnformatted(item);
        said_add(item->string, was != NULL ? was : "missing", is != NULL ? is : "another", list);
        cJSON_free(was);
        cJSON_free(is);
    }
    cJSON_ArrayForEach(item, before)
    {
        if (cJSON_GetObjectItemCaseSensitive(now, item->string) == NULL)
            said_add(item->string, "set", "missing", list);
    }
}

QmtStatus metadata_compare(QmtContext *ctx, const TrajectoryReader *reader, const RunSpec *task,
                           bool any_length, char list[PROGRAM_DIFFERENCES_SIZE])
{
    const Structure *const structure = task->structure;
    json_begin();
    cJSON *const metadata = reader->metadata != NULL ? cJSON_Parse(reader->metadata) : NULL;
    cJSON *const config = config_json_again(&task->config);
    if (metadata == NULL)
        difference_add(list, "its metadata are missing or no JSON");
    else {
        word_compare(metadata, "name", structure->name, list);
        word_compare(metadata, "variant", task->variant, list);
        replica_compare(metadata, task->replica, list);
        word_compare(metadata, "status", "complete", list);
        config_compare(cJSON_GetObjectItemCaseSensitive(metadata, "config"), config, any_length,
                       list);
    }
    if (reader->n_atoms != structure->n_atoms ||
        memcmp(reader->numbers, structure->numbers, reader->n_atoms * sizeof *reader->numbers) != 0)
        difference_add(list, "its atoms are others");
    cJSON_Delete(metadata);
    cJSON_Delete(config);
    return json_is_whole()
               ? QMT_OK
               : FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory to read its metadata", task->label);
}
