/// GFN2-xTB against the reference program: tblite 0.7.0 (commit 9175652), 300 K. Files and settings:
/// tests/reference/data/README.md.
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "qmtraj/qmtraj.h"
#include "support/reference_cases.h"

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

/// One "system" of the element scan.
static bool next_of_scan(FILE *file, ReferenceCase *c)
{
    char line[512];
    int z;
    double entropy;
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "system %d %lf %lf", &z, &c->energy, &entropy) == 3) {
            memset(c->charges, 0, sizeof c->charges);
            c->has_charges = c->has_dipole = false;
            c->n = 4;
            c->charge = 0;
            c->unpaired = -1;
            snprintf(c->name, sizeof c->name, "element scan, Z = %d", z);
            for (size_t a = 0; a < 4; a++) {
                assert_non_null(fgets(line, sizeof line, file));
                assert_int_equal(sscanf(line, "%d %lf %lf %lf %lf %lf %lf", &c->numbers[a],
                                        &c->xyz[a][0], &c->xyz[a][1], &c->xyz[a][2],
                                        &c->gradient[a][0], &c->gradient[a][1], &c->gradient[a][2]),
                                 7);
            }
            return true;
        }
    return false;
}

static Deviations scan(bool reference_stop)
{
    Deviations worst = {0};
    ReferenceCase c;
    FILE *file = fopen(TEST_DATA_DIR "/reference/data/gfn2_element_scan.txt", "r");
    assert_non_null(file);
    while (next_of_scan(file, &c))
        reference_compare(ctx, "GFN2-xTB", &c, reference_stop, &worst);
    fclose(file);
    assert_int_equal(worst.n_systems, 83);
    return worst;
}

static void elements_agree(void **state)
{
    (void)state;
    for (int stop = 0; stop < 2; stop++) {
        const Deviations worst = scan(stop == 1);
        reference_accept("elements", stop == 1, &worst);
    }
}

static void molecules_agree(void **state)
{
    (void)state;
    reference_accept_molecules(ctx, "GFN2-xTB", "gfn2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(molecules_agree),
        cmocka_unit_test(elements_agree),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
