#include "support/check.h"

#include "basis/basis.h"
#include "data/element.h"

static Arena arena;
static Basis basis;

static void make(size_t n, const int *numbers)
{
    QmtContext ctx = {0};
    arena = (Arena){0};
    basis_layout(&arena, &METHOD_GFN2, n, numbers, &basis);
    assert_int_equal(arena_reserve(&ctx, &arena), QMT_OK);
    basis_layout(&arena, &METHOD_GFN2, n, numbers, &basis);
    basis_setup(n, numbers, &basis);
}

static void elements_have_their_shells(void **state)
{
    (void)state;
    static const struct {
        int z;
        size_t n_shells, n_ao;
    } KNOWN[] = {{1, 1, 1},  {2, 2, 4},  {6, 2, 4},  {10, 3, 9}, {11, 2, 4},
                 {17, 3, 9}, {19, 2, 4}, {26, 3, 9}, {30, 2, 4}, {37, 2, 4},
                 {55, 2, 4}, {57, 3, 9}, {80, 2, 4}, {86, 3, 9}};
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++) {
        assert_int_equal(basis_n_shells(&METHOD_GFN2, KNOWN[i].z), KNOWN[i].n_shells);
        assert_int_equal(basis_n_ao(&METHOD_GFN2, KNOWN[i].z), KNOWN[i].n_ao);
    }
}

static void ranges_follow_the_atoms(void **state)
{
    (void)state;
    // The d shell of iron comes first, that of chlorine last.
    static const int NUMBERS[] = {26, 1, 17, 1};
    static const int L[] = {2, 0, 1, 0, 0, 1, 2, 0}, ATOM[] = {0, 0, 0, 1, 2, 2, 2, 3};
    static const size_t AO[] = {0, 5, 6, 9, 10, 11, 14, 19, 20};
    make(4, NUMBERS);
    assert_int_equal(basis.n_shells, 8);
    assert_int_equal(basis.n_ao, 20);
    assert_int_equal(basis.n_kinds, 7);
    for (size_t s = 0; s < 8; s++) {
        assert_int_equal(basis.shell_l[s], L[s]);
        assert_int_equal(basis.shell_atom[s], ATOM[s]);
        assert_int_equal(basis.shell_ao[s], AO[s]);
        assert_int_equal(basis.kind[basis.shell_kind[s]].l, L[s]);
    }
    assert_int_equal(basis.shell_ao[8], 20);
    assert_int_equal(basis.atom_shell[0], 0);
    assert_int_equal(basis.atom_shell[2], 4);
    assert_int_equal(basis.atom_shell[4], 8);
    assert_int_equal(basis.atom_ao[2], 10);
    assert_int_equal(basis.atom_ao[4], 20);
    assert_int_equal(basis.shell_kind[3], basis.shell_kind[7]); // both hydrogens
    arena_release(&arena);
}

// int x^2l exp(-p r^2) of the monomials, (2l-1)!! (pi/p)^(3/2) / (2p)^l. The table of the STO-NG
// coefficients has ten digits.
static void contractions_are_normalised(void **state)
{
    (void)state;
    static const double ODD_FACTORIAL[] = {1.0, 1.0, 3.0};
    for (int z = 1; z <= ELEMENT_MAX; z++) {
        make(1, &z);
        for (size_t s = 0; s < basis.n_shells; s++) {
            const Contraction *c = &basis.kind[basis.shell_kind[s]];
            double sum = 0.0;
            for (int i = 0; i < c->n_primitives; i++)
                for (int j = 0; j < c->n_primitives; j++) {
                    const double p = c->alpha[i] + c->alpha[j];
                    sum += c->coefficient[i] * c->coefficient[j] * ODD_FACTORIAL[c->l] *
                           pow(acos(-1.0) / p, 1.5) / pow(2.0 * p, c->l);
                }
            CHECK_NEAR(sum, 1.0, 3e-10);
        }
        arena_release(&arena);
    }
}

static void smallest_exponent_is_that_of_all(void **state)
{
    (void)state;
    static const int NUMBERS[] = {8, 11, 1};
    make(3, NUMBERS);
    double smallest = INFINITY;
    for (size_t s = 0; s < basis.n_shells; s++)
        for (int k = 0; k < basis.kind[basis.shell_kind[s]].n_primitives; k++)
            smallest = fmin(smallest, basis.kind[basis.shell_kind[s]].alpha[k]);
    CHECK_NEAR(basis.smallest_exponent, smallest, 0.0);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_have_their_shells),
        cmocka_unit_test(ranges_follow_the_atoms),
        cmocka_unit_test(contractions_are_normalised),
        cmocka_unit_test(smallest_exponent_is_that_of_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
