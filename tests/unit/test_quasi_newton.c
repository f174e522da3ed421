#include "support/check.h"

#include <string.h>

#include "scf/quasi_newton.h"
#include "support/arena_fixture.h"

enum { N = 5 };

/// Elements of K - 1 and vectors are rounded to single precision: of sums of N products of numbers of
/// order one so much is left, twice over.
static const double ROUNDING = 2.0 * N * 6e-8;

static Arena arena;
static QuasiNewton newton;

static void layout(void)
{
    quasi_newton_layout(&newton, &arena, N);
}

static int open_jacobian(void **state)
{
    (void)state;
    if (arena_fixture_open(&arena, layout) != 0)
        return -1;
    quasi_newton_setup(&newton, kernels_choose(NULL));
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
        quasi_newton_apply(&newton, e, column);
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
    assert_int_equal(quasi_newton_quality(&newton), QUASI_NEWTON_UNSET);
    quasi_newton_reset(&newton);
    assert_int_equal(quasi_newton_quality(&newton), QUASI_NEWTON_LEARNT);
}

static void reset_is_one(void **state)
{
    (void)state;
    static const double F[N] = {1.0, -2.0, 3.0, 0.5, 0.25};
    double step[N];
    quasi_newton_reset(&newton);
    quasi_newton_apply(&newton, F, step);
    // Without a Jacobian the step is F itself.
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
    quasi_newton_reset(&newton);
    change_of_f(DX, df);
    quasi_newton_update(&newton, DX, df, work);
    // A step against df undoes it: K df = -dx.
    quasi_newton_apply(&newton, df, step);
    for (int i = 0; i < N; i++)
        CHECK_NEAR(step[i], -DX[i], ROUNDING);
}

static void update_without_information_is_left_out(void **state)
{
    (void)state;
    static const double DX[N] = {1.0}, NOTHING[N] = {0.0}, BROKEN[N] = {NAN};
    double work[N], before[N][N], after[N][N];
    quasi_newton_reset(&newton);
    matrix(before);
    quasi_newton_update(&newton, DX, NOTHING, work);
    quasi_newton_update(&newton, DX, BROKEN, work);
    matrix(after);
    assert_memory_equal(after, before, sizeof before);
}

/// Measures a J until it is complete; returns the number of directions.
static int measure(void)
{
    double v[N], jv[N] = {1.0, 2.0};
    int n = 0;
    while (quasi_newton_probe(&newton, jv, v)) {
        assert_false(quasi_newton_usable(&newton));
        change_of_f(v, jv);
        for (int i = 0; i < N; i++)
            jv[i] += v[i];
        quasi_newton_measured(&newton, v, jv);
        n++;
    }
    return n;
}

static void measured_slopes_solve_a_linear_problem_in_one_step(void **state)
{
    (void)state;
    double f[N], step[N], after[N];
    assert_int_equal(measure(), N);
    assert_int_equal(quasi_newton_quality(&newton), QUASI_NEWTON_MEASURED);
    for (int i = 0; i < N; i++)
        f[i] = 1.0 + i;
    quasi_newton_apply(&newton, f, step);
    change_of_f(step, after);
    for (int i = 0; i < N; i++)
        CHECK_NEAR(f[i] + after[i], 0.0, ROUNDING * N); // the largest f is N
}

static void a_singular_measurement_falls_back(void **state)
{
    (void)state;
    double f[N] = {1.0, 2.0, 3.0, 4.0, 5.0}, step[N], v[N];
    for (int i = 0; i < N; i++) {
        assert_true(quasi_newton_probe(&newton, f, v));
        quasi_newton_measured(&newton, v, v); // 1 - J = 0
    }
    assert_int_equal(quasi_newton_quality(&newton), QUASI_NEWTON_LEARNT);
    quasi_newton_apply(&newton, f, step);
    for (int i = 0; i < N; i++)
        CHECK_NEAR(step[i], f[i], 1e-15);
}

static void updates_learn_a_linear_problem(void **state)
{
    (void)state;
    double f[N] = {1.0, -1.0, 2.0, 0.5, 1.5}, dx[N], df[N], work[N], norm = 0.0;
    quasi_newton_reset(&newton);
    for (int cycle = 0; cycle < 30; cycle++) {
        quasi_newton_apply(&newton, f, dx);
        change_of_f(dx, df);
        norm = 0.0;
        for (int i = 0; i < N; i++) {
            f[i] += df[i];
            norm += f[i] * f[i];
        }
        if (norm < 1e-24)
            break;
        quasi_newton_update(&newton, dx, df, work);
    }
    assert_true(norm < 1e-24);
}

static void check_step_and_matrix(const double *step, const double *wanted, double k[N][N],
                                  double wanted_k[N][N])
{
    for (int i = 0; i < N; i++) {
        CHECK_NEAR(step[i], wanted[i], ROUNDING);
        for (int j = 0; j < N; j++)
            CHECK_NEAR(k[i][j], wanted_k[i][j], ROUNDING);
    }
}

static void the_step_in_one_pass_is_the_updated_step(void **state)
{
    (void)state;
    double f[N] = {1.0, -1.0, 2.0, 0.5, 1.5}, dx[N], df[N], step[N], wanted[N], work[N];
    double one_pass[N][N], updated[N][N];
    quasi_newton_reset(&newton);
    quasi_newton_apply(&newton, f, dx);
    change_of_f(dx, df);
    for (int i = 0; i < N; i++)
        f[i] += df[i];
    quasi_newton_update(&newton, dx, df, work);
    quasi_newton_apply(&newton, f, wanted);
    matrix(updated);
    quasi_newton_reset(&newton);
    quasi_newton_next_step(&newton, f, df, step);
    matrix(one_pass);
    check_step_and_matrix(step, wanted, one_pass, updated);
}

static void the_step_after_another_step_is_the_updated_step(void **state)
{
    (void)state;
    static const double MORE[N] = {0.02, -0.01, 0.0, 0.03, -0.02};
    double f[N] = {1.0, -1.0, 2.0, 0.5, 1.5}, dx[N], df[N], kf[N], wanted[N], work[N];
    double one_pass[N][N], updated[N][N];
    quasi_newton_reset(&newton);
    quasi_newton_apply(&newton, f, kf);
    for (int i = 0; i < N; i++)
        dx[i] = kf[i] + MORE[i];
    change_of_f(dx, df);
    for (int i = 0; i < N; i++)
        f[i] += df[i];
    quasi_newton_update(&newton, dx, df, work);
    quasi_newton_apply(&newton, f, wanted);
    matrix(updated);
    quasi_newton_reset(&newton);
    quasi_newton_next(&newton, f, dx, df, kf, work);
    matrix(one_pass);
    check_step_and_matrix(kf, wanted, one_pass, updated);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_jacobian, close_jacobian)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(zeros_are_not_set),
        TEST(reset_is_one),
        TEST(update_fulfils_the_secant_condition),
        TEST(the_step_in_one_pass_is_the_updated_step),
        TEST(the_step_after_another_step_is_the_updated_step),
        TEST(update_without_information_is_left_out),
        TEST(measured_slopes_solve_a_linear_problem_in_one_step),
        TEST(a_singular_measurement_falls_back),
        TEST(updates_learn_a_linear_problem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
