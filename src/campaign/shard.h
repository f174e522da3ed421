#ifndef CAMPAIGN_SHARD_H
#define CAMPAIGN_SHARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/context.h"

/// A part of a list of molecules. Which one a molecule belongs to follows from its name and the number of parts alone:
/// neither from its place nor from the other molecules, so that processes that know nothing of each other share a list
/// without a molecule too many or too few, also while it grows.

/// Part index of count, counted from 0, as ranks and tasks are; count 0 is the whole list.
typedef struct {
    uint64_t index, count;
} Shard;

enum { SHARDS_MAX = 1000000, SHARD_TEXT_SIZE = 32 };

/// Reads "3/100". Fails with QMT_ERR_USAGE.
QmtStatus shard_parse(QmtContext *ctx, const char *text, Shard *shard);

/// True if a molecule is in a part: h mod N = I, with the FNV-1a hash of the name, 64 bits, whose bits are mixed
/// by the finalizer of splitmix64 (Steele, Lea, Flood, OOPSLA 2014, 10.1145/2714064.2660195).
bool shard_has(const Shard *shard, const char *name);

/// True if it is less than the whole list.
static inline bool shard_is_part(const Shard *shard)
{
    return shard->count > 1;
}

/// ".3-of-100", a part of the names of files; "" for the whole list.
void shard_suffix(const Shard *shard, char text[SHARD_TEXT_SIZE]);

#endif
