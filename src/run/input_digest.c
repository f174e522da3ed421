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

QmtStatus input_digest(QmtContext *ctx, const RunSpec *task, char digest[INPUT_DIGEST_SIZE])
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
    if (structure->n_atoms == 0 && structure->smiles != NULL) {
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
    for (size_t k = 0; k < CONFIG_KEY_COUNT; k++) {
        if (!CONFIG_KEYS[k].decides_numbers || config_is_dormant(&task->config, k))
            continue;
        config_value_text(&task->config, k, value);
        hash = mix(mix(hash, CONFIG_KEYS[k].name), value);
    }
    snprintf(digest, INPUT_DIGEST_SIZE, "%016llx", (unsigned long long)hash);
    return QMT_OK;
}
