#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "structure/xyz.h"

size_t fuzz_seed(unsigned which, uint8_t *out, size_t max)
{
    (void)which;
    (void)out;
    (void)max;
    return 0;
}

/// What was read can be written and read again: start.xyz of a run is such a file.
static void echo_require(const Structure *structure)
{
    char *text = NULL;
    StructureList again = {0};
    QmtContext *const ctx = fuzz_context();
    FUZZ_REQUIRE(xyz_format(ctx, structure, &text) == QMT_OK);
    FUZZ_REQUIRE(xyz_read_memory(ctx, "start.xyz", text, strlen(text), &again) == QMT_OK);
    FUZZ_REQUIRE(again.n == 1);
    const Structure *const s = &again.items[0];
    FUZZ_REQUIRE(s->n_atoms == structure->n_atoms && strcmp(s->name, structure->name) == 0);
    FUZZ_REQUIRE(s->charge == structure->charge);
    FUZZ_REQUIRE((s->smiles == NULL) == (structure->smiles == NULL));
    FUZZ_REQUIRE(s->smiles == NULL || strcmp(s->smiles, structure->smiles) == 0);
    for (size_t a = 0; a < s->n_atoms; a++) {
        FUZZ_REQUIRE(s->numbers[a] == structure->numbers[a]);
        for (int x = 0; x < 3; x++)
            FUZZ_REQUIRE(fabs(s->xyz[a][x] - structure->xyz[a][x]) < 1e-9);
    }
    structures_release(&again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QmtContext *const ctx = fuzz_context();
    StructureList list = {0};
    if (fuzz_status(xyz_read_memory(ctx, "fuzz.xyz", (const char *)data, size, &list)) == QMT_OK) {
        FUZZ_REQUIRE(list.n > 0);
        if (fuzz_status(structures_check_names(ctx, &list)) == QMT_OK)
            for (size_t i = 0; i < list.n; i++)
                echo_require(&list.items[i]);
    } else {
        FUZZ_REQUIRE(list.n == 0 && qmt_context_message(ctx)[0] != '\0');
    }
    structures_release(&list);
    return 0;
}
