/// ALPB and GBSA against the reference program: tblite 0.7.0 (commit 9175652), 300 K. Files and
/// settings: tests/reference/data/README.md.
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "engine/xtb.h"
#include "support/reference_cases.h"

enum { N_PARTS = 4, N_CASES = 97, MAX_ATOMS = 16 };

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

/// One case of solvation_vectors.txt.
typedef struct {
    char system[32], method[8], model[8], solvent[32], state[16];
    size_t n;
    int charge, unpaired, numbers[MAX_ATOMS];
    double xyz[MAX_ATOMS][3];
    double charges[MAX_ATOMS], parts[N_PARTS], energy, gradient[MAX_ATOMS][3];
} Case;

static void read_values(FILE *file, size_t n, double *values)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(fscanf(file, "%lf", &values[i]), 1);
}

static void read_system(FILE *file, Case *c)
{
    assert_int_equal(fscanf(file, "%31s %zu %d %d", c->system, &c->n, &c->charge, &c->unpaired), 4);
    assert_true(c->n <= MAX_ATOMS);
    for (size_t a = 0; a < c->n; a++) {
        assert_int_equal(fscanf(file, " atom %d", &c->numbers[a]), 1);
        read_values(file, 3, c->xyz[a]);
    }
}

/// The next case; the system stays as it is until another one begins.
static bool next_case(FILE *file, Case *c)
{
    char word[32];
    while (fscanf(file, "%31s", word) == 1) {
        if (strcmp(word, "system") == 0)
            read_system(file, c);
        else if (strcmp(word, "case") == 0)
            assert_int_equal(
                fscanf(file, "%7s %7s %31s %15s", c->method, c->model, c->solvent, c->state), 4);
        else if (strcmp(word, "q") == 0)
            read_values(file, c->n, c->charges);
        else if (strcmp(word, "parts") == 0)
            read_values(file, N_PARTS, c->parts);
        else if (strcmp(word, "total") == 0)
            read_values(file, 1, &c->energy);
        else if (strcmp(word, "gradient") == 0) {
            read_values(file, 3 * c->n, &c->gradient[0][0]);
            return true;
        } else // comments; radii and areas are contained in the parts
            assert_true(fscanf(file, "%*[^\n]") != EOF);
    }
    return false;
}

/// Largest deviations, each with its case.
typedef struct {
    double energy, gradient, charge, part;
    char of_energy[128], of_gradient[128];
} Worst;

static void note(double value, const Case *c, double *worst, char name[128])
{
    if (value <= *worst)
        return;
    *worst = value;
    snprintf(name, 128, "%s %s %s %s", c->system, c->method, c->model, c->solvent);
}

static void compare(const Case *c, bool reference_stop, Worst *worst)
{
    QmtEngineOptions options = qmt_engine_options_default();
    options.method = strcmp(c->method, "gfn1") == 0 ? "GFN1-xTB" : "GFN2-xTB";
    options.charge = c->charge;
    options.unpaired = c->unpaired;
    options.scf_tolerance = 2e-11;
    options.fermi_stop_reference = reference_stop;
    options.solvent = c->solvent;
    options.solvation_model = c->model;
    options.solvation_state = c->state;
    Engine *engine = NULL;
    double energy, gradient[MAX_ATOMS][3], charges[MAX_ATOMS];
    const EngineResult result = {.energy = &energy, .gradient = gradient, .charges = charges};
    if (xtb_create(ctx, c->n, c->numbers, &options, &engine) != QMT_OK ||
        engine_evaluate(ctx, engine, c->xyz, &result) != QMT_OK)
        fail_msg("%s in %s: %s", c->system, c->solvent, qmt_context_message(ctx));

    note(fabs(energy - c->energy), c, &worst->energy, worst->of_energy);
    for (size_t a = 0; a < c->n; a++) {
        worst->charge = fmax(worst->charge, fabs(charges[a] - c->charges[a]));
        for (int x = 0; x < 3; x++)
            note(fabs(gradient[a][x] - c->gradient[a][x]), c, &worst->gradient, worst->of_gradient);
    }
    EnergyTerm terms[ENERGY_TERMS_MAX];
    const size_t n_terms = xtb_energy_terms(engine, terms);
    for (size_t i = 0; i < N_PARTS; i++)
        worst->part = fmax(worst->part, fabs(terms[n_terms - N_PARTS + i].energy - c->parts[i]));
    engine_destroy(&engine);
}

static Worst compare_all(bool reference_stop)
{
    FILE *file = fopen(TEST_DATA_DIR "/reference/data/solvation_vectors.txt", "r");
    assert_non_null(file);
    Case c = {.n = 0};
    Worst worst = {.energy = 0.0};
    int n = 0;
    for (; next_case(file, &c); n++)
        compare(&c, reference_stop, &worst);
    fclose(file);
    assert_int_equal(n, N_CASES);
    print_message("%d cases: energy %.1e hartree (%s), gradient %.1e hartree/bohr (%s), parts %.1e "
                  "hartree, charges %.1e e\n",
                  n, worst.energy, worst.of_energy, worst.gradient, worst.of_gradient, worst.part,
                  worst.charge);
    return worst;
}

static void all_cases_agree_with_the_same_fermi_rule(void **state)
{
    (void)state;
    const Worst worst = compare_all(true);
    assert_true(worst.energy <= 1e-9);
    assert_true(worst.gradient <= 1e-8);
    // The parts err in first order with the charges of the file.
    assert_true(worst.part <= 1e-9);
    assert_true(worst.charge <= 1e-8);
}

static void all_cases_agree_with_exact_filling(void **state)
{
    (void)state;
    const Worst worst = compare_all(false);
    assert_true(worst.energy <= 1e-9);
    assert_true(worst.gradient <= 1e-8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_cases_agree_with_the_same_fermi_rule),
        cmocka_unit_test(all_cases_agree_with_exact_filling),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
