#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "io/smiles.h"
#include "io/xyz.h"

static QmtContext *ctx;
static char last_note[1024];

static void keep_note(void *user, QmtLogLevel level, const char *sentence)
{
    (void)user;
    (void)level;
    snprintf(last_note, sizeof last_note, "%s", sentence);
}

static int setup(void **state)
{
    (void)state;
    if (qmt_context_create(&ctx) != QMT_OK)
        return -1;
    qmt_context_set_log(ctx, keep_note, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

static StructureList read_good(const char *path, const char *data)
{
    StructureList list = {0};
    const QmtStatus status = xyz_read_memory(ctx, path, data, strlen(data), &list);
    if (status != QMT_OK)
        fail_msg("%s", qmt_context_message(ctx));
    return list;
}

static const char WATER[] = "3\n\nO 0 0 0.119\nH 0 0.763 -0.477\nH 0 -0.763 -0.477\n";

static void angstrom_become_bohr(void **state)
{
    (void)state;
    StructureList list = read_good("some/folder/water.xyz", WATER);
    assert_int_equal(list.n, 1);
    const Structure *s = &list.items[0];
    assert_string_equal(s->name, "water");
    assert_string_equal(s->source, "some/folder/water.xyz:1");
    assert_int_equal(s->n_atoms, 3);
    assert_int_equal(s->numbers[0], 8);
    assert_int_equal(s->numbers[2], 1);
    CHECK_NEAR(s->xyz[2][1], -0.763 * BOHR_PER_ANGSTROM, 0.0);
    assert_false(s->has_charge);
    assert_false(s->has_multiplicity);
    assert_null(s->smiles);
    structures_release(&list);
}

static void harmless_variants_read_as_the_same_molecule(void **state)
{
    (void)state;
    static const char *const VARIANTS[] = {
        "3\r\n\r\nO 0 0 0.119\r\nH 0 0.763 -0.477\r\nH 0 -0.763 -0.477\r\n",
        "\xEF\xBB\xBF"
        "3\ncomment\nO 0 0 0.119\nH 0 0.763 -0.477\nH 0 -0.763 -0.477",
        "  3 \t\n\t\no\t0\t0\t0.119\nh\t0\t0.763\t-0.477  \n  h 0 -7.63e-1 -0.477\n\n  \n",
        "3\n\n8 0 0 0.119\n1 0 0.763 -0.477\n1 0 -0.763 -.477\n",
        "3\nProperties=species:S:1:pos:R:3:forces:R:3 pbc=\"F F F\" energy=-5.0\n"
        "O 0 0 0.119 1 2 3\nH 0 0.763 -0.477 x y z\nH 0 -0.763 -0.477 1 2 3\n",
        "3\nProperties=species:S:1:pos:R:3\nO 0 0 0.119\nH 0 0.763 -0.477\nH 0 -0.763 -0.477\n",
    };
    StructureList wanted = read_good("w.xyz", WATER);
    for (size_t v = 0; v < sizeof VARIANTS / sizeof *VARIANTS; v++) {
        StructureList list = read_good("w.xyz", VARIANTS[v]);
        assert_int_equal(list.n, 1);
        assert_int_equal(list.items[0].n_atoms, 3);
        assert_memory_equal(list.items[0].numbers, wanted.items[0].numbers, 3 * sizeof(int));
        assert_memory_equal(list.items[0].xyz, wanted.items[0].xyz, 9 * sizeof(double));
        structures_release(&list);
    }
    structures_release(&wanted);
}

static void the_comment_line_gives_charge_multiplicity_and_name(void **state)
{
    (void)state;
    static const struct {
        const char *comment;
        bool has_charge, has_multiplicity;
        int charge, multiplicity;
        const char *name, *smiles;
    } CASES[] = {
        {"charge=-1 multiplicity=2", true, true, -1, 2, "f", NULL},
        {"total_charge=-2 total_spin=1", true, true, -2, 1, "f", NULL},
        {"energy: -5.0 charge = +1 (xtb)", true, false, 1, 0, "f", NULL},
        {"name=\"my molecule\" Charge='0'", true, false, 0, 0, "my molecule", NULL},
        {"name=a smiles=\"C(=O)[O-]\" charge=-1", true, false, -1, 0, "a", "C(=O)[O-]"},
        {"smiles=C(=O)O", false, false, 0, 0, "f", "C(=O)O"},
        {"it's 5\" long = = x", false, false, 0, 0, "f", NULL},
        {"charge=2 charge=2", true, false, 2, 0, "f", NULL},
        {"\"charge=1\"", false, false, 0, 0, "f", NULL},
        {"", false, false, 0, 0, "f", NULL},
    };
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        char data[256];
        snprintf(data, sizeof data, "1\n%s\nH 0 0 0\n", CASES[c].comment);
        StructureList list = read_good("f.xyz", data);
        const Structure *s = &list.items[0];
        assert_int_equal(s->has_charge, CASES[c].has_charge);
        assert_int_equal(s->has_multiplicity, CASES[c].has_multiplicity);
        assert_int_equal(s->charge, CASES[c].charge);
        assert_int_equal(s->multiplicity, CASES[c].multiplicity);
        assert_string_equal(s->name, CASES[c].name);
        if (CASES[c].smiles == NULL)
            assert_null(s->smiles);
        else
            assert_string_equal(s->smiles, CASES[c].smiles);
        structures_release(&list);
    }
}

static void a_charge_that_is_misspelt_does_not_pass_silently(void **state)
{
    (void)state;
    static const struct {
        const char *comment, *note; // "": none
    } CASES[] = {
        {"multiplicty=2", "multiplicty= is ignored; did you mean multiplicity=?"},
        {"chrg=2", "f.xyz:2: chrg= is ignored; did you mean charge=?"},
        {"uhf=2", "uhf= is ignored; did you mean multiplicity=?"},
        {"mult=3", "did you mean multiplicity=?"},
        {"spin=2", "did you mean multiplicity=?"},
        {"chrage=2", "did you mean charge=?"},
        {"net_charge=2", "did you mean charge=?"},
        {"q=-1", "did you mean charge=?"},
        {"charge:2", "f.xyz:2: charge:2 is ignored; did you mean charge=2?"},
        {"multiplicity:3", "multiplicity:3 is ignored; did you mean multiplicity=3?"},
        {"xtb energy: -5.1 chrg: -1 done", "did you mean charge=-1?"},
        {"Charge : +1", "did you mean charge=+1?"},
        {"CHARGE 2", "did you mean charge=2?"},
        {"charge transfer 2 complexes", ""},
        {"energy: -5.07 gnorm: 0.001 xtb: 6.5.1 mu=1.8 name=q step 5", ""},
        {"energy=-5.07 stress=0 forces=1 time_ps=2 mu=1.8 frame=3 quality 5", ""},
        {"charge=-1 charged:1", "charged:1"},
        {"charge=-1", ""},
    };
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        char data[256];
        snprintf(data, sizeof data, "1\n%s\nH 0 0 0\n", CASES[c].comment);
        last_note[0] = '\0';
        StructureList list = read_good("f.xyz", data);
        if (CASES[c].note[0] == '\0' ? last_note[0] != '\0'
                                     : strstr(last_note, CASES[c].note) == NULL)
            fail_msg("\"%s\": \"%s\"", CASES[c].comment, last_note);
        structures_release(&list);
    }
}

static void traps_are_told_with_line_and_value(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        QmtStatus status;
        const char *parts[3];
    } CASES[] = {
        {"", QMT_ERR_FORMAT, {"t.xyz", "empty"}},
        {"\n\n", QMT_ERR_FORMAT, {"empty"}},
        {"water\n\nH 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:1:", "\"water\""}},
        {"H 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:1:", "\"H ...\""}},
        {"3.0\n\nH 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:1:", "\"3.0\""}},
        {"1 atom\n\nH 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:1:", "\"1 ...\""}},
        {"0\n\n", QMT_ERR_FORMAT, {"t.xyz:1:", "\"0\" is too small"}},
        {"-1\n\nH 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:1:", "\"-1\" is too small"}},
        {"1000000000000000000\n\nH 0 0 0\n",
         QMT_ERR_FORMAT,
         {"t.xyz:1:", "1000000000000000000", "only 1"}},
        {"1e18\n\nH 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:1:", "1e18"}},
        {"99999999999999999999\n\nH 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:1:", "too large"}},
        {"1", QMT_ERR_FORMAT, {"t.xyz:1:", "only 0 lines"}},
        {"1\n", QMT_ERR_FORMAT, {"t.xyz:1:", "only 0 lines"}},
        {"1\n\n", QMT_ERR_FORMAT, {"t.xyz:1:", "only 0 lines"}},
        {"3\n\nO 0 0 0\nH 0 0 1\n", QMT_ERR_FORMAT, {"t.xyz:1:", "3 atoms", "only 2"}},
        {"3\n\nO 0 0 0\nH 0 0 1\n\n", QMT_ERR_FORMAT, {"t.xyz:5:", "empty line", "atom 3 of 3"}},
        {"2\n\nO 0 0 0\nH 0 0 1\nH 0 1 0\n", QMT_ERR_FORMAT, {"t.xyz:5:", "next frame or the end"}},
        {"1\n\nH 0 0 0\ngarbage\n", QMT_ERR_FORMAT, {"t.xyz:4:", "\"garbage\""}},
        {"1\n\nH 0 0 0\n1\n\nH 0 0\n", QMT_ERR_FORMAT, {"t.xyz:6:", "3 columns"}},
        {"1\n\nH 0 0 1.0D-3\n", QMT_ERR_FORMAT, {"t.xyz:3:", "1.0D-3", "write E instead of D"}},
        {"1\n\nH nan 0 0\n", QMT_ERR_FORMAT, {"t.xyz:3:", "x coordinate \"nan\"", "finite"}},
        {"1\n\nH 0 -Inf 0\n", QMT_ERR_FORMAT, {"t.xyz:3:", "y coordinate \"-Inf\"", "finite"}},
        {"1\n\nH 0 0 0,5\n", QMT_ERR_FORMAT, {"t.xyz:3:", "comma"}},
        {"1\n\nH 0 0 1e30\n", QMT_ERR_FORMAT, {"t.xyz:3:", "1e30"}},
        {"1\n\nH 0 0 0x1p3\n", QMT_ERR_FORMAT, {"t.xyz:3:", "0x1p3"}},
        {"1\n\nH 0 0 0 0.25\n", QMT_ERR_FORMAT, {"t.xyz:3:", "5 columns", "0.25"}},
        {"1\n\nOx 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:3:", "unknown element \"Ox\""}},
        {"1\n\nC1 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:3:", "\"C1\""}},
        {"1\n\nU 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:3:", "\"U\"", "Rn"}},
        {"1\n\n92 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:3:", "92", "86"}},
        {"1\n\n-1 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:3:", "-1"}},
        {"1\n\n0 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:3:", "dummy"}},
        {"1\n\nX 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:3:", "\"X\" is a dummy"}},
        {"1\n\nbq 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:3:", "dummy"}},
        {"1\n\nD 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:3:", "\"D\" is an isotope", "write \"H\""}},
        {"1\n\n2H 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:3:", "\"2H\" is an isotope", "write \"H\""}},
        {"1\n\n13C 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:3:", "write \"C\""}},
        {"1\nLattice=\"5 0 0 0 5 0 0 0 5\"\nH 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:2:", "Lattice="}},
        {"1\npbc=\"T F F\"\nH 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:2:", "T F F"}},
        {"1\nProperties=pos:R:3:species:S:1\nH 0 0 0\n",
         QMT_ERR_FORMAT,
         {"t.xyz:2:", "species:S:1:pos:R:3"}},
        {"1\nProperties=species:S:1:pos:R:3:q\nH 0 0 0\n",
         QMT_ERR_FORMAT,
         {"t.xyz:2:", "NAME:TYPE:COUNT"}},
        {"1\nProperties=species:S:1:pos:R:3:q:R:9999999\nH 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:2:"}},
        {"1\nProperties=species:S:1:pos:R:3:q:R:1\nH 0 0 0\n",
         QMT_ERR_FORMAT,
         {"t.xyz:3:", "4 columns, but 5"}},
        {"1\ncharge=\nH 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:2:", "charge="}},
        {"1\ncharge=0.5\nH 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:2:", "charge=0.5"}},
        {"1\ncharge=1 charge=2\nH 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:2:", "twice"}},
        {"1\nmultiplicity=0\nH 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:2:", "multiplicity=0"}},
        {"1\nname=\"x charge=1\nH 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:2:", "not closed"}},
        {"1\nname=../x\nH 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:2:", "path separator"}},
        {"1\nname=\"\"\nH 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:2:", "empty"}},
    };
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        StructureList list = {0};
        const QmtStatus status =
            xyz_read_memory(ctx, "t.xyz", CASES[c].data, strlen(CASES[c].data), &list);
        if (status != CASES[c].status)
            fail_msg("case %zu: status %d: %s", c, status, qmt_context_message(ctx));
        for (int p = 0; p < 3 && CASES[c].parts[p] != NULL; p++)
            if (strstr(qmt_context_message(ctx), CASES[c].parts[p]) == NULL)
                fail_msg("case %zu: \"%s\" lacks \"%s\"", c, qmt_context_message(ctx),
                         CASES[c].parts[p]);
        assert_int_equal(list.n, 0);
        structures_release(&list);
    }
}

static void a_failed_file_leaves_the_list_as_it_was(void **state)
{
    (void)state;
    StructureList list = read_good("a.xyz", WATER);
    static const char TWO[] = "1\n\nH 0 0 0\n1\n\nOx 0 0 0\n";
    assert_int_equal(xyz_read_memory(ctx, "b.xyz", TWO, strlen(TWO), &list), QMT_ERR_INPUT);
    assert_int_equal(list.n, 1);
    assert_string_equal(list.items[0].name, "a");
    assert_int_equal(xyz_read(ctx, "/nowhere/c.xyz", &list), QMT_ERR_IO);
    assert_int_equal(list.n, 1);
    structures_release(&list);
}

static void frames_are_numbered_unless_they_have_a_name_of_their_own(void **state)
{
    (void)state;
    StructureList list =
        read_good("dir/scan.XYZ", "1\n\nH 0 0 0\n\n1\nname=ion charge=1\nH 0 0 0\n"
                                  "1\n\nH 0 0 1\n1\nname=b\nHe 0 0 1\n1\nname=b\nHe 0 0 2\n\n");
    static const char *const NAMES[] = {"scan_0001", "ion", "scan_0003", "b_0004", "b_0005"};
    assert_int_equal(list.n, 5);
    for (int i = 0; i < 5; i++)
        assert_string_equal(list.items[i].name, NAMES[i]);
    assert_string_equal(list.items[1].source, "dir/scan.XYZ:5");
    assert_int_equal(structures_check_names(ctx, &list), QMT_OK);
    structures_release(&list);
}

static void what_is_formatted_reads_back(void **state)
{
    (void)state;
    StructureList list =
        read_good("f.xyz", "2\nname=\"a b\" charge=-1 multiplicity=2 smiles=\"[O][H-]\"\n"
                           "Cl -1.5 0 123.25\nH 0.0000000001 -7 8\n");
    char *text = NULL;
    assert_int_equal(xyz_format(ctx, &list.items[0], &text), QMT_OK);
    StructureList back = read_good("g.xyz", text);
    const Structure *s = &back.items[0];
    assert_string_equal(s->name, "a b");
    assert_int_equal(s->charge, -1);
    assert_int_equal(s->multiplicity, 2);
    assert_string_equal(s->smiles, "[O][H-]");
    assert_int_equal(s->numbers[0], 17);
    // Ten decimals in the file, turned to bohr and back: some units in the last place.
    for (int i = 0; i < 6; i++)
        CHECK_NEAR(s->xyz[i / 3][i % 3], list.items[0].xyz[i / 3][i % 3], 1e-13);
    free(text);
    structures_release(&back);
    structures_release(&list);
}

static void names_that_cannot_be_folders_are_refused(void **state)
{
    (void)state;
    char long_name[STRUCTURE_NAME_MAX + 2];
    memset(long_name, 'a', sizeof long_name);
    long_name[STRUCTURE_NAME_MAX] = '\0';
    assert_null(structure_name_problem(long_name));
    long_name[STRUCTURE_NAME_MAX] = 'a';
    long_name[STRUCTURE_NAME_MAX + 1] = '\0';
    assert_non_null(structure_name_problem(long_name));
    static const char *const GOOD[] = {"a",        "N-methylalanine", "(R)-x, 2",
                                       "\xC3\xA4", "summary",         "a.b"};
    static const char *const BAD[] = {
        "",     ".",  "..", "a/b",  "/",       "a\\b", "a\nb",         "a\x7F",
        "\x01", " a", "a ", "\xFF", ".hidden", "-rf",  "summary.json", "summary.json.lock"};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        assert_null(structure_name_problem(GOOD[i]));
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_non_null(structure_name_problem(BAD[i]));
}

static void a_name_twice_is_told_with_both_places(void **state)
{
    (void)state;
    StructureList list = read_good("x/water.xyz", WATER);
    assert_int_equal(structures_check_names(ctx, &list), QMT_OK);
    assert_int_equal(xyz_read_memory(ctx, "y/water.xyz", WATER, strlen(WATER), &list), QMT_OK);
    assert_int_equal(structures_check_names(ctx, &list), QMT_ERR_INPUT);
    assert_non_null(strstr(qmt_context_message(ctx), "y/water.xyz:1: the name \"water\""));
    assert_non_null(strstr(qmt_context_message(ctx), "x/water.xyz:1"));
    strcpy(list.items[0].name, "a/b");
    assert_int_equal(structures_check_names(ctx, &list), QMT_ERR_INPUT);
    structures_release(&list);
}

/// Pieces of good and bad files in random order; what counts is that reading ends, with a status or a
/// molecule, and that the sanitizers find nothing.
static void random_files_never_crash(void **state)
{
    (void)state;
    static const char *const PIECES[] = {"1",
                                         "3",
                                         "\n",
                                         "\n",
                                         "\n",
                                         "H 0 0 0\n",
                                         "O 1.5 -2 3e0\n",
                                         "C",
                                         " ",
                                         "\t",
                                         "1\n\nH 0 0 0\n",
                                         "charge=",
                                         "name=",
                                         "\"",
                                         "'",
                                         "=",
                                         "Properties=species:S:1:pos:R:3",
                                         ":q:R:1",
                                         ":",
                                         "Lattice=",
                                         "pbc=",
                                         "F",
                                         "1e",
                                         "D",
                                         "0x",
                                         "nan",
                                         "\xEF\xBB\xBF",
                                         "\xFF",
                                         "99999999999999999999",
                                         "-",
                                         ".",
                                         "\r\n",
                                         "\r"};
    uint32_t seed = 2463534242u;
    char data[256];
    for (int i = 0; i < 200000; i++) {
        size_t n = 0;
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        for (uint32_t left = seed % 15, s = seed; left > 0; left--) {
            s = s * 1664525u + 1013904223u;
            const char *piece = PIECES[(s >> 16) % (sizeof PIECES / sizeof *PIECES)];
            if (n + strlen(piece) < sizeof data) {
                memcpy(data + n, piece, strlen(piece));
                n += strlen(piece);
            }
        }
        StructureList list = {0};
        if (xyz_read_memory(ctx, "r.xyz", data, n, &list) != QMT_OK)
            assert_int_equal(list.n, 0);
        structures_release(&list);
        if (smiles_read_memory(ctx, "r.smi", data, n, &list) != QMT_OK)
            assert_int_equal(list.n, 0);
        structures_release(&list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(angstrom_become_bohr),
        cmocka_unit_test(harmless_variants_read_as_the_same_molecule),
        cmocka_unit_test(the_comment_line_gives_charge_multiplicity_and_name),
        cmocka_unit_test(a_charge_that_is_misspelt_does_not_pass_silently),
        cmocka_unit_test(traps_are_told_with_line_and_value),
        cmocka_unit_test(a_failed_file_leaves_the_list_as_it_was),
        cmocka_unit_test(frames_are_numbered_unless_they_have_a_name_of_their_own),
        cmocka_unit_test(what_is_formatted_reads_back),
        cmocka_unit_test(names_that_cannot_be_folders_are_refused),
        cmocka_unit_test(a_name_twice_is_told_with_both_places),
        cmocka_unit_test(random_files_never_crash),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
