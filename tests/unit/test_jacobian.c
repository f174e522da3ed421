#include "support/check.h"

#include <stdlib.h>
#include <string.h>

#include "scf/jacobian.h"

enum { N = 5 };

static const Kernels *kernels;
static double *memory;

static int open_jacobian(void **state)
{
    (void)state;
    kernels = kernels_choose(NULL);
    memory = calloc(jacobian_memory_size(N), sizeof *memory);
    return memory == NULL ? -1 : 0;
}

static int close_jacobian(void **state)
{
    (void)state;
    free(memory);
    return 0;
}

/// J of a linear map x_out = b + J x, dx_out[i]/dx_in[j].
static double slope(int i, int j)
{
    return (i == j ? -1.5 + 0.4 * i : 0.1 * (i - j)) + 0.05 * (i + 2 * j);
}

static void zeros_are_not_set(void **state)
{
    (void)state;
    assert_int_equal(jacobian_quality(memory), JACOBIAN_UNSET);
    jacobian_reset(N, 0.4, memory);
    assert_int_equal(jacobian_quality(memory), JACOBIAN_LEARNT);
}

static void reset_is_a_multiple_of_one(void **state)
{
    (void)state;
    static const double F[N] = {1.0, -2.0, 3.0, 0.5, 0.25};
    double step[N];
    jacobian_reset(N, 0.4, memory);
    jacobian_apply(kernels, N, memory, F, step);
    for (int i = 0; i < N; i++)
        CHECK_NEAR(step[i], 0.4 * F[i], 1e-15);
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
    double df[N], step[N], work[2 * N];
    jacobian_reset(N, 0.4, memory);
    change_of_f(DX, df);
    jacobian_update(kernels, N, memory, DX, df, work);
    // A step against df undoes it: K df = -dx.
    jacobian_apply(kernels, N, memory, df, step);
    for (int i = 0; i < N; i++)
        CHECK_NEAR(step[i], -DX[i], 1e-15);
}

static void update_without_information_is_left_out(void **state)
{
    (void)state;
    static const double DX[N] = {1.0}, NOTHING[N] = {0.0}, BROKEN[N] = {NAN};
    double work[2 * N], before[2 + N * N];
    jacobian_reset(N, 0.4, memory);
    memcpy(before, memory, sizeof before);
    jacobian_update(kernels, N, memory, DX, NOTHING, work);
    jacobian_update(kernels, N, memory, DX, BROKEN, work);
    assert_memory_equal(memory, before, sizeof before);
}

static void measured_slopes_solve_a_linear_problem_in_one_step(void **state)
{
    (void)state;
    double f[N], step[N], after[N], work[N * N];
    int iwork[N];
    for (size_t j = 0; j < N; j++)
        for (int i = 0; i < N; i++)
            jacobian_row(N, memory, j)[i] = slope(i, (int)j);
    jacobian_invert(N, 0.4, memory, work, iwork);
    assert_int_equal(jacobian_quality(memory), JACOBIAN_MEASURED);
    for (int i = 0; i < N; i++)
        f[i] = 1.0 + i;
    jacobian_apply(kernels, N, memory, f, step);
    change_of_f(step, after);
    for (int i = 0; i < N; i++)
        CHECK_NEAR(f[i] + after[i], 0.0, 1e-12);
}

static void a_singular_measurement_falls_back(void **state)
{
    (void)state;
    double f[N] = {1.0, 2.0, 3.0, 4.0, 5.0}, step[N], work[N * N];
    int iwork[N];
    for (size_t j = 0; j < N; j++)
        for (size_t i = 0; i < N; i++)
            jacobian_row(N, memory, j)[i] = i == j ? 1.0 : 0.0; // 1 - J = 0
    jacobian_invert(N, 0.4, memory, work, iwork);
    assert_int_equal(jacobian_quality(memory), JACOBIAN_LEARNT);
    jacobian_apply(kernels, N, memory, f, step);
    for (int i = 0; i < N; i++)
        CHECK_NEAR(step[i], 0.4 * f[i], 1e-15);
}

static void updates_learn_a_linear_problem(void **state)
{
    (void)state;
    double f[N] = {1.0, -1.0, 2.0, 0.5, 1.5}, dx[N], df[N], work[2 * N], norm = 0.0;
    jacobian_reset(N, 0.4, memory);
    for (int cycle = 0; cycle < 30; cycle++) {
        jacobian_apply(kernels, N, memory, f, dx);
        change_of_f(dx, df);
        norm = 0.0;
        for (int i = 0; i < N; i++) {
            f[i] += df[i];
            norm += f[i] * f[i];
        }
        if (norm < 1e-24)
            break;
        jacobian_update(kernels, N, memory, dx, df, work);
    }
    assert_true(norm < 1e-24);
}

static void the_step_in_one_pass_is_the_updated_step(void **state)
{
    (void)state;
    double f[N] = {1.0, -1.0, 2.0, 0.5, 1.5}, dx[N], df[N], step[N], wanted[N], work[2 * N];
    double start[2 + N * N], updated[2 + N * N];
    jacobian_reset(N, 0.4, memory);
    memcpy(start, memory, sizeof start);
    jacobian_apply(kernels, N, memory, f, dx);
    change_of_f(dx, df);
    for (int i = 0; i < N; i++)
        f[i] += df[i];
    jacobian_update(kernels, N, memory, dx, df, work);
    jacobian_apply(kernels, N, memory, f, wanted);
    memcpy(updated, memory, sizeof updated);
    memcpy(memory, start, sizeof start);
    jacobian_next_step(kernels, N, memory, f, df, step);
    for (int i = 0; i < N; i++)
        CHECK_NEAR(step[i], wanted[i], 1e-14);
    for (int i = 0; i < 2 + N * N; i++)
        CHECK_NEAR(memory[i], updated[i], 1e-14);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_jacobian, close_jacobian)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(zeros_are_not_set),
        TEST(reset_is_a_multiple_of_one),
        TEST(update_fulfils_the_secant_condition),
        TEST(the_step_in_one_pass_is_the_updated_step),
        TEST(update_without_information_is_left_out),
        TEST(measured_slopes_solve_a_linear_problem_in_one_step),
        TEST(a_singular_measurement_falls_back),
        TEST(updates_learn_a_linear_problem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
