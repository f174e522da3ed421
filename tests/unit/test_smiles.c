#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "io/smiles.h"
#include "io/xyz.h"

static QmtContext *ctx;

static int setup(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) == QMT_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

static void a_file_has_one_molecule_a_line(void **state)
{
    (void)state;
    static const char DATA[] = "\xEF\xBB\xBF# comment\r\nCCO ethanol\r\n\r\n  C#N\thcn # more\n"
                               "[Na+] sodium";
    StructureList list = {0};
    assert_int_equal(smiles_read_memory(ctx, "m.smi", DATA, strlen(DATA), &list), QMT_OK);
    assert_int_equal(list.n, 3);
    assert_string_equal(list.items[0].smiles, "CCO");
    assert_string_equal(list.items[0].name, "ethanol");
    assert_string_equal(list.items[0].source, "m.smi:2:1");
    assert_int_equal(list.items[0].n_atoms, 0);
    assert_string_equal(list.items[1].smiles, "C#N");
    assert_string_equal(list.items[1].name, "hcn");
    assert_string_equal(list.items[1].source, "m.smi:4:3");
    structures_release(&list);
}

static void wrong_lines_are_told_with_their_column(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        QmtStatus status;
        const char *part;
    } CASES[] = {
        {"", QMT_ERR_FORMAT, "m.smi: no molecule"},
        {"# only\n", QMT_ERR_FORMAT, "no molecule"},
        {"CCO\n", QMT_ERR_FORMAT, "m.smi:1:4: no name"},
        {"\nCCO  # x\n", QMT_ERR_FORMAT, "m.smi:2:4: no name"},
        {"CCO a b\n", QMT_ERR_FORMAT, "m.smi:1:7: \"b\""},
        {"C\xC3\xA4 a\n", QMT_ERR_FORMAT, "m.smi:1:2: a byte 0xc3"},
        {"CCO ok\nCCO a/b\n", QMT_ERR_INPUT, "m.smi:2:5: the name \"a/b\" contains"},
        {"CCO ..\n", QMT_ERR_INPUT, "m.smi:1:5:"},
    };
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        StructureList list = {0};
        assert_int_equal(
            smiles_read_memory(ctx, "m.smi", CASES[c].data, strlen(CASES[c].data), &list),
            CASES[c].status);
        if (strstr(qmt_context_message(ctx), CASES[c].part) == NULL)
            fail_msg("\"%s\" lacks \"%s\"", qmt_context_message(ctx), CASES[c].part);
        assert_int_equal(list.n, 0);
        structures_release(&list);
    }
}

static Structure from_smiles(const char *smiles)
{
    Structure s = {.name = "test", .source = "m.smi:1:1"};
    assert_int_equal(structure_set_smiles(ctx, &s, smiles), QMT_OK);
    return s;
}

static void a_build_without_rdkit_says_so(void **state)
{
    (void)state;
    if (smiles_can_embed())
        skip();
    Structure s = from_smiles("CCO");
    assert_int_equal(smiles_embed(ctx, &s), QMT_ERR_INPUT);
    assert_non_null(strstr(qmt_context_message(ctx), "without RDKit"));
    structure_release(&s);
}

static void charge_and_radicals_come_from_the_smiles(void **state)
{
    (void)state;
    if (!smiles_can_embed())
        skip();
    static const struct {
        const char *smiles;
        size_t n_atoms;
        int charge, multiplicity;
    } CASES[] = {
        {"CCO", 9, 0, 1},
        {"[NH4+]", 5, 1, 1},
        {"C(=O)[O-]", 4, -1, 1},
        {"[CH3]", 4, 0, 2},
        {"[O][O]", 2, 0, 3},
        {"[H][H]", 2, 0, 1},
        {"[Na+]", 1, 1, 1},
        {"O", 3, 0, 1},
        {"C[N+](=O)[O-]", 7, 0, 1},
        {"FC(Cl)Br", 5, 0, 1},
        {"[NH3+]CC(=O)[O-]", 10, 0, 1},
    };
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        Structure s = from_smiles(CASES[c].smiles);
        if (smiles_embed(ctx, &s) != QMT_OK)
            fail_msg("%s", qmt_context_message(ctx));
        assert_int_equal(s.n_atoms, CASES[c].n_atoms);
        assert_true(s.has_charge && s.has_multiplicity);
        assert_int_equal(s.charge, CASES[c].charge);
        assert_int_equal(s.multiplicity, CASES[c].multiplicity);
        structure_release(&s);
    }
}

static void impossible_smiles_are_one_sentence(void **state)
{
    (void)state;
    if (!smiles_can_embed())
        skip();
    static const struct {
        const char *smiles, *part;
    } CASES[] = {
        {"C(", "no molecule"},
        {"c1ccc", "no molecule"},
        {"C(C)(C)(C)(C)C", "no molecule"},
        {"xyz", "no molecule"},
        {"C*", "dummy"},
        {"[2H]O", "isotopes"},
        {"CCO.O", "2 separate"},
        {"[U]", "element 92"},
        {"C%99", "no molecule: unclosed ring"},
        {"FS(F)(F)(F)(F)F", "no geometry"},
        {"", "no molecule"},
    };
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        Structure s = from_smiles(CASES[c].smiles);
        const QmtStatus status = smiles_embed(ctx, &s);
        if (status != QMT_ERR_INPUT)
            fail_msg("\"%s\" gives status %d", CASES[c].smiles, status);
        if (strstr(qmt_context_message(ctx), CASES[c].part) == NULL ||
            strchr(qmt_context_message(ctx), '\n') != NULL)
            fail_msg("\"%s\" lacks \"%s\"", qmt_context_message(ctx), CASES[c].part);
        assert_int_equal(s.n_atoms, 0);
        structure_release(&s);
    }
}

static void molecules_too_large_are_refused_at_once(void **state)
{
    (void)state;
    if (!smiles_can_embed())
        skip();
    static char chain[5000];
    memset(chain, 'C', 400);
    Structure s = from_smiles(chain);
    assert_int_equal(smiles_embed(ctx, &s), QMT_ERR_INPUT);
    assert_non_null(strstr(qmt_context_message(ctx), "1202 atoms, at most 1000"));
    structure_release(&s);
    memset(chain, 'C', 3900); // the stereochemistry of which takes RDKit minutes
    s = from_smiles(chain);
    assert_int_equal(smiles_embed(ctx, &s), QMT_ERR_INPUT);
    assert_non_null(strstr(qmt_context_message(ctx), "3900 atoms, at most 1000"));
    structure_release(&s);
    memset(chain, 'C', sizeof chain - 1);
    s = from_smiles(chain);
    assert_int_equal(smiles_embed(ctx, &s), QMT_ERR_INPUT);
    assert_non_null(strstr(qmt_context_message(ctx), "4999 bytes"));
    structure_release(&s);
}

static void the_same_smiles_gives_the_same_bytes(void **state)
{
    (void)state;
    if (!smiles_can_embed())
        skip();
    Structure a = from_smiles("CC(=O)Oc1ccccc1C(=O)O"), b = from_smiles("CC(=O)Oc1ccccc1C(=O)O");
    assert_int_equal(smiles_embed(ctx, &a), QMT_OK);
    assert_int_equal(smiles_embed(ctx, &b), QMT_OK);
    assert_int_equal(a.n_atoms, 21);
    assert_memory_equal(a.xyz, b.xyz, a.n_atoms * sizeof *a.xyz);
    structure_release(&a);
    structure_release(&b);
}

/// The bundled XYZ files were made by this code; a newer RDKit may find another conformer, but not
/// other atoms.
static void bundled_xyz_files_hold_the_molecules_of_their_smiles(void **state)
{
    (void)state;
    StructureList list = {0};
    assert_int_equal(smiles_read(ctx, SOURCE_DIR "/data/molecules/qm_molecules.smi", &list),
                     QMT_OK);
    assert_int_equal(list.n, 22);
    assert_int_equal(structures_check_names(ctx, &list), QMT_OK);
    for (size_t i = 0; i < list.n; i++) {
        Structure *s = &list.items[i];
        char path[1024];
        snprintf(path, sizeof path, "%s/data/molecules/xyz/%s.xyz", SOURCE_DIR, s->name);
        StructureList bundled = {0};
        if (xyz_read(ctx, path, &bundled) != QMT_OK)
            fail_msg("%s", qmt_context_message(ctx));
        assert_int_equal(bundled.n, 1);
        const Structure *x = &bundled.items[0];
        assert_string_equal(x->name, s->name);
        assert_string_equal(x->smiles, s->smiles);
        assert_true(x->has_charge && x->has_multiplicity);
        if (smiles_can_embed()) {
            if (smiles_embed(ctx, s) != QMT_OK)
                fail_msg("%s", qmt_context_message(ctx));
            assert_int_equal(s->n_atoms, x->n_atoms);
            assert_memory_equal(s->numbers, x->numbers, s->n_atoms * sizeof(int));
            assert_int_equal(s->charge, x->charge);
            assert_int_equal(s->multiplicity, x->multiplicity);
            // No two atoms nearer than 0.9 angstrom (the O-H bond is the shortest here).
            for (size_t a = 0; a < s->n_atoms; a++)
                for (size_t b = 0; b < a; b++)
                    assert_true(
                        hypot(hypot(s->xyz[a][0] - s->xyz[b][0], s->xyz[a][1] - s->xyz[b][1]),
                              s->xyz[a][2] - s->xyz[b][2]) > 0.9 * BOHR_PER_ANGSTROM);
        }
        structures_release(&bundled);
    }
    structures_release(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_has_one_molecule_a_line),
        cmocka_unit_test(wrong_lines_are_told_with_their_column),
        cmocka_unit_test(a_build_without_rdkit_says_so),
        cmocka_unit_test(charge_and_radicals_come_from_the_smiles),
        cmocka_unit_test(impossible_smiles_are_one_sentence),
        cmocka_unit_test(molecules_too_large_are_refused_at_once),
        cmocka_unit_test(the_same_smiles_gives_the_same_bytes),
        cmocka_unit_test(bundled_xyz_files_hold_the_molecules_of_their_smiles),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
