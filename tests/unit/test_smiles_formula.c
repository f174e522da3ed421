#include "structure/smiles_list.h"
#include "support/check.h"

#include <string.h>

#include "structure/smiles.h"
#include "structure/smiles_formula.h"

/// Counted by hand from the formula in the comment.
static void atoms_are_counted_from_the_text(void **state)
{
    (void)state;
    static const struct {
        const char *smiles;
        size_t n, n_hydrogen;
    } CASES[] = {
        {"C", 5, 4},                            // methane
        {"CCO", 9, 6},                          // ethanol
        {"c1ccccc1", 12, 6},                    // benzene
        {"CC(=O)Oc1ccccc1C(=O)O", 21, 8},       // aspirin, C9H8O4
        {"[NH3+]CC(=O)[O-]", 10, 5},            // glycine as zwitterion
        {"C#N", 3, 1},                          // hydrogen cyanide
        {"CS(=O)(=O)C", 11, 6},                 // dimethyl sulfone
        {"c1cc[nH]c1", 10, 5},                  // pyrrole
        {"c1ccncc1", 11, 5},                    // pyridine
        {"c1ccsc1", 9, 4},                      // thiophene
        {"ClCBr", 5, 2},                        // bromochloromethane
        {"F/C=C/F", 6, 2},                      // 1,2-difluoroethene
        {"N[C@@H](C)C(=O)O", 13, 7},            // alanine
        {"C%10CCCC%10", 15, 10},                // cyclopentane
        {"[13CH4]", 5, 4},                      // an isotope
        {"Cn1cnc2c1c(=O)n(C)c(=O)n2C", 24, 10}, // caffeine, C8H10N4O2
        {"", 0, 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        size_t count[ELEMENT_MAX + 1];
        const size_t n = smiles_formula(CASES[i].smiles, count);
        if (n != CASES[i].n || count[1] != CASES[i].n_hydrogen)
            fail_msg("%s: %zu atoms, %zu of hydrogen", CASES[i].smiles, n, count[1]);
    }
}

/// The bundled molecules, and the atoms that RDKit gives them.
static void bundled_molecules_have_the_atoms_that_they_get(void **state)
{
    (void)state;
    QmtContext *ctx;
    StructureList list = {0};
    size_t count[ELEMENT_MAX + 1];
    if (!smiles_can_embed())
        skip();
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    assert_int_equal(
        smiles_read_table(ctx, SOURCE_DIR "/data/molecules/qm_molecules.smi", NULL, &list), QMT_OK);
    for (size_t i = 0; i < list.n; i++) {
        assert_int_equal(smiles_embed(ctx, &list.items[i]), QMT_OK);
        if (smiles_formula(list.items[i].smiles, count) != list.items[i].n_atoms)
            fail_msg("%s", list.items[i].smiles);
    }
    structures_release(&list);
    qmt_context_destroy(&ctx);
}

static void no_text_is_too_odd(void **state)
{
    (void)state;
    static const char *const ODD[] = {"((((", "))))", "[",        "[[[]]]", "%",  "%9",   "1",
                                      "=#$",  "C11",  "\xff\xfe", "[H",     "C(", "C.C.", "0000"};
    for (size_t i = 0; i < sizeof ODD / sizeof *ODD; i++) {
        size_t count[ELEMENT_MAX + 1];
        assert_true(smiles_formula(ODD[i], count) < 100);
    }
    char deep[20000];
    memset(deep, '(', sizeof deep);
    deep[0] = 'C';
    deep[sizeof deep - 1] = '\0';
    size_t count[ELEMENT_MAX + 1];
    assert_int_equal(smiles_formula(deep, count), 5);
    memset(deep, 'C', sizeof deep - 1);
    assert_true(smiles_formula(deep, count) > 4000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(atoms_are_counted_from_the_text),
        cmocka_unit_test(bundled_molecules_have_the_atoms_that_they_get),
        cmocka_unit_test(no_text_is_too_odd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
