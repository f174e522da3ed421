#include "structure/smiles_list.h"
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "structure/smiles.h"
#include "structure/xyz.h"

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

static void names_with_unseen_characters_are_changed(void **state)
{
    (void)state;
    // U+202E turns the direction of writing, U+2028 separates lines, e with an accent stays
    static const char DATA[] = "C a\xE2\x80\xAE"
                               "b\nN c\xE2\x80\xA8"
                               "d\nO \xC3\xA9\n";
    StructureList list = {0};
    assert_int_equal(smiles_read_memory(ctx, "m.smi", DATA, strlen(DATA), &list), QMT_OK);
    assert_string_equal(list.items[0].name, "a_b");
    assert_string_equal(list.items[1].name, "c_d");
    assert_string_equal(list.items[2].name, "\xC3\xA9");
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
        {"CC |^1:0| ethyl\n", QMT_ERR_FORMAT,
         "m.smi:1: the extension behind \"CC\" marks radicals"},
        {"smiles,name\n,empty\n", QMT_ERR_FORMAT, "m.smi:2: the column of the SMILES is empty"},
        {"smiles,name,multiplicity\nCC,a,x\n", QMT_ERR_FORMAT,
         "m.smi:2: \"x\" is not a multiplicity"},
        {"C\xC3\xA4 a\n", QMT_ERR_FORMAT, "m.smi:1:2: a byte 0xc3"},
        {"smiles,uhf,multiplicity\nO=O,2,1\n", QMT_ERR_FORMAT,
         "m.smi:2: the line gives two multiplicities, 1 and 3"},
        {"smiles,name,multiplicity,spin_multiplicity\n[CH2],a,1,3\n", QMT_ERR_FORMAT,
         "m.smi:2: the line gives two multiplicities, 3 and 1"},
        {"smiles,name,charge,net_charge\n[NH4+],a,1,0\n", QMT_ERR_FORMAT,
         "m.smi:2: the line gives two charges, 0 and 1"},
        {"[CH2] a multiplicity=3 mult=1\n", QMT_ERR_FORMAT, "the line gives two multiplicities"},
        {"SMILES,InChI,smiles\nC,x,N\n", QMT_ERR_FORMAT,
         "m.smi:2: two columns of the same title give two SMILES, \"C\" and \"N\""},
        {"smiles,name\nN ammonia\n", QMT_ERR_FORMAT,
         "m.smi:2: \"ammonia\" stands in the column of the SMILES \"N\""},
        {"smiles,name\nC,methane, a gas\n", QMT_ERR_FORMAT,
         "m.smi:2: 3 columns, but the header has 2"},
        {"smiles|name\nC|methane\n", QMT_ERR_FORMAT, "m.smi:1: columns between \"|\" are not read"},
        {"C|methane\n", QMT_ERR_FORMAT, "\"C|methane\": columns between \"|\" are not read"},
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

/// Lists as they are found in the wild: the names, and a multiplicity where one is given.
static void lists_of_all_kinds_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *data, *smiles, *name;
        int multiplicity; // of the first molecule, 0: none
    } CASES[] = {
        {"CCO\n", "CCO", "mol_0001", 0},
        {"# list\nCCO # a comment\n", "CCO", "mol_0001", 0},
        {"CCO #1\n", "CCO", "#1", 0},
        {"CCO\tethyl alcohol\n", "CCO", "ethyl_alcohol", 0},
        {"CCO ethyl alcohol\n", "CCO", "ethyl_alcohol", 0},
        {"CCO\tcompound 3\n", "CCO", "compound_3", 0},
        {"[CH2] methylene 1\n", "[CH2]", "methylene", 1},
        {"[CH2] methylene multiplicity=1\n", "[CH2]", "methylene", 1},
        {"[CH2] a 3\nC b 1\n", "[CH2]", "a", 3},
        {"C compound 1\nCC compound 2\n", "C", "compound_1", 0},
        {"smiles,name\nCCO,ethanol\n", "CCO", "ethanol", 0},
        {"smiles zinc_id\nCCO ZINC0001\n", "CCO", "ZINC0001", 0},
        {"id,weight,SMILES\r\n7,46.07,CCO\r\n", "CCO", "7", 0},
        {"SMILES;Name;Multiplicity\n[CH2];\"methylene; triplet\";3\n", "[CH2]",
         "methylene;_triplet", 3},
        {"\"smiles\",\"name\"\n\"CCO\",\"a \"\"b\"\"\"\n", "CCO", "a__b_", 0},
        {"canonical_smiles\tchembl_id\nCCO\tCHEMBL545\n", "CCO", "CHEMBL545", 0},
        {"CCO |c:1,2,$a b$| ethanol\n", "CCO", "ethanol", 0},
        {"CCO |(0,0,0;1,1,1)|\tethanol\n", "CCO", "ethanol", 0},
        {"CCO a/b\n", "CCO", "a_b", 0},
        {"C(C)O, ethanol\n", "C(C)O", "ethanol", 0},
        {"CCO (R)-2,3-x\n", "CCO", "(R)-2,3-x", 0},
        {"smiles,name,uhf,multiplicity\nO=O,oxygen,2,3\n", "O=O", "oxygen", 3},
        {"SMILES,name,smiles\nC,methane,C\n", "C", "methane", 0},
        {"SMILES string,Compound name\nC,methane\n", "C", "methane", 0},
        {"row,SMILES string\n1,CC\n", "CC", "1", 0},
        {"Compound name;SMILES string\nmethane;C\n", "C", "methane", 0},
        {"CCO smiles_1\nC b\n", "CCO", "smiles_1", 0},
        {"sep=;\nSMILES;name\nC;methane\n", "C", "methane", 0},
        {"sep=,\nC,methane\n", "C", "methane", 0},
    };
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        StructureList list = {0};
        if (smiles_read_memory(ctx, "m.smi", CASES[c].data, strlen(CASES[c].data), &list) != QMT_OK)
            fail_msg("\"%s\": %s", CASES[c].data, qmt_context_message(ctx));
        const Structure *const s = &list.items[0];
        if (strcmp(s->smiles, CASES[c].smiles) != 0 || strcmp(s->name, CASES[c].name) != 0 ||
            (s->has_multiplicity ? s->multiplicity : 0) != CASES[c].multiplicity)
            fail_msg("\"%s\": %s, %s, %d", CASES[c].data, s->smiles, s->name, s->multiplicity);
        structures_release(&list);
    }
}

/// Without a header the first line says nothing of the separators of the others.
static void each_line_has_its_own_separator(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        struct {
            const char *smiles, *name;
            int multiplicity;
        } wanted[4];
    } CASES[] = {
        {"C\tmethane\n[CH2] tri 3\n[CH2] sing 1\nN ammonia\n",
         {{"C", "methane", 0}, {"[CH2]", "tri", 3}, {"[CH2]", "sing", 1}, {"N", "ammonia", 0}}},
        {"C,me\nO wat er\nN;am\nCC\tet hane\n",
         {{"C", "me", 0}, {"O", "wat_er", 0}, {"N", "am", 0}, {"CC", "et_hane", 0}}},
        {"CCO \t ethanol\nN am\nO wat\tx\nC |c:1|\tme\n",
         {{"CCO", "ethanol", 0}, {"N", "am", 0}, {"O", "wat_x", 0}, {"C", "me", 0}}},
        {"C me\n[CH2]\ttri\t3\nO,wat\nN, a m\n",
         {{"C", "me", 0}, {"[CH2]", "tri", 3}, {"O", "wat", 0}, {"N", "a_m", 0}}},
    };
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        StructureList list = {0};
        if (smiles_read_memory(ctx, "m.smi", CASES[c].data, strlen(CASES[c].data), &list) != QMT_OK)
            fail_msg("\"%s\": %s", CASES[c].data, qmt_context_message(ctx));
        assert_int_equal(list.n, 4);
        for (size_t i = 0; i < 4; i++) {
            const Structure *const s = &list.items[i];
            if (strcmp(s->smiles, CASES[c].wanted[i].smiles) != 0 ||
                strcmp(s->name, CASES[c].wanted[i].name) != 0 ||
                (s->has_multiplicity ? s->multiplicity : 0) != CASES[c].wanted[i].multiplicity)
                fail_msg("\"%s\": %s, %s, %d", CASES[c].data, s->smiles, s->name, s->multiplicity);
        }
        structures_release(&list);
    }
}

static void columns_can_be_named(void **state)
{
    (void)state;
    static const char DATA[] = "a,b,c\nx,CCO,7\n";
    const SmilesColumns named = {.smiles = "b", .name = "c"},
                        counted = {.smiles = "2", .name = "1"}, unknown = {.smiles = "9"};
    Text text;
    StructureList list = {0};
    assert_int_equal(text_from_memory(ctx, "m.csv", DATA, strlen(DATA), &text), QMT_OK);
    assert_int_equal(smiles_read_text(ctx, "m.csv", &text, &named, &list), QMT_OK);
    text_release(&text);
    assert_int_equal(list.n, 1);
    assert_string_equal(list.items[0].smiles, "CCO");
    assert_string_equal(list.items[0].name, "7");
    structures_release(&list);
    assert_int_equal(text_from_memory(ctx, "m.csv", DATA + 6, strlen(DATA) - 6, &text), QMT_OK);
    assert_int_equal(smiles_read_text(ctx, "m.csv", &text, &counted, &list), QMT_OK);
    assert_string_equal(list.items[0].smiles, "CCO");
    assert_string_equal(list.items[0].name, "x");
    structures_release(&list);
    assert_int_equal(smiles_read_text(ctx, "m.csv", &text, &unknown, &list), QMT_ERR_USAGE);
    text_release(&text);
}

static void a_word_of_the_command_line_is_a_molecule(void **state)
{
    (void)state;
    static const char *const CASES[][3] = {
        {"CCO", "CCO", "mol_0001"},
        {"C=O", "C=O", "mol_0001"},
        {"CCO=ethanol", "CCO", "ethanol"},
        {"C=O=formaldehyde", "C=O", "formaldehyde"},
        {"C=C=C", "C=C=C", "mol_0001"},
        {"C=CCl", "C=CCl", "mol_0001"},
        {"C=O CO", "C=O", "CO"},
        {"CCO=mol_7", "CCO", "mol_7"},
        // elements and isotopes in brackets behind a double bond
        {"O=C(O)[C@@H](N)C", "O=C(O)[C@@H](N)C", "mol_0001"},
        {"C=C[Si](C)(C)C", "C=C[Si](C)(C)C", "mol_0001"},
        {"O=CC[NH3+]", "O=CC[NH3+]", "mol_0001"},
        {"C=[NH2+]", "C=[NH2+]", "mol_0001"},
        {"O=C[O-].[Na+]", "O=C[O-].[Na+]", "mol_0001"},
        {"O=S=[Se]", "O=S=[Se]", "mol_0001"},
        {"C=C[2H]", "C=C[2H]", "mol_0001"},
        {"C1=CC=C[nH]1", "C1=CC=C[nH]1", "mol_0001"},
        {"O=C(O)[C@@H](N)C=alanine", "O=C(O)[C@@H](N)C", "alanine"},
    };
    // Names whose letters a SMILES may have: what is a molecule tells, by RDKit.
    static const char *const JUDGED[][3] = {
        {"S=C=S=CS2", "S=C=S", "CS2"},
        {"O=C=O=CO2", "O=C=O", "CO2"},
        {"N#CC#N=NCCN", "N#CC#N", "NCCN"},
        {"C=CO", "C=CO", "mol_0001"},
    };
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        StructureList list = {0};
        assert_int_equal(smiles_read_word(ctx, CASES[c][0], &list), QMT_OK);
        if (strcmp(list.items[0].smiles, CASES[c][1]) != 0 ||
            strcmp(list.items[0].name, CASES[c][2]) != 0)
            fail_msg("\"%s\": %s, %s", CASES[c][0], list.items[0].smiles, list.items[0].name);
        structures_release(&list);
    }
    for (size_t c = 0; smiles_can_embed() && c < sizeof JUDGED / sizeof *JUDGED; c++) {
        StructureList list = {0};
        assert_int_equal(smiles_read_word(ctx, JUDGED[c][0], &list), QMT_OK);
        assert_string_equal(list.items[0].smiles, JUDGED[c][1]);
        assert_string_equal(list.items[0].name, JUDGED[c][2]);
        structures_release(&list);
    }
}

static Structure from_smiles(const char *smiles)
{
    Structure s = {.name = "test"};
    assert_int_equal(structure_set_source(ctx, &s, "m.smi:1:1"), QMT_OK);
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

/// Ground states of NIST's Atomic Spectra Database, and of the hydrides; what nobody can know is left open.
static void atoms_and_carbenes_get_their_ground_state_or_ask(void **state)
{
    (void)state;
    if (!smiles_can_embed())
        skip();
    static const struct {
        const char *smiles;
        int multiplicity; // 0: open
    } CASES[] = {{"[C]", 3},   {"[B]", 2},    {"[Al]", 2},       {"[Si]", 3}, {"[Ca]", 1},
                 {"[N]", 4},   {"[O]", 3},    {"[H]", 2},        {"[He]", 1}, {"[Fe+2]", 5},
                 {"[Cr]", 7},  {"[Cu+2]", 2}, {"[Cl-]", 1},      {"[H+]", 1}, {"[SiH2]", 1},
                 {"[CH2]", 3}, {"[NH]", 3},   {"[CH]", 2},       {"[BH]", 1}, {"F[C]F", 0},
                 {"C[N]", 0},  {"[Ce+3]", 0}, {"[CH2]C[CH2]", 3}};
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        Structure s = from_smiles(CASES[c].smiles);
        if (smiles_embed(ctx, &s) != QMT_OK)
            fail_msg("%s", qmt_context_message(ctx));
        if (s.multiplicity_unclear != (CASES[c].multiplicity == 0) ||
            (CASES[c].multiplicity > 0 && s.multiplicity != CASES[c].multiplicity))
            fail_msg("%s: multiplicity %d, %s", CASES[c].smiles, s.multiplicity, s.unclear);
        structure_release(&s);
    }
    Structure s = from_smiles("F[C]F");
    s.has_multiplicity = true;
    s.multiplicity = 1;
    assert_int_equal(smiles_embed(ctx, &s), QMT_OK);
    assert_false(s.multiplicity_unclear);
    assert_int_equal(s.multiplicity, 1);
    structure_release(&s);
}

static double angle_deg(const Structure *s, size_t a, size_t b)
{
    double dot = 0.0, na = 0.0, nb = 0.0;
    for (int x = 0; x < 3; x++) {
        const double u = s->xyz[a][x] - s->xyz[1][x], v = s->xyz[b][x] - s->xyz[1][x];
        dot += u * v;
        na += u * u;
        nb += v * v;
    }
    return acos(dot / sqrt(na * nb)) * 57.29577951308232;
}

/// Six neighbours about the second atom stand at right angles; what relaxes to that starts within 20 degrees.
static void crowded_centres_get_a_geometry(void **state)
{
    (void)state;
    if (!smiles_can_embed())
        skip();
    static const char *const SMILES[] = {"FS(F)(F)(F)(F)F", "F[P-](F)(F)(F)(F)F", "FP(F)(F)(F)F",
                                         "FS(F)(F)F", "FS(F)(F)(F)(F)C(F)(F)F"};
    for (size_t c = 0; c < sizeof SMILES / sizeof *SMILES; c++) {
        Structure s = from_smiles(SMILES[c]);
        if (smiles_embed(ctx, &s) != QMT_OK)
            fail_msg("%s", qmt_context_message(ctx));
        for (size_t a = 0; a < s.n_atoms && c < 2; a++)
            for (size_t b = 0; b < a; b++)
                if (a != 1 && b != 1 && fabs(angle_deg(&s, a, b) - 90.0) > 20.0 &&
                    angle_deg(&s, a, b) < 150.0)
                    fail_msg("%s: %zu-%zu %.1f degrees", SMILES[c], a, b, angle_deg(&s, a, b));
        structure_release(&s);
    }
}

static void isotopes_of_smiles_are_masses(void **state)
{
    (void)state;
    if (!smiles_can_embed())
        skip();
    Structure s = from_smiles("[2H]C([2H])([2H])[13CH3]");
    assert_int_equal(smiles_embed(ctx, &s), QMT_OK);
    double sum = 0.0;
    for (size_t a = 0; a < s.n_atoms; a++)
        sum += structure_mass_da(&s, a);
    // The same numbers added in another order.
    CHECK_NEAR(sum, 12.011 + 13.0033548378 + 3 * 2.0141017780 + 3 * 1.008, 1e-9);
    structure_release(&s);
}

static void impossible_smiles_are_one_sentence(void **state)
{
    (void)state;
    if (!smiles_can_embed())
        skip();
    static const struct {
        const char *smiles, *part;
    } CASES[] = {
        {"C(", "not a molecule"},
        {"c1ccc", "not a molecule"},
        {"C(C)(C)(C)(C)C", "not a molecule"},
        {"xyz", "not a molecule"},
        {"C*", "dummy"},
        {"[9H]O", "9H, whose mass is not known"},
        {"CCO.O", "2 separate"},
        {"[U]", "element 92"},
        {"C%99", "not a molecule: unclosed ring"},
        {"", "not a molecule"},
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
    assert_int_equal(
        smiles_read_table(ctx, SOURCE_DIR "/data/molecules/qm_molecules.smi", NULL, &list), QMT_OK);
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
        cmocka_unit_test(names_with_unseen_characters_are_changed),
        cmocka_unit_test(wrong_lines_are_told_with_their_column),
        cmocka_unit_test(lists_of_all_kinds_are_read),
        cmocka_unit_test(each_line_has_its_own_separator),
        cmocka_unit_test(columns_can_be_named),
        cmocka_unit_test(a_word_of_the_command_line_is_a_molecule),
        cmocka_unit_test(atoms_and_carbenes_get_their_ground_state_or_ask),
        cmocka_unit_test(crowded_centres_get_a_geometry),
        cmocka_unit_test(isotopes_of_smiles_are_masses),
        cmocka_unit_test(a_build_without_rdkit_says_so),
        cmocka_unit_test(charge_and_radicals_come_from_the_smiles),
        cmocka_unit_test(impossible_smiles_are_one_sentence),
        cmocka_unit_test(molecules_too_large_are_refused_at_once),
        cmocka_unit_test(the_same_smiles_gives_the_same_bytes),
        cmocka_unit_test(bundled_xyz_files_hold_the_molecules_of_their_smiles),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
