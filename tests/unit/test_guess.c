#include "support/check.h"

#include <string.h>

#include "base/random.h"
#include "scf/guess.h"
#include "support/arena_fixture.h"

enum { N_ATOMS = 3, M = 3 * N_ATOMS, N = 7 };

static const double MASS[N_ATOMS] = {16.0, 1.0, 1.0};

static Arena arena;
static Guess guess;

static void layout(void)
{
    guess_layout(&guess, &arena, N, N_ATOMS);
}

static int open_guess(void **state)
{
    (void)state;
    if (arena_fixture_open(&arena, layout) != 0)
        return -1;
    guess_setup(&guess, kernels_choose(NULL), MASS);
    return 0;
}

static int close_guess(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/// What the variables are at a geometry: smooth and not linear.
static void solution(const double xyz[N_ATOMS][3], double x[N])
{
    const double *r = &xyz[0][0];
    for (int i = 0; i < N; i++) {
        x[i] = 0.0;
        for (int j = 0; j < M; j++)
            x[i] += 0.1 * sin(1.0 + i + 0.7 * j) * sin(r[j] + 0.3 * i);
    }
}

/// Atoms that swing, with random kicks to their velocities.
static void path(int n_steps, double kick, double *mean_error)
{
    const RandomKey key = {.seed = 11};
    static const double start[N_ATOMS][3] = {{0.0, 0.1, 0.2}, {1.0, 0.5, 0.0}, {-0.4, 1.1, 0.3}};
    double xyz[N_ATOMS][3];
    memcpy(xyz, start, sizeof xyz);
    double velocity[N_ATOMS][3] = {
        {0.002, 0.001, -0.001}, {0.005, -0.01, 0.005}, {0.0, 0.01, 0.01}};
    int counted = 0;
    *mean_error = 0.0;
    for (int step = 0; step < n_steps; step++) {
        double x[N], x_guess[N], sum = 0.0;
        for (uint64_t a = 0; a < N_ATOMS; a++) {
            double normal[3];
            random_normals(&key, (uint64_t)step, a, RANDOM_PRODUCTION, normal);
            for (int k = 0; k < 3; k++) {
                velocity[a][k] +=
                    kick / sqrt(MASS[a]) * normal[k] - 0.01 * (xyz[a][k] - start[a][k]);
                xyz[a][k] += velocity[a][k];
            }
        }
        const double(*where)[3] = (const double(*)[3])xyz;
        solution(where, x);
        if (guess_make(&guess, where, x_guess) > 0 && step >= n_steps / 2) {
            for (int i = 0; i < N; i++)
                sum += (x_guess[i] - x[i]) * (x_guess[i] - x[i]);
            *mean_error += sqrt(sum);
            counted++;
        }
        guess_store(&guess, where, x);
    }
    *mean_error /= counted;
}

static void no_history_no_guess(void **state)
{
    (void)state;
    static const double XYZ[N_ATOMS][3] = {{0.0}}, X[N] = {1.0, 2.0};
    double x_guess[N] = {7.0};
    assert_int_equal(guess_make(&guess, XYZ, x_guess), 0);
    CHECK_NEAR(x_guess[0], 7.0, 0.0);
    guess_store(&guess, XYZ, X);
    assert_int_equal(guess_make(&guess, XYZ, x_guess), 1);
    assert_memory_equal(x_guess, X, sizeof X);
    assert_memory_equal(guess_newest(&guess), X, sizeof X);
}

static void a_smooth_path_is_guessed_to_many_digits(void **state)
{
    (void)state;
    double error;
    path(300, 0.0, &error);
    // Measured 7e-15: what a polynomial through the points misses, and rounding.
    CHECK_NEAR(error, 0.0, 1e-13);
    assert_true(guess_points(&guess) >= EXTRAPOLATION_ORDERS);
}

// A time series alone cannot know the kick of a step, 1e-4; the positions do.
static void kicks_are_foreseen_from_the_positions(void **state)
{
    (void)state;
    double error, without;
    path(600, 1e-4, &error);
    const Span kept = arena_kept_since(&arena, 0);
    memset(kept.data, 0, kept.size);
    guess.n_coordinates = 0;
    path(600, 1e-4, &without);
    if (!(error < 0.2 * without))
        fail_msg("%.1e with the positions, %.1e without", error, without);
}

// Atoms that come back to where they were, up to rounding: what little they moved teaches nothing.
static void rounding_is_not_learnt_from(void **state)
{
    (void)state;
    double xyz[N_ATOMS][3] = {{0.0, 0.1, 0.2}, {1.0, 0.5, 0.0}, {-0.4, 1.1, 0.3}}, x[N], x_guess[N];
    for (int step = 0; step < 40; step++) {
        xyz[1][0] = 1.0 + (step % 3 == 0 ? 1e-3 : 1e-15 * step);
        const double(*where)[3] = (const double(*)[3])xyz;
        solution(where, x);
        if (guess_make(&guess, where, x_guess) > 0)
            for (int i = 0; i < N; i++)
                CHECK_NEAR(x_guess[i], x[i], 0.3);
        for (int i = 0; i < N; i++)
            x[i] += 1e-10 * (step % 2 == 0 ? 1.0 : -1.0); // as far as a solution is known
        guess_store(&guess, where, x);
    }
}

// No step of a motion changes a charge by more than 0.3 e: a guess that does is dropped for the newest solution.
static void a_guess_that_jumps_is_not_taken(void **state)
{
    (void)state;
    double error, x_guess[N],
        xyz[N_ATOMS][3] = {{0.0, 0.1, 0.2}, {1.0, 0.5, 0.0}, {-0.4, 1.1, 0.3}};
    // Kicks make the corrected guess the best one, which follows the positions wherever they are.
    path(200, 1e-3, &error);
    xyz[1][0] += 40.0;
    assert_true(guess_make(&guess, (const double(*)[3])xyz, x_guess) > 0);
    const double *newest = guess_newest(&guess);
    for (int i = 0; i < N; i++)
        CHECK_NEAR(x_guess[i], newest[i], 0.3);
}

// What is kept is all there is: a copy goes on with the same guesses.
static void a_copy_of_what_is_kept_goes_on(void **state)
{
    (void)state;
    static unsigned char copy[32768];
    const Span kept = arena_kept_since(&arena, 0);
    assert_true(kept.size <= sizeof copy);
    double error, again;
    path(100, 1e-4, &error);
    memcpy(copy, kept.data, kept.size);
    path(50, 1e-4, &error);
    memcpy(kept.data, copy, kept.size);
    path(50, 1e-4, &again);
    assert_memory_equal(&again, &error, sizeof error);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_guess, close_guess)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_history_no_guess),
        TEST(a_smooth_path_is_guessed_to_many_digits),
        TEST(kicks_are_foreseen_from_the_positions),
        TEST(rounding_is_not_learnt_from),
        TEST(a_guess_that_jumps_is_not_taken),
        TEST(a_copy_of_what_is_kept_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
