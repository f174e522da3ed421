#include "support/check.h"

#include "scf/rank_updated_matrix.h"
#include "support/arena_fixture.h"
#include "support/pseudo_random.h"

enum { ROWS = 21, COLUMNS = 37, CHANGES = 3 * RANK_UPDATED_MATRIX_PENDING + 2 };

/// Elements and products are rounded to 2^-24 each.
static const double SINGLE = 6e-8;

static Arena arena;
static RankUpdatedMatrix matrix;

static void layout(void)
{
    rank_updated_matrix_layout(&matrix, &arena, ROWS, COLUMNS);
}

static int open_matrix(void **state)
{
    (void)state;
    return arena_fixture_open(&arena, layout);
}

static int close_matrix(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void fill(int n, double *out, unsigned *seed)
{
    for (int i = 0; i < n; i++)
        out[i] = pseudo_random(seed) - 0.5;
}

static void changes_count_before_and_after_they_are_taken_in(void **state)
{
    (void)state;
    static const char *const ISAS[] = {"generic", "avx2", "avx512"};
    for (int isa = 0; isa < 3; isa++) {
        matrix.kernels = kernels_choose(ISAS[isa]);
        if (matrix.kernels == NULL)
            continue;
        unsigned seed = 4;
        double wanted[ROWS][COLUMNS], u[ROWS], v[COLUMNS], x[COLUMNS], y[ROWS];
        rank_updated_matrix_clear(&matrix);
        for (int i = 0; i < ROWS; i++) {
            fill(COLUMNS, wanted[i], &seed);
            for (int j = 0; j < COLUMNS; j++)
                rank_updated_matrix_row(&matrix, (size_t)i)[j] = (float)wanted[i][j];
        }
        for (int change = 0; change < CHANGES; change++) {
            fill(ROWS, u, &seed);
            fill(COLUMNS, v, &seed);
            for (int i = 0; i < ROWS; i++)
                for (int j = 0; j < COLUMNS; j++)
                    wanted[i][j] += 0.3 * u[i] * v[j];
            rank_updated_matrix_add(&matrix, 0.3, u, v);
            fill(COLUMNS, x, &seed);
            rank_updated_matrix_apply(&matrix, x, y);
            for (int i = 0; i < ROWS; i++) {
                double sum = 0.0;
                for (int j = 0; j < COLUMNS; j++)
                    sum += wanted[i][j] * x[j];
                CHECK_NEAR(y[i], sum, SINGLE * COLUMNS * (1.0 + change));
            }
        }
    }
}

// Changes of F near convergence are as small as 1e-12, and scale is one over their square.
static void factors_may_be_tiny(void **state)
{
    (void)state;
    double u[ROWS] = {2e-25}, v[COLUMNS] = {0.0, 1e-25}, y[ROWS];
    const double x[COLUMNS] = {0.0, 1.0};
    matrix.kernels = kernels_choose(NULL);
    rank_updated_matrix_add(&matrix, 1e50, u, v);
    rank_updated_matrix_apply(&matrix, x, y);
    CHECK_NEAR(y[0], 2.0, 2.0 * SINGLE);
    CHECK_NEAR(y[1], 0.0, 0.0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_matrix, close_matrix)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(changes_count_before_and_after_they_are_taken_in),
        TEST(factors_may_be_tiny),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
