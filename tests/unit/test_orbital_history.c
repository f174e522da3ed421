#include "scf/orbital_history.h"

#include <math.h>
#include <string.h>

#include "support/arena_fixture.h"
#include "support/check.h"

enum { ROWS = 13, LD = 24, SIZE = ROWS * LD };

static const char *const ISAS[] = {"generic", "avx2", "avx512"};
enum { N_ISAS = sizeof ISAS / sizeof ISAS[0] };

static Arena arena;
static OrbitalHistory history;

static void layout(void)
{
    orbital_history_layout(&history, &arena, SIZE);
}

static int open_history(void **state)
{
    (void)state;
    history.rows = ROWS;
    history.ld = LD;
    return arena_fixture_open(&arena, layout);
}

static int close_history(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/// A path of degree `degree` in time, smaller than one as T - 1 is.
static void point(int degree, int t, float *d)
{
    for (int i = 0; i < SIZE; i++) {
        double value = 0.0;
        for (int p = 0; p <= degree; p++)
            value += pow(0.05 * t, p) * 0.01 * sin(1.0 + i + 3.0 * p);
        d[i] = (float)value;
    }
}

static double largest_error(const float *a, const float *b)
{
    double most = 0.0;
    for (int i = 0; i < SIZE; i++)
        most = fmax(most, fabs((double)a[i] - (double)b[i]));
    return most;
}

static void smooth_paths_are_continued(void **state)
{
    (void)state;
    float d[SIZE], guess[SIZE];
    for (int isa = 0; isa < N_ISAS; isa++) {
        const Kernels *kernels = kernels_choose(ISAS[isa]);
        if (kernels == NULL)
            continue;
        history.kernels = kernels;
        for (int degree = 0; degree < ORBITAL_HISTORY_POINTS; degree++) {
            orbital_history_clear(&history);
            assert_int_equal(orbital_history_guess(&history, guess), 0);
            // Around the ring more than once.
            for (int t = 0; t < 3 * ORBITAL_HISTORY_POINTS; t++) {
                point(degree, t, d);
                const int n_points = orbital_history_guess(&history, guess);
                assert_int_equal(n_points, t < ORBITAL_HISTORY_POINTS ? t : ORBITAL_HISTORY_POINTS);
                // An order is trusted once it has been judged; rounding of D counts up to 63 times.
                if (t > degree + 1)
                    CHECK_NEAR(largest_error(guess, d), 0.0, 63.0 * 6e-8 * 0.06);
                orbital_history_store(&history, d);
            }
        }
    }
}

/// Noise makes high orders bad: the guess must not be worse than the noise of a low order.
static void rough_paths_get_a_low_order(void **state)
{
    (void)state;
    history.kernels = kernels_choose("generic");
    float d[SIZE], guess[SIZE];
    unsigned random = 1;
    for (int t = 0; t < 60; t++) {
        for (int i = 0; i < SIZE; i++) {
            random = random * 1664525u + 1013904223u;
            d[i] = 0.01F + 1e-3F * ((float)(random >> 8) / 16777216.0F - 0.5F);
        }
        if (orbital_history_guess(&history, guess) > 0)
            CHECK_NEAR(largest_error(guess, d), 0.0, t < 20 ? 1.0 : 1.1e-3);
        orbital_history_store(&history, d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(smooth_paths_are_continued, open_history, close_history),
        cmocka_unit_test_setup_teardown(rough_paths_get_a_low_order, open_history, close_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
