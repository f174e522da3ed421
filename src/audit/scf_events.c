#include "audit/scf_events.h"

#include <cjson/cJSON.h>
#include <string.h>

/// Of each kind so many are named (run/watch.h).
enum { EVENTS_OF_KIND = 16 };

static bool is_loss(const char *kind)
{
    return strcmp(kind, "scf_jump") == 0 || strcmp(kind, "scf_change") == 0 ||
           strcmp(kind, "scf_crossing") == 0;
}

/// How many of a kind there were.
static double counted(const Check *check, const char *kind)
{
    const cJSON *const counts = cJSON_GetObjectItemCaseSensitive(check->metadata, "event_counts");
    const cJSON *const count = cJSON_GetObjectItemCaseSensitive(counts, kind);
    return cJSON_IsNumber(count) ? count->valuedouble : 0.0;
}

void scf_events_read(const Check *check, ScfEvents *events)
{
    const cJSON *const list = cJSON_GetObjectItemCaseSensitive(check->metadata, "events");
    const cJSON *item;
    double every = 1.0; // of a converted file
    if (!check_metadata_number(check, "every", &every) || !(every >= 1.0))
        every = 1.0;
    *events = (ScfEvents){0};
    cJSON_ArrayForEach(item, list)
    {
        const char *const kind =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "kind"));
        events->has_more = events->has_more || (kind != NULL && is_loss(kind) &&
                                                counted(check, kind) > (double)EVENTS_OF_KIND);
        const cJSON *const frame = cJSON_GetObjectItemCaseSensitive(item, "frame");
        if (kind == NULL || !cJSON_IsNumber(frame) || !(frame->valuedouble >= 0.0) ||
            !(frame->valuedouble / every < (double)check->n_frames))
            continue;
        events->has_higher = events->has_higher || strcmp(kind, "scf_higher") == 0;
        if (is_loss(kind) && events->n < SCF_EVENTS_MAX)
            events->frame[events->n++] = (uint64_t)(frame->valuedouble / every);
    }
}

bool scf_events_at(const ScfEvents *events, uint64_t frame)
{
    for (size_t i = 0; i < events->n; i++)
        if (frame == events->frame[i] || frame == events->frame[i] + 1)
            return true;
    return false;
}
