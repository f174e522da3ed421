#include "md/relax.h"

#include "dynamics/motion.h"

static Relax relax;
static Motion motion;

/// Relaxes the motion's molecule and gives the number of evaluations.
static int relax_to(double threshold, int max_steps, RelaxVerdict *verdict)
{
    Arena arena = {0};
    relax = (Relax){.threshold = threshold};
    relax_layout(&relax, &arena, motion.now.n_atoms);
    assert_int_equal(arena_reserve(motion.ctx, &arena), QMT_OK);
    relax_layout(&relax, &arena, motion.now.n_atoms);
    motion_evaluate(&motion);
    double last = motion.now.at.energy;
    int steps = 0;
    EngineReport report;
    *verdict = RELAX_GOING_ON;
    while (*verdict == RELAX_GOING_ON && steps++ < max_steps) {
        assert_int_equal(relax_step(motion.ctx, motion.engine, &relax, &motion.now, &motion.next,
                                    &report, verdict),
                         QMT_OK);
        assert_true(motion.now.at.energy <= last + 1e-9);
        last = motion.now.at.energy;
    }
    arena_release(&arena);
    return steps - 1;
}

static void molecules_come_to_rest(void **state)
{
    (void)state;
    RelaxVerdict verdict;
    const ModelOptions options = BONDS_OF(METHANE_BONDS);
    motion_begin(&motion, &options, METHANE_ATOMS, METHANE_MASS, METHANE_XYZ);
    for (size_t a = 0; a < METHANE_ATOMS; a++)
        for (int x = 0; x < 3; x++)
            motion.now.xyz[a][x] *= 1.2 + 0.1 * sin((double)(a + 1) * (x + 1));
    const int steps = relax_to(5e-4, 1000, &verdict);
    print_message("methane, stretched by 20 %%: %d evaluations, largest slope %.1e\n", steps,
                  relax_largest_slope(METHANE_ATOMS, (const double(*)[3])motion.now.gradient));
    assert_int_equal(verdict, RELAX_CONVERGED);
    assert_true(steps < 100);
    motion_end(&motion);
}

/// A hard case: no bonds, steep walls, several minima.
static void clusters_of_argon_come_to_rest(void **state)
{
    (void)state;
    enum { N = 13 };
    double mass[N], xyz[N][3];
    for (int a = 0; a < N; a++) {
        mass[a] = 39.95;
        // Layers with less than the best distance inside: forces of 0.1 hartree/bohr.
        xyz[a][0] = 5.5 * (a % 3) + 0.3 * sin(a);
        xyz[a][1] = 5.5 * (a / 3 % 3) + 0.3 * cos(3.0 * a);
        xyz[a][2] = 5.5 * (a / 9) + 0.2 * sin(5.0 * a);
    }
    RelaxVerdict verdict;
    const ModelOptions options = {.lj_epsilon = 3.8e-4, .lj_sigma = 6.4};
    motion_begin(&motion, &options, N, mass, (const double(*)[3])xyz);
    const int steps = relax_to(1e-7, 3000, &verdict);
    print_message("13 argon atoms to 1e-7: %d evaluations\n", steps);
    assert_int_equal(verdict, RELAX_CONVERGED);
    motion_end(&motion);
}

static void a_minimum_and_a_single_atom_need_no_step(void **state)
{
    (void)state;
    RelaxVerdict verdict;
    const double mass[1] = {4.0}, xyz[1][3] = {{1.0, 2.0, 3.0}};
    const ModelOptions none = {0};
    motion_begin(&motion, &none, 1, mass, xyz);
    assert_int_equal(relax_to(5e-4, 10, &verdict), 0);
    assert_int_equal(verdict, RELAX_CONVERGED);
    motion_end(&motion);
}

/// A gradient that contradicts the energy leads nowhere, and relaxing says so instead of going on.
static void noise_ends_the_search(void **state)
{
    (void)state;
    RelaxVerdict verdict;
    ModelOptions options = BONDS_OF(METHANE_BONDS);
    options.hysteresis = 5.0;
    motion_begin(&motion, &options, METHANE_ATOMS, METHANE_MASS, METHANE_XYZ);
    relax_to(1e-12, 3000, &verdict);
    assert_int_not_equal(verdict, RELAX_GOING_ON);
    motion_end(&motion);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(molecules_come_to_rest),
        cmocka_unit_test(clusters_of_argon_come_to_rest),
        cmocka_unit_test(a_minimum_and_a_single_atom_need_no_step),
        cmocka_unit_test(noise_ends_the_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
