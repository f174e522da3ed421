#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/context.h"

/// One block of memory handed out in 64-byte aligned pieces. A layout function walks its arrays
/// twice: before arena_reserve() the calls only count (and return NULL), after it they hand out, so
/// size and use cannot disagree. All memory is zero after arena_reserve().
typedef struct {
    unsigned char *block; ///< NULL while counting
    size_t used;          ///< bytes
    size_t size;          ///< bytes
} Arena;

void *arena_bytes(Arena *arena, size_t n_bytes);
double *arena_doubles(Arena *arena, size_t n);
/// Three doubles per atom: [n][3].
double (*arena_vectors(Arena *arena, size_t n))[3];
int *arena_ints(Arena *arena, size_t n);
size_t *arena_sizes(Arena *arena, size_t n);

/// Takes the memory counted so far and begins the second walk. Fails with QMT_ERR_MEMORY.
QmtStatus arena_reserve(QmtContext *ctx, Arena *arena);
void arena_release(Arena *arena);

#endif
