#ifndef LABEL_NOTES_H
#define LABEL_NOTES_H

#include "io/processes.h"

/// What is said about many frames, once: notes that differ in numbers alone are one kind.

enum { NOTE_KINDS_MAX = 64 };

typedef struct {
    uint64_t kinds[NOTE_KINDS_MAX];
    size_t n_kinds;
    uint64_t n_repeated; ///< notes of a kind that was there before
    Bytes *collected;    ///< of notes_collect(): a byte with the level, the sentence, a zero
} Notes;

/// True for the first note of a kind; with more than NOTE_KINDS_MAX kinds further ones count as repeated.
bool notes_is_new(Notes *notes, const char *sentence);
/// A log function: puts first notes into notes->collected.
void notes_collect(void *notes, QmtLogLevel level, const char *sentence);
/// Logs the first ones of collected notes [n].
void notes_log(QmtContext *ctx, Notes *notes, const unsigned char *collected, size_t n);

#endif
