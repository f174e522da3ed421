/// Comment lines that say something of a charge, a spin or a unit without a key that is known: read where only one thing
/// can be meant, asked for else, and passed where nothing is meant.
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "structure/xyz.h"

static QmtContext *ctx;

static int open_context(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) != QMT_OK;
}

static int close_context(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

/// One frame of an oxygen atom (even) or a hydrogen atom (odd number of electrons).
static QmtStatus frame_read(const char *symbol, const char *comment, StructureList *list)
{
    char data[256];
    snprintf(data, sizeof data, "1\n%s\n%s 0 0 0\n", comment, symbol);
    return xyz_read_memory(ctx, "f.xyz", data, strlen(data), list);
}

static void what_means_one_thing_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *symbol, *comment;
        int charge, multiplicity; // 0: not given
    } CASES[] = {
        {"O", "charge(-2)", -2, 0},
        {"O", "charge=(-2)", -2, 0},
        {"O", "charge={2}", 2, 0},
        {"O", "charge=[-2]", -2, 0},
        {"O", "unpaired electrons: 2", 0, 3},
        {"O", "number of unpaired electrons 2", 0, 3},
        {"O", "net charge: -2", -2, 0},
        {"O", "nalpha=4 nbeta=2", 0, 3},
        {"O", "nalpha=3 nbeta=3", 0, 1},
        {"O", "initial_magmom=2", 0, 3},
        {"H", "S=1/2", 0, 2},
        {"O", "charge=2 radical cation", 2, 0},
        {"O", "triplet multiplicity=3", 0, 3},
        {"O", "charge is -2", -2, 0},
        {"O", "Charge/Multiplicity: -2/3", -2, 3},
        {"O", "charge/mult = 0/3", 0, 3},
        {"O", "0|3", 0, 3},
        {"O", "n_alpha=4 n_beta=2", 0, 3},
        {"O", "# -2 3", -2, 3},
        {"O", "! 2 1", 2, 1},
        {"O", "#2 1", 2, 1},
        {"O", "* xyz 2 1 *", 2, 1},
        {"O", "\"2 1\"", 2, 1},
        {"O", "qTotal=2", 2, 0},
        {"O", "mul=3", 0, 3},
        {"O", "charge/mult = 0 3", 0, 3},
        {"O", "charge/mult 0 3", 0, 3},
        {"O", "Charge/Multiplicity: -2 3", -2, 3},
        {"O", "charge_mult=\"0 3\"", 0, 3},
        {"O", "charge=neutral", 0, 0},
        {"O", "(charge=2)", 2, 0},
    };
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        StructureList list = {0};
        assert_int_equal(frame_read(CASES[c].symbol, CASES[c].comment, &list), QMT_OK);
        const Structure *const s = &list.items[0];
        // "radical" with an even number of electrons stays open beside a charge that is known
        const bool is_radical = strstr(CASES[c].comment, "radical") != NULL;
        if (s->charge != CASES[c].charge || s->multiplicity != CASES[c].multiplicity ||
            s->charge_unclear || s->multiplicity_unclear != is_radical)
            fail_msg("\"%s\": charge %d, multiplicity %d, %s", CASES[c].comment, s->charge,
                     s->multiplicity, s->unclear != NULL ? s->unclear : "clear");
        structures_release(&list);
    }
}

static void what_may_be_meant_is_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *symbol, *comment, *quoted;
    } CASES[] = {
        {"O", "oxide cation", "cation"},
        {"O", "anion", "anion"},
        {"O", "deprotonated", "deprotonated"},
        {"O", "a radical", "radical"},
        {"O", "doublet", "doublet"},
        {"O", "biradical", "biradical"},
        {"O", "high-spin", "high-spin"},
        {"O", "open-shell", "open-shell"},
        {"O", "O 2-", "2-"},
        {"O", "[H2O]2+", "[H2O]2+"},
        {"O", "SO4^2-", "SO4^2-"},
        {"O", "NO3-", "NO3-"},
        {"O", "water++", "water++"},
        {"O", "+2", "+2"},
        {"O", "oxygen -2", "oxygen -2"},
        {"O", "-2 3 oxygen", "-2 3"},
        {"O", "oxygen +2 1", "+2 1"},
        {"O", "0 3 oxygen", "0 3"},
        {"H", "1 1 proton", "1 1"},
        {"O", "spin_state=3", "spin_state=3"},
        {"O", "ms=1", "ms=1"},
        {"O", "Sz=1", "Sz=1"},
        {"O", "M=3", "M=3"},
        {"O", "-2 3 0", "-2 3"},
        {"O", "spin=\"_JSON [0, 2]\"", "spin=_JSON"},
        {"O", "2 1 # note", "2 1"},
        {"O", "2 1 ! note", "2 1"},
        {"O", "0 3 # x", "0 3"},
        {"O", "! B3LYP * xyz 2 1", "2 1"},
        {"O", "2.0 1.0", "2.0 1.0"},
        {"O", "2 1.", "2 1."},
        {"O", "2 singlet", "2 singlet"},
        {"O", "2 1 -5.07", "2 1"},
        {"O", "2 1 a line of many words that goes on and on and says nothing of the state at all",
         "2 1"},
        {"H", "-1 1 # ORCA style", "-1 1"},
        {"H", "-1 2 # ORCA style", "\"-1 2\" looks like charge and multiplicity, but 2 valence"},
        {"O", "charge 0, 3", "0 3"},
        {"O", "charge=0 3", "0 3"},
        {"O", "q 2", "q 2"},
        {"O", "charge := 2", "charge 2"},
        {"O", "charge->2", "2"},
        {"O", "<charge=2>", "charge=2"},
        {"O", "<charge>2</charge>", "charge 2"},
        {"O", "charge\xC2\xA0= 2", "may mean a charge"},
        {"O", "ms2=2", "ms2=2"},
        {"O", "-c 2 -u 0", "-c 2"},
        {"O", "-c 0 -u 2", "-u 2"},
        {"O", "info={\"charge\":0,\"multiplicity\":3}", "multiplicity 3"},
        {"O", "comment=\"charge=2 multiplicity=1\"", "charge 2"},
        {"O", "formula=H2O+", "H2O+"},
        {"O", "name=H2O+", "H2O+"},
        {"O", "smiles=[OH3+]", "[OH3+]"},
        {"O", "smiles=[O-][N+](=O)[O-]", "SMILES"},
        {"O", "InChI=1S/H2O/h1H2/p+1", "/p+1"},
        {"O", "h2o_cation", "h2o_cation"},
        {"O", "O2_triplet", "O2_triplet"},
        {"O", "doubly charged", "doubly charged"},
        {"O", "2 unpaired electrons", "2 unpaired"},
        {"O", "two unpaired electrons", "two unpaired"},
        {"O", "an anionic complex", "anionic"},
    };
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        StructureList list = {0};
        assert_int_equal(frame_read(CASES[c].symbol, CASES[c].comment, &list), QMT_OK);
        const Structure *const s = &list.items[0];
        if (s->unclear == NULL || strstr(s->unclear, CASES[c].quoted) == NULL)
            fail_msg("\"%s\": %s", CASES[c].comment, s->unclear != NULL ? s->unclear : "clear");
        structures_release(&list);
    }
}

static void what_means_nothing_passes(void **state)
{
    (void)state;
    static const char *const COMMENTS[] = {"made by a C++ program",
                                           "frame 12",
                                           "step 10 2",
                                           "conformer 1 2",
                                           "gdb 1 157.7 1.2",
                                           "i = 10, time = 5.0, E = -17.2",
                                           "energy: -5.07 gnorm: 0.0001 xtb: 6.4.1 (abc)",
                                           "-5.0705",
                                           "HF/6-31G* optimised",
                                           "Coordinates from ORCA-job opt E -76.4",
                                           "neutral",
                                           "singlet",
                                           "0 1 oxygen",
                                           "oxygen 0 1",
                                           "2 water molecules",
                                           "----",
                                           "energy in eV/bohr",
                                           "E=-76 au",
                                           "unit=Angstrom",
                                           "charge=None",
                                           "ms=0",
                                           "spin_state=1",
                                           "state=2",
                                           "zwitterion",
                                           "pH 7-",
                                           "anionic site removed",
                                           "charge=neutral",
                                           "no unpaired electrons",
                                           "0 unpaired electrons",
                                           "# 0 1",
                                           "* xyz 0 1",
                                           "0.0 0.0",
                                           "UHF 6-31G*",
                                           "uhf/def2-TZVP",
                                           "charge 0, 1",
                                           "charge=0 conformer 3",
                                           "charge=0 3 water molecules",
                                           "smiles=C[N+](C)(C)CC(=O)[O-]",
                                           "InChI=1S/H2O/h1H2",
                                           "InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3",
                                           "formula=H2O name=water-1",
                                           "name=compound_2-",
                                           "method=PBE0-D3 basis=6-311++G(d,p)",
                                           "fully charged battery? no: {a, b}",
                                           "cation-pi complex",
                                           "config_type=radical",
                                           "mulliken charges: 0.1 -0.1 2 atoms",
                                           "Step 5 of 10",
                                           "2 1 3",
                                           "12 3 4.5",
                                           "2024-01-01 12:00",
                                           "partial charge 0.5",
                                           "mol_2 conf 3 E=-5.07",
                                           "dipole=\"1 2 3\" energy=-5.07",
                                           "1 of 2 conformers",
                                           "T=300 K, P=1 bar",
                                           "Q-Chem job 3",
                                           "uncharged"};
    for (size_t c = 0; c < sizeof COMMENTS / sizeof *COMMENTS; c++) {
        StructureList list = {0};
        assert_int_equal(frame_read("O", COMMENTS[c], &list), QMT_OK);
        const Structure *const s = &list.items[0];
        if (s->unclear != NULL || s->charge != 0 || s->multiplicity > 1)
            fail_msg("\"%s\": charge %d, multiplicity %d, %s", COMMENTS[c], s->charge,
                     s->multiplicity, s->unclear != NULL ? s->unclear : "clear");
        structures_release(&list);
    }
}

static void other_units_are_refused(void **state)
{
    (void)state;
    static const char *const COMMENTS[] = {"units=bohr",
                                           "coordinates in bohr",
                                           "[Bohr]",
                                           "Units: au",
                                           "coordinate_unit=nm",
                                           "length units a.u.",
                                           "coordinates/bohr",
                                           "length=bohr",
                                           "positions_unit=bohr",
                                           "unit_length=nm",
                                           "a.u.",
                                           "atomic units",
                                           "Coordinates in nm",
                                           "coords in nanometres",
                                           "in picometers",
                                           "(au)",
                                           "all values in a.u.",
                                           "positions{nanometer}",
                                           "E=-5.07 coords: a.u.",
                                           "# positions {bohr} step 3",
                                           "units=\"atomic units\""};
    for (size_t c = 0; c < sizeof COMMENTS / sizeof *COMMENTS; c++) {
        StructureList list = {0};
        if (frame_read("O", COMMENTS[c], &list) != QMT_ERR_INPUT ||
            strstr(qmt_context_message(ctx), "read in angstrom") == NULL)
            fail_msg("\"%s\": %s", COMMENTS[c], qmt_context_message(ctx));
        structures_release(&list);
    }
}

static void other_quantities_have_units_of_their_own(void **state)
{
    (void)state;
    static const char *const COMMENTS[] = {"E=-76 au",
                                           "energy in au",
                                           "coordinates in Angstrom, energy in a.u.",
                                           "geometry, E = -76.4 a.u.",
                                           "Au cluster geometry",
                                           "geometry of Au",
                                           "wavelength 500 nm",
                                           "unit=Angstrom",
                                           "energy_unit=au",
                                           "dipole moment a.u.",
                                           "positions{angstrom}",
                                           "3:00 PM",
                                           "atomic positions",
                                           "-76.4 au"};
    for (size_t c = 0; c < sizeof COMMENTS / sizeof *COMMENTS; c++) {
        StructureList list = {0};
        if (frame_read("O", COMMENTS[c], &list) != QMT_OK)
            fail_msg("\"%s\": %s", COMMENTS[c], qmt_context_message(ctx));
        structures_release(&list);
    }
}

static void units_of_ipi_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        QmtStatus status;
        double bohr; // of the second atom
    } CASES[] = {
        {"2\n# CELL(abcABC): 50 50 50 90 90 90 Step: 0 Bead: 0 positions{atomic_unit} "
         "cell{atomic_unit}\nO 0 0 0\nH 0 0 1.8\n",
         QMT_OK, 1.8},
        {"2\n# CELL(abcABC): 50 50 50 90 90 90 Traj: positions{angstrom} Step: 0 Bead: 0 "
         "cell{atomic_unit}\nO 0 0 0\nH 0 0 1.0\n",
         QMT_OK, BOHR_PER_ANGSTROM},
        {"2\npositions{bohr}\nO 0 0 0\nH 0 0 1.8\n", QMT_OK, 1.8},
        {"2\nStep: 0 forces{atomic_unit}\nO 0 0 0\nH 0 0 1.8\n", QMT_ERR_INPUT, 0.0},
    };
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        StructureList list = {0};
        assert_int_equal(xyz_read_memory(ctx, "f.xyz", CASES[c].data, strlen(CASES[c].data), &list),
                         CASES[c].status);
        if (CASES[c].status == QMT_OK)
            assert_true(list.items[0].xyz[1][2] == CASES[c].bohr);
        structures_release(&list);
    }
}

/// A water molecule with one more column.
static QmtStatus column_read(const char *column, const char *o, const char *h1, const char *h2,
                             StructureList *list)
{
    char data[400];
    snprintf(data, sizeof data,
             "3\nProperties=species:S:1:pos:R:3:%s:R:1\nO 0 0 0.12 %s\nH 0 0.76 -0.48 %s\n"
             "H 0 -0.76 -0.48 %s\n",
             column, o, h1, h2);
    return xyz_read_memory(ctx, "f.xyz", data, strlen(data), list);
}

static void columns_of_ase_are_read(void **state)
{
    (void)state;
    StructureList list = {0};
    assert_int_equal(column_read("initial_charges", "-2", "0", "0", &list), QMT_OK);
    assert_int_equal(column_read("initial_charges", "-0.8", "0.4", "0.4", &list), QMT_OK);
    assert_int_equal(column_read("initial_charges", "-0.8", "0.4", "0.1", &list), QMT_OK);
    assert_int_equal(column_read("initial_magmoms", "2.0", "0", "0", &list), QMT_OK);
    assert_int_equal(column_read("masses", "15.999", "2.014", "1.00784", &list), QMT_OK);
    assert_true(list.items[0].has_charge && list.items[0].charge == -2);
    assert_false(list.items[1].has_charge || list.items[1].charge_unclear);
    assert_true(list.items[2].charge_unclear);
    assert_int_equal(list.items[3].multiplicity, 3);
    assert_int_equal(list.items[4].isotopes[1], 2);
    assert_int_equal(list.items[4].isotopes[2], 0);
    assert_int_equal(column_read("masses", "15.999", "7.5", "1", &list), QMT_ERR_INPUT);
    assert_non_null(
        strstr(qmt_context_message(ctx), "f.xyz:4: the mass 7.5 is that of no isotope of H"));
    structures_release(&list);
}

static void what_is_no_such_file_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *data, *sentence;
    } CASES[] = {
        {"1\n\nO2- 0 0 0\n", "the symbol \"O2-\" may mean a charge"},
        {"1\n\nNa+ 0 0 0\n", "the symbol \"Na+\" may mean a charge"},
        {"2\n\nO 8 0 0 0.12\nH 1 0 0.7 -0.4\n", "the second column holds whole numbers"},
        {"2\n\nO 8.0 0.0 0.0 0.12\nH 1.0 0.0 0.7 -0.4\n", "the charges or masses of the nuclei"},
        {"2\n\nO 15.999 0.0 0.0 0.12\nH 1.008 0.0 0.7 -0.4\n",
         "the charges or masses of the nuclei"},
        {"3\n\nO -0.8 0 0 0.119\nH 0.4 0 0.763 -0.477\nH 0.4 0 -0.763 -0.477\n",
         "columns 3 to 5 look like the positions"},
        {"5\n\nC -0.4 0 0 0\nH 0.1 .63 .63 .63\nH 0.1 -.63 -.63 .63\nH 0.1 -.63 .63 -.63\n"
         "H 0.1 .63 -.63 -.63\n",
         "columns 3 to 5 look like the positions"},
        {"4\n\nC -0.1 0 0.67 0\nC -0.1 0 -0.67 0\nH 0.1 0 1.73 0\nH 0.1 0 -1.73 0\n",
         "columns 3 to 5 look like the positions"},
        {"2\nProperties=species:S:1:Z:I:1:pos:R:3\nO 7 0.0 0.0 0.12\nH 1 0.0 0.7 -0.4\n",
         "f.xyz:3: the symbol O and the atomic number 7 are of two elements"},
        {"1\ncell=[10,10,10]\nO 0 0 0\n", "cell= without pbc= is a periodic cell"},
        {"1\ncell=\"10 0 0 0 10 0 0 0 10\"\nO 0 0 0\n", "cell= without pbc= is a periodic cell"},
        {"1\nperiodic=True\nO 0 0 0\n", "periodic=\"True\" is periodic"},
        {"2\nO 0.0 0.0 0.1\nO 0.0 0.0 0.1\nH 0.0 0.7 0.4\n", "where the comment line should be"},
    };
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        StructureList list = {0};
        const QmtStatus status =
            xyz_read_memory(ctx, "f.xyz", CASES[c].data, strlen(CASES[c].data), &list);
        if (status == QMT_OK || strstr(qmt_context_message(ctx), CASES[c].sentence) == NULL)
            fail_msg("%s: %s", CASES[c].sentence, qmt_context_message(ctx));
        structures_release(&list);
    }
}

static void further_columns_and_cells_that_mean_nothing_pass(void **state)
{
    (void)state;
    static const char *const CASES[] = {
        "3\n\nO 0 0 0.119 -0.8\nH 0 0.763 -0.477 0.4\nH 0 -0.763 -0.477 0.4\n",
        "3\n\nO 0 0 0.119 0\nH 0 0.763 -0.477 0\nH 0 -0.763 -0.477 0\n",
        "3\n\nO 0 0.119 0 15.999\nH 0.763 -0.477 0 1.008\nH -0.763 -0.477 0 1.008\n",
        "5\n\nC 0 0 0 -.4\nH .6 .6 .6 .1\nH -.6 -.6 .6 .1\nH -.6 .6 -.6 .1\nH .6 -.6 -.6 .1\n",
        "4\n\nC 0 0.67 0 -0.1\nC 0 -0.67 0 -0.1\nH 0 1.73 0 0.1\nH 0 -1.73 0 0.1\n",
        "2\nProperties=species:S:1:Z:I:1:pos:R:3\nO 8 0.0 0.0 0.12\nH 1 0.0 0.7 -0.4\n",
        "1\ncell=[10,10,10] pbc=\"F F F\"\nO 0 0 0\n",
        "1\ncell=\"0 0 0\" periodic=False\nO 0 0 0\n",
        "1\ncell=3\nO 0 0 0\n",
    };
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        StructureList list = {0};
        if (xyz_read_memory(ctx, "f.xyz", CASES[c], strlen(CASES[c]), &list) != QMT_OK)
            fail_msg("%s: %s", CASES[c], qmt_context_message(ctx));
        structures_release(&list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_means_one_thing_is_read),
        cmocka_unit_test(what_may_be_meant_is_asked_for),
        cmocka_unit_test(what_means_nothing_passes),
        cmocka_unit_test(other_units_are_refused),
        cmocka_unit_test(other_quantities_have_units_of_their_own),
        cmocka_unit_test(units_of_ipi_are_read),
        cmocka_unit_test(further_columns_and_cells_that_mean_nothing_pass),
        cmocka_unit_test(columns_of_ase_are_read),
        cmocka_unit_test(what_is_no_such_file_is_refused),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
