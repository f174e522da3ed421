#include "structure/smiles_list.h"
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "structure/xyz.h"

static QmtContext *ctx;
static char last_note[1024];
static size_t n_notes;

static void keep_note(void *user, QmtLogLevel level, const char *sentence)
{
    (void)user;
    (void)level;
    n_notes++;
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
        {"\"charge=1\"", true, false, 1, 0, "f", NULL},
        {"name=\"x charge=1", true, false, 1, 0, "x", NULL}, // the quote stays open
        // within a value a quote stands behind a backslash, as ASE writes it
        {"note=\"was: \\\"water charge=2\\\"\" charge=0", true, false, 0, 0, "f", NULL},
        {"name=\"we\\\"ird\" q=1", true, false, 1, 0, "we_ird", NULL},
        {"name='it\\'s' q=1", true, false, 1, 0, "it's", NULL},
        {"smiles=\"F/C=C\\F\" q=1", true, false, 1, 0, "f", "F/C=C\\F"},
        {"smiles=\"F/C=C\\\\F\" q=1", true, false, 1, 0, "f", "F/C=C\\F"},
        {"path=\"C:\\my files\\\" q=1", true, false, 1, 0, "f", NULL},
        {"\"my name\"=x name=\"y\"", false, false, 0, 0, "y", NULL},
        {"name=a/b/c", false, false, 0, 0, "a_b_c", NULL},
        {"name=../x", false, false, 0, 0, "_._x", NULL},
        {"name=\"\"", false, false, 0, 0, "f", NULL},
        {"name=x,y q=1", true, false, 1, 0, "x,y", NULL},
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

/// What a comment line says of a molecule with an odd (H) or even (O) number of electrons.
static void every_name_of_charge_and_spin_is_understood(void **state)
{
    (void)state;
    static const struct {
        const char *symbol, *comment;
        int charge, multiplicity; // multiplicity 0: not given
        const char *source;       // of the multiplicity, else of the charge
    } CASES[] = {
        {"O", "q=-2", -2, 0, "comment \"q=-2\""},
        {"O", "q = 0", 0, 0, "comment \"q=0\""},
        {"H", "chrg=1", 1, 0, "comment \"chrg=1\""},
        {"H", "Tot_Charge=1 ", 1, 0, "comment \"Tot_Charge=1\""},
        {"H", "molecularCharge=1.0", 1, 0, "comment \"molecularCharge=1.0\""},
        {"O", "charge:2", 2, 0, "comment \"charge=2\""},
        {"H", "xtb energy: -5.1 chrg: -1 done", -1, 0, "comment \"chrg=-1\""},
        {"H", "Charge : +1", 1, 0, "comment \"Charge=+1\""},
        {"O", "CHARGE 2", 2, 0, "comment \"CHARGE=2\""},
        {"H", "(charge=1, mult=1)", 1, 1, "comment \"mult=1\""},
        {"H", "charge=1;multiplicity=1", 1, 1, "comment \"multiplicity=1\""},
        {"H", "{\"charge\": 1, \"multiplicity\": 1}", 1, 1, "comment \"multiplicity=1\""},
        {"O", "charge=0 spin=3", 0, 3, "comment \"spin=3\""},
        {"O", "charge=0 spin=2", 0, 3, "comment \"spin=2\""},
        {"O", "charge=0 spin=1", 0, 1, "comment \"spin=1\""},
        {"O", "charge=0 spin=0", 0, 1, "comment \"spin=0\""},
        {"H", "charge=0 spin=2", 0, 2, "comment \"spin=2\""},
        {"H", "charge=0 spin=1", 0, 2, "comment \"spin=1\""},
        {"H", "charge=0 spin=0.5", 0, 2, "comment \"spin=0.5\""},
        {"O", "q = 2 | S = 1 | MND = 4", 2, 3, "comment \"S=1\""},
        {"O", "charge=0 uhf=2", 0, 3, "comment \"uhf=2\""},
        {"O", "charge=0 nel_unpaired=2", 0, 3, "comment \"nel_unpaired=2\""},
        {"O", "charge=0 spin_multiplicity=3", 0, 3, "comment \"spin_multiplicity=3\""},
        {"O", "total_charge=0.0 total_spin=3.0", 0, 3, "comment \"total_spin=3.0\""},
        {"O", "charge=0 multiplicity=triplet", 0, 3, "comment \"multiplicity=triplet\""},
        {"O", "charge=0 magmom=2.0", 0, 3, "comment \"magmom=2.0\""},
        {"O", "charge=0 magmom=0.0", 0, 0, "comment \"charge=0\""},
        {"O", "charge=0 spin=3 spin_multiplicity=3 total_spin=3", 0, 3, "comment \"spin=3\""},
        {"O", "Q=0 M=3", 0, 3, "comment \"M=3\""},
        {"O", "0 3", 0, 3, "comment \"0 3\""},
        {"H", " 1,1 ", 1, 1, "comment \"1 1\""},
        {"H", "-1\t1", -1, 1, "comment \"-1 1\""},
        {"O", "charge=None multiplicity=3", 0, 3, "comment \"multiplicity=3\""},
    };
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        char data[256];
        snprintf(data, sizeof data, "1\n%s\n%s 0 0 0\n", CASES[c].comment, CASES[c].symbol);
        StructureList list = read_good("f.xyz", data);
        const Structure *s = &list.items[0];
        if (s->unclear != NULL || s->charge != CASES[c].charge ||
            s->has_multiplicity != (CASES[c].multiplicity > 0) ||
            (s->has_multiplicity && s->multiplicity != CASES[c].multiplicity))
            fail_msg("\"%s\": charge %d, multiplicity %d, %s", CASES[c].comment, s->charge,
                     s->multiplicity, s->unclear);
        const char *const source = s->has_multiplicity ? s->multiplicity_source : s->charge_source;
        // "spin=3" comes second where a sure name says the same
        if (strcmp(source, CASES[c].source) != 0 &&
            strstr(CASES[c].comment, "total_spin=3") == NULL)
            fail_msg("\"%s\": source %s", CASES[c].comment, source);
        structures_release(&list);
    }
}

static void a_state_that_stays_unclear_is_left_open_with_its_text(void **state)
{
    (void)state;
    static const struct {
        const char *symbol, *comment, *part; // part NULL: harmless
    } CASES[] = {
        {"H", "0 1", "\"0 1\" looks like charge and multiplicity"},
        {"O", "2 4", "\"2 4\""},
        {"O", "100 25", NULL},
        {"O", "3", NULL},
        {"O", "1 2 3", NULL},
        {"O", "0 0", NULL},
        {"H", "charge=0 spin=0", "\"spin=0\" is not a multiplicity"},
        {"O", "S=0.5", "\"S=0.5\""},
        {"O", "S=45.2 T=298", NULL},
        {"O", "chrage=2", "\"chrage=2\" may mean a charge"},
        {"O", "chrage=0", NULL},
        {"O", "multiplicty=3", "may mean a multiplicity"},
        {"O", "xtb_charge=-2", "\"xtb_charge=-2\""},
        {"O", "charge=0 xtb_charge=-2", NULL},
        {"O", "partial_charges=\"0.1 -0.1\" mulliken_charge=0.3", NULL},
        {"O", "charge transfer 2 complexes", NULL},
        {"O", "Charge/mult: -2 3", NULL},
        {"O", "charge_multiplier=2", "may mean a charge"},
        {"O", "oxygen, triplet", "\"triplet\" may mean a multiplicity"},
        {"O", "multiplicity: triplet", NULL},
        {"O", "note=\"\\\"water charge=2 spin 3\\\"\"", "\"charge 2\" may mean a charge"},
        {"O", "text=\"\\\"charge=-2\"", "\"charge -2\" may mean a charge"},
        {"O", "calc=\"_JSON {\\\"charge\\\": 1}\"", "\"charge 1\" may mean a charge"},
        {"O", "\"old charge\"=2", "\"old charge=2\" may mean a charge"},
        {"O", "the dication of it", "\"dication\""},
        {"O", "energy: -5.07 gnorm: 0.001 xtb: 6.5.1 mu=1.8 name=q step 5", NULL},
        {"O", "energy=-5.07 stress=0 forces=1 time_ps=2 mu=1.8 frame=3 quality 5", NULL},
        {"O", "UHF/6-31G* -74.8", NULL},
    };
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        char data[256];
        snprintf(data, sizeof data, "1\n%s\n%s 0 0 0\n", CASES[c].comment, CASES[c].symbol);
        StructureList list = read_good("f.xyz", data);
        const char *const unclear = list.items[0].unclear;
        if ((unclear == NULL) != (CASES[c].part == NULL) ||
            (unclear != NULL && strstr(unclear, CASES[c].part) == NULL))
            fail_msg("\"%s\": %s", CASES[c].comment, unclear != NULL ? unclear : "not open");
        structures_release(&list);
    }
}

static void right_frames_are_read_without_a_warning(void **state)
{
    (void)state;
    static const char *const COMMENTS[] = {"q = 0",
                                           "charge=0 multiplicity=1",
                                           "charge=0 spin=3",
                                           "total_charge=0.0",
                                           "energy=-1.5 charge=-2",
                                           "CSD_code = A | q = 0 | S = 0 | MND = 4"};
    for (size_t c = 0; c < sizeof COMMENTS / sizeof *COMMENTS; c++) {
        char data[256];
        snprintf(data, sizeof data, "1\n%s\nO 0 0 0\n", COMMENTS[c]);
        last_note[0] = '\0';
        StructureList list = read_good("f.xyz", data);
        if (last_note[0] != '\0')
            fail_msg("\"%s\": %s", COMMENTS[c], last_note);
        structures_release(&list);
    }
}

static void extra_columns_isotopes_and_labels_are_read(void **state)
{
    (void)state;
    static const char *const SAME[] = {
        "3\n\nO 0 0 0.119 0.5\nH 0 0.763 -0.477 x\nH 0 -0.763 -0.477 1 2 3\n",
        "3\nProperties=species:S:1:Z:I:1:pos:R:3 pbc=\"F F F\"\nO 8 0 0 0.119\nH 1 0 0.763 -0.477\n"
        "H 1 0 -0.763 -0.477\n",
        "3\nProperties=pos:R:3:species:S:1\n0 0 0.119 O\n0 0.763 -0.477 H\n0 -0.763 -0.477 H\n",
        "3\nLattice=\"20 0 0 0 20 0 0 0 20\" pbc=\"F F F\"\nO 0 0 0.119\nH 0 0.763 -0.477\n"
        "H 0 -0.763 -0.477\n",
        "3\npbc=\"F F F\" Lattice=\"20 0 0 0 20 0 0 0 20\"\nO 0 0 0.119\nH 0 0.763 -0.477\n"
        "H 0 -0.763 -0.477\n",
        "\n\n3\n\nO1 0 0 0.119\nH2 0 0.763 -0.477\nH3 0 -0.763 -0.477\n>\n",
        "3\ngdb 3 799.58\nO 0 0 0.119 0.1\nH 0 0.763 -0.477 0.1\nH 0 -0.763 -4.77*^-1 0.1\n"
        "1671.4 3803.1 3907.7\nO O\nInChI=1S/H2O/h1H2 InChI=1S/H2O/h1H2\n",
    };
    StructureList wanted = read_good("w.xyz", WATER);
    for (size_t v = 0; v < sizeof SAME / sizeof *SAME; v++) {
        StructureList list = read_good("w.xyz", SAME[v]);
        assert_int_equal(list.n, 1);
        assert_memory_equal(list.items[0].numbers, wanted.items[0].numbers, 3 * sizeof(int));
        assert_memory_equal(list.items[0].xyz, wanted.items[0].xyz, 9 * sizeof(double));
        structures_release(&list);
    }
    structures_release(&wanted);

    StructureList heavy =
        read_good("d.xyz", "3\n\n18O 0 0 0.119\nD 0 0.763 -0.477\nH 0 -0.763 -0.477\n");
    StructureList pure = read_good("p.xyz", "2\n\n12C 0 0 0\nO 0 0 1.13\n");
    CHECK_NEAR(structure_mass_da(&heavy.items[0], 0), 17.9991604, 1e-7); // NIST
    CHECK_NEAR(structure_mass_da(&heavy.items[0], 1), 2.0141017780, 1e-7);
    CHECK_NEAR(structure_mass_da(&heavy.items[0], 2), 1.008, 0.0);
    char *text = NULL;
    assert_int_equal(xyz_format(ctx, &heavy.items[0], &text), QMT_OK);
    StructureList back = read_good("g.xyz", text);
    assert_memory_equal(back.items[0].isotopes, heavy.items[0].isotopes, 3 * sizeof(int));
    structures_release(&back);
    // Symbols of isotopes are no symbols elsewhere; also those whose mass is nearly the natural one come back.
    assert_non_null(strstr(text, "\nO  "));
    assert_non_null(strstr(text, "\nH  "));
    assert_null(strstr(text, "\nD "));
    assert_int_equal(xyz_format(ctx, &pure.items[0], &text), QMT_OK);
    back = read_good("g.xyz", text);
    assert_int_equal(back.n, 2);
    assert_int_equal(back.items[1].isotopes[0], 12);
    assert_int_equal(back.items[1].isotopes[1], 0);
    free(text);
    structures_release(&back);
    structures_release(&pure);
    structures_release(&heavy);
}

/// 10^5 frames make one note and one sentence about the others.
static void notes_of_many_frames_are_two_sentences(void **state)
{
    (void)state;
    enum { N = 100000 };
    static const char FRAME[] = "1\n0 3\nO 0 0 0\n";
    char *const data = malloc(N * (sizeof FRAME - 1) + 1);
    assert_non_null(data);
    for (size_t i = 0; i < N; i++)
        memcpy(data + i * (sizeof FRAME - 1), FRAME, sizeof FRAME - 1);
    StructureList list = {0};
    n_notes = 0;
    assert_int_equal(xyz_read_memory(ctx, "f.xyz", data, N * (sizeof FRAME - 1), &list), QMT_OK);
    assert_int_equal(list.n, N);
    assert_int_equal(n_notes, 2);
    assert_non_null(strstr(last_note, "in 99999 further places"));
    structures_release(&list);
    free(data);
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
        {"1\nsmiles=\"C\\\"=O\\\" charge=2\"\nO 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:2", "a quote"}},
        {"1\nsmiles=C\\\nO 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:2", "ends with a backslash"}},
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
        {"1\n\nH 0 0 1.0D\n", QMT_ERR_FORMAT, {"t.xyz:3:", "1.0D", "is not a number"}},
        {"1\n\nH nan 0 0\n", QMT_ERR_FORMAT, {"t.xyz:3:", "x coordinate \"nan\"", "finite"}},
        {"1\n\nH 0 -Inf 0\n", QMT_ERR_FORMAT, {"t.xyz:3:", "y coordinate \"-Inf\"", "finite"}},
        {"1\n\nH 0 0 0,5\n", QMT_ERR_FORMAT, {"t.xyz:3:", "comma"}},
        {"1\n\nH 0 0 1e30\n", QMT_ERR_FORMAT, {"t.xyz:3:", "1e30"}},
        {"1\n\nH 0 0 0x1p3\n", QMT_ERR_FORMAT, {"t.xyz:3:", "0x1p3"}},
        {"1\n\nOx 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:3:", "unknown element \"Ox\""}},
        {"1\n\nU 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:3:", "\"U\"", "Rn"}},
        {"1\n\n92 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:3:", "92", "86"}},
        {"1\n\n-1 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:3:", "-1"}},
        {"1\n\n0 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:3:", "dummy"}},
        {"1\n\nX 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:3:", "\"X\" is a dummy"}},
        {"1\n\nbq 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:3:", "dummy"}},
        {"1\nLattice=\"5 0 0 0 5 0 0 0 5\"\nH 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:2:", "Lattice="}},
        {"1\npbc=\"T F F\"\nH 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:2:", "T F F"}},
        {"1\nProperties=species:S:1:forces:R:3\nH 0 0 0\n",
         QMT_ERR_FORMAT,
         {"t.xyz:2:", "no pos:R:3"}},
        {"1\n\n9H 0 0 0\n", QMT_ERR_INPUT, {"t.xyz:3:", "isotope \"9H\" is not known"}},
        {"2\n\nO 8 0.0 0.0 0.1\nH 1 0.0 0.0 1.0\n",
         QMT_ERR_FORMAT,
         {"t.xyz:3:", "columns 3 to 5", "Properties="}},
        {"2\n\nCD 0 0 0\nHG1 0 0 1.09\n", QMT_ERR_INPUT, {"t.xyz:1:", "atom names of a protein"}},
        {"1\ncharge=0 spin=3 multiplicity=1\nO 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:2:", "twice"}},
        {"1\nProperties=species:S:1:pos:R:3:q\nH 0 0 0\n",
         QMT_ERR_FORMAT,
         {"t.xyz:2:", "NAME:TYPE:COUNT"}},
        {"1\nProperties=species:S:1:pos:R:3:q:R:9999999\nH 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:2:"}},
        {"1\nProperties=species:S:1:pos:R:3:q:R:1\nH 0 0 0\n",
         QMT_ERR_FORMAT,
         {"t.xyz:3:", "4 columns", "declares 5"}},
        {"1\ncharge=\nH 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:2:", "charge="}},
        {"1\ncharge=0.5\nH 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:2:", "charge=0.5"}},
        {"1\ncharge=1 charge=2\nH 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:2:", "twice"}},
        {"1\nmultiplicity=0\nH 0 0 0\n", QMT_ERR_FORMAT, {"t.xyz:2:", "multiplicity=0"}},
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
        cmocka_unit_test(every_name_of_charge_and_spin_is_understood),
        cmocka_unit_test(a_state_that_stays_unclear_is_left_open_with_its_text),
        cmocka_unit_test(right_frames_are_read_without_a_warning),
        cmocka_unit_test(extra_columns_isotopes_and_labels_are_read),
        cmocka_unit_test(notes_of_many_frames_are_two_sentences),
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
