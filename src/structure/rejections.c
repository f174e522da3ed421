#include "structure/rejections.h"

#include <stdlib.h>
#include <string.h>

const char *reject_reason_word(RejectReason reason)
{
    static const char *const WORDS[] = {"format", "name", "smiles", "structure"};
    return WORDS[reason];
}

static void rejection_release(const Rejection *item)
{
    free(item->source);
    free(item->name);
    free(item->sentence);
}

static bool has_room(RejectionList *list)
{
    if (list->n < list->capacity)
        return true;
    const size_t capacity = list->capacity == 0 ? 16 : 2 * list->capacity;
    Rejection *const items = realloc(list->items, capacity * sizeof *items);
    if (items == NULL)
        return false;
    list->items = items;
    list->capacity = capacity;
    return true;
}

QmtStatus rejection_take(QmtContext *ctx, RejectionList *list, const char *source, const char *name,
                         RejectReason reason, QmtStatus failure)
{
    if (failure == QMT_OK || list == NULL || failure == QMT_ERR_IO || failure == QMT_ERR_MEMORY)
        return failure;
    const Rejection item = {.source = strdup(source),
                            .name = strdup(name != NULL ? name : ""),
                            .reason = reason,
                            .status = failure,
                            .sentence = strdup(qmt_context_message(ctx))};
    if (item.source == NULL || item.name == NULL || item.sentence == NULL || !has_room(list)) {
        rejection_release(&item);
        return FAIL(ctx, QMT_ERR_MEMORY, "%.400s: no memory to note that it is wrong", source);
    }
    list->items[list->n++] = item;
    return QMT_OK;
}

void rejections_keep(RejectionList *list, const bool *keep)
{
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        if (keep[i])
            list->items[n++] = list->items[i];
        else
            rejection_release(&list->items[i]);
    }
    list->n = n;
}

void rejections_release(RejectionList *list)
{
    for (size_t i = 0; i < list->n; i++)
        rejection_release(&list->items[i]);
    free(list->items);
    *list = (RejectionList){0};
}
