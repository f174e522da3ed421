#include <string.h>

#include "fuzz/fuzz.h"
#include "structure/smiles_list.h"

size_t fuzz_seed(unsigned which, uint8_t *out, size_t max)
{
    (void)which;
    (void)out;
    (void)max;
    return 0;
}

/// The file of lines "SMILES name". What RDKit makes of a SMILES is left out: it takes milliseconds to
/// seconds and is another project's code.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QmtContext *const ctx = fuzz_context();
    StructureList list = {0};
    if (fuzz_status(smiles_read_memory(ctx, "fuzz.smi", (const char *)data, size, &list)) ==
        QMT_OK) {
        FUZZ_REQUIRE(list.n > 0);
        for (size_t i = 0; i < list.n; i++) {
            FUZZ_REQUIRE(structure_name_problem(list.items[i].name) == NULL);
            FUZZ_REQUIRE(strpbrk(list.items[i].smiles, " \t\r\n\"") == NULL);
        }
        fuzz_status(structures_check_names(ctx, &list));
    } else {
        FUZZ_REQUIRE(list.n == 0 && qmt_context_message(ctx)[0] != '\0');
    }
    structures_release(&list);
    return 0;
}
