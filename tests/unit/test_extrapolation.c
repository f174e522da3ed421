#include "support/check.h"

#include <stdlib.h>
#include <string.h>

#include "scf/extrapolation.h"

enum { N = 3, ORDERS = 8 };

static double *memory;

static int open_history(void **state)
{
    (void)state;
    memory = calloc(extrapolation_memory_size(N, ORDERS), sizeof *memory);
    return memory == NULL ? -1 : 0;
}

static int close_history(void **state)
{
    (void)state;
    free(memory);
    return 0;
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

static void no_history_no_guess(void **state)
{
    (void)state;
    double guess[N] = {7.0, 7.0, 7.0};
    assert_int_equal(extrapolation_guess(N, memory, guess), 0);
    for (int i = 0; i < N; i++)
        CHECK_NEAR(guess[i], 7.0, 0.0);
}

static void one_point_is_its_own_guess(void **state)
{
    (void)state;
    static const double X[N] = {0.1, -0.2, 0.3};
    double guess[N];
    extrapolation_store(N, ORDERS, memory, X);
    assert_int_equal(extrapolation_guess(N, memory, guess), 1);
    assert_memory_equal(guess, X, sizeof X);
    assert_memory_equal(extrapolation_newest(N, memory), X, sizeof X);
}

// A degree p needs p + 1 points and one more that judges it. The history holds eight points: later ones
// push the oldest out.
static void polynomials_are_continued_exactly(void **state)
{
    (void)state;
    for (int degree = 0; degree < ORDERS; degree++) {
        double x[N], guess[N];
        extrapolation_clear(memory);
        for (int at = 0; at < 60; at++) {
            polynomial(degree, at, x);
            if (at >= degree + 2) {
                extrapolation_guess(N, memory, guess);
                for (int i = 0; i < N; i++)
                    CHECK_NEAR(guess[i], x[i], 4e-13); // sums of up to 255 rounded numbers
            }
            extrapolation_store(N, ORDERS, memory, x);
            const int stored = at + 1 < ORDERS ? at + 1 : ORDERS;
            assert_int_equal(extrapolation_points(memory), stored);
            assert_memory_equal(extrapolation_newest(N, memory), x, sizeof x);
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
        for (int i = 0; i < N; i++) {
            seed = seed * 1664525u + 1013904223u;
            x[i] = (double)seed / 4294967296.0;
        }
        extrapolation_store(N, ORDERS, memory, x);
    }
    extrapolation_guess(N, memory, guess);
    assert_memory_equal(guess, x, sizeof x);
}

static void differences_are_those_of_the_points(void **state)
{
    (void)state;
    double x[3][N];
    for (int at = 0; at < 3; at++) {
        polynomial(4, at, x[at]);
        extrapolation_store(N, ORDERS, memory, x[at]);
    }
    for (int i = 0; i < N; i++) {
        CHECK_NEAR(extrapolation_difference(N, memory, 0)[i], x[2][i], 0.0);
        CHECK_NEAR(extrapolation_difference(N, memory, 1)[i], x[2][i] - x[1][i], 1e-15);
        CHECK_NEAR(extrapolation_difference(N, memory, 2)[i], x[2][i] - 2.0 * x[1][i] + x[0][i],
                   1e-15);
    }
}

static void cleared_history_begins_anew(void **state)
{
    (void)state;
    double x[N], guess[N];
    for (int at = 0; at < 9; at++) {
        polynomial(5, at, x);
        extrapolation_store(N, ORDERS, memory, x);
    }
    extrapolation_clear(memory);
    assert_int_equal(extrapolation_guess(N, memory, guess), 0);
    // What lies behind the clearing must not enter.
    for (int at = 0; at < 9; at++) {
        polynomial(1, at, x);
        if (at >= 3) {
            extrapolation_guess(N, memory, guess);
            for (int i = 0; i < N; i++)
                CHECK_NEAR(guess[i], x[i], 1e-13);
        }
        extrapolation_store(N, ORDERS, memory, x);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_history, close_history)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_history_no_guess),
        TEST(one_point_is_its_own_guess),
        TEST(polynomials_are_continued_exactly),
        TEST(noise_is_not_extrapolated),
        TEST(differences_are_those_of_the_points),
        TEST(cleared_history_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
