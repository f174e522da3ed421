#include "support/check.h"

#include <math.h>
#include <string.h>

#include "qmtraj/qmtraj.h"

#define REFUSED(call) assert_int_equal((call), QMT_ERR_ARGUMENT)

static QmtContext *ctx;

static int context_make(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) != QMT_OK;
}

static int context_drop(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

static void ground_states_are_those_of_the_table(void **state)
{
    (void)state;
    static const struct {
        int number, multiplicity;
    } CASES[] = {{1, 2},  {2, 1},  {6, 3},  {7, 4},  {24, 7}, {28, 3}, {41, 6}, {46, 1},
                 {58, 2}, {64, 2}, {70, 2}, {71, 2}, {78, 3}, {86, 1}, {0, 0},  {87, 0}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_int_equal(qmt_atom_multiplicity(CASES[i].number), CASES[i].multiplicity);
    assert_int_equal(qmt_element_number("cl"), 17);
    assert_int_equal(qmt_element_number("Xx"), 0);
    assert_int_equal(qmt_element_number(NULL), 0);
}

/// libxtb 6.5.1 (accuracy 0.1) for both methods; it agrees in 168 of the 172 atoms, docs/atoms.md names the others.
static void energies_are_those_of_the_reference_program(void **state)
{
    (void)state;
    static const int NUMBERS[] = {6, 14, 26, 64};
    static const double GFN2[] = {-1.793296371, -1.569609938, -2.787494868, -0.862671274};
    static const double GFN1[] = {-1.739321808, -1.623448985, -2.740743961, -0.627475298};
    QmtAtomEnergy atoms[4];
    QmtConfig *config = NULL;
    assert_int_equal(qmt_atom_energies(ctx, NULL, 4, NUMBERS, atoms), QMT_OK);
    for (int i = 0; i < 4; i++)
        CHECK_NEAR(atoms[i].energy, GFN2[i], 1e-6); // its unit factors are older
    assert_int_equal(qmt_config_create(ctx, &config), QMT_OK);
    assert_int_equal(qmt_config_set(ctx, config, "method", "GFN1-xTB"), QMT_OK);
    assert_int_equal(qmt_config_set(ctx, config, "solvent", "water"), QMT_OK);
    assert_int_equal(qmt_atom_energies(ctx, config, 4, NUMBERS, atoms), QMT_OK);
    for (int i = 0; i < 4; i++)
        CHECK_NEAR(atoms[i].energy, GFN1[i], 1e-6);
    qmt_config_destroy(&config);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    static const int GOOD = 1, BAD = 99;
    QmtAtomEnergy atom = {.number = 7};
    char *text = NULL;
    REFUSED(qmt_atom_energies(NULL, NULL, 1, &GOOD, &atom));
    REFUSED(qmt_atom_energies(ctx, NULL, 0, &GOOD, &atom));
    REFUSED(qmt_atom_energies(ctx, NULL, 1, NULL, &atom));
    REFUSED(qmt_atom_energies(ctx, NULL, 1, &GOOD, NULL));
    REFUSED(qmt_atom_energies_text(ctx, NULL, NULL, 1, &atom, &text));
    REFUSED(qmt_atom_energies_text(ctx, NULL, "mace", 1, NULL, &text));
    REFUSED(qmt_atom_energies_text(ctx, NULL, "mace", 1, &atom, NULL));
    assert_int_equal(qmt_atom_energies_text(ctx, NULL, "none", 1, &atom, &text), QMT_ERR_USAGE);
    assert_int_equal(qmt_atom_energies(ctx, NULL, 1, &BAD, &atom), QMT_ERR_INPUT);
    assert_int_equal(atom.number, 7);
    REFUSED(qmt_atom_energies_text(ctx, NULL, "mace", 0, &atom, &text));
    static const QmtAtomEnergy WRONG[] = {
        {.number = -5}, {0}, {.number = 87}, {.number = 1, .energy = NAN}};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        assert_int_equal(qmt_atom_energies_text(ctx, NULL, "mace", 1, &WRONG[i], &text),
                         QMT_ERR_INPUT);
    assert_null(text);
}

static void every_form_has_a_text(void **state)
{
    (void)state;
    const QmtAtomEnergy atoms[] = {{1, 2, -0.5, 1, 0}, {8, 3, -3.75, 1, 0}};
    size_t n = 0;
    for (; qmt_atom_format_name(n) != NULL; n++) {
        char *text = NULL;
        assert_non_null(qmt_atom_format_help(n));
        assert_int_equal(
            qmt_atom_energies_text(ctx, NULL, qmt_atom_format_name(n), 2, atoms, &text), QMT_OK);
        assert_non_null(strstr(text, "-13.605693")); // half a hartree in eV
        qmt_text_free(text);
    }
    assert_int_equal(n, 6);
    assert_null(qmt_atom_format_help(n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ground_states_are_those_of_the_table),
        cmocka_unit_test(energies_are_those_of_the_reference_program),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(every_form_has_a_text),
    };
    return cmocka_run_group_tests(tests, context_make, context_drop);
}
