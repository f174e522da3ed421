#include "label/notes.h"

#include <string.h>

/// FNV-1a of the sentence without its digits, G. Fowler, L. C. Noll, K.-P. Vo, draft-eastlake-fnv.
static uint64_t kind_of(const char *sentence)
{
    const uint64_t prime = 0x100000001b3;
    uint64_t hash = 0xcbf29ce484222325;
    for (; *sentence != '\0'; sentence++)
        if (*sentence < '0' || *sentence > '9')
            hash = (hash ^ (unsigned char)*sentence) * prime;
    return hash;
}

bool notes_is_new(Notes *notes, const char *sentence)
{
    const uint64_t kind = kind_of(sentence);
    for (size_t i = 0; i < notes->n_kinds; i++)
        if (notes->kinds[i] == kind) {
            notes->n_repeated++;
            return false;
        }
    if (notes->n_kinds == NOTE_KINDS_MAX) {
        notes->n_repeated++;
        return false;
    }
    notes->kinds[notes->n_kinds++] = kind;
    return true;
}

void notes_collect(void *user, QmtLogLevel level, const char *sentence)
{
    Notes *const notes = user;
    const char mark = (char)level;
    if (!notes_is_new(notes, sentence))
        return;
    bytes_add(notes->collected, &mark, 1);
    bytes_add(notes->collected, sentence, strlen(sentence) + 1);
}

void notes_log(QmtContext *ctx, Notes *notes, const unsigned char *collected, size_t n)
{
    for (size_t at = 0; at < n;) {
        const QmtLogLevel level = (QmtLogLevel)collected[at];
        const char *const sentence = (const char *)collected + at + 1;
        if (notes_is_new(notes, sentence))
            context_log(ctx, level, "%s", sentence);
        at += strlen(sentence) + 2;
    }
}
