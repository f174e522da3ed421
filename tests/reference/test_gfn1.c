/// GFN1-xTB against the reference program: tblite 0.7.0 (commit 9175652), 300 K. Files and settings:
/// tests/reference/data/README.md.
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "engine/xtb.h"
#include "support/reference_cases.h"

enum { N_PARTS = 7 };

static QmtContext *ctx;

static int open_context(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) == QMT_OK ? 0 : -1;
}

static int close_context(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

/// Names in gfn1_vectors.txt of the lines of the energy breakdown, in its order.
static const char *const PARTS[N_PARTS] = {"e_band", "e_ts", "e_es2", "e_es3",
                                           "e_d3",   "e_xb", "e_rep"};

/// One system of gfn1_vectors.txt.
typedef struct {
    ReferenceCase c;
    double parts[N_PARTS];
} Vectors;

static void read_values(FILE *file, size_t n, double *values)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(fscanf(file, "%lf", &values[i]), 1);
}

static void read_quantity(FILE *file, const char *key, Vectors *v)
{
    for (int i = 0; i < N_PARTS; i++)
        if (strcmp(key, PARTS[i]) == 0) {
            read_values(file, 1, &v->parts[i]);
            return;
        }
    if (strcmp(key, "e_total") == 0)
        read_values(file, 1, &v->c.energy);
    else if (strcmp(key, "gradient") == 0)
        read_values(file, 3 * v->c.n, &v->c.gradient[0][0]);
    else if (strcmp(key, "q_atom") == 0)
        read_values(file, v->c.n, v->c.charges);
    else // cn, q_shell, e_el: contained in the others
        assert_true(fscanf(file, "%*[^\n]") != EOF);
}

static bool next_system(FILE *file, Vectors *v)
{
    char word[32];
    while (fscanf(file, "%31s", word) == 1) {
        if (word[0] == '#') {
            assert_true(fscanf(file, "%*[^\n]") != EOF);
            continue;
        }
        assert_string_equal(word, "system");
        *v = (Vectors){.c = {.has_charges = true}};
        assert_int_equal(
            fscanf(file, "%79s %zu %d %d", v->c.name, &v->c.n, &v->c.charge, &v->c.unpaired), 4);
        size_t n_atoms = 0;
        while (fscanf(file, "%31s", word) == 1 && strcmp(word, "end") != 0) {
            if (strcmp(word, "atom") != 0) {
                read_quantity(file, word, v);
                continue;
            }
            double *xyz = v->c.xyz[n_atoms];
            assert_int_equal(
                fscanf(file, "%d %lf %lf %lf", &v->c.numbers[n_atoms++], &xyz[0], &xyz[1], &xyz[2]),
                4);
        }
        assert_int_equal(n_atoms, v->c.n);
        return true;
    }
    return false;
}

static FILE *open_vectors(void)
{
    FILE *file = fopen(TEST_DATA_DIR "/reference/data/gfn1_vectors.txt", "r");
    assert_non_null(file);
    return file;
}

static Deviations vectors(bool reference_stop)
{
    Deviations worst = {0};
    Vectors v;
    FILE *file = open_vectors();
    while (next_system(file, &v))
        reference_compare(ctx, "GFN1-xTB", &v.c, reference_stop, &worst);
    fclose(file);
    assert_int_equal(worst.n_systems, 64);
    return worst;
}

static void all_elements_agree(void **state)
{
    (void)state;
    Deviations worst = vectors(true);
    reference_accept("GFN1 vectors", true, &worst);
    // The charges of the file are converged to 2e-9.
    assert_true(worst.charge <= 1e-8);
    worst = vectors(false);
    reference_accept("GFN1 vectors", false, &worst);
}

// The parts of the loop err in first order with its charges (2e-9 in the file), those outside hold to
// the printed digits.
static void every_part_of_the_energy_agrees(void **state)
{
    (void)state;
    Vectors v;
    double worst[N_PARTS] = {0.0};
    FILE *file = open_vectors();
    while (next_system(file, &v)) {
        QmtEngineOptions options = qmt_engine_options_default();
        options.method = "GFN1-xTB";
        options.charge = v.c.charge;
        options.unpaired = v.c.unpaired;
        options.fermi_stop_reference = true;
        options.scf_tolerance = 2e-11;
        Engine *engine = NULL;
        EnergyTerm terms[ENERGY_TERMS_MAX];
        assert_int_equal(xtb_create(ctx, v.c.n, v.c.numbers, &options, &engine), QMT_OK);
        assert_int_equal(
            engine_evaluate(ctx, engine, (const double(*)[3])v.c.xyz, &(EngineResult){0}), QMT_OK);
        assert_int_equal(xtb_energy_terms(engine, terms), N_PARTS);
        for (int i = 0; i < N_PARTS; i++)
            worst[i] = fmax(worst[i], fabs(terms[i].energy - v.parts[i]));
        engine_destroy(&engine);
    }
    fclose(file);
    for (int i = 0; i < N_PARTS; i++) {
        print_message("%s %.1e%s", PARTS[i], worst[i], i + 1 < N_PARTS ? ", " : " hartree\n");
        assert_true(worst[i] <= (i < 4 ? 1e-8 : 2e-12));
    }
}

static void molecules_agree(void **state)
{
    (void)state;
    reference_accept_molecules(ctx, "GFN1-xTB", "gfn1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_of_the_energy_agrees),
        cmocka_unit_test(all_elements_agree),
        cmocka_unit_test(molecules_agree),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
