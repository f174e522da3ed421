#include "run/input_digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/value_text.h"

/// FNV-1a of a text and its end, G. Fowler, L. C. Noll, K.-P. Vo, draft-eastlake-fnv.
static uint64_t mix(uint64_t hash, const char *text)
{
    const uint64_t prime = 0x100000001b3;
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * prime;
    return (hash ^ 0xFF) * prime;
}

char *input_digest_keys(const Config *config)
{
    char value[CONFIG_TEXT_SIZE];
    size_t n = 0, size = 1;
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++)
        size += strlen(CONFIG_KEYS[k].name) + sizeof value + 1;
    char *const keys = malloc(size);
    for (size_t k = 0; keys != NULL && k < CONFIG_KEY_COUNT; k++) {
        if (!CONFIG_KEYS[k].decides_numbers || config_is_dormant(config, k))
            continue;
        config_value_text(config, k, value);
        n += (size_t)snprintf(keys + n, size - n, "%s", CONFIG_KEYS[k].name) + 1;
        n += (size_t)snprintf(keys + n, size - n, "%s", value) + 1;
    }
    if (keys != NULL)
        keys[n] = '\0';
    return keys;
}

/// Of the texts up to an empty one; a value may be empty, a name is not.
static uint64_t mix_keys(uint64_t hash, const char *keys)
{
    while (*keys != '\0') {
        const char *const value = keys + strlen(keys) + 1;
        hash = mix(mix(hash, keys), value);
        keys = value + strlen(value) + 1;
    }
    return hash;
}

QmtStatus input_digest(QmtContext *ctx, const RunSpec *task, const char *keys,
                       char digest[INPUT_DIGEST_SIZE])
{
    const Structure *const structure = task->structure;
    char value[CONFIG_TEXT_SIZE];
    uint64_t hash = mix(0xcbf29ce484222325, structure->name);
    snprintf(value, sizeof value, "%d", task->replica);
    hash = mix(hash, value);
    if (task->variant[0] != '\0')
        hash = mix(hash, task->variant);
    if (task->quench.number > 0) {
        snprintf(value, sizeof value, "frame %" PRId64, task->quench.frame);
        hash = mix(mix(hash, task->quench.from_digest), value);
    }
    if (structure_lacks_atoms(structure)) {
        hash = mix(mix(hash, "smiles"), structure->smiles);
        snprintf(value, sizeof value, "multiplicity %d", structure->multiplicity);
        if (structure->has_multiplicity)
            hash = mix(hash, value);
    } else {
        char *const start = spec_start_text(ctx, task);
        if (start == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its start geometry", task->label);
        spec_start_bare(start);
        hash = mix(mix(hash, "start"), start);
        free(start);
    }
    hash = mix_keys(hash, keys);
    snprintf(digest, INPUT_DIGEST_SIZE, "%016llx", (unsigned long long)hash);
    return QMT_OK;
}
