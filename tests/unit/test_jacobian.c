#include "support/check.h"

#include <string.h>

#include "scf/jacobian.h"
#include "support/arena_fixture.h"

enum { N = 5 };

/// Elements of K - 1 and vectors are rounded to single precision: of sums of N products of numbers of
/// order one so much is left, twice over.
static const double ROUNDING = 2.0 * N * 6e-8;

static Arena arena;
static Jacobian jacobian;

static void layout(void)
{
    jacobian_layout(&arena, N, &jacobian);
    jacobian.memory = arena_doubles(&arena, jacobian_memory_size(N));
}

static int open_jacobian(void **state)
{
    (void)state;
    if (arena_fixture_open(&arena, layout) != 0)
        return -1;
    jacobian.kernels = kernels_choose(NULL);
    jacobian_setup(&jacobian);
    return 0;
}

static int close_jacobian(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/// The matrix K, column by column.
static void matrix(double k[N][N])
{
    for (int j = 0; j < N; j++) {
        double e[N] = {0.0}, column[N];
        e[j] = 1.0;
        jacobian_apply(&jacobian, e, column);
        for (int i = 0; i < N; i++)
            k[i][j] = column[i];
    }
}

/// J of a linear map x_out = b + J x, dx_out[i]/dx_in[j].
static double slope(int i, int j)
{
    return (i == j ? -1.5 + 0.4 * i : 0.1 * (i - j)) + 0.05 * (i + 2 * j);
}

static void zeros_are_not_set(void **state)
{
    (void)state;
    assert_int_equal(jacobian_quality(&jacobian), JACOBIAN_UNSET);
    jacobian_reset(&jacobian);
    assert_int_equal(jacobian_quality(&jacobian), JACOBIAN_LEARNT);
}

static void reset_is_one(void **state)
{
    (void)state;
    static const double F[N] = {1.0, -2.0, 3.0, 0.5, 0.25};
    double step[N];
    jacobian_reset(&jacobian);
    jacobian_apply(&jacobian, F, step);
    for (int i = 0; i < N; i++)
        CHECK_NEAR(step[i], F[i], 1e-15);
}

/// F changes by (J - 1) dx.
static void change_of_f(const double *dx, double *df)
{
    for (int i = 0; i < N; i++) {
        df[i] = -dx[i];
        for (int j = 0; j < N; j++)
            df[i] += slope(i, j) * dx[j];
    }
}

static void update_fulfils_the_secant_condition(void **state)
{
    (void)state;
    static const double DX[N] = {0.1, -0.2, 0.3, 0.1, 0.05};
    double df[N], step[N], work[N];
    jacobian_reset(&jacobian);
    change_of_f(DX, df);
    jacobian_update(&jacobian, DX, df, work);
    // A step against df undoes it: K df = -dx.
    jacobian_apply(&jacobian, df, step);
    for (int i = 0; i < N; i++)
        CHECK_NEAR(step[i], -DX[i], ROUNDING);
}

static void update_without_information_is_left_out(void **state)
{
    (void)state;
    static const double DX[N] = {1.0}, NOTHING[N] = {0.0}, BROKEN[N] = {NAN};
    double work[N], before[N][N], after[N][N];
    jacobian_reset(&jacobian);
    matrix(before);
    jacobian_update(&jacobian, DX, NOTHING, work);
    jacobian_update(&jacobian, DX, BROKEN, work);
    matrix(after);
    assert_memory_equal(after, before, sizeof before);
}

/// Measures a J until it is complete; returns the number of directions.
static int measure(void)
{
    double v[N], jv[N] = {1.0, 2.0};
    int n = 0;
    while (jacobian_probe(&jacobian, jv, v)) {
        assert_false(jacobian_usable(&jacobian));
        change_of_f(v, jv);
        for (int i = 0; i < N; i++)
            jv[i] += v[i];
        jacobian_measured(&jacobian, v, jv);
        n++;
    }
    return n;
}

static void measured_slopes_solve_a_linear_problem_in_one_step(void **state)
{
    (void)state;
    double f[N], step[N], after[N];
    assert_int_equal(measure(), N);
    assert_int_equal(jacobian_quality(&jacobian), JACOBIAN_MEASURED);
    for (int i = 0; i < N; i++)
        f[i] = 1.0 + i;
    jacobian_apply(&jacobian, f, step);
    change_of_f(step, after);
    for (int i = 0; i < N; i++)
        CHECK_NEAR(f[i] + after[i], 0.0, ROUNDING * N); // the largest f is N
}

static void a_singular_measurement_falls_back(void **state)
{
    (void)state;
    double f[N] = {1.0, 2.0, 3.0, 4.0, 5.0}, step[N], v[N];
    for (int i = 0; i < N; i++) {
        assert_true(jacobian_probe(&jacobian, f, v));
        jacobian_measured(&jacobian, v, v); // 1 - J = 0
    }
    assert_int_equal(jacobian_quality(&jacobian), JACOBIAN_LEARNT);
    jacobian_apply(&jacobian, f, step);
    for (int i = 0; i < N; i++)
        CHECK_NEAR(step[i], f[i], 1e-15);
}

static void updates_learn_a_linear_problem(void **state)
{
    (void)state;
    double f[N] = {1.0, -1.0, 2.0, 0.5, 1.5}, dx[N], df[N], work[N], norm = 0.0;
    jacobian_reset(&jacobian);
    for (int cycle = 0; cycle < 30; cycle++) {
        jacobian_apply(&jacobian, f, dx);
        change_of_f(dx, df);
        norm = 0.0;
        for (int i = 0; i < N; i++) {
            f[i] += df[i];
            norm += f[i] * f[i];
        }
        if (norm < 1e-24)
            break;
        jacobian_update(&jacobian, dx, df, work);
    }
    assert_true(norm < 1e-24);
}

static void the_step_in_one_pass_is_the_updated_step(void **state)
{
    (void)state;
    double f[N] = {1.0, -1.0, 2.0, 0.5, 1.5}, dx[N], df[N], step[N], wanted[N], work[N];
    double one_pass[N][N], updated[N][N];
    jacobian_reset(&jacobian);
    jacobian_apply(&jacobian, f, dx);
    change_of_f(dx, df);
    for (int i = 0; i < N; i++)
        f[i] += df[i];
    jacobian_update(&jacobian, dx, df, work);
    jacobian_apply(&jacobian, f, wanted);
    matrix(updated);
    jacobian_reset(&jacobian);
    jacobian_next_step(&jacobian, f, df, step);
    matrix(one_pass);
    for (int i = 0; i < N; i++) {
        CHECK_NEAR(step[i], wanted[i], ROUNDING);
        for (int j = 0; j < N; j++)
            CHECK_NEAR(one_pass[i][j], updated[i][j], ROUNDING);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_jacobian, close_jacobian)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(zeros_are_not_set),
        TEST(reset_is_one),
        TEST(update_fulfils_the_secant_condition),
        TEST(the_step_in_one_pass_is_the_updated_step),
        TEST(update_without_information_is_left_out),
        TEST(measured_slopes_solve_a_linear_problem_in_one_step),
        TEST(a_singular_measurement_falls_back),
        TEST(updates_learn_a_linear_problem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
