/// G_vv X - X G_oo = R in single precision (src/scf/orbital_equation.c).
#include "support/check.h"

#include <string.h>

#include "base/random.h"
#include "scf/orbital_update_parts.h"
#include "support/arena_fixture.h"

enum { N_SMALL = 40, N_LARGE = 90, OCCUPIED = 21, MOST = N_LARGE };

static Arena arena;
static OrbitalUpdate update;
static size_t n_orbitals;
static float right[(MOST + 4) * 2 * MOST]; ///< R

static void layout(void)
{
    orbital_update_layout(&update, &arena, n_orbitals);
}

static int open_with(size_t n)
{
    n_orbitals = n;
    if (arena_fixture_open(&arena, layout) != 0)
        return -1;
    update.kernels = kernels_choose(NULL);
    update.n_occupied = OCCUPIED;
    update.overlap = update.fc; // not looked at
    (void)orbital_update_begin(&update);
    return 0;
}

static int open_small(void **state)
{
    (void)state;
    return open_with(N_SMALL);
}

static int open_large(void **state)
{
    (void)state;
    return open_with(N_LARGE);
}

static int close_update(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static double noise(size_t i, size_t j)
{
    const RandomKey key = {.seed = 11};
    double normal[3];
    random_normals(&key, i < j ? i : j, i < j ? j : i, RANDOM_VELOCITIES, normal);
    return normal[0];
}

/// Levels from -0.6 to -0.4 and from 0.1 to 0.5 hartree, and off-diagonal elements of some size.
static void make_equation(double off, double size)
{
    const size_t fv = update.first_virtual, nv = orbital_update_n_virtual(&update), ld = update.ld;
    float *vv = update.g_off + orbital_update_vv(&update);
    memset(update.g_off, 0, orbital_update_size(&update) * sizeof(float));
    for (size_t i = 0; i < OCCUPIED; i++)
        for (size_t j = 0; j < OCCUPIED; j++)
            update.g_off[i * ld + j] = i == j ? 0.0F : (float)(off * noise(i, j));
    for (size_t a = 0; a < nv; a++) {
        for (size_t b = 0; b < nv; b++)
            vv[a * ld + b] = a == b ? 0.0F : (float)(off * noise(100 + a, 100 + b));
        for (size_t i = 0; i < fv; i++) {
            const double gap = 0.5 + 0.2 * (double)i / OCCUPIED + 0.4 * (double)a / (double)nv;
            update.scale[a * ld + i] = (float)(1.0 / gap);
            right[a * ld + i] = update.residual[a * ld + i] =
                i < OCCUPIED ? (float)(size * noise(200 + a, 400 + i)) : 0.0F;
        }
    }
}

/// (O v)_ai
static double off_times(const float *v, size_t a, size_t i)
{
    const size_t ld = update.ld;
    const float *vv = update.g_off + orbital_update_vv(&update);
    double sum = 0.0;
    for (size_t j = 0; j < OCCUPIED; j++)
        sum += (double)v[a * ld + j] * (double)update.g_off[j * ld + i];
    for (size_t b = 0; b < orbital_update_n_virtual(&update); b++)
        sum += (double)vv[a * ld + b] * (double)v[b * ld + i];
    return sum;
}

/// The largest |R - A X|, and the largest difference of it from what the last step tells.
static void check_rest(double share, double size)
{
    const size_t nv = orbital_update_n_virtual(&update), ld = update.ld;
    for (size_t a = 0; a < nv; a++)
        for (size_t i = 0; i < OCCUPIED; i++) {
            const double rest = (double)right[a * ld + i] -
                                (double)update.x[a * ld + i] / (double)update.scale[a * ld + i] +
                                off_times(update.x, a, i);
            CHECK_NEAR(rest, 0.0, share * size);
            // Of large molecules; sums of some ten numbers of this size in single precision, in some steps.
            if (update.large)
                CHECK_NEAR(rest, off_times(update.residual, a, i), 2e-6 * size);
        }
}

static void the_equation_is_solved(void **state)
{
    (void)state;
    static const double TOLERANCE[3] = {1e-2, 1e-3, 1e-4};
    const double off = update.large ? 0.008 : 0.015; // a spectral radius of 0.3
    for (int k = 0; k < 3; k++) {
        make_equation(off, 1e-6);
        const double largest = orbital_update_solve(&update, TOLERANCE[k]);
        assert_true(largest > 2e-6 && largest < 1e-5); // four widths of noise, divided by a gap
        // The tolerance is one of X, 8e-6 at most, times a gap of 0.5 to 1.1.
        check_rest(8.0 * TOLERANCE[k], 1e-6);
    }
}

static void nothing_is_solved_at_once(void **state)
{
    (void)state;
    make_equation(0.01, 0.0);
    CHECK_NEAR(orbital_update_solve(&update, 1e-3), 0.0, 0.0); // of nothing
    check_rest(0.0, 1e-6);
}

static void a_matrix_without_a_gap_is_refused(void **state)
{
    (void)state;
    make_equation(0.3, 1e-6);
    assert_true(orbital_update_solve(&update, 1e-3) < 0.0);
}

#define BOTH(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, open_small, close_update),                               \
        cmocka_unit_test_setup_teardown(name, open_large, close_update)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(the_equation_is_solved),
        BOTH(nothing_is_solved_at_once),
        BOTH(a_matrix_without_a_gap_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
