#include "engine/engine.h"

#include <string.h>

size_t engine_kept_size(const Engine *engine)
{
    size_t size = 0;
    for (; engine != NULL; engine = engine->inner)
        size += engine->kept.size;
    return size;
}

void engine_kept_save(const Engine *engine, void *copy)
{
    unsigned char *at = copy;
    for (; engine != NULL; engine = engine->inner) {
        if (engine->kept.size > 0)
            memcpy(at, engine->kept.data, engine->kept.size);
        at += engine->kept.size;
    }
}

void engine_kept_load(Engine *engine, const void *copy)
{
    const unsigned char *at = copy;
    for (; engine != NULL; engine = engine->inner) {
        if (engine->kept.size > 0)
            memcpy(engine->kept.data, at, engine->kept.size);
        at += engine->kept.size;
    }
}

void engine_forget(Engine *engine)
{
    for (; engine != NULL; engine = engine->inner)
        if (engine->kept.size > 0)
            memset(engine->kept.data, 0, engine->kept.size);
}
