#ifndef SUPPORT_ARENA_FIXTURE_H
#define SUPPORT_ARENA_FIXTURE_H

#include "base/arena.h"

/// Memory for what a layout function lays out in this arena, which is walked twice (base/arena.h). Returns 0,
/// as a set-up of a test does, or -1.
static inline int arena_fixture_open(Arena *arena, void (*layout)(void))
{
    QmtContext *ctx;
    if (qmt_context_create(&ctx) != QMT_OK)
        return -1;
    *arena = (Arena){0};
    layout();
    const QmtStatus status = arena_reserve(ctx, arena);
    qmt_context_destroy(&ctx);
    if (status != QMT_OK)
        return -1;
    layout();
    return 0;
}

#endif
