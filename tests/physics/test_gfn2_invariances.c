/// What must hold for any molecule, and what an engine may remember.
#include "support/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "engine/xtb.h"
#include "support/allocations.h"
#include "support/systems.h"

enum { N_MAX = 2 * SYSTEM_MAX_ATOMS };

/// Systems with one solution of the self-consistency, of every kind.
static const char *const NAMES[] = {"water",      "HOCl",
                                    "ammonium",   "formate",
                                    "SO2",        "methyl radical",
                                    "KCl",        "halogen bond Br2 NH3",
                                    "chloroform", "titanium tetrachloride"};
enum { N_NAMES = sizeof NAMES / sizeof NAMES[0] };

typedef struct {
    double energy, gradient[N_MAX][3], charges[N_MAX], dipole[3];
    EngineReport report;
} Result;

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

static Engine *engine_for(size_t n, const int *numbers, int charge, int unpaired, double tolerance)
{
    QmtEngineOptions options = qmt_engine_options_default();
    options.charge = charge;
    options.unpaired = unpaired;
    if (tolerance > 0.0)
        options.scf_tolerance = tolerance;
    Engine *engine = NULL;
    if (xtb_create(ctx, n, numbers, &options, &engine) != QMT_OK)
        fail_msg("%s", qmt_context_message(ctx));
    return engine;
}

static Engine *engine_of(const System *system)
{
    return engine_for(system->n, system->numbers, system->charge, system->unpaired, 1e-12);
}

/// With the tolerance of a production run.
static Engine *default_engine_of(const System *system)
{
    return engine_for(system->n, system->numbers, system->charge, system->unpaired, 0.0);
}

static void evaluate(Engine *engine, double (*xyz)[3], Result *result)
{
    const EngineResult where = {.energy = &result->energy,
                                .gradient = result->gradient,
                                .charges = result->charges,
                                .dipole = result->dipole,
                                .report = &result->report};
    if (engine_evaluate(ctx, engine, (const double(*)[3])xyz, &where) != QMT_OK)
        fail_msg("%s", qmt_context_message(ctx));
}

/// One evaluation with a new engine.
static void evaluate_fresh(const System *system, double (*xyz)[3], Result *result)
{
    Engine *engine = engine_of(system);
    evaluate(engine, xyz, result);
    engine_destroy(&engine);
}

static void shift_changes_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < N_NAMES; i++) {
        const System *system = system_named(NAMES[i]);
        double xyz[N_MAX][3];
        Result here, there;
        system_bohr(system, xyz);
        evaluate_fresh(system, xyz, &here);
        for (size_t a = 0; a < system->n; a++)
            for (int x = 0; x < 3; x++)
                xyz[a][x] += 7.0 - 11.0 * x;
        evaluate_fresh(system, xyz, &there);
        // Rounding of some 50 hartree, the loop ends at 1e-12: 2e-12 is the largest seen
        // (docs/lab/validation.md).
        CHECK_NEAR(there.energy, here.energy, 1e-11);
        // First order in the residual of the loop, 1e-12: 6e-13 is the largest seen
        // (docs/lab/validation.md).
        for (size_t a = 0; a < system->n; a++)
            for (int x = 0; x < 3; x++)
                CHECK_NEAR(there.gradient[a][x], here.gradient[a][x], 1e-11);
    }
}

/// v -> R v with the rotation of the unit quaternion (0.5, 0.5, 0.1, 0.7).
static void rotate(const double v[3], double out[3])
{
    static const double W = 0.5, X = 0.5, Y = 0.1, Z = 0.7;
    const double r[3][3] = {
        {1 - 2 * (Y * Y + Z * Z), 2 * (X * Y - W * Z), 2 * (X * Z + W * Y)},
        {2 * (X * Y + W * Z), 1 - 2 * (X * X + Z * Z), 2 * (Y * Z - W * X)},
        {2 * (X * Z - W * Y), 2 * (Y * Z + W * X), 1 - 2 * (X * X + Y * Y)},
    };
    for (int x = 0; x < 3; x++)
        out[x] = r[x][0] * v[0] + r[x][1] * v[1] + r[x][2] * v[2];
}

static void rotation_turns_forces_and_dipole(void **state)
{
    (void)state;
    for (int i = 0; i < N_NAMES; i++) {
        const System *system = system_named(NAMES[i]);
        double xyz[N_MAX][3], turned[N_MAX][3], wanted[3];
        Result here, there;
        system_bohr(system, xyz);
        for (size_t a = 0; a < system->n; a++)
            rotate(xyz[a], turned[a]);
        evaluate_fresh(system, xyz, &here);
        evaluate_fresh(system, turned, &there);
        CHECK_NEAR(there.energy, here.energy, 1e-11);
        for (size_t a = 0; a < system->n; a++) {
            rotate(here.gradient[a], wanted);
            // First order in the residual of the loop, 1e-12: 6e-13 is the largest seen
            // (docs/lab/validation.md).
            for (int x = 0; x < 3; x++)
                CHECK_NEAR(there.gradient[a][x], wanted[x], 1e-11);
        }
        rotate(here.dipole, wanted);
        // First order in the residual of the loop, 1e-12, times a few bohr.
        for (int x = 0; x < 3; x++)
            CHECK_NEAR(there.dipole[x], wanted[x], 1e-10);
    }
}

static void atom_order_does_not_matter(void **state)
{
    (void)state;
    for (int i = 0; i < N_NAMES; i++) {
        const System *system = system_named(NAMES[i]);
        System reversed = *system;
        double xyz[N_MAX][3], backwards[N_MAX][3];
        Result here, there;
        const size_t n = system->n;
        system_bohr(system, xyz);
        for (size_t a = 0; a < n; a++) {
            reversed.numbers[a] = system->numbers[n - 1 - a];
            memcpy(backwards[a], xyz[n - 1 - a], sizeof backwards[a]);
        }
        evaluate_fresh(system, xyz, &here);
        evaluate_fresh(&reversed, backwards, &there);
        CHECK_NEAR(there.energy, here.energy, 1e-11);
        for (size_t a = 0; a < n; a++) {
            // First order in the residual of the loop, 1e-12.
            CHECK_NEAR(there.charges[n - 1 - a], here.charges[a], 1e-11);
            // First order in the residual of the loop, 1e-12.
            for (int x = 0; x < 3; x++)
                CHECK_NEAR(there.gradient[n - 1 - a][x], here.gradient[a][x], 1e-11);
        }
    }
}

static void forces_and_torques_sum_to_zero(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SYSTEMS; i++) {
        double xyz[N_MAX][3], force[3] = {0.0}, torque[3] = {0.0};
        Result result;
        system_bohr(&SYSTEMS[i], xyz);
        evaluate_fresh(&SYSTEMS[i], xyz, &result);
        for (size_t a = 0; a < SYSTEMS[i].n; a++)
            for (int x = 0; x < 3; x++) {
                const int y = (x + 1) % 3, z = (x + 2) % 3;
                force[x] += result.gradient[a][x];
                torque[x] += xyz[a][y] * result.gradient[a][z] - xyz[a][z] * result.gradient[a][y];
            }
        for (int x = 0; x < 3; x++) {
            // Slopes of pairs cancel to rounding whatever the density: measured 2e-16
            // (docs/lab/validation.md).
            CHECK_NEAR(force[x], 0.0, 1e-13);
            // As the slopes, times the extent of the molecule and the residual of the loop:
            // measured 3e-13.
            CHECK_NEAR(torque[x], 0.0, 1e-11);
        }
    }
}

// The charges are nuclear minus electronic charges, so their sum counts the electrons: trace(PS).
static void charges_sum_to_the_charge(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SYSTEMS; i++) {
        double xyz[N_MAX][3], sum = 0.0;
        Result result;
        system_bohr(&SYSTEMS[i], xyz);
        evaluate_fresh(&SYSTEMS[i], xyz, &result);
        for (size_t a = 0; a < SYSTEMS[i].n; a++)
            sum += result.charges[a];
        CHECK_NEAR(sum, SYSTEMS[i].charge, 1e-11);
    }
}

static void energy_terms_sum_to_the_energy(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SYSTEMS; i++) {
        double xyz[N_MAX][3], sum = 0.0;
        Result result;
        EnergyTerm terms[ENERGY_TERMS_MAX];
        Engine *engine = engine_of(&SYSTEMS[i]);
        system_bohr(&SYSTEMS[i], xyz);
        evaluate(engine, xyz, &result);
        const size_t n = xtb_energy_terms(engine, terms);
        for (size_t t = 0; t < n; t++)
            sum += terms[t].energy;
        CHECK_NEAR(sum, result.energy, 1e-13 * fabs(result.energy));
        engine_destroy(&engine);
    }
}

// 1000 bohr apart nothing but charge-charge and charge-dipole terms could be left, and the neutral
// fragments have neither: their dipoles see each other with 1e-9 hartree.
static void distant_fragments_add_up(void **state)
{
    (void)state;
    static const char *const PAIRS[][2] = {{"water", "HOCl"}, {"SO2", "phosphine"}, {"KCl", "H2"}};
    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++) {
        const System *one = system_named(PAIRS[i][0]), *two = system_named(PAIRS[i][1]);
        double xyz[N_MAX][3];
        int numbers[N_MAX];
        Result first, second, both;
        system_bohr(one, xyz);
        system_bohr(two, xyz + one->n);
        evaluate_fresh(one, xyz, &first);
        evaluate_fresh(two, xyz + one->n, &second);
        for (size_t a = 0; a < one->n; a++)
            numbers[a] = one->numbers[a];
        for (size_t a = 0; a < two->n; a++) {
            numbers[one->n + a] = two->numbers[a];
            xyz[one->n + a][0] += 1000.0;
        }
        Engine *engine = engine_for(one->n + two->n, numbers, 0, 0, 1e-12);
        evaluate(engine, xyz, &both);
        CHECK_NEAR(both.energy, first.energy + second.energy, 1e-8);
        for (size_t a = 0; a < one->n; a++)
            for (int x = 0; x < 3; x++)
                CHECK_NEAR(both.gradient[a][x], first.gradient[a][x], 1e-8);
        engine_destroy(&engine);
    }
}

/// Smooth wandering around the start, as dynamics does it.
static void wander(const System *system, int step, double (*xyz)[3])
{
    system_bohr(system, xyz);
    for (size_t a = 0; a < system->n; a++)
        for (int x = 0; x < 3; x++)
            xyz[a][x] += 0.08 * sin(0.11 * step * (1.0 + 0.3 * (double)a) + x + 2.0 * (double)a);
}

static void warm_start_gives_the_same_result(void **state)
{
    (void)state;
    double worst_energy = 0.0, worst_force = 0.0;
    for (size_t i = 0; i < N_SYSTEMS; i++) {
        double xyz[N_MAX][3];
        Result warm, fresh;
        Engine *engine = default_engine_of(&SYSTEMS[i]), *other = default_engine_of(&SYSTEMS[i]);
        for (int step = 0; step < 30; step++) {
            wander(&SYSTEMS[i], step, xyz);
            evaluate(engine, xyz, &warm);
            if (step % 10 != 9)
                continue;
            engine_forget(other);
            evaluate(other, xyz, &fresh);
            const double de = fabs(warm.energy - fresh.energy);
            if (de > 1e-11)
                print_message("%s, step %d: energies %.1e hartree apart\n", SYSTEMS[i].name, step,
                              de);
            worst_energy = fmax(worst_energy, de);
            for (size_t a = 0; a < SYSTEMS[i].n; a++)
                for (int x = 0; x < 3; x++) {
                    const double df = fabs(warm.gradient[a][x] - fresh.gradient[a][x]);
                    if (df > 1e-9)
                        print_message("%s, step %d: forces %.1e apart\n", SYSTEMS[i].name, step,
                                      df);
                    worst_force = fmax(worst_force, df);
                }
        }
        engine_destroy(&engine);
        engine_destroy(&other);
    }
    print_message("warm against fresh: %.1e hartree, %.1e hartree/bohr\n", worst_energy,
                  worst_force);
    assert_true(worst_energy <= 1e-11);
    assert_true(worst_force <= 1e-9);
}

static void assert_same_bytes(const System *system, const Result *one, const Result *two)
{
    assert_memory_equal(&one->energy, &two->energy, sizeof one->energy);
    assert_memory_equal(one->gradient, two->gradient, system->n * sizeof one->gradient[0]);
    assert_memory_equal(one->charges, two->charges, system->n * sizeof one->charges[0]);
    assert_memory_equal(one->dipole, two->dipole, sizeof one->dipole);
    assert_int_equal(one->report.scf_iterations, two->report.scf_iterations);
}

static void forgets_bit_for_bit(void **state)
{
    (void)state;
    for (int i = 0; i < N_NAMES; i++) {
        const System *system = system_named(NAMES[i]);
        double xyz[N_MAX][3];
        Result used, fresh;
        Engine *engine = default_engine_of(system), *other = default_engine_of(system);
        for (int step = 0; step < 15; step++) {
            wander(system, step, xyz);
            evaluate(engine, xyz, &used);
        }
        engine_forget(engine);
        for (int step = 0; step < 10; step++) {
            wander(system, 20 + step, xyz);
            evaluate(engine, xyz, &used);
            evaluate(other, xyz, &fresh);
            assert_same_bytes(system, &used, &fresh);
        }
        engine_destroy(&engine);
        engine_destroy(&other);
    }
}

static void snapshot_of_memory_is_complete(void **state)
{
    (void)state;
    for (int i = 0; i < N_NAMES; i++) {
        const System *system = system_named(NAMES[i]);
        enum { AFTER = 12 };
        double xyz[N_MAX][3];
        static Result first[AFTER];
        Result again;
        Engine *engine = default_engine_of(system), *other = default_engine_of(system);
        for (int step = 0; step < 15; step++) {
            wander(system, step, xyz);
            evaluate(engine, xyz, &again);
        }
        const size_t size = engine_kept_size(engine);
        void *snapshot = malloc(size);
        assert_non_null(snapshot);
        engine_kept_save(engine, snapshot);
        for (int step = 0; step < AFTER; step++) {
            wander(system, 15 + step, xyz);
            evaluate(engine, xyz, &first[step]);
        }
        // Into the engine that went on, and into one that has seen nothing.
        engine_kept_load(engine, snapshot);
        engine_kept_load(other, snapshot);
        for (int step = 0; step < AFTER; step++) {
            wander(system, 15 + step, xyz);
            evaluate(engine, xyz, &again);
            assert_same_bytes(system, &again, &first[step]);
            evaluate(other, xyz, &again);
            assert_same_bytes(system, &again, &first[step]);
        }
        assert_memory_equal(engine->kept.data, other->kept.data, size);
        free(snapshot);
        engine_destroy(&engine);
        engine_destroy(&other);
    }
}

static void evaluation_allocates_nothing(void **state)
{
    (void)state;
    if (!allocations_are_counted())
        skip();
    for (int i = 0; i < N_NAMES; i++) {
        const System *system = system_named(NAMES[i]);
        double xyz[N_MAX][3];
        Result result;
        const long before_all = allocations_count();
        Engine *engine = default_engine_of(system);
        assert_true(allocations_count() > before_all); // the counter counts
        const long before = allocations_count();
        for (int step = 0; step < 100; step++) {
            wander(system, step, xyz);
            evaluate(engine, xyz, &result);
        }
        assert_int_equal(allocations_count(), before);
        engine_destroy(&engine);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shift_changes_nothing),
        cmocka_unit_test(rotation_turns_forces_and_dipole),
        cmocka_unit_test(atom_order_does_not_matter),
        cmocka_unit_test(forces_and_torques_sum_to_zero),
        cmocka_unit_test(charges_sum_to_the_charge),
        cmocka_unit_test(energy_terms_sum_to_the_energy),
        cmocka_unit_test(distant_fragments_add_up),
        cmocka_unit_test(warm_start_gives_the_same_result),
        cmocka_unit_test(forgets_bit_for_bit),
        cmocka_unit_test(snapshot_of_memory_is_complete),
        cmocka_unit_test(evaluation_allocates_nothing),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
