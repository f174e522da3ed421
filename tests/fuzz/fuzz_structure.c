#include <math.h>
#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "structure/input_text.h"
#include "structure/structure_read.h"

size_t fuzz_seed(unsigned which, uint8_t *out, size_t max)
{
    (void)which;
    (void)out;
    (void)max;
    return 0;
}

static void list_require(const StructureList *list)
{
    for (size_t i = 0; i < list->n; i++) {
        const Structure *const s = &list->items[i];
        FUZZ_REQUIRE(structure_name_problem(s->name) == NULL);
        FUZZ_REQUIRE(s->n_atoms > 0 || s->smiles != NULL);
        for (size_t a = 0; a < s->n_atoms; a++) {
            FUZZ_REQUIRE(structure_mass_da(s, a) > 0.0);
            for (int x = 0; x < 3; x++)
                FUZZ_REQUIRE(isfinite(s->xyz[a][x]));
        }
    }
}

/// A file of any format, told by its content: SDF, coord, XYZ, lists of SMILES, compressed or not.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const NAMES[] = {"fuzz.dat", "-", "fuzz.csv"};
    QmtContext *const ctx = fuzz_context();
    for (size_t i = 0; i < 3; i++) {
        StructureList list = {0};
        if (fuzz_status(structures_read_memory(ctx, NAMES[i], (const char *)data, size, NULL,
                                               &list)) == QMT_OK)
            list_require(&list);
        else
            FUZZ_REQUIRE(list.n == 0 && qmt_context_message(ctx)[0] != '\0');
        structures_release(&list);
    }
    char *text;
    size_t n;
    if (fuzz_status(input_read(ctx, fuzz_file(data, size), 1 << 20, &text, &n)) == QMT_OK) {
        FUZZ_REQUIRE(n <= 1 << 20 && text[n] == '\0');
        free(text);
    }
    return 0;
}
