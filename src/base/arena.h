#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/context.h"

/// A piece of memory.
typedef struct {
    void *data;
    size_t size; ///< bytes
} Span;

/// One block of memory handed out in 64-byte aligned pieces. A layout function walks its arrays
/// twice: before arena_reserve() the calls only count (and return NULL), after it they hand out, so
/// size and use cannot disagree. All memory is zero after arena_reserve(), and pages that nobody touches take
/// none: arrays of a rare case cost nothing in others.
///
/// The block has two regions. What must be remembered from one step to the next and decides the next
/// byte is claimed with arena_kept() and lies together: a copy of that region is a complete snapshot, and
/// zeros are the state of one who remembers nothing. All else is scratch.
typedef struct {
    unsigned char *memory;       ///< what was allocated
    unsigned char *block;        ///< NULL while counting; first the kept region
    size_t used, size;           ///< bytes of scratch
    size_t kept_used, kept_size; ///< bytes kept
    size_t turn_size;            ///< bytes of the piece that is handed out again and again
} Arena;

void *arena_bytes(Arena *arena, size_t n_bytes);
double *arena_doubles(Arena *arena, size_t n);
/// Three doubles per atom: [n][3].
double (*arena_vectors(Arena *arena, size_t n))[3];
int *arena_ints(Arena *arena, size_t n);
size_t *arena_sizes(Arena *arena, size_t n);

/// Memory that all who claim it so have in turns: what is in it lasts until another of them works, so that it serves within
/// one call. It may hold what others have left.
void *arena_turn(Arena *arena, size_t n_bytes);

/// A piece of the kept region.
void *arena_kept(Arena *arena, size_t n_bytes);
/// All that was claimed of it since it was `begin` = arena->kept_used bytes long; data is NULL while counting.
Span arena_kept_since(const Arena *arena, size_t begin);

/// Bytes counted so far.
size_t arena_total(const Arena *arena);

/// Takes the memory counted so far and begins the second walk. Fails with QMT_ERR_MEMORY.
QmtStatus arena_reserve(QmtContext *ctx, Arena *arena);
void arena_release(Arena *arena);

#endif
