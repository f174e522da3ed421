#include "support/check.h"

#include "scf/broyden.h"

enum { N = 8 };

static Arena arena;
static Broyden broyden;

static int open_mixer(void **state)
{
    (void)state;
    QmtContext ctx = {0};
    arena = (Arena){0};
    broyden_layout(&broyden, &arena, N);
    if (arena_reserve(&ctx, &arena) != QMT_OK)
        return -1;
    broyden_layout(&broyden, &arena, N);
    broyden_start(&broyden, kernels_choose(NULL), 0.4);
    return 0;
}

static int close_mixer(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/// x_out = b + J x with J of alternating eigenvalues from -2.7 to 0.8 in a skew basis: plain mixing with
/// 0.4 diverges. The fixed point is x = 1.
static void output_minus_input(const double *x, double *f)
{
    for (int i = 0; i < N; i++) {
        const double own = i % 2 == 0 ? -2.7 + 0.2 * i : 0.8 - 0.1 * i;
        f[i] = (own - 1.0) * (x[i] - 1.0);
        if (i > 0)
            f[i] += 0.3 * (x[i - 1] - 1.0);
    }
}

static double norm(const double *f)
{
    double sum = 0.0;
    for (int i = 0; i < N; i++)
        sum += f[i] * f[i];
    return sqrt(sum);
}

static void first_step_is_linear(void **state)
{
    (void)state;
    double x[N] = {0.0}, f[N];
    output_minus_input(x, f);
    assert_true(broyden_mix(&broyden, x, f));
    // One product of numbers below 1.
    for (int i = 0; i < N; i++)
        CHECK_NEAR(x[i], 0.4 * f[i], 1e-15);
}

/// Cycles until the residual is below 1e-12, at most 60.
static int cycles_to_convergence(void)
{
    double x[N] = {0.0}, f[N];
    for (int cycle = 0; cycle < 60; cycle++) {
        output_minus_input(x, f);
        if (norm(f) < 1e-12) {
            for (int i = 0; i < N; i++)
                CHECK_NEAR(x[i], 1.0, 1e-11);
            return cycle;
        }
        assert_true(broyden_mix(&broyden, x, f));
    }
    fail_msg("no convergence, residual %.1e", norm(f));
    return -1;
}

static void a_linear_problem_converges(void **state)
{
    (void)state;
    // n directions have to be learnt, and the regularisation costs some more.
    assert_in_range(cycles_to_convergence(), N, 3 * N);
}

static void a_new_start_forgets(void **state)
{
    (void)state;
    const int first = cycles_to_convergence();
    broyden_start(&broyden, kernels_choose(NULL), 0.4);
    assert_int_equal(cycles_to_convergence(), first);
}

// More cycles than the history holds: the oldest pairs are overwritten, nothing else happens.
static void a_long_path_wraps_the_history(void **state)
{
    (void)state;
    double x[N] = {0.0}, f[N];
    for (int cycle = 0; cycle < 3 * BROYDEN_HISTORY; cycle++) {
        output_minus_input(x, f);
        // A target that wanders keeps the residual alive.
        for (int i = 0; i < N; i++)
            f[i] += 1e-3 * sin(0.7 * cycle + i);
        assert_true(broyden_mix(&broyden, x, f));
        assert_true(isfinite(norm(x)));
    }
    for (int cycle = 0; cycle < 60; cycle++) {
        output_minus_input(x, f);
        assert_true(broyden_mix(&broyden, x, f));
    }
    output_minus_input(x, f);
    assert_true(norm(f) < 1e-8);
}

static void a_step_that_changes_nothing_is_survived(void **state)
{
    (void)state;
    double x[N] = {0.0}, f[N] = {1e-3};
    for (int cycle = 0; cycle < 4; cycle++)
        broyden_mix(&broyden, x, f);
    for (int i = 0; i < N; i++)
        assert_true(isfinite(x[i]));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_mixer, close_mixer)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(first_step_is_linear),
        TEST(a_linear_problem_converges),
        TEST(a_new_start_forgets),
        TEST(a_long_path_wraps_the_history),
        TEST(a_step_that_changes_nothing_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
