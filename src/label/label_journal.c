#include "label/label_journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/json.h"

enum { TEXT_SIZE = 512, SIZE_LIMIT = 1 << 16 };

QmtStatus label_journal_write(QmtContext *ctx, const char *path, const LabelJournal *journal)
{
    char text[TEXT_SIZE];
    const int n = snprintf(text, sizeof text,
                           "{\"digest\": \"%s\", \"pieces\": %" PRIu64 ", \"bytes\": %" PRIu64
                           ", \"rejected_bytes\": %" PRIu64 ", \"frames\": %" PRIu64
                           ", \"failed\": %" PRIu64 ", \"left_out\": %" PRIu64 "}\n",
                           journal->digest, journal->n_pieces, journal->n_text, journal->n_rejected,
                           journal->n_frames, journal->n_failed, journal->n_left_out);
    return file_write_whole(ctx, path, text, (size_t)n);
}

static bool count_take(const cJSON *object, const char *name, uint64_t *value)
{
    const cJSON *const item = cJSON_GetObjectItemCaseSensitive(object, name);
    const double limit = 9007199254740992.0; // whole numbers of a double are exact below
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0.0) || item->valuedouble > limit)
        return false;
    *value = (uint64_t)item->valuedouble;
    return true;
}

static bool journal_take(const cJSON *object, LabelJournal *journal)
{
    const char *const digest =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "digest"));
    if (digest == NULL || strlen(digest) >= LABEL_DIGEST_SIZE)
        return false;
    strcpy(journal->digest, digest);
    return count_take(object, "pieces", &journal->n_pieces) &&
           count_take(object, "bytes", &journal->n_text) &&
           count_take(object, "rejected_bytes", &journal->n_rejected) &&
           count_take(object, "frames", &journal->n_frames) &&
           count_take(object, "failed", &journal->n_failed) &&
           count_take(object, "left_out", &journal->n_left_out);
}

QmtStatus label_journal_read(QmtContext *ctx, const char *path, bool *found, LabelJournal *journal)
{
    char *text = NULL;
    size_t n = 0;
    *found = false;
    if (!file_exists(path))
        return QMT_OK;
    TRY(file_read_whole(ctx, path, SIZE_LIMIT, &text, &n));
    cJSON *const object = cJSON_Parse(text);
    *found = object != NULL && journal_take(object, journal);
    cJSON_Delete(object);
    free(text);
    return QMT_OK;
}
