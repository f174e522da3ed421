#include "support/check.h"

#include "basis/basis.h"
#include "data/element.h"

static Arena arena;
static Basis basis;

static void make_for(const Method *method, size_t n, const int *numbers)
{
    QmtContext ctx = {0};
    arena = (Arena){0};
    basis_layout(&basis, &arena, method, n, numbers);
    assert_int_equal(arena_reserve(&ctx, &arena), QMT_OK);
    basis_layout(&basis, &arena, method, n, numbers);
    basis_setup(&basis, n, numbers);
}

static void make(size_t n, const int *numbers)
{
    make_for(&METHOD_GFN2, n, numbers);
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

// The diffuse shell of hydrogen in GFN1 takes the primitives of 1s along.
static void diffuse_shell_is_orthogonal_and_normalised(void **state)
{
    (void)state;
    static const int HYDROGEN[] = {1};
    static const double COEFFICIENT[] = {-1.31865447, 1.6038777,  0.60132301, -0.98090432,
                                         -1.2579635,  -0.9859899, -0.23596234};
    make_for(&METHOD_GFN1, 1, HYDROGEN);
    assert_int_equal(basis.n_shells, 2);
    assert_int_equal(basis.n_ao, 2);
    const Contraction *first = &basis.kind[basis.shell_kind[0]];
    const Contraction *second = &basis.kind[basis.shell_kind[1]];
    assert_int_equal(first->n_primitives, 4);
    assert_int_equal(second->n_primitives, 7);
    for (int k = 0; k < 7; k++)
        CHECK_NEAR(second->coefficient[k], COEFFICIENT[k], 1e-8);
    double norm = 0.0, overlap = 0.0;
    for (int i = 0; i < 7; i++) {
        for (int j = 0; j < 7; j++)
            norm += second->coefficient[i] * second->coefficient[j] *
                    pow(acos(-1.0) / (second->alpha[i] + second->alpha[j]), 1.5);
        for (int j = 0; j < 4; j++)
            overlap += second->coefficient[i] * first->coefficient[j] *
                       pow(acos(-1.0) / (second->alpha[i] + first->alpha[j]), 1.5);
    }
    CHECK_NEAR(norm, 1.0, 1e-14);
    // 1s is normalised to 1.6e-10 only, which leaves a remainder that belongs to the method.
    CHECK_NEAR(overlap, 9e-10, 1e-10);
    arena_release(&arena);
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
        cmocka_unit_test(diffuse_shell_is_orthogonal_and_normalised),
        cmocka_unit_test(smallest_exponent_is_that_of_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
