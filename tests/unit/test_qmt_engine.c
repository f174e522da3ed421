#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "qmtraj/qmtraj.h"

static QmtContext *ctx;
static const int WATER[3] = {8, 1, 1};
static const double XYZ[9] = {0.0, 0.0, 0.22, 0.0, 1.43, -0.89, 0.0, -1.43, -0.89};

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

static QmtEngine *water(void)
{
    QmtEngine *engine = NULL;
    assert_int_equal(qmt_engine_create(ctx, 3, WATER, NULL, &engine), QMT_OK);
    return engine;
}

/// LiO has two solutions that cross at 1.588 angstrom; on the way to 1.7 its own becomes a saddle.
/// @return how often `change` was reported; *energy is that of the way back at 1.53 angstrom
static int walk_of_lithium_oxide(int scf_state, int change, double *energy)
{
    enum { N = 100, END = 185 };
    int n = 0;
    QmtEngine *engine = NULL;
    QmtEngineOptions options = qmt_engine_options_default();
    QmtResult result = qmt_result_empty();
    QmtReport report = qmt_report_empty();
    result.energy = energy;
    result.report = &report;
    options.scf_state = scf_state;
    assert_int_equal(qmt_engine_create(ctx, 2, (int[]){3, 8}, &options, &engine), QMT_OK);
    for (int k = 0; k <= END; k++) {
        const double z = (1.5 + 0.002 * (k <= N ? k : 2 * N - k)) * QMT_BOHR_PER_ANGSTROM;
        assert_int_equal(
            qmt_engine_evaluate(ctx, engine, (double[]){0, 0, 0, 0, 0, z}, NULL, &result), QMT_OK);
        n += report.scf_change == change;
    }
    qmt_engine_destroy(&engine);
    return n;
}

static void an_engine_takes_the_lower_solution_or_stays(void **state)
{
    (void)state;
    double lowest, followed;
    assert_true(walk_of_lithium_oxide(QMT_SCF_LOWEST, QMT_SCF_CROSSED, &lowest) > 0);
    assert_int_equal(walk_of_lithium_oxide(QMT_SCF_FOLLOW, QMT_SCF_CROSSED, &followed), 0);
    // 0.0002 or 0.0004 hartree, as rounding decides at 1.584 angstrom, where its solution ends
    assert_true(followed > lowest + 1e-4);
}

/// The sum of the squares of the coordinates, halved.
static int springs(void *user, size_t n_atoms, const double *xyz, double *energy, double *gradient)
{
    int *const left = user;
    if (left != NULL && (*left)-- == 0)
        return 7;
    *energy = 0.0;
    for (size_t i = 0; i < 3 * n_atoms; i++) {
        *energy += 0.5 * xyz[i] * xyz[i];
        gradient[i] = xyz[i];
    }
    return 0;
}

static int not_a_number(void *user, size_t n_atoms, const double *xyz, double *energy,
                        double *gradient)
{
    (void)user;
    (void)xyz;
    *energy = 1.0;
    for (size_t i = 0; i < 3 * n_atoms; i++)
        gradient[i] = NAN;
    return 0;
}

#define REFUSED(call) assert_int_equal((call), QMT_ERR_ARGUMENT)

static void null_and_nonsense_are_arguments(void **state)
{
    (void)state;
    QmtEngine *engine = NULL;
    QmtEngineOptions options = qmt_engine_options_default();
    REFUSED(qmt_context_create(NULL));
    REFUSED(qmt_engine_create(NULL, 3, WATER, NULL, &engine));
    REFUSED(qmt_engine_create(ctx, 3, NULL, NULL, &engine));
    REFUSED(qmt_engine_create(ctx, 3, WATER, NULL, NULL));
    REFUSED(qmt_engine_create(ctx, SIZE_MAX, WATER, NULL, &engine));
    REFUSED(qmt_engine_create(ctx, 3, WATER, &(QmtEngineOptions){0}, &engine));
    options.method = NULL;
    REFUSED(qmt_engine_create(ctx, 3, WATER, &options, &engine));
    options = qmt_engine_options_default();
    options.solvent = "water";
    options.solvation_model = NULL;
    REFUSED(qmt_engine_create(ctx, 3, WATER, &options, &engine));
    assert_int_equal(qmt_engine_create(ctx, 0, WATER, NULL, &engine), QMT_ERR_INPUT);
    assert_int_equal(qmt_engine_create(ctx, 1, &(int){-5}, NULL, &engine), QMT_ERR_INPUT);
    options = qmt_engine_options_default();
    options.scf_tolerance = NAN;
    assert_int_equal(qmt_engine_create(ctx, 3, WATER, &options, &engine), QMT_ERR_CONFIG);
    options = qmt_engine_options_default();
    options.unpaired = -7;
    REFUSED(qmt_engine_create(ctx, 3, WATER, &options, &engine));
    // also in the gas phase
    options = qmt_engine_options_default();
    options.solvation_model = "cosmo";
    assert_int_equal(qmt_engine_create(ctx, 3, WATER, &options, &engine), QMT_ERR_CONFIG);
    options = qmt_engine_options_default();
    options.scf_state = 2;
    REFUSED(qmt_engine_create(ctx, 3, WATER, &options, &engine));
    REFUSED(qmt_engine_from_callback(ctx, 3, WATER, NULL, NULL, &engine));
    REFUSED(qmt_engine_from_callback(ctx, 3, NULL, springs, NULL, &engine));
    REFUSED(qmt_engine_from_callback(NULL, 3, WATER, springs, NULL, &engine));
    assert_null(engine);

    engine = water();
    QmtResult result = qmt_result_empty();
    double numbers[9];
    REFUSED(qmt_engine_evaluate(NULL, engine, XYZ, NULL, &result));
    REFUSED(qmt_engine_evaluate(ctx, NULL, XYZ, NULL, &result));
    REFUSED(qmt_engine_evaluate(ctx, engine, NULL, NULL, &result));
    REFUSED(qmt_engine_evaluate(ctx, engine, XYZ, NULL, NULL));
    REFUSED(qmt_engine_evaluate(ctx, engine, XYZ, XYZ, &result));
    REFUSED(qmt_engine_evaluate(ctx, engine, XYZ, NULL, &(QmtResult){0}));
    result.virial = numbers;
    REFUSED(qmt_engine_evaluate(ctx, engine, XYZ, NULL, &result));
    result = qmt_result_empty();
    result.property_set = 1u << 31;
    result.properties = numbers;
    REFUSED(qmt_engine_evaluate(ctx, engine, XYZ, NULL, &result));
    result = qmt_result_empty();
    result.report = &(QmtReport){0};
    REFUSED(qmt_engine_evaluate(ctx, engine, XYZ, NULL, &result));
    assert_non_null(strstr(qmt_context_message(ctx), "struct_size"));
    qmt_engine_destroy(&engine);
    qmt_engine_destroy(&engine);
    qmt_engine_destroy(NULL);
    qmt_engine_forget(NULL);
    qmt_engine_options_init(NULL, 8);
    assert_int_equal(qmt_engine_n_atoms(NULL), 0);
    assert_int_equal(qmt_engine_terms(NULL, NULL, 0), 0);
}

// Counted before anything is claimed: memory that is only promised would end the process when it is touched.
static void what_the_machine_cannot_hold_is_refused(void **state)
{
    (void)state;
    enum { MANY = 8000 }; // two terabytes; to count them takes a second
    int *const numbers = malloc(MANY * sizeof *numbers);
    assert_non_null(numbers);
    for (int i = 0; i < MANY; i++)
        numbers[i] = 86;
    QmtEngine *engine = NULL;
    assert_int_equal(qmt_engine_create(ctx, MANY, numbers, NULL, &engine), QMT_ERR_MEMORY);
    assert_non_null(strstr(qmt_context_message(ctx), "8000 atoms with 72000 orbitals need "));
    assert_null(engine);
    free(numbers);
}

static void without_a_context_nothing_crashes(void **state)
{
    (void)state;
    assert_string_equal(qmt_context_message(NULL), "");
    assert_string_equal(qmt_context_subject(NULL), "");
    assert_int_equal(qmt_context_hint(NULL), QMT_HINT_NONE);
    assert_string_equal(qmt_context_isa(NULL), "");
    qmt_context_set_log(NULL, NULL, NULL);
    assert_string_equal(qmt_element_symbol(-1), "?");
    assert_string_equal(qmt_element_symbol(1000000), "?");
    CHECK_NEAR(qmt_element_mass(-1), 0.0, 0.0);
    assert_null(qmt_property_name(SIZE_MAX));
    assert_int_equal(qmt_property_size(SIZE_MAX, 3), 0);
    assert_int_equal(qmt_properties_size(0, 3), 0);
}

static void a_forgetful_engine_gives_the_same_bytes(void **state)
{
    (void)state;
    QmtEngine *engine = water();
    double fresh[10], later[10], moved[9];
    QmtResult result = qmt_result_empty();
    memcpy(moved, XYZ, sizeof moved);
    moved[5] += 0.1;
    result.energy = fresh;
    result.gradient = fresh + 1;
    assert_int_equal(qmt_engine_evaluate(ctx, engine, XYZ, NULL, &result), QMT_OK);
    assert_int_equal(qmt_engine_evaluate(ctx, engine, moved, NULL, &result), QMT_OK);
    qmt_engine_forget(engine);
    assert_int_equal(qmt_engine_evaluate(ctx, engine, XYZ, NULL, &result), QMT_OK);
    qmt_engine_destroy(&engine);
    engine = water();
    result.energy = later;
    result.gradient = later + 1;
    assert_int_equal(qmt_engine_evaluate(ctx, engine, XYZ, NULL, &result), QMT_OK);
    assert_memory_equal(fresh, later, sizeof fresh);
    qmt_engine_destroy(&engine);
}

static void terms_add_up_to_the_energy(void **state)
{
    (void)state;
    QmtEngine *engine = water();
    double energy = 0.0, sum = 0.0;
    QmtResult result = qmt_result_empty();
    QmtReport report = qmt_report_empty();
    QmtTerm terms[32];
    result.energy = &energy;
    result.report = &report;
    assert_int_equal(qmt_engine_terms(engine, NULL, 0), 0);
    assert_int_equal(qmt_engine_evaluate(ctx, engine, XYZ, NULL, &result), QMT_OK);
    const size_t n = qmt_engine_terms(engine, terms, 32);
    assert_in_range(n, 5, 32);
    for (size_t t = 0; t < n; t++)
        sum += terms[t].energy;
    CHECK_NEAR(sum, energy, 1e-12); // a dozen roundings of 5 hartree
    assert_int_equal(report.recovery, 0);
    assert_in_range(report.scf_iterations, 1, 50);
    // With less room than terms nothing is written behind it.
    terms[2].name = "mine";
    assert_int_equal(qmt_engine_terms(engine, terms, 2), n);
    assert_string_equal(terms[2].name, "mine");
    qmt_engine_destroy(&engine);
}

static void properties_are_those_of_the_list(void **state)
{
    (void)state;
    QmtEngine *engine = water();
    double charges[3], all[64];
    QmtResult result = qmt_result_empty();
    unsigned set = 0;
    size_t at = 0, of_charges = SIZE_MAX;
    for (size_t p = 0; qmt_property_name(p) != NULL; p++) {
        set |= 1u << p;
        if (strcmp(qmt_property_name(p), "charges") == 0)
            of_charges = at;
        at += qmt_property_size(p, 3);
    }
    assert_int_equal(qmt_properties_size(set, 3), at);
    assert_in_range(at, 1, 64);
    result.charges = charges;
    result.properties = all;
    result.property_set = set;
    assert_int_equal(qmt_engine_evaluate(ctx, engine, XYZ, NULL, &result), QMT_OK);
    assert_memory_equal(charges, all + of_charges, sizeof charges);
    qmt_engine_destroy(&engine);
}

static void a_function_is_an_engine(void **state)
{
    (void)state;
    QmtEngine *engine = NULL;
    double energy = 0.0, gradient[9];
    int left = 1;
    QmtResult result = qmt_result_empty();
    result.energy = &energy;
    result.gradient = gradient;
    assert_int_equal(qmt_engine_from_callback(ctx, 3, WATER, springs, &left, &engine), QMT_OK);
    assert_int_equal(qmt_engine_n_atoms(engine), 3);
    assert_int_equal(qmt_engine_evaluate(ctx, engine, XYZ, NULL, &result), QMT_OK);
    assert_memory_equal(gradient, XYZ, sizeof gradient);
    energy = -1.0;
    assert_int_equal(qmt_engine_evaluate(ctx, engine, XYZ, NULL, &result), QMT_ERR_CALLBACK);
    assert_non_null(strstr(qmt_context_message(ctx), "returned 7"));
    CHECK_NEAR(energy, -1.0, 0.0); // untouched after a failure
    result.charges = gradient;
    assert_int_equal(qmt_engine_evaluate(ctx, engine, XYZ, NULL, &result), QMT_ERR_ARGUMENT);
    assert_int_equal(qmt_engine_terms(engine, NULL, 0), 0);
    qmt_engine_destroy(&engine);

    result.charges = NULL;
    assert_int_equal(qmt_engine_from_callback(ctx, 3, WATER, not_a_number, NULL, &engine), QMT_OK);
    assert_int_equal(qmt_engine_evaluate(ctx, engine, XYZ, NULL, &result), QMT_ERR_CALLBACK);
    qmt_engine_destroy(&engine);
}

/// A program of the first version has a shorter struct than a later library, and the other way round.
static void structs_of_other_sizes_are_understood(void **state)
{
    (void)state;
    struct {
        QmtEngineOptions known;
        long later;
    } newer = {0};
    QmtEngine *engine = NULL;
    qmt_engine_options_init(&newer.known, sizeof newer);
    assert_int_equal(newer.known.struct_size, sizeof newer);
    assert_int_equal(qmt_engine_create(ctx, 3, WATER, &newer.known, &engine), QMT_OK);
    qmt_engine_destroy(&engine);
    newer.later = 1; // a setting that this library does not have
    assert_int_equal(qmt_engine_create(ctx, 3, WATER, &newer.known, &engine), QMT_ERR_ARGUMENT);
    assert_non_null(strstr(qmt_context_message(ctx), "newer"));
}

static void properties_have_names_titles_and_shapes(void **state)
{
    (void)state;
    QmtProperty property;
    int n_bond_orders = 0;
    for (size_t p = 0; p < qmt_property_count(); p++) {
        assert_int_equal(qmt_property(ctx, p, &property), QMT_OK);
        assert_string_equal(property.name, qmt_property_name(p));
        assert_string_not_equal(property.title, "");
        n_bond_orders +=
            strcmp(property.name, "bond_orders") == 0 && strcmp(property.axes, "NN") == 0;
    }
    assert_int_equal(n_bond_orders, 1);
    REFUSED(qmt_property(ctx, qmt_property_count(), &property));
    REFUSED(qmt_property(ctx, 0, NULL));
    REFUSED(qmt_property(NULL, 0, &property));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(properties_have_names_titles_and_shapes),
        cmocka_unit_test(null_and_nonsense_are_arguments),
        cmocka_unit_test(what_the_machine_cannot_hold_is_refused),
        cmocka_unit_test(without_a_context_nothing_crashes),
        cmocka_unit_test(a_forgetful_engine_gives_the_same_bytes),
        cmocka_unit_test(terms_add_up_to_the_energy),
        cmocka_unit_test(properties_are_those_of_the_list),
        cmocka_unit_test(a_function_is_an_engine),
        cmocka_unit_test(structs_of_other_sizes_are_understood),
        cmocka_unit_test(an_engine_takes_the_lower_solution_or_stays),
    };
    return cmocka_run_group_tests(tests, context_make, context_drop);
}
