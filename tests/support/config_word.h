#ifndef SUPPORT_CONFIG_WORD_H
#define SUPPORT_CONFIG_WORD_H

#include <stdio.h>
#include <string.h>

#include "config/config_set.h"

/// Sets a key from "key=value", as --set of the program does.
static inline QmtStatus config_set(QmtContext *ctx, const char *word, Config *config)
{
    char key[64], place[96];
    const size_t n = strcspn(word, "=");
    snprintf(key, sizeof key, "%.*s", (int)(n < sizeof key ? n : sizeof key - 1), word);
    snprintf(place, sizeof place, "--set %.80s", word);
    return config_set_key(ctx, place, -1, key, word + n + (word[n] == '='), false, config);
}

#endif
