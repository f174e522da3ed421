#include "support/check.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "qmtraj/qmtraj.h"

#define REFUSED(call) assert_int_equal((call), QMT_ERR_ARGUMENT)

static QmtContext *ctx;
static QmtStructures *list;
static const int WATER[3] = {8, 1, 1};
static const double XYZ[9] = {0.0, 0.0, 0.22, 0.0, 1.43, -0.89, 0.0, -1.43, -0.89};

static int things_make(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) != QMT_OK || qmt_structures_create(ctx, &list) != QMT_OK;
}

static int things_drop(void **state)
{
    (void)state;
    qmt_structures_destroy(&list);
    qmt_structures_destroy(&list);
    qmt_structures_destroy(NULL);
    qmt_context_destroy(&ctx);
    return 0;
}

static void molecules_go_through_a_file(void **state)
{
    (void)state;
    char path[] = "/tmp/test_qmt_structure_XXXXXX";
    QmtStructure there, back;
    QmtStructures *read = NULL;
    const int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    assert_int_equal(qmt_structures_add_atoms(ctx, list, "ion", 3, WATER, XYZ), QMT_OK);
    assert_int_equal(qmt_structures_set_charge(ctx, list, 0, 1, 2), QMT_OK);
    assert_int_equal(qmt_structures_write_xyz(ctx, list, path), QMT_OK);
    assert_int_equal(qmt_structures_create(ctx, &read), QMT_OK);
    assert_int_equal(qmt_structures_read_xyz(ctx, read, path), QMT_OK);
    assert_int_equal(qmt_structures_count(read), 1);
    assert_int_equal(qmt_structures_get(ctx, list, 0, &there), QMT_OK);
    assert_int_equal(qmt_structures_get(ctx, read, 0, &back), QMT_OK);
    assert_string_equal(back.name, "ion");
    assert_int_equal(back.charge, 1);
    assert_int_equal(back.multiplicity, 2);
    assert_memory_equal(back.numbers, WATER, sizeof WATER);
    for (size_t i = 0; i < 9; i++)
        CHECK_NEAR(back.xyz[i], there.xyz[i], 2e-10); // half of the tenth decimal of an angstrom
    qmt_structures_destroy(&read);
    unlink(path);
}

static void a_smiles_has_no_atoms_until_it_is_embedded(void **state)
{
    (void)state;
    QmtStructure methane;
    const size_t i = qmt_structures_count(list);
    assert_int_equal(qmt_structures_add_smiles(ctx, list, "C", "methane"), QMT_OK);
    assert_int_equal(qmt_structures_get(ctx, list, i, &methane), QMT_OK);
    assert_string_equal(methane.smiles, "C");
    assert_int_equal(methane.n_atoms, 0);
    assert_null(methane.xyz);
    const QmtStatus status = qmt_structures_embed(ctx, list, i);
    if (status == QMT_ERR_INPUT && strstr(qmt_context_message(ctx), "without RDKit") != NULL)
        skip();
    assert_int_equal(status, QMT_OK);
    assert_int_equal(qmt_structures_get(ctx, list, i, &methane), QMT_OK);
    assert_int_equal(methane.n_atoms, 5);
}

static void a_tolerant_list_notes_what_it_passes_over(void **state)
{
    (void)state;
    QmtStructures *own = NULL;
    QmtRejection rejection;
    char path[] = "/tmp/test_qmt_structure_XXXXXX";
    const int file = mkstemp(path);
    static const char text[] = "C methane\nC\" quoted\nCC ethane\n";
    assert_int_equal(write(file, text, sizeof text - 1), (int)sizeof text - 1);
    close(file);
    assert_int_equal(qmt_structures_create(ctx, &own), QMT_OK);
    assert_int_not_equal(qmt_structures_read_smiles(ctx, own, path, NULL), QMT_OK);
    assert_int_equal(qmt_structures_count(own), 0);
    qmt_structures_set_tolerant(own, 1);
    assert_int_equal(qmt_structures_read_smiles(ctx, own, path, NULL), QMT_OK);
    assert_int_equal(qmt_structures_count(own), 2);
    assert_int_equal(qmt_structures_rejection_count(own), 1);
    assert_int_equal(qmt_structures_rejection(ctx, own, 0, &rejection), QMT_OK);
    assert_string_equal(rejection.reason, "format");
    REFUSED(qmt_structures_rejection(ctx, own, 1, &rejection));
    qmt_structures_destroy(&own);
    unlink(path);
}

static void file_make(const char *path, const char *text)
{
    FILE *const file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    fclose(file);
}

static void assert_name(const QmtStructures *structures, size_t i, const char *name)
{
    QmtStructure structure;
    assert_int_equal(qmt_structures_get(ctx, structures, i, &structure), QMT_OK);
    assert_string_equal(structure.name, name);
}

/// One call for every format; files of one name in two folders take the names of the folders.
static void files_of_any_format_are_read(void **state)
{
    (void)state;
    static const char xyz[] = "1\n\nNe 0 0 0\n";
    char folder[] = "/tmp/test_qmt_structure_XXXXXX", path[4][64], command[160];
    QmtStructures *own = NULL;
    QmtStructure structure;
    QmtReadOptions columns = qmt_read_options_default();
    assert_non_null(mkdtemp(folder));
    snprintf(command, sizeof command, "mkdir %s/a %s/b", folder, folder);
    assert_int_equal(system(command), 0);
    snprintf(path[0], sizeof path[0], "%s/a/start.xyz", folder);
    snprintf(path[1], sizeof path[1], "%s/b/start.xyz", folder);
    snprintf(path[2], sizeof path[2], "%s/coord", folder);
    snprintf(path[3], sizeof path[3], "%s/list.csv", folder);
    file_make(path[0], xyz);
    file_make(path[1], xyz);
    file_make(path[2], "$coord\n 1.0 0.0 0.0 ar\n$end\n");
    file_make(path[3], "id,text\nmethane,C\n");
    assert_int_equal(qmt_structures_create(ctx, &own), QMT_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(qmt_structures_read(ctx, own, path[i], NULL), QMT_OK);
    columns.smiles_column = "text";
    columns.name_column = "id";
    assert_int_equal(qmt_structures_read(ctx, own, path[3], &columns), QMT_OK);
    assert_int_equal(qmt_structures_read_smiles(ctx, own, path[3], &columns), QMT_OK);
    columns.smiles_column = "nothing";
    assert_int_equal(qmt_structures_read(ctx, own, path[3], &columns), QMT_ERR_USAGE);
    assert_int_equal(qmt_structures_add_word(ctx, own, "CCO=ethanol"), QMT_OK);
    assert_int_equal(qmt_structures_count(own), 6);
    assert_name(own, 0, "start");
    assert_int_equal(qmt_structures_name(ctx, own, QMT_NAMES_APART), QMT_OK);
    assert_name(own, 0, "a");
    assert_name(own, 1, "b");
    assert_name(own, 4, "methane");
    assert_name(own, 5, "ethanol");
    assert_int_equal(qmt_structures_get(ctx, own, 2, &structure), QMT_OK);
    assert_int_equal(structure.numbers[0], 18);
    CHECK_NEAR(structure.xyz[0], 1.0, 0.0); // coord is in bohr
    qmt_structures_destroy(&own);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
}

/// A list that grows moves its molecules; what was made of one of them stays.
static void one_molecule_outlives_its_list(void **state)
{
    (void)state;
    QmtStructures *own = NULL;
    QmtSingle *single = NULL;
    QmtSingleState seen;
    char *frame = NULL, name[16];
    assert_int_equal(qmt_structures_create(ctx, &own), QMT_OK);
    assert_int_equal(qmt_structures_add_atoms(ctx, own, "first", 3, WATER, XYZ), QMT_OK);
    assert_int_equal(qmt_single_create(ctx, own, 0, NULL, &single), QMT_OK);
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "more%d", i);
        assert_int_equal(qmt_structures_add_atoms(ctx, own, name, 3, WATER, XYZ), QMT_OK);
    }
    qmt_structures_set_tolerant(own, 1);
    assert_int_equal(qmt_structures_reject(ctx, own, 0, "no longer wanted"), QMT_OK);
    qmt_structures_destroy(&own);
    assert_int_equal(qmt_single_get(ctx, single, &seen), QMT_OK);
    assert_string_equal(seen.name, "first");
    assert_int_equal(seen.n_atoms, 3);
    assert_memory_equal(seen.numbers, WATER, sizeof WATER);
    assert_memory_equal(seen.xyz, XYZ, sizeof XYZ);
    assert_int_equal(qmt_single_frame(ctx, single, XYZ, NULL, &frame), QMT_OK);
    assert_non_null(strstr(frame, "first"));
    qmt_text_free(frame);
    qmt_single_destroy(&single);
}

/// The masses of molecule 0 of a list.
static void masses_of(QmtStructures *structures, double masses[3])
{
    QmtSingle *single = NULL;
    QmtSingleState seen;
    assert_int_equal(qmt_single_create(ctx, structures, 0, NULL, &single), QMT_OK);
    assert_int_equal(qmt_single_get(ctx, single, &seen), QMT_OK);
    memcpy(masses, seen.masses, 3 * sizeof *masses);
    qmt_single_destroy(&single);
}

/// All masses are taken or none.
static void masses_are_those_of_isotopes(void **state)
{
    (void)state;
    static const double wrong[][3] = {{17.999, 1.008, 77.0}, {17.999, 1.008, NAN}, {NAN, 1.0, 1.0},
                                      {17.999, 1.008, -1.0}, {17.999, 1.008, 0.2}, {INFINITY}};
    const double heavy[3] = {15.999, 2.014, 0.0};
    double before[3], after[3];
    QmtStructures *own = NULL;
    assert_int_equal(qmt_structures_create(ctx, &own), QMT_OK);
    assert_int_equal(qmt_structures_add_atoms(ctx, own, "water", 3, WATER, XYZ), QMT_OK);
    masses_of(own, before);
    for (int with_isotopes = 0; with_isotopes < 2; with_isotopes++) {
        for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
            assert_int_equal(qmt_structures_set_masses(ctx, own, 0, wrong[k]), QMT_ERR_INPUT);
            assert_non_null(strstr(qmt_context_message(ctx), "is that of no isotope"));
            masses_of(own, after);
            assert_memory_equal(after, before, sizeof before);
        }
        assert_int_equal(qmt_structures_set_masses(ctx, own, 0, heavy), QMT_OK);
        masses_of(own, before);
        CHECK_NEAR(before[1], 2.014, 2e-4); // of the isotope, which has more digits
    }
    qmt_structures_destroy(&own);
}

/// Charges that no molecule has are refused by a sentence, whatever an int can hold.
static void charges_beyond_all_electrons_are_refused(void **state)
{
    (void)state;
    static const int charges[] = {INT_MIN, INT_MIN + 1, -2000000000, 2000000000, INT_MAX};
    QmtStructures *own = NULL;
    QmtSingle *single = NULL;
    assert_int_equal(qmt_structures_create(ctx, &own), QMT_OK);
    assert_int_equal(qmt_structures_add_atoms(ctx, own, "water", 3, WATER, XYZ), QMT_OK);
    for (size_t k = 0; k < sizeof charges / sizeof *charges; k++)
        for (int multiplicity = 1; multiplicity < 3; multiplicity++) {
            assert_int_equal(qmt_structures_set_charge(ctx, own, 0, charges[k], multiplicity),
                             QMT_OK);
            assert_int_equal(qmt_single_create(ctx, own, 0, NULL, &single), QMT_ERR_INPUT);
            assert_null(single);
        }
    qmt_structures_destroy(&own);
}

static void null_and_nonsense_are_arguments(void **state)
{
    (void)state;
    QmtStructure structure;
    QmtRejection rejection;
    const size_t n = qmt_structures_count(list);
    const double wrong[9] = {NAN};
    REFUSED(qmt_structures_create(ctx, NULL));
    REFUSED(qmt_structures_create(NULL, &list));
    REFUSED(qmt_structures_read_xyz(ctx, NULL, "a.xyz"));
    REFUSED(qmt_structures_read_xyz(ctx, list, NULL));
    REFUSED(qmt_structures_read_smiles(ctx, list, NULL, NULL));
    REFUSED(qmt_structures_read_smiles(ctx, list, "a.smi", &(QmtReadOptions){0}));
    REFUSED(qmt_structures_read(ctx, NULL, "a.sdf", NULL));
    REFUSED(qmt_structures_read(ctx, list, NULL, NULL));
    REFUSED(qmt_structures_read(ctx, list, "a.sdf", &(QmtReadOptions){0}));
    REFUSED(qmt_structures_add_word(ctx, list, NULL));
    REFUSED(qmt_structures_add_word(NULL, list, "C"));
    REFUSED(qmt_structures_name(ctx, NULL, QMT_NAMES_APART));
    REFUSED(qmt_structures_name(ctx, list, (QmtNames)7));
    qmt_read_options_init(NULL, 8);
    REFUSED(qmt_structures_add_smiles(ctx, list, NULL, "a"));
    REFUSED(qmt_structures_add_smiles(ctx, list, "C", NULL));
    REFUSED(qmt_structures_add_atoms(ctx, list, "a", 0, WATER, XYZ));
    REFUSED(qmt_structures_add_atoms(ctx, list, "a", SIZE_MAX, WATER, XYZ));
    REFUSED(qmt_structures_add_atoms(ctx, list, NULL, 3, WATER, XYZ));
    assert_int_equal(qmt_structures_add_atoms(ctx, list, "a/b", 3, WATER, XYZ), QMT_ERR_INPUT);
    assert_int_equal(qmt_structures_add_atoms(ctx, list, "a", 3, WATER, wrong), QMT_ERR_INPUT);
    REFUSED(qmt_structures_set_charge(ctx, list, n, 0, 1));
    REFUSED(qmt_structures_set_masses(ctx, list, n, XYZ));
    REFUSED(qmt_structures_set_masses(ctx, list, 0, NULL));
    REFUSED(qmt_structures_set_charge(ctx, list, 0, 0, 0));
    REFUSED(qmt_structures_embed(ctx, list, n));
    REFUSED(qmt_structures_get(ctx, list, n, &structure));
    REFUSED(qmt_structures_get(ctx, list, 0, NULL));
    REFUSED(qmt_structures_rejection(ctx, NULL, 0, &rejection));
    REFUSED(qmt_structures_write_xyz(ctx, NULL, "a.xyz"));
    REFUSED(qmt_structures_write_xyz(ctx, list, NULL));
    assert_int_equal(qmt_structures_count(NULL), 0);
    assert_int_equal(qmt_structures_rejection_count(NULL), 0);
    qmt_structures_set_tolerant(NULL, 1);
    assert_int_equal(qmt_structures_count(list), n);
    assert_int_equal(qmt_structures_read_xyz(ctx, list, "/nowhere/a.xyz"), QMT_ERR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(molecules_go_through_a_file),
        cmocka_unit_test(a_smiles_has_no_atoms_until_it_is_embedded),
        cmocka_unit_test(a_tolerant_list_notes_what_it_passes_over),
        cmocka_unit_test(files_of_any_format_are_read),
        cmocka_unit_test(one_molecule_outlives_its_list),
        cmocka_unit_test(masses_are_those_of_isotopes),
        cmocka_unit_test(charges_beyond_all_electrons_are_refused),
        cmocka_unit_test(null_and_nonsense_are_arguments),
    };
    return cmocka_run_group_tests(tests, things_make, things_drop);
}
