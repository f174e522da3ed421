#include "base/arena.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64 };

void *arena_bytes(Arena *arena, size_t n_bytes)
{
    const size_t offset = arena->used;
    arena->used += (n_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (arena->block == NULL)
        return NULL;
    assert(arena->used <= arena->size);
    return arena->block + offset;
}

double *arena_doubles(Arena *arena, size_t n)
{
    return arena_bytes(arena, n * sizeof(double));
}

double (*arena_vectors(Arena *arena, size_t n))[3]
{
    return arena_bytes(arena, n * sizeof(double[3]));
}

int *arena_ints(Arena *arena, size_t n)
{
    return arena_bytes(arena, n * sizeof(int));
}

size_t *arena_sizes(Arena *arena, size_t n)
{
    return arena_bytes(arena, n * sizeof(size_t));
}

QmtStatus arena_reserve(QmtContext *ctx, Arena *arena)
{
    assert(arena->block == NULL);
    // At least one line, so that an empty layout still gives a valid block.
    arena->size = arena->used > 0 ? arena->used : ALIGNMENT;
    arena->block = aligned_alloc(ALIGNMENT, arena->size);
    if (arena->block == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "out of memory: %.1f MiB wanted",
                    (double)arena->size / (1024.0 * 1024.0));
    memset(arena->block, 0, arena->size);
    arena->used = 0;
    return QMT_OK;
}

void arena_release(Arena *arena)
{
    free(arena->block);
    *arena = (Arena){0};
}
