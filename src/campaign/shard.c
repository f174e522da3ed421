#include "campaign/shard.h"

#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "io/text.h"

static QmtStatus parse(QmtContext *ctx, const char *text, Shard *shard)
{
    const char *const slash = strchr(text, '/');
    char index[24];
    long long i, n;
    if (slash == NULL || slash - text >= (long)sizeof index)
        return FAIL(ctx, QMT_ERR_USAGE, "is no I/N; 3/100 is the fourth of 100 parts");
    snprintf(index, sizeof index, "%.*s", (int)(slash - text), text);
    if (text_parse_integer(index, INT64_MIN, INT64_MAX, &i) != NULL ||
        text_parse_integer(slash + 1, INT64_MIN, INT64_MAX, &n) != NULL)
        return FAIL(ctx, QMT_ERR_USAGE, "is no I/N; 3/100 is the fourth of 100 parts");
    if (n < 1 || n > SHARDS_MAX)
        return FAIL(ctx, QMT_ERR_USAGE, "1 to %d parts are possible", SHARDS_MAX);
    if (i < 0 || i >= n)
        return FAIL(ctx, QMT_ERR_USAGE, "parts count from 0, so 0/%lld to %lld/%lld", n, n - 1, n);
    *shard = (Shard){.index = (uint64_t)i, .count = (uint64_t)n};
    return QMT_OK;
}

QmtStatus shard_parse(QmtContext *ctx, const char *text, Shard *shard)
{
    const QmtStatus status = parse(ctx, text, shard);
    if (status != QMT_OK)
        context_set_subject(ctx, "part %.60s", text);
    return status;
}

bool shard_has(const Shard *shard, const char *name)
{
    if (!shard_is_part(shard))
        return true;
    uint64_t h = random_name_key(name);
    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9;
    h = (h ^ (h >> 27)) * 0x94d049bb133111eb;
    h ^= h >> 31;
    return h % shard->count == shard->index;
}

void shard_suffix(const Shard *shard, char text[SHARD_TEXT_SIZE])
{
    text[0] = '\0';
    if (shard_is_part(shard))
        snprintf(text, SHARD_TEXT_SIZE, ".%llu-of-%llu", (unsigned long long)shard->index,
                 (unsigned long long)shard->count);
}
