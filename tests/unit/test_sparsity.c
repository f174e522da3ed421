#include "basis/sparsity.h"

#include "support/arena_fixture.h"
#include "support/check.h"

#include <stdlib.h>
#include <string.h>

#include "data/method.h"

// A zigzag of carbon with two hydrogens each, long enough that its ends have no integrals with each other; 50 * 6
// orbitals are no multiple of the rows of a block.
enum { N_CH2 = 50, N_ATOMS = 3 * N_CH2, N_AO = 6 * N_CH2, LD = 304, COLUMNS = 44, K = 270 };

static Arena arena;
static Basis basis;
static PairBatches batches;
static Sparsity sparsity;
static int numbers[N_ATOMS];
static double xyz[N_ATOMS][3];

static void layout(void)
{
    basis_layout(&basis, &arena, &METHOD_GFN2, N_ATOMS, numbers);
    pair_batches_layout(&batches, &arena, &basis, numbers);
    sparsity_layout(&sparsity, &arena, &batches);
}

static int open_chain(void **state)
{
    (void)state;
    for (int i = 0; i < N_CH2; i++)
        for (int k = 0; k < 3; k++) {
            const int a = 3 * i + k;
            numbers[a] = k == 0 ? 6 : 1;
            xyz[a][0] = 2.4 * i;
            xyz[a][1] = (i % 2 == 0 ? 0.8 : -0.8) * (k == 0 ? 1.0 : 2.4);
            xyz[a][2] = 1.7 * (k == 1) - 1.7 * (k == 2);
        }
    if (arena_fixture_open(&arena, layout) != 0)
        return -1;
    basis_setup(&basis, N_ATOMS, numbers);
    pair_batches_setup(&batches, kernels_choose(NULL), numbers);
    sparsity_setup(&sparsity);
    pair_batches_update(&batches, (const double(*)[3])xyz, true);
    sparsity_update(&sparsity, (const double(*)[3])xyz);
    return 0;
}

static int close_chain(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static double *matrix(size_t rows)
{
    double *const memory = aligned_alloc(64, rows * LD * sizeof *memory);
    assert_non_null(memory);
    memset(memory, 0, rows * LD * sizeof *memory);
    return memory;
}

static void fill(size_t n, double *x, unsigned seed)
{
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        x[i] = (double)seed / 4294967296.0 - 0.5;
    }
}

static bool is_listed(const KernelsPattern *pattern, size_t row, size_t column)
{
    size_t block = 0;
    while ((size_t)pattern->row[block + 1] <= row)
        block++;
    for (int g = pattern->first[block]; g < pattern->first[block + 1]; g++)
        if ((size_t)pattern->group[g] == column / KERNELS_PATTERN_GROUP)
            return true;
    return false;
}

static bool is_listed_in_all(size_t row, size_t column)
{
    return is_listed(&sparsity.by_atoms, row, column) && is_listed(&sparsity.by_rows, row, column);
}

// With potentials everywhere, so that elements of F count that those of S do not.
static void what_is_not_listed_is_zero(void **state)
{
    (void)state;
    static double atoms[N_ATOMS][PAIR_ATOM_ROW];
    double *overlap = matrix(N_AO), *fock = matrix(N_AO);
    fill((size_t)N_ATOMS * PAIR_ATOM_ROW, &atoms[0][0], 3);
    for (size_t i = 0; i < batches.n + batches.n_on_site; i++)
        if (batches.batch[i].near) {
            batches.kernels->batch_overlap(&batches.batch[i], overlap, LD);
            batches.kernels->batch_fock(&batches.batch[i], (const double(*)[PAIR_ATOM_ROW])atoms,
                                        fock, LD);
        }
    const KernelsPattern *const patterns[] = {sparsity_by_atoms(&sparsity),
                                              sparsity_by_rows(&sparsity)};
    size_t n_listed[2] = {0}, n_elements = 0;
    for (size_t k = 0; k < 2; k++) {
        assert_non_null(patterns[k]);
        assert_int_equal(patterns[k]->row[0], 0);
        assert_int_equal(patterns[k]->row[patterns[k]->n_blocks], N_AO);
    }
    for (size_t i = 0; i < N_AO; i++)
        for (size_t j = 0; j < N_AO; j++) {
            n_elements += fock[i * LD + j] != 0.0;
            for (size_t k = 0; k < 2; k++) {
                const bool listed = is_listed(patterns[k], i, j);
                n_listed[k] += listed;
                assert_true(listed || (overlap[i * LD + j] == 0.0 && fock[i * LD + j] == 0.0));
            }
        }
    // A block of whole atoms is one CH2, whose carbon and hydrogens reach differently far; one of eight rows cuts them.
    assert_true(n_listed[0] < n_listed[1] && 5 * n_listed[1] < 6 * n_elements);
    free(overlap);
    free(fock);
}

// A compact molecule has no zeros to speak of.
static void whole_matrices_are_used_where_all_is_near(void **state)
{
    (void)state;
    static double together[N_ATOMS][3];
    for (size_t a = 0; a < N_ATOMS; a++)
        for (int x = 0; x < 3; x++)
            together[a][x] = 0.1 * xyz[a][x];
    sparsity_update(&sparsity, (const double(*)[3])together);
    assert_null(sparsity_by_atoms(&sparsity));
    assert_null(sparsity_by_rows(&sparsity));
    sparsity_update(&sparsity, (const double(*)[3])xyz);
    assert_non_null(sparsity_by_atoms(&sparsity));
}

static void blocks_of_atoms_are_whole_where_they_can_be(void **state)
{
    (void)state;
    const KernelsPattern *pattern = &sparsity.by_atoms;
    for (size_t block = 0; block < pattern->n_blocks; block++) {
        const int rows = pattern->row[block + 1] - pattern->row[block];
        assert_true(rows >= 1 && rows <= KERNELS_PATTERN_ROWS);
        bool at_atom = false;
        for (size_t a = 0; a < N_ATOMS; a++)
            at_atom |= (int)basis.atom_ao[a] == pattern->row[block];
        assert_true(at_atom);
    }
}

static size_t larger(size_t i, size_t j)
{
    return i > j ? i : j;
}

static size_t smaller(size_t i, size_t j)
{
    return i < j ? i : j;
}

/// Sums of at most N_AO rounded terms below 1/4.
static const double ROUNDING = 1e-13, ROUNDING_SINGLE = 5e-5;

static void check_kernels(const Kernels *kernels, const KernelsPattern *pattern, const double *a,
                          const double *b, double *whole, double *c)
{
    kernels->matmul_nn(N_AO, COLUMNS, N_AO, a, LD, b, LD, whole, LD);
    kernels->matmul_pattern(N_AO, COLUMNS, pattern, a, LD, b, LD, c, LD);
    for (size_t i = 0; i < N_AO; i++)
        for (size_t j = 0; j < COLUMNS; j++)
            CHECK_NEAR(c[i * LD + j], whole[i * LD + j], ROUNDING);

    float *a1 = (float *)matrix(N_AO), *b1 = (float *)matrix(N_AO), *c1 = (float *)matrix(N_AO);
    kernels->narrow(N_AO, N_AO, 1.0, a, LD, a1, LD);
    kernels->narrow(N_AO, COLUMNS, 1.0, b, LD, b1, LD);
    kernels->matmul_pattern_single(N_AO, COLUMNS, pattern, a1, LD, b1, LD, c1, LD);
    for (size_t i = 0; i < N_AO; i++)
        for (size_t j = 0; j < COLUMNS; j++)
            CHECK_NEAR((double)c1[i * LD + j], whole[i * LD + j], ROUNDING_SINGLE);
    free(a1);
    free(b1);
    free(c1);

    if (pattern != &sparsity.by_rows)
        return;
    kernels->matmul_tn_symmetric(N_AO, LD, K, b, LD, b, LD, whole, LD);
    for (size_t i = 0; i < (size_t)N_AO * LD; i++)
        c[i] = 7.0;
    kernels->matmul_tn_pattern(N_AO, K, pattern, b, LD, b, LD, c, LD);
    for (size_t i = 0; i < N_AO; i++)
        for (size_t j = 0; j < N_AO; j++)
            CHECK_NEAR(c[i * LD + j],
                       is_listed(pattern, larger(i, j), smaller(i, j)) ? whole[i * LD + j] : 7.0,
                       ROUNDING);
}

static void products_with_a_pattern_are_those_of_whole_matrices(void **state)
{
    (void)state;
    double *a = matrix(N_AO), *b = matrix(N_AO), *whole = matrix(N_AO), *c = matrix(N_AO);
    fill((size_t)N_AO * LD, a, 1);
    fill((size_t)N_AO * LD, b, 2);
    for (size_t i = 0; i < N_AO; i++)
        for (size_t j = 0; j <= i; j++)
            a[i * LD + j] = a[j * LD + i] =
                is_listed_in_all(i, j) && is_listed_in_all(j, i) ? a[i * LD + j] : 0.0;
    static const char *const NAMES[] = {"generic", "avx2", "avx512"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (kernels_choose(NAMES[i]) != NULL) {
            check_kernels(kernels_choose(NAMES[i]), &sparsity.by_atoms, a, b, whole, c);
            check_kernels(kernels_choose(NAMES[i]), &sparsity.by_rows, a, b, whole, c);
        }
    free(a);
    free(b);
    free(whole);
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_listed_is_zero),
        cmocka_unit_test(blocks_of_atoms_are_whole_where_they_can_be),
        cmocka_unit_test(whole_matrices_are_used_where_all_is_near),
        cmocka_unit_test(products_with_a_pattern_are_those_of_whole_matrices),
    };
    return cmocka_run_group_tests(tests, open_chain, close_chain);
}
