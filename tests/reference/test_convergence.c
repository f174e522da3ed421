/// Every system of the reference sets converges with both methods at the settings of a trajectory: all
/// elements, ions, radicals, transition metals. Those that need the recovery are listed.
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "engine/xtb.h"
#include "support/reference_cases.h"

static const char *const METHODS[] = {"GFN2-xTB", "GFN1-xTB"};
enum { N_METHODS = 2 };

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

/// What became of a set.
typedef struct {
    int n[N_METHODS], failed[N_METHODS], recovered[N_METHODS];
} Tally;

static void try_case(void *user, const ReferenceCase *c)
{
    Tally *tally = user;
    for (int m = 0; m < N_METHODS; m++) {
        QmtEngineOptions options = qmt_engine_options_default();
        options.method = METHODS[m];
        options.charge = c->charge;
        options.unpaired = c->unpaired;
        Engine *engine = NULL;
        EngineReport report = {0};
        if (xtb_create(ctx, c->n, c->numbers, &options, &engine) != QMT_OK)
            fail_msg("%s: %s", c->name, qmt_context_message(ctx));
        tally->n[m]++;
        if (engine_evaluate(ctx, engine, c->xyz, &(EngineResult){.report = &report}) != QMT_OK) {
            tally->failed[m]++;
            print_message("%s, %s: %s\n", METHODS[m], c->name, qmt_context_message(ctx));
        } else if (report.recovery != 0) {
            tally->recovered[m]++;
            print_message("%s, %s: recovery stage %d, %d density builds\n", METHODS[m], c->name,
                          report.recovery, report.scf_iterations);
        }
        engine_destroy(&engine);
    }
}

static void all_converge(const char *set, int n, const Tally *tally)
{
    for (int m = 0; m < N_METHODS; m++) {
        print_message("%s, %s: %d systems, %d failed, %d needed the recovery\n", set, METHODS[m],
                      tally->n[m], tally->failed[m], tally->recovered[m]);
        assert_int_equal(tally->n[m], n);
        assert_int_equal(tally->failed[m], 0);
    }
}

/// Geometries of gfn1_vectors.txt; the numbers between them are passed over.
static void gfn1_vectors_converge(void **state)
{
    (void)state;
    char line[4096];
    Tally tally = {0};
    ReferenceCase c = {0};
    size_t n_atoms = 0;
    FILE *file = fopen(TEST_DATA_DIR "/reference/data/gfn1_vectors.txt", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        double *xyz = c.xyz[n_atoms];
        if (sscanf(line, "system %79s %zu %d %d", c.name, &c.n, &c.charge, &c.unpaired) == 4)
            n_atoms = 0;
        else if (sscanf(line, "atom %d %lf %lf %lf", &c.numbers[n_atoms], &xyz[0], &xyz[1],
                        &xyz[2]) == 4 &&
                 ++n_atoms == c.n)
            try_case(&tally, &c);
    }
    fclose(file);
    all_converge("GFN1 vectors", 64, &tally);
}

static void element_scan_converges(void **state)
{
    (void)state;
    char line[512];
    Tally tally = {0};
    ReferenceCase c = {.n = 4, .unpaired = -1};
    int z;
    FILE *file = fopen(TEST_DATA_DIR "/reference/data/gfn2_element_scan.txt", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "system %d", &z) != 1)
            continue;
        snprintf(c.name, sizeof c.name, "element scan, Z = %d", z);
        for (size_t a = 0; a < c.n; a++) {
            assert_non_null(fgets(line, sizeof line, file));
            assert_int_equal(sscanf(line, "%d %lf %lf %lf", &c.numbers[a], &c.xyz[a][0],
                                    &c.xyz[a][1], &c.xyz[a][2]),
                             4);
        }
        try_case(&tally, &c);
    }
    fclose(file);
    all_converge("element scan", 83, &tally);
}

static void molecules_converge(void **state)
{
    (void)state;
    Tally tally = {0};
    reference_each_molecule("gfn2", try_case, &tally);
    all_converge("molecules", 97, &tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gfn1_vectors_converge),
        cmocka_unit_test(element_scan_converges),
        cmocka_unit_test(molecules_converge),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
