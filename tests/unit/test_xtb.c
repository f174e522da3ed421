/// What an engine refuses, and what it does when the self-consistent field does not converge.
#include "support/check.h"

#include <string.h>

#include "base/units.h"
#include "engine/xtb.h"
#include "support/systems.h"

static QmtContext *ctx;

static int open_context(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) == QMT_OK ? 0 : -1;
}

static int close_context(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

/// Fails with this status and with these words in its sentence; the pointer stays as it was.
static void check_refused(size_t n, const int *numbers, const QmtEngineOptions *options,
                          QmtStatus status, const char *words)
{
    Engine *engine = NULL;
    assert_int_equal(xtb_create(ctx, n, numbers, options, &engine), status);
    assert_null(engine);
    if (strstr(qmt_context_message(ctx), words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", qmt_context_message(ctx), words);
}

static const int WATER[] = {8, 1, 1};

static void elements_beyond_the_table_are_refused(void **state)
{
    (void)state;
    const QmtEngineOptions options = qmt_engine_options_default();
    check_refused(3, (int[]){8, 87, 1}, &options, QMT_ERR_INPUT, "atom 2 has atomic number 87");
    check_refused(3, (int[]){0, 1, 1}, &options, QMT_ERR_INPUT, "atom 1 has atomic number 0");
    check_refused(1, (int[]){-5}, &options, QMT_ERR_INPUT, "atomic number -5");
    check_refused(0, WATER, &options, QMT_ERR_INPUT, "no atoms");
}

static void impossible_electrons_are_refused(void **state)
{
    (void)state;
    QmtEngineOptions options = qmt_engine_options_default();
    options.unpaired = 1;
    check_refused(
        3, WATER, &options, QMT_ERR_INPUT,
        "charge +0 and multiplicity 2 do not fit together: 8 valence electrons need an odd "
        "multiplicity up to 9");
    options.charge = 1;
    options.unpaired = 0;
    check_refused(3, WATER, &options, QMT_ERR_INPUT, "an even multiplicity");
    options.unpaired = 9;
    check_refused(3, WATER, &options, QMT_ERR_INPUT, "multiplicity 10");
    options.charge = 9;
    options.unpaired = -1;
    check_refused(3, WATER, &options, QMT_ERR_INPUT, "only 8 valence electrons");
    options.charge = -5;
    check_refused(3, WATER, &options, QMT_ERR_INPUT, "do not fit into the 6 orbitals");
    options.charge = 0;
    options.unpaired = 8;
    check_refused(3, WATER, &options, QMT_ERR_INPUT, "8 electrons of one spin");
}

/// Water, whose hydrogen atoms move by up to 0.4 bohr from one geometry to the next.
static void water_number(int k, double xyz[3][3])
{
    static const double SHIFT[4] = {0.0, 0.3, -0.25, 0.15};
    const double start[3][3] = {{0.0, 0.0, 0.0}, {0.0, 1.43, 1.11}, {0.0, -1.43, 1.11}};
    memcpy(xyz, start, sizeof start);
    xyz[1][1] += SHIFT[k % 4];
    xyz[2][2] += SHIFT[(k + 1) % 4];
    xyz[2][0] += 0.1 * (k % 7);
}

static void geometries_apart_have_the_energies_of_cold_starts(void **state)
{
    (void)state;
    const QmtEngineOptions options = qmt_engine_options_default();
    Engine *near = NULL, *cold = NULL;
    double xyz[3][3], energy[2], gradient[2][3][3];
    assert_int_equal(xtb_create(ctx, 3, WATER, &options, &near), QMT_OK);
    assert_int_equal(xtb_create(ctx, 3, WATER, &options, &cold), QMT_OK);
    xtb_geometries_apart(near);
    for (int k = 0; k < 40; k++) { // two self-checks among them
        const EngineResult first = {.energy = &energy[0], .gradient = gradient[0]};
        const EngineResult second = {.energy = &energy[1], .gradient = gradient[1]};
        water_number(k, xyz);
        engine_forget(cold);
        assert_int_equal(engine_evaluate(ctx, near, (const double(*)[3])xyz, &first), QMT_OK);
        assert_int_equal(engine_evaluate(ctx, cold, (const double(*)[3])xyz, &second), QMT_OK);
        // The SCF ends at 1e-9 or so; the energy is quadratic in what is left, the gradient linear.
        CHECK_NEAR(energy[0], energy[1], 1e-11);
        for (int i = 0; i < 9; i++)
            CHECK_NEAR((&gradient[0][0][0])[i], (&gradient[1][0][0])[i], 1e-7);
    }
    engine_destroy(&near);
    engine_destroy(&cold);
}

/// LiO from 1.5 to 2.4 angstrom has two solutions, which follow on from one geometry to the next.
static void geometries_apart_do_not_choose_a_solution_by_the_one_before(void **state)
{
    (void)state;
    static const int NUMBERS[2] = {3, 8};
    const QmtEngineOptions options = qmt_engine_options_default();
    Engine *near = NULL, *cold = NULL;
    assert_int_equal(xtb_create(ctx, 2, NUMBERS, &options, &near), QMT_OK);
    assert_int_equal(xtb_create(ctx, 2, NUMBERS, &options, &cold), QMT_OK);
    xtb_geometries_apart(near);
    for (int k = 0; k <= 12; k++) { // out and back
        const double xyz[2][3] = {{0.0}, {0.0, 0.0, 2.84 + 0.28 * (k <= 6 ? k : 12 - k)}};
        double energy[2];
        engine_forget(cold);
        assert_int_equal(engine_evaluate(ctx, near, xyz, &(EngineResult){.energy = &energy[0]}),
                         QMT_OK);
        assert_int_equal(engine_evaluate(ctx, cold, xyz, &(EngineResult){.energy = &energy[1]}),
                         QMT_OK);
        // As above; the two solutions are up to 3e-4 hartree from each other.
        CHECK_NEAR(energy[0], energy[1], 1e-11);
    }
    engine_destroy(&near);
    engine_destroy(&cold);
}

/// From a short bond to a torn one: what follows on from it is an ionic solution, 0.5 to 1.3 hartree above.
static void a_leap_does_not_carry_a_solution_along(void **state)
{
    (void)state;
    static const struct {
        int z;
        double from, to; ///< angstrom
    } LEAPS[] = {{9, 1.4, 3.8923},    {9, 1.5846, 4.0769}, {9, 1.9538, 3.8923},
                 {8, 1.2974, 4.8051}, {8, 1.6872, 4.6103}, {8, 2.3692, 4.8051}};
    const QmtEngineOptions options = qmt_engine_options_default();
    for (size_t i = 0; i < sizeof LEAPS / sizeof *LEAPS; i++) {
        const int numbers[2] = {LEAPS[i].z, LEAPS[i].z};
        const double from[2][3] = {{0.0}, {0.01, 0.02, LEAPS[i].from * BOHR_PER_ANGSTROM}},
                     to[2][3] = {{0.0}, {0.01, 0.02, LEAPS[i].to * BOHR_PER_ANGSTROM}};
        double energy[2];
        Engine *engine = NULL;
        assert_int_equal(xtb_create(ctx, 2, numbers, &options, &engine), QMT_OK);
        assert_int_equal(engine_evaluate(ctx, engine, to, &(EngineResult){.energy = &energy[0]}),
                         QMT_OK);
        engine_forget(engine);
        for (int k = 0; k < 2; k++)
            assert_int_equal(engine_evaluate(ctx, engine, k == 0 ? from : to,
                                             &(EngineResult){.energy = &energy[1]}),
                             QMT_OK);
        engine_destroy(&engine);
        // As above.
        CHECK_NEAR(energy[1], energy[0], 1e-11);
    }
}

/// From fluorine atoms at 3.6154 angstrom no stage leads to a solution at 3.4308: it is the one from nothing, and the step a jump.
static void a_step_without_a_solution_is_solved_from_nothing(void **state)
{
    (void)state;
    static const int NUMBERS[2] = {9, 9};
    static const double ANGSTROM[3] = {3.4308, 3.6154, 3.4308};
    const QmtEngineOptions options = qmt_engine_options_default();
    double energy[3];
    EngineReport report = {0};
    Engine *engine = NULL;
    assert_int_equal(xtb_create(ctx, 2, NUMBERS, &options, &engine), QMT_OK);
    for (int k = 0; k < 3; k++) {
        const double xyz[2][3] = {{0.0}, {0.01, 0.02, ANGSTROM[k] * BOHR_PER_ANGSTROM}};
        if (k == 1)
            engine_forget(engine);
        assert_int_equal(engine_evaluate(ctx, engine, xyz,
                                         &(EngineResult){.energy = &energy[k], .report = &report}),
                         QMT_OK);
    }
    engine_destroy(&engine);
    // As above.
    CHECK_NEAR(energy[2], energy[0], 1e-11);
    // a jump, or a crossing where rounding lets a stage arrive
    assert_int_not_equal(report.change, SCF_SAME);
}

static void unknown_methods_are_refused(void **state)
{
    (void)state;
    QmtEngineOptions options = qmt_engine_options_default();
    options.method = "GFN2-xTC";
    check_refused(3, WATER, &options, QMT_ERR_CONFIG,
                  "unknown method \"GFN2-xTC\"; did you mean GFN2-xTB?");
    options.method = "gfn2-XTB"; // any case
    Engine *engine = NULL;
    assert_int_equal(xtb_create(ctx, 3, WATER, &options, &engine), QMT_OK);
    engine_destroy(&engine);
}

static void impossible_options_are_refused(void **state)
{
    (void)state;
    static const double BAD[] = {0.0, -1.0, NAN};
    for (int i = 0; i < 3; i++) {
        QmtEngineOptions options = qmt_engine_options_default();
        options.electronic_temperature_k = BAD[i];
        check_refused(3, WATER, &options, QMT_ERR_CONFIG, "electronic temperature");
        options = qmt_engine_options_default();
        options.scf_tolerance = BAD[i];
        check_refused(3, WATER, &options, QMT_ERR_CONFIG, "tolerance");
    }
    QmtEngineOptions options = qmt_engine_options_default();
    options.scf_max_iterations = 0;
    check_refused(3, WATER, &options, QMT_ERR_CONFIG, "0 iterations");
}

static void any_result_may_be_left_out(void **state)
{
    (void)state;
    const System *water = system_named("water");
    const QmtEngineOptions options = qmt_engine_options_default();
    double xyz[SYSTEM_MAX_ATOMS][3], energy = 0.0, charges[3], dipole[3], gradient[3][3];
    Engine *engine = NULL;
    system_bohr(water, xyz);
    const double(*where)[3] = (const double(*)[3])xyz;
    assert_int_equal(xtb_create(ctx, 3, WATER, &options, &engine), QMT_OK);
    const EngineResult wanted[] = {
        {0}, {.energy = &energy}, {.gradient = gradient}, {.charges = charges, .dipole = dipole}};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        assert_int_equal(engine_evaluate(ctx, engine, where, &wanted[i]), QMT_OK);
    CHECK_NEAR(energy, -5.069866351632, 1e-10); // as published with the method's reference numbers
    engine_destroy(&engine);
    assert_null(engine);
    engine_destroy(&engine);
}

/// An engine with results to compare and to spoil.
typedef struct {
    Engine *engine;
    double xyz[SYSTEM_MAX_ATOMS][3];
    double energy, gradient[SYSTEM_MAX_ATOMS][3];
    EngineReport report;
} Run;

static void begin(Run *run, const char *name, int max_iterations)
{
    const System *system = system_named(name);
    QmtEngineOptions options = qmt_engine_options_default();
    options.charge = system->charge;
    options.unpaired = system->unpaired;
    if (max_iterations > 0)
        options.scf_max_iterations = max_iterations;
    *run = (Run){0};
    system_bohr(system, run->xyz);
    assert_int_equal(xtb_create(ctx, system->n, system->numbers, &options, &run->engine), QMT_OK);
}

static QmtStatus evaluate(Run *run)
{
    const EngineResult result = {
        .energy = &run->energy, .gradient = run->gradient, .report = &run->report};
    return engine_evaluate(ctx, run->engine, (const double(*)[3])run->xyz, &result);
}

static void failures_leave_results_untouched(void **state)
{
    (void)state;
    Run run, other;
    begin(&run, "HOCl", 0);
    begin(&other, "HOCl", 0);
    run.energy = 7.0;
    run.gradient[1][1] = 8.0;
    run.report.scf_iterations = 9;

    xtb_fail_at(run.engine, 1);
    assert_int_equal(evaluate(&run), QMT_ERR_SCF);
    const double good = run.xyz[0][0];
    run.xyz[0][0] = NAN;
    assert_int_equal(evaluate(&run), QMT_ERR_INPUT);
    run.xyz[0][0] = good;
    CHECK_NEAR(run.energy, 7.0, 0.0);
    CHECK_NEAR(run.gradient[1][1], 8.0, 0.0);
    assert_int_equal(run.report.scf_iterations, 9);

    // As if nothing had happened.
    assert_int_equal(evaluate(&run), QMT_OK);
    assert_int_equal(evaluate(&other), QMT_OK);
    assert_memory_equal(&run.energy, &other.energy, sizeof run.energy);
    assert_memory_equal(run.gradient, other.gradient, sizeof run.gradient);
    engine_destroy(&run.engine);
    engine_destroy(&other.engine);
}

static void forced_failures_come_when_asked_for(void **state)
{
    (void)state;
    Run run;
    begin(&run, "water", 0);
    xtb_fail_at(run.engine, 3);
    assert_int_equal(evaluate(&run), QMT_OK);
    assert_int_equal(evaluate(&run), QMT_OK);
    assert_int_equal(evaluate(&run), QMT_ERR_SCF);
    assert_int_equal(evaluate(&run), QMT_OK);
    xtb_fail_at(run.engine, 1);
    xtb_fail_at(run.engine, 0); // switched off
    assert_int_equal(evaluate(&run), QMT_OK);
    engine_destroy(&run.engine);
}

// With fewer and fewer cycles a stage the recovery runs on until no stage is left. Whatever stage
// converges finds the same solution.
static void every_stage_finds_the_same_solution(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"HOCl",       "SO2",        "KCl",
                                        "chloroform", "triplet O2", "titanium tetrachloride"};
    int n_first = 0, n_later = 0, n_failed = 0;
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        Run wanted;
        begin(&wanted, NAMES[i], 0);
        assert_int_equal(evaluate(&wanted), QMT_OK);
        assert_int_equal(wanted.report.recovery, 0);
        for (int cycles = 1; cycles <= wanted.report.scf_iterations; cycles++) {
            Run run;
            begin(&run, NAMES[i], cycles);
            const QmtStatus status = evaluate(&run);
            if (status == QMT_OK) {
                CHECK_NEAR(run.energy, wanted.energy, 1e-11);
                for (int x = 0; x < 3; x++)
                    CHECK_NEAR(run.gradient[0][x], wanted.gradient[0][x], 1e-9);
                n_first += run.report.recovery == 0;
                n_later += run.report.recovery > 0;
            } else {
                assert_int_equal(status, QMT_ERR_SCF);
                assert_non_null(strstr(qmt_context_message(ctx), "scf: no convergence"));
                CHECK_NEAR(run.energy, 0.0, 0.0);
                n_failed++;
            }
            engine_destroy(&run.engine);
        }
        engine_destroy(&wanted.engine);
    }
    print_message("%d at the first try, %d on a later stage, %d failed\n", n_first, n_later,
                  n_failed);
    assert_true(n_first > 0 && n_later > 0);
    assert_int_equal(n_failed, 0);
}

/// Stretches formate to where plain mixing needs many cycles, after an easy geometry.
static void recover(int max_iterations, Run *run)
{
    begin(run, "formate", max_iterations);
    assert_int_equal(evaluate(run), QMT_OK);
    for (int a = 0; a < 4; a++)
        for (int x = 0; x < 3; x++)
            run->xyz[a][x] *= 1.7;
    if (evaluate(run) != QMT_OK)
        fail_msg("%d cycles: %s", max_iterations, qmt_context_message(ctx));
}

static void later_stages_find_the_same_solution(void **state)
{
    (void)state;
    int seen[4] = {0};
    Run wanted;
    recover(0, &wanted);
    for (int cycles = 12; cycles <= 84; cycles += 4) {
        Run run;
        recover(cycles, &run);
        CHECK_NEAR(run.energy, wanted.energy, 1e-11);
        for (int a = 0; a < 4; a++)
            for (int x = 0; x < 3; x++)
                CHECK_NEAR(run.gradient[a][x], wanted.gradient[a][x], 1e-9);
        seen[run.report.recovery]++;
        engine_destroy(&run.engine);
    }
    engine_destroy(&wanted.engine);
    assert_true(seen[1] > 0); // downhill
}

// Some geometry is too hard for the cycles allowed; the engine then does the easy one as if new.
/// Al, Mn and Pd as crammed as in a random cluster: the charges of GFN1-xTB run away at 300 K, with bonds three tenths
/// longer they do not.
static void metals(Run *run, double stretched)
{
    static const double AT[3][3] = {{0.0, 0.0, 0.0},
                                    {-1.75135197, 0.33742585, 1.10244088},
                                    {0.33343354, 0.07000576, -2.36340370}};
    for (size_t a = 0; a < 3; a++)
        for (size_t x = 0; x < 3; x++)
            run->xyz[a][x] = stretched * AT[a][x] * BOHR_PER_ANGSTROM;
}

static void engine_is_usable_after_all_stages_failed(void **state)
{
    (void)state;
    Run run = {0}, fresh = {0};
    QmtEngineOptions options = qmt_engine_options_default();
    options.method = "GFN1-xTB";
    options.charge = -1;
    options.unpaired = 3;
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            xtb_create(ctx, 3, (int[]){13, 25, 46}, &options, i ? &run.engine : &fresh.engine),
            QMT_OK);
    metals(&run, 1.3);
    metals(&fresh, 1.3);
    assert_int_equal(evaluate(&run), QMT_OK);
    const double energy = run.energy;
    metals(&run, 1.0);
    assert_int_equal(evaluate(&run), QMT_ERR_SCF);
    CHECK_NEAR(run.energy, energy, 0.0);
    metals(&run, 1.3);
    assert_int_equal(evaluate(&run), QMT_OK);
    assert_int_equal(evaluate(&fresh), QMT_OK);
    // What was kept is forgotten, so even the bytes are those of a new engine.
    assert_memory_equal(&run.energy, &fresh.energy, sizeof run.energy);
    assert_memory_equal(run.gradient, fresh.gradient, sizeof run.gradient);
    engine_destroy(&run.engine);
    engine_destroy(&fresh.engine);
}

// A jump to another geometry makes the memory worthless; the result is that of a new engine.
static void a_jump_is_recovered_from(void **state)
{
    (void)state;
    Run run, fresh;
    begin(&run, "SO2", 0);
    for (int step = 0; step < 8; step++) {
        run.xyz[1][0] += 0.01;
        assert_int_equal(evaluate(&run), QMT_OK);
    }
    static const double FAR[3][3] = {{0.0, 0.0, 0.0}, {0.0, 0.3, 2.9}, {0.1, 2.4, -1.2}};
    begin(&fresh, "SO2", 0);
    memcpy(run.xyz, FAR, sizeof FAR);
    memcpy(fresh.xyz, FAR, sizeof FAR);
    assert_int_equal(evaluate(&run), QMT_OK);
    assert_int_equal(evaluate(&fresh), QMT_OK);
    CHECK_NEAR(run.energy, fresh.energy, 1e-11);
    for (int a = 0; a < 3; a++)
        for (int x = 0; x < 3; x++)
            CHECK_NEAR(run.gradient[a][x], fresh.gradient[a][x], 1e-9);
    engine_destroy(&run.engine);
    engine_destroy(&fresh.engine);
}

/// A molecule that moves, with a self-check at every third geometry.
static void move(Run *run, int step)
{
    run->xyz[1][0] += 0.003 * (1.0 + 0.1 * step);
    run->xyz[0][1] -= 0.002;
    assert_int_equal(evaluate(run), QMT_OK);
}

static void a_self_check_that_passes_changes_nothing(void **state)
{
    (void)state;
    Run checked, other;
    begin(&checked, "HOCl", 0);
    begin(&other, "HOCl", 0);
    xtb_check(checked.engine, 3, 1e-8);
    for (int step = 0; step < 12; step++) {
        move(&checked, step);
        move(&other, step);
        assert_int_equal(checked.report.checked, step % 3 == 2);
        assert_false(checked.report.check_failed);
        assert_false(other.report.checked);
        assert_memory_equal(&checked.energy, &other.energy, sizeof other.energy);
        assert_memory_equal(checked.gradient, other.gradient, sizeof other.gradient);
    }
    assert_int_equal(other.report.diagonalisations, 0);
    engine_destroy(&checked.engine);
    engine_destroy(&other.engine);
}

static void a_self_check_that_fails_makes_the_step_anew(void **state)
{
    (void)state;
    Run failing, other;
    begin(&failing, "HOCl", 0);
    begin(&other, "HOCl", 0);
    xtb_check(failing.engine, 3, -1.0);
    for (int step = 0; step < 12; step++) {
        move(&failing, step);
        move(&other, step);
        assert_int_equal(failing.report.check_failed, step % 3 == 2);
        if (failing.report.check_failed)
            assert_true(failing.report.diagonalisations > 3);
        // Another path to the same solution: second order in the residual of 1e-10, and rounding.
        CHECK_NEAR(failing.energy, other.energy, 1e-11);
        // Another path to the same solution: first order in the residual of 1e-10, times
        // slopes of order 10.
        for (int a = 0; a < 3; a++)
            for (int x = 0; x < 3; x++)
                CHECK_NEAR(failing.gradient[a][x], other.gradient[a][x], 1e-8);
    }
    engine_destroy(&failing.engine);
    engine_destroy(&other.engine);
}

// Atoms that swing like those of a warm molecule: the orbitals that go along with them need no
// diagonalisation, however long (rotations inside the occupied space must not grow in their history).
static void a_long_motion_needs_no_diagonalisation(void **state)
{
    (void)state;
    enum { STEPS = 600, SETTLED = 10 };
    const size_t n = system_named("methanethiol")->n;
    Run run;
    begin(&run, "methanethiol", 0);
    double start[SYSTEM_MAX_ATOMS][3];
    memcpy(start, run.xyz, sizeof start);
    for (int step = 0; step < STEPS; step++) {
        for (size_t a = 0; a < n; a++)
            for (int x = 0; x < 3; x++)
                run.xyz[a][x] =
                    start[a][x] +
                    0.08 * sin((0.03 + 0.009 * (double)((3 * a + (size_t)x) % 13)) * step);
        assert_int_equal(evaluate(&run), QMT_OK);
        if (step >= SETTLED)
            assert_int_equal(run.report.diagonalisations, 0);
        // Also where the Jacobian has just been measured.
        CHECK_NEAR(run.report.scf_residual, 0.0, qmt_engine_options_default().scf_tolerance);
    }
    engine_destroy(&run.engine);
}

static void the_plain_way_finds_the_same_solution(void **state)
{
    (void)state;
    Run plain, other;
    begin(&plain, "HOCl", 0);
    begin(&other, "HOCl", 0);
    xtb_plain_scf(plain.engine);
    for (int step = 0; step < 12; step++) {
        move(&plain, step);
        move(&other, step);
        assert_int_equal(plain.report.diagonalisations, plain.report.scf_iterations);
        // Another path to the same solution: second order in the residual of 1e-10, and rounding.
        CHECK_NEAR(plain.energy, other.energy, 1e-11);
        // Another path to the same solution: first order in the residual of 1e-10, times
        // slopes of order 10.
        for (int a = 0; a < 3; a++)
            for (int x = 0; x < 3; x++)
                CHECK_NEAR(plain.gradient[a][x], other.gradient[a][x], 1e-8);
    }
    assert_true(other.report.scf_iterations < plain.report.scf_iterations);
    engine_destroy(&plain.engine);
    engine_destroy(&other.engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_beyond_the_table_are_refused),
        cmocka_unit_test(impossible_electrons_are_refused),
        cmocka_unit_test(geometries_apart_have_the_energies_of_cold_starts),
        cmocka_unit_test(geometries_apart_do_not_choose_a_solution_by_the_one_before),
        cmocka_unit_test(a_leap_does_not_carry_a_solution_along),
        cmocka_unit_test(a_step_without_a_solution_is_solved_from_nothing),
        cmocka_unit_test(unknown_methods_are_refused),
        cmocka_unit_test(impossible_options_are_refused),
        cmocka_unit_test(any_result_may_be_left_out),
        cmocka_unit_test(failures_leave_results_untouched),
        cmocka_unit_test(forced_failures_come_when_asked_for),
        cmocka_unit_test(every_stage_finds_the_same_solution),
        cmocka_unit_test(later_stages_find_the_same_solution),
        cmocka_unit_test(engine_is_usable_after_all_stages_failed),
        cmocka_unit_test(a_jump_is_recovered_from),
        cmocka_unit_test(a_self_check_that_passes_changes_nothing),
        cmocka_unit_test(a_self_check_that_fails_makes_the_step_anew),
        cmocka_unit_test(a_long_motion_needs_no_diagonalisation),
        cmocka_unit_test(the_plain_way_finds_the_same_solution),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
