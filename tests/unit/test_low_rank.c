#include "support/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "scf/low_rank.h"
#include "support/arena_fixture.h"

enum { N = 700, RANK = 6 };

/// Of sums of 700 terms of order one in single precision.
static const double ROUNDING = 1e-5;

static Arena arena;
static LowRank matrix;
static double left[RANK][N], right[RANK][N]; // J = sum_k left_k right_k^T

static void layout(void)
{
    low_rank_layout(&matrix, &arena, N);
}

/// Normal numbers, different for every index.
static void noise(uint64_t index, double x[N])
{
    const RandomKey key = {.seed = 3};
    for (size_t i = 0; i < N; i++) {
        double normal[3];
        random_normals(&key, index, i, RANDOM_VELOCITIES, normal);
        x[i] = normal[0];
    }
}

static int open_matrix(void **state)
{
    (void)state;
    if (arena_fixture_open(&arena, layout) != 0)
        return -1;
    matrix.kernels = kernels_choose(NULL);
    for (int k = 0; k < RANK; k++) {
        noise((uint64_t)(2 * k), left[k]);
        noise((uint64_t)(2 * k + 1), right[k]);
        for (int i = 0; i < N; i++)
            left[k][i] *= -0.5 * (k + 1) / N;
    }
    return 0;
}

static int close_matrix(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void multiply(const double *v, double *jv)
{
    memset(jv, 0, N * sizeof *jv);
    for (int k = 0; k < RANK; k++)
        matrix.kernels->axpy(N, matrix.kernels->dot(N, right[k], v), left[k], jv);
}

static void no_terms_are_one(void **state)
{
    (void)state;
    double x[N], y[N];
    noise(50, x);
    low_rank_apply(&matrix, x, y);
    assert_memory_equal(x, y, sizeof x);
}

// The space of J^T is six-dimensional: noise does not find it, six of its own vectors do.
static void measured_directions_invert(void **state)
{
    (void)state;
    double v[N], jv[N], f[N], x[N], jx[N];
    for (int k = 0; k < RANK; k++) {
        assert_true(low_rank_direction(&matrix, right[k], v));
        CHECK_NEAR(matrix.kernels->dot(N, v, v), 1.0, 1e-7);
        multiply(v, jv);
        low_rank_store(&matrix, v, jv);
    }
    assert_false(low_rank_direction(&matrix, right[2], v)); // nothing new
    low_rank_invert(&matrix);
    noise(60, f);
    low_rank_apply(&matrix, f, x);
    multiply(x, jx);
    for (int i = 0; i < N; i++)
        CHECK_NEAR(x[i] - jx[i], f[i], ROUNDING);
}

static void a_singular_measurement_is_one(void **state)
{
    (void)state;
    double v[N], x[N], y[N];
    noise(70, x);
    assert_true(low_rank_direction(&matrix, x, v));
    low_rank_store(&matrix, v, v); // 1 - J has no inverse
    low_rank_invert(&matrix);
    assert_int_equal(low_rank_n_terms(&matrix), 0);
    low_rank_apply(&matrix, x, y);
    assert_memory_equal(x, y, sizeof x);
}

/// y - x - sum_k scale left_k (right_k.x), the largest element.
static double deviation(double scale, const double *x, const double *y)
{
    double jx[N], worst = 0.0;
    multiply(x, jx);
    for (int i = 0; i < N; i++)
        worst = fmax(worst, fabs(y[i] - x[i] - scale * jx[i]));
    return worst;
}

static void terms_add_up(void **state)
{
    (void)state;
    double x[N], y[N];
    noise(80, x);
    for (int round = 1; round <= 3; round++) {
        for (int k = 0; k < RANK; k++)
            low_rank_add(&matrix, 0.5, left[k], right[k]);
        low_rank_apply(&matrix, x, y);
        CHECK_NEAR(deviation(0.5 * round, x, y), 0.0, ROUNDING);
        // The same directions need no more room, and few wait for others.
        assert_int_equal(low_rank_n_terms(&matrix), round == 1 ? 0 : RANK);
    }
}

// Small terms beyond the room push themselves out, not the large ones.
static void a_full_sum_keeps_the_large_terms(void **state)
{
    (void)state;
    double x[N], y[N], u[N], v[N];
    for (int k = 0; k < RANK; k++)
        low_rank_add(&matrix, 1.0, left[k], right[k]);
    for (size_t k = 0; k < 2 * matrix.n_max; k++) {
        noise(100 + 2 * k, u);
        noise(101 + 2 * k, v);
        low_rank_add(&matrix, 1e-9 / N, u, v);
        assert_true(low_rank_n_terms(&matrix) <= matrix.n_max);
    }
    noise(90, x);
    low_rank_apply(&matrix, x, y);
    CHECK_NEAR(deviation(1.0, x, y), 0.0, 1e-6);
    assert_int_equal(low_rank_n_terms(&matrix), matrix.n_max);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_matrix, close_matrix)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_terms_are_one),
        TEST(measured_directions_invert),
        TEST(a_singular_measurement_is_one),
        TEST(terms_add_up),
        TEST(a_full_sum_keeps_the_large_terms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
