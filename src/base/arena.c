#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64 };

/// The next n_bytes of a region that begins at `base`, NULL while counting.
static void *claim(unsigned char *base, size_t *used, size_t size, size_t n_bytes)
{
    const size_t offset = *used;
    *used += (n_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (base == NULL)
        return NULL;
    assert(*used <= size);
    (void)size;
    return base + offset;
}

void *arena_bytes(Arena *arena, size_t n_bytes)
{
    unsigned char *const base = arena->block != NULL ? arena->block + arena->kept_size : NULL;
    return claim(base, &arena->used, arena->size, n_bytes);
}

void *arena_kept(Arena *arena, size_t n_bytes)
{
    return claim(arena->block, &arena->kept_used, arena->kept_size, n_bytes);
}

void *arena_turn(Arena *arena, size_t n_bytes)
{
    if (arena->block == NULL) {
        size_t used = 0;
        claim(NULL, &used, 0, n_bytes);
        arena->turn_size = used > arena->turn_size ? used : arena->turn_size;
        return NULL;
    }
    assert(n_bytes <= arena->turn_size);
    return arena->block + arena->kept_size + arena->size;
}

size_t arena_total(const Arena *arena)
{
    return arena->kept_used + arena->used + arena->turn_size;
}

Span arena_kept_since(const Arena *arena, size_t begin)
{
    return (Span){.data = arena->block != NULL ? arena->block + begin : NULL,
                  .size = arena->kept_used - begin};
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
    const size_t total = arena_total(arena);
    const size_t n_bytes = total > 0 ? total : ALIGNMENT;
    arena->memory = calloc(1, n_bytes + ALIGNMENT);
    arena->block =
        arena->memory == NULL
            ? NULL
            : arena->memory + (ALIGNMENT - (uintptr_t)arena->memory % ALIGNMENT) % ALIGNMENT;
    if (arena->block == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "out of memory: %.1f MiB needed",
                    (double)n_bytes / (1024.0 * 1024.0));
    arena->size = arena->used;
    arena->kept_size = arena->kept_used;
    arena->used = arena->kept_used = 0;
    return QMT_OK;
}

void arena_release(Arena *arena)
{
    free(arena->memory);
    *arena = (Arena){0};
}
