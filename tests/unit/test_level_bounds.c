/// Levels of orbitals that have drifted among themselves, beside those of a diagonalisation.
#include "scf/level_bounds.h"

#include <math.h>
#include <string.h>

#include "base/linalg.h"
#include "support/check.h"

enum { N = 12, LD = 16 };

static double diagonal[N], work[4 * N];
static float off[N * LD], room[N * LD];

/// Levels from -0.05 hartree on, and pairs of them turned by up to a right angle.
static double turned_levels(double angle)
{
    static double full[N * LD], eps[N], space[4096];
    static int whole[512];
    memset(full, 0, sizeof full);
    for (size_t i = 0; i < N; i++)
        full[i * LD + i] = -0.05 + 0.09 * (double)i;
    for (size_t pair = 0; pair < 3 * N; pair++) {
        const size_t i = pair % N, j = (pair * 5 + 1 + pair / N) % N;
        const double c = cos(angle * (double)(1 + pair % 3)),
                     s = sin(angle * (double)(1 + pair % 3));
        for (size_t k = 0; k < N && i != j; k++) {
            const double a = full[i * LD + k], b = full[j * LD + k];
            full[i * LD + k] = c * a - s * b;
            full[j * LD + k] = s * a + c * b;
        }
        for (size_t k = 0; k < N && i != j; k++) {
            const double a = full[k * LD + i], b = full[k * LD + j];
            full[k * LD + i] = c * a - s * b;
            full[k * LD + j] = s * a + c * b;
        }
    }
    for (size_t i = 0; i < N; i++) {
        diagonal[i] = full[i * LD + i];
        for (size_t j = 0; j < N; j++)
            off[i * LD + j] = i == j ? 0.0F : (float)full[i * LD + j];
    }
    assert_true(linalg_eigen_work(N) <= 4096 && linalg_eigen_iwork(N) <= 512);
    assert_true(linalg_eigen(NULL, N, full, LD, eps, space, whole));
    return eps[0];
}

static LevelMatrix matrix_of(double s, double t)
{
    return (LevelMatrix){.kernels = kernels_choose(NULL),
                         .n = N,
                         .ld = LD,
                         .diagonal = diagonal,
                         .off = off,
                         .s = s,
                         .t = t};
}

static void the_diagonal_alone_misses_the_lowest_level(void **state)
{
    (void)state;
    double farthest = 0.0;
    for (double angle = 0.0; angle < 1.6; angle += 0.05) {
        const double lowest = turned_levels(angle);
        double least = INFINITY;
        for (size_t i = 0; i < N; i++)
            least = fmin(least, diagonal[i]);
        farthest = fmax(farthest, least - lowest);
    }
    assert_true(farthest > 0.05); // else the others here would show nothing
}

static void a_cholesky_decomposition_tells_exactly(void **state)
{
    (void)state;
    for (double angle = 0.0; angle < 1.6; angle += 0.05) {
        const double lowest = turned_levels(angle);
        const LevelMatrix matrix = matrix_of(1.0, 1.0);
        CHECK_NEAR(lowest, -0.05, 1e-12);
        // single precision of levels up to one hartree
        assert_true(levels_are_above(&matrix, lowest - 1e-5, room));
        assert_false(levels_are_above(&matrix, lowest + 1e-5, room));
    }
}

static void the_estimate_lies_above_and_near(void **state)
{
    (void)state;
    double farthest = 0.0;
    for (double angle = 0.0; angle < 0.3; angle += 0.02) {
        const double lowest = turned_levels(angle);
        const LevelMatrix matrix = matrix_of(1.0, 1.0);
        const double found = levels_lowest(&matrix, work);
        assert_true(found > lowest - 1e-6);
        farthest = fmax(farthest, found - lowest);
    }
    assert_true(farthest < 0.02);
}

static void the_other_sign_gives_the_highest_level(void **state)
{
    (void)state;
    (void)turned_levels(0.1);
    const LevelMatrix matrix = matrix_of(-1.0, 1.0);
    const double highest = -0.05 + 0.09 * (N - 1);
    // The descent ends below 1e-3 hartree a step; the decomposition is in single precision, whose rounding is 1e-7.
    CHECK_NEAR(-levels_lowest(&matrix, work), highest, 0.02);
    assert_true(levels_are_above(&matrix, -highest - 1e-5, room));
    assert_false(levels_are_above(&matrix, -highest + 1e-5, room));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_diagonal_alone_misses_the_lowest_level),
        cmocka_unit_test(a_cholesky_decomposition_tells_exactly),
        cmocka_unit_test(the_estimate_lies_above_and_near),
        cmocka_unit_test(the_other_sign_gives_the_highest_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
