#include "support/check.h"

#include <string.h>

#include "scf/guess_extrapolation.h"
#include "support/arena_fixture.h"
#include "support/pseudo_random.h"

enum { N = 3, ORDERS = EXTRAPOLATION_ORDERS };

static Arena arena;
static GuessExtrapolation plain, learning;

static void layout_one(bool learns, GuessExtrapolation *extrapolation)
{
    guess_extrapolation_layout(extrapolation, &arena, N, learns);
    extrapolation->kernels = kernels_choose(NULL);
}

static void layout(void)
{
    layout_one(false, &plain);
    layout_one(true, &learning);
}

static int open_histories(void **state)
{
    (void)state;
    return arena_fixture_open(&arena, layout);
}

static int close_histories(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/// Both histories.
static void forget(void)
{
    const Span kept = arena_kept_since(&arena, 0);
    memset(kept.data, 0, kept.size);
}

/// Polynomials of a degree with values of order one over the first hundred points.
static void polynomial(int degree, int at, double x[N])
{
    for (int i = 0; i < N; i++) {
        const double t = 0.02 * at - 0.7 - 0.1 * i;
        x[i] = 0.0;
        for (int k = 0; k <= degree; k++)
            x[i] = x[i] * t + (k % 2 == 0 ? 0.8 : -0.9) + 0.1 * i;
    }
}

static double distance(const double *a, const double *b)
{
    double sum = 0.0;
    for (int i = 0; i < N; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(sum);
}

static void one_point_is_its_own_guess(void **state)
{
    (void)state;
    static const double X[N] = {0.1, -0.2, 0.3};
    double guess[N];
    assert_int_equal(guess_extrapolation_points(&plain), 0);
    guess_extrapolation_store(&plain, X);
    assert_int_equal(guess_extrapolation_points(&plain), 1);
    guess_extrapolation_make(&plain, guess);
    assert_memory_equal(guess, X, sizeof X);
    assert_memory_equal(guess_extrapolation_newest(&plain), X, sizeof X);
}

// A degree p needs p + 1 points and one more that judges it. The history holds ten points: later ones
// push the oldest out.
static void polynomials_are_continued_exactly(void **state)
{
    (void)state;
    for (int degree = 0; degree < ORDERS; degree++) {
        double x[N], guess[N];
        forget();
        for (int at = 0; at < 60; at++) {
            polynomial(degree, at, x);
            if (at >= degree + 2) {
                guess_extrapolation_make(&plain, guess);
                for (int i = 0; i < N; i++)
                    CHECK_NEAR(guess[i], x[i], 1.6e-12); // sums of up to 1023 rounded numbers
            }
            guess_extrapolation_store(&plain, x);
            assert_int_equal(guess_extrapolation_points(&plain), at + 1 < ORDERS ? at + 1 : ORDERS);
            assert_memory_equal(guess_extrapolation_newest(&plain), x, sizeof x);
        }
    }
}

static void noise_is_not_extrapolated(void **state)
{
    (void)state;
    // Jumps to and fro: any order above 0 is worse than the last point.
    double x[N], guess[N];
    unsigned seed = 5;
    for (int at = 0; at < 40; at++) {
        for (int i = 0; i < N; i++)
            x[i] = pseudo_random(&seed);
        guess_extrapolation_store(&plain, x);
    }
    guess_extrapolation_make(&plain, guess);
    assert_memory_equal(guess, x, sizeof x);
}

/// Vibrations of periods of 44 and more steps, as those of molecules, with noise.
static void vibrations(int at, double noise, unsigned *seed, double x[N])
{
    static const double FREQUENCY[] = {0.14, 0.08, 0.067, 0.031, 0.012};
    for (int i = 0; i < N; i++) {
        x[i] = noise * (pseudo_random(seed) - 0.5);
        for (int k = 0; k < 5; k++)
            x[i] += 0.01 * sin(FREQUENCY[k] * at + 1.3 * i * k + 0.4 * k);
    }
}

/// Mean error of the guesses over the last `judged` of some steps.
static double mean_error(const GuessExtrapolation *extrapolation, int n_steps, int judged,
                         double noise)
{
    double x[N], guess[N], sum = 0.0;
    unsigned seed = 3;
    for (int at = 0; at < n_steps; at++) {
        vibrations(at, noise, &seed, x);
        if (at >= n_steps - judged) {
            guess_extrapolation_make(extrapolation, guess);
            sum += distance(guess, x);
        }
        guess_extrapolation_store(extrapolation, x);
    }
    return sum / judged;
}

static void learnt_weights_beat_polynomials(void **state)
{
    (void)state;
    const double best_polynomial = mean_error(&plain, 600, 100, 1e-10),
                 learnt = mean_error(&learning, 600, 100, 1e-10);
    if (!(learnt < 0.4 * best_polynomial))
        fail_msg("%.1e learnt, %.1e without", learnt, best_polynomial);
    CHECK_NEAR(guess_extrapolation_expected(&learning), learnt, 0.5 * learnt);
}

// A path whose velocity jumps: order j is right again j steps later, and neither the record of the orders
// nor what was learnt suffers.
static void a_kink_is_left_behind(void **state)
{
    (void)state;
    enum { BEFORE = 400, AFTER = 60 };
    double x[N], guess[N];
    unsigned seed = 3;
    for (int at = 0; at < BEFORE + AFTER; at++) {
        vibrations(at, 1e-10, &seed, x);
        for (int i = 0; i < N && at > BEFORE; i++)
            x[i] += 1e-4 * (at - BEFORE);
        const double known = guess_extrapolation_expected(&learning);
        if (at > 0)
            guess_extrapolation_make(&learning, guess);
        if (at == BEFORE + ORDERS + 4) // polynomials of all orders are past the kink
            CHECK_NEAR(distance(guess, x), 0.0, 3e-7);
        if (at >= BEFORE + 30) {
            CHECK_NEAR(distance(guess, x), 0.0, 1e-8);
            CHECK_NEAR(known, 0.0, 1e-8);
        }
        guess_extrapolation_store(&learning, x);
    }
}

// A molecule at rest: nothing to learn, nothing to divide by.
static void a_path_that_stands_still_is_continued(void **state)
{
    (void)state;
    static const double X[N] = {0.1, -0.2, 0.0}, ZERO[N] = {0.0};
    double guess[N];
    for (int at = 0; at < 200; at++) {
        guess_extrapolation_store(&learning, at < 100 ? ZERO : X);
        guess_extrapolation_make(&learning, guess);
        for (int i = 0; i < N; i++)
            assert_true(isfinite(guess[i]));
    }
    CHECK_NEAR(distance(guess, X), 0.0, 1e-15);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_histories, close_histories)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_point_is_its_own_guess), TEST(polynomials_are_continued_exactly),
        TEST(noise_is_not_extrapolated),  TEST(learnt_weights_beat_polynomials),
        TEST(a_kink_is_left_behind),      TEST(a_path_that_stands_still_is_continued),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
