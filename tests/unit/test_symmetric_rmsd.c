#include "analysis/symmetric_rmsd.h"

#include <math.h>
#include <string.h>

#include "support/check.h"

/// Geometries in angstrom.

enum { ATOMS_MAX = 8 };

typedef struct {
    QmtContext *ctx;
    Arena arena;
    Bonds bonds;
    SymmetricRmsd rmsd;
} Case;

static void case_begin(Case *c, size_t n, const int *numbers, const double (*xyz)[3])
{
    *c = (Case){0};
    assert_int_equal(qmt_context_create(&c->ctx), QMT_OK);
    bonds_layout(&c->bonds, &c->arena, n);
    assert_int_equal(arena_reserve(c->ctx, &c->arena), QMT_OK);
    bonds_layout(&c->bonds, &c->arena, n);
    bonds_setup(&c->bonds, numbers, 1.0);
    bonds_find(&c->bonds, xyz);
    assert_int_equal(symmetric_rmsd_create(c->ctx, numbers, &c->bonds, &c->rmsd), QMT_OK);
}

static void case_end(Case *c)
{
    symmetric_rmsd_release(&c->rmsd);
    arena_release(&c->arena);
    qmt_context_destroy(&c->ctx);
}

/// Hydrogen peroxide, chiral, and the same with its ends exchanged, and its mirror image.
static void exchanged_ends_and_mirror_images_are_the_same(void **state)
{
    (void)state;
    static const int NUMBERS[] = {8, 8, 1, 1};
    static const double XYZ[][3] = {
        {0.0, 0.72, -0.05}, {0.0, -0.72, -0.05}, {0.83, 0.88, 0.41}, {-0.83, -0.88, 0.41}};
    static const double OTHER[][3] = {
        {0.0, 0.72, -0.05}, {0.0, -0.72, -0.05}, {0.83, 0.88, 0.41}, {0.83, -0.88, 0.41}};
    double exchanged[4][3], mirror[4][3];
    Case c;
    case_begin(&c, 4, NUMBERS, XYZ);
    assert_int_equal(c.rmsd.n, 4);
    assert_int_equal(c.rmsd.n_permutations, 2);
    for (int x = 0; x < 3; x++) {
        exchanged[0][x] = XYZ[1][x] + 5.0;
        exchanged[1][x] = XYZ[0][x] + 5.0;
        exchanged[2][x] = XYZ[3][x] + 5.0;
        exchanged[3][x] = XYZ[2][x] + 5.0;
        for (int a = 0; a < 4; a++)
            mirror[a][x] = x == 2 ? -XYZ[a][x] : XYZ[a][x];
    }
    CHECK_NEAR(symmetric_rmsd(&c.rmsd, XYZ, (const double(*)[3])exchanged), 0.0, 1e-5);
    CHECK_NEAR(symmetric_rmsd(&c.rmsd, XYZ, (const double(*)[3])mirror), 0.0, 1e-5);
    assert_true(symmetric_rmsd(&c.rmsd, XYZ, OTHER) > 0.3);
    case_end(&c);
}

/// Two atoms that move apart by d are each d/2 away.
static void rmsd_of_a_stretched_bond_is_half_of_it(void **state)
{
    (void)state;
    static const int NUMBERS[] = {6, 8};
    static const double XYZ[][3] = {{0.0, 0.0, 0.0}, {0.0, 0.0, 1.13}};
    static const double LONGER[][3] = {{1.0, 0.0, 0.0}, {1.0, 1.33, 0.0}};
    Case c;
    case_begin(&c, 2, NUMBERS, XYZ);
    assert_int_equal(c.rmsd.n_permutations, 1);
    CHECK_NEAR(symmetric_rmsd(&c.rmsd, XYZ, LONGER), 0.1, 1e-6);
    case_end(&c);
}

/// Four neighbours of one kind have 24 permutations; hydrogen on carbon does not count.
static void permutations_are_those_of_the_graph(void **state)
{
    (void)state;
    static const int CF4[] = {6, 9, 9, 9, 9}, CH4[] = {6, 1, 1, 1, 1};
    double xyz[5][3] = {
        {0.0, 0.0, 0.0}, {1.0, 1.0, 1.0}, {1.0, -1.0, -1.0}, {-1.0, 1.0, -1.0}, {-1.0, -1.0, 1.0}};
    Case c;
    for (int a = 1; a < 5; a++)
        for (int x = 0; x < 3; x++)
            xyz[a][x] *= 0.76;
    case_begin(&c, 5, CF4, (const double(*)[3])xyz);
    assert_int_equal(c.rmsd.n_permutations, 24);
    case_end(&c);
    for (int a = 1; a < 5; a++)
        for (int x = 0; x < 3; x++)
            xyz[a][x] *= 0.83;
    case_begin(&c, 5, CH4, (const double(*)[3])xyz);
    assert_int_equal(c.rmsd.n, 1);
    assert_int_equal(c.rmsd.n_permutations, 1);
    CHECK_NEAR(symmetric_rmsd(&c.rmsd, (const double(*)[3])xyz, (const double(*)[3])xyz), 0.0, 0.0);
    case_end(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exchanged_ends_and_mirror_images_are_the_same),
        cmocka_unit_test(rmsd_of_a_stretched_bond_is_half_of_it),
        cmocka_unit_test(permutations_are_those_of_the_graph),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
