/// Local orbitals of a long chain: the densities are those of whole orbitals, and do not depend on threads.
#include "scf/orbital_windows.h"

#include <math.h>
#include <string.h>

#include "base/team_kernels.h"
#include "scf/density.h"
#include "scf/homo_lumo_gap.h"
#include "support/arena_fixture.h"
#include "support/check.h"

/// Units of two orbitals, one of which is filled; they see each other up to RANGE units away.
enum { UNITS = 151, N = 2 * UNITS, LD = (N + 7) / 8 * 8, RANGE = 3, STEPS = 140 };

static QmtContext *ctx;
static Arena arena;
static Density local, whole;
static GapSearch search;
static KernelsPattern pattern;
static Team *team;
static int period; ///< every period-th orbital is filled

static void layout(void)
{
    density_layout(&local, &arena, N);
    density_layout(&whole, &arena, N);
    homo_lumo_gap_layout(&search, &arena, N);
    pattern.row = arena_ints(&arena, N);
    pattern.first = arena_ints(&arena, N);
    pattern.group = arena_ints(&arena, (size_t)N * N);
    pattern.room = arena_doubles(&arena, kernels_pattern_room(N));
}

static int first_row_near(int row)
{
    const int first = 2 * (row / 2 - RANGE);
    return first > 0 ? first : 0;
}

static int last_row_near(int row)
{
    const int last = 2 * (row / 2 + RANGE) + 1;
    return last < N ? last : N - 1;
}

static void make_pattern(void)
{
    int *group = pattern.group;
    for (int row = 0; row < N; row += KERNELS_PATTERN_ROWS) {
        const int end = row + KERNELS_PATTERN_ROWS < N ? row + KERNELS_PATTERN_ROWS : N;
        pattern.row[pattern.n_blocks] = row;
        pattern.first[pattern.n_blocks++] = (int)(group - pattern.group);
        for (int g = first_row_near(row) / KERNELS_PATTERN_GROUP;
             g <= last_row_near(end - 1) / KERNELS_PATTERN_GROUP; g++)
            *group++ = g;
    }
    pattern.row[pattern.n_blocks] = N;
    pattern.first[pattern.n_blocks] = (int)(group - pattern.group);
}

/// Couplings that vibrate, each with a phase of its own.
static void chain_at(double t, double *overlap, double *fock)
{
    memset(overlap, 0, (size_t)N * LD * sizeof *overlap);
    memset(fock, 0, (size_t)N * LD * sizeof *fock);
    for (int i = 0; i < N; i++) {
        overlap[i * LD + i] = 1.0;
        fock[i * LD + i] = (i % period == 0 ? -0.45 : 0.25) + 0.02 * sin(t + 0.7 * i);
        for (int j = first_row_near(i); j < i; j++) {
            const double strength =
                exp(-1.2 * (i / 2 - j / 2)) * (1.0 + 0.05 * sin(2.0 * t + i + 0.3 * j));
            overlap[i * LD + j] = overlap[j * LD + i] = 0.15 * strength;
            fock[i * LD + j] = fock[j * LD + i] = -0.2 * strength;
        }
    }
}

static void open_density(Density *density, bool may_be_local)
{
    density->kernels = ctx->kernels;
    density->n_alpha = density->n_beta = UNITS;
    density->kt = 9.5e-4;
    density->pattern = density->update.pattern = &pattern;
    density->update.may_be_local = may_be_local;
}

static int begin(void **state)
{
    (void)state;
    local = whole = (Density){0};
    pattern = (KernelsPattern){0};
    period = 2;
    if (arena_fixture_open(&arena, layout) != 0)
        return -1;
    make_pattern();
    open_density(&local, true);
    open_density(&whole, false);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&arena);
    team_destroy(&team);
    return 0;
}

static void solve_at(Density *density, double t)
{
    chain_at(t, density->overlap, density->fock);
    density_begin(density);
    assert_int_equal(density_build(ctx, density), QMT_OK);
    // A Hamiltonian that differs a little, as the second one of a geometry does.
    for (int i = 0; i < N; i++)
        density->fock[i * LD + i] += 2e-8 * sin(3.0 * i);
    assert_int_equal(density_build(ctx, density), QMT_OK);
}

/// Inside the pattern.
static double largest_difference(const double *a, const double *b)
{
    double largest = 0.0;
    for (int i = 0; i < N; i++)
        for (int j = first_row_near(i); j <= last_row_near(i); j++)
            largest = fmax(fabs(a[i * LD + j] - b[i * LD + j]), largest);
    return largest;
}

static void densities_are_those_of_whole_orbitals(void **state)
{
    (void)state;
    int n_local = 0;
    for (int step = 0; step < STEPS; step++) {
        solve_at(&local, 0.004 * step);
        solve_at(&whole, 0.004 * step);
        assert_false(orbital_update_is_local(&whole.update));
        n_local += orbital_update_is_local(&local.update);
        assert_int_equal(local.n_diagonalised, step == 0 ? 1 : 0);
        // Each is within 1e-10 of the density of its Hamiltonian (test_density.c).
        CHECK_NEAR(largest_difference(local.density, whole.density), 0.0, 2e-10);
        // Half way windows count as grown: at the next measurement the orbitals are made local anew.
        if (step == STEPS / 2)
            local.update.windows.kept->first_cost = 0.0;
        density_end(&local);
        density_end(&whole);
        density_build_weighted(&local);
        density_build_weighted(&whole);
        // As in test_density.c: single precision where it is multiplied by corrections.
        CHECK_NEAR(largest_difference(local.weighted, whole.weighted), 0.0, 1e-9);
    }
    // The first geometry is diagonalised, the second makes the orbitals local.
    assert_int_equal(n_local, STEPS - 2);
    assert_true(local.update.windows.kept->first_cost > 0.0);
    // Outside of their windows they are zero, and most of their rows are outside.
    size_t n_zero = 0;
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < UNITS; j++)
            n_zero += local.update.kept_orbitals[i * local.update.ld + j] == 0.0;
    assert_true(n_zero > N * UNITS / 2);
}

// There is no room to turn so many empty ones, which shows when the filled ones are turned: they go on as they were.
static void orbitals_that_cannot_be_made_local_stay_whole(void **state)
{
    (void)state;
    period = 20;
    local.n_alpha = local.n_beta = (N + 19) / 20;
    for (int step = 0; step < 20; step++) {
        double deviation;
        solve_at(&local, 0.004 * step);
        assert_int_equal(local.n_diagonalised, step == 0 ? 1 : 0);
        assert_int_equal(density_deviation(ctx, &local, &deviation), QMT_OK);
        CHECK_NEAR(deviation, 0.0, 1e-10); // as in test_density.c
        density_end(&local);
        assert_int_equal(local.update.windows.kept->tried, step > 0);
        assert_int_equal(local.update.windows.kept->known, 0);
    }
}

static void self_checks_agree(void **state)
{
    (void)state;
    for (int step = 0; step < 20; step++) {
        double deviation;
        solve_at(&local, 0.004 * step);
        assert_int_equal(density_deviation(ctx, &local, &deviation), QMT_OK);
        // As in test_density.c.
        CHECK_NEAR(deviation, 0.0, 1e-10);
        density_end(&local);
    }
    assert_true(orbital_update_is_local(&local.update));
}

static void the_gap_is_that_of_a_diagonalisation(void **state)
{
    (void)state;
    for (int step = 0; step < 40; step++) {
        solve_at(&local, 0.004 * step);
        density_end(&local);
        density_build_weighted(&local);
        const double gap = homo_lumo_gap(&local, &search);
        chain_at(0.004 * step, whole.overlap, whole.fock);
        memcpy(whole.fock, local.fock, (size_t)N * LD * sizeof *whole.fock);
        whole.always_diagonalise = true;
        density_begin(&whole);
        assert_int_equal(density_build(ctx, &whole), QMT_OK);
        // A tenth of what `check` allows: levels of a chain lie 1e-4 hartree apart and cross.
        CHECK_NEAR(gap, whole.eps[UNITS] - whole.eps[UNITS - 1], 1e-6);
    }
    assert_true(orbital_update_is_local(&local.update));
}

static void threads_change_no_byte(void **state)
{
    (void)state;
    assert_int_equal(team_create(ctx, 3, &team), QMT_OK);
    static Kernels divided;
    divided = team_kernels(ctx->kernels);
    local.kernels = &divided;
    whole.update.may_be_local = true;
    for (int step = 0; step < 20; step++) {
        team_enter(team);
        solve_at(&local, 0.004 * step);
        density_build_weighted(&local);
        density_end(&local);
        team_leave();
        solve_at(&whole, 0.004 * step);
        density_build_weighted(&whole);
        density_end(&whole);
        // The same numbers to the last bit, whoever has summed them.
        CHECK_NEAR(largest_difference(local.density, whole.density), 0.0, 0.0);
        CHECK_NEAR(largest_difference(local.weighted, whole.weighted), 0.0, 0.0);
        assert_memory_equal(local.update.kept_orbitals, whole.update.kept_orbitals,
                            N * local.update.ld * sizeof(double));
    }
    assert_true(orbital_update_is_local(&local.update));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    const struct CMUnitTest tests[] = {
        TEST(densities_are_those_of_whole_orbitals),
        TEST(orbitals_that_cannot_be_made_local_stay_whole),
        TEST(self_checks_agree),
        TEST(the_gap_is_that_of_a_diagonalisation),
        TEST(threads_change_no_byte),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    qmt_context_destroy(&ctx);
    return failed;
}
