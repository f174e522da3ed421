/// A chain whose atoms the engine holds in another order, and whose orbitals it makes local: energies, slopes and properties
/// are those of an engine that does neither.
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "engine/xtb.h"

enum { CARBONS = 80, ATOMS = 3 * CARBONS + 2, STEPS = 8 };

static QmtContext *ctx;
static int numbers[ATOMS];
static double start[ATOMS][3], xyz[ATOMS][3];

static void put(int atom, int number, double x, double y, double z)
{
    numbers[atom] = number;
    start[atom][0] = x * BOHR_PER_ANGSTROM;
    start[atom][1] = y * BOHR_PER_ANGSTROM;
    start[atom][2] = z * BOHR_PER_ANGSTROM;
}

/// C80H162, all carbon atoms first, as lists of atoms often are.
static int begin(void **state)
{
    (void)state;
    int h = CARBONS;
    for (int c = 0; c < CARBONS; c++) {
        const double x = 1.268427 * c, y = c % 2 * 0.855565, side = c % 2 == 0 ? -1.0 : 1.0;
        put(c, 6, x, y, 0.0);
        put(h++, 1, x, y + 0.6293 * side, 0.89);
        put(h++, 1, x, y + 0.6293 * side, -0.89);
        if (c == 0 || c == CARBONS - 1)
            put(h++, 1, x + (c == 0 ? -0.904 : 0.904), y - 0.610 * side, 0.0);
    }
    return qmt_context_create(&ctx) == QMT_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

/// Bonds that vibrate, up to 0.02 bohr.
static void move_to(double t)
{
    for (int a = 0; a < ATOMS; a++)
        for (int i = 0; i < 3; i++)
            xyz[a][i] = start[a][i] + 0.02 * sin(0.1 * t + 1.3 * a + 2.1 * i);
}

static Engine *make(bool ordered, int cores)
{
    QmtEngineOptions options = qmt_engine_options_default();
    options.start = ordered ? &start[0][0] : NULL;
    options.cores = cores;
    Engine *engine = NULL;
    assert_int_equal(xtb_create(ctx, ATOMS, numbers, &options, &engine), QMT_OK);
    return engine;
}

enum {
    SET = 1u << PROPERTY_CHARGES | 1u << PROPERTY_BOND_ORDERS | 1u << PROPERTY_GAP |
          1u << PROPERTY_DIPOLE
};

typedef struct {
    double energy, gradient[ATOMS][3], charges[ATOMS], dipole[3];
    double properties[ATOMS * ATOMS + ATOMS + 4];
} Answer;

static void evaluate(Engine *engine, Answer *answer)
{
    memset(answer, 0, sizeof *answer);
    const EngineResult result = {.energy = &answer->energy,
                                 .gradient = answer->gradient,
                                 .charges = answer->charges,
                                 .dipole = answer->dipole,
                                 .properties = answer->properties,
                                 .property_set = SET};
    assert_int_equal(engine_evaluate(ctx, engine, (const double(*)[3])xyz, &result), QMT_OK);
}

static void the_order_changes_nothing(void **state)
{
    (void)state;
    static Answer along, given;
    Engine *ordered = make(true, 1), *plain = make(false, 1);
    for (int step = 0; step < STEPS; step++) {
        move_to(step);
        evaluate(ordered, &along);
    }
    assert_true(xtb_is_local(ordered));
    evaluate(plain, &given);
    assert_false(xtb_is_local(plain));
    // What two ways to one solution leave at a residual of 1e-10 (docs/lab/validation.md).
    CHECK_NEAR(along.energy, given.energy, 1e-9);
    for (int a = 0; a < ATOMS; a++) {
        CHECK_NEAR(along.charges[a], given.charges[a], 1e-8);
        for (int i = 0; i < 3; i++)
            CHECK_NEAR(along.gradient[a][i], given.gradient[a][i], 1e-9);
    }
    // Sums over 100 angstrom, in e bohr.
    for (int i = 0; i < 3; i++)
        CHECK_NEAR(along.dipole[i], given.dipole[i], 1e-6);
    // Bond orders are in single precision, to 5e-6 on the diagonal; the gap as test_orbital_windows.c has it.
    for (size_t k = 0; k < sizeof along.properties / sizeof along.properties[0]; k++)
        CHECK_NEAR(along.properties[k], given.properties[k], 1e-5);
    engine_destroy(&ordered);
    engine_destroy(&plain);
}

static void a_copy_goes_on_with_the_same_bytes(void **state)
{
    (void)state;
    static Answer first, second;
    Engine *original = make(true, 1), *copy = make(true, 2);
    for (int step = 0; step < STEPS; step++) {
        move_to(step);
        evaluate(original, &first);
    }
    void *kept = malloc(engine_kept_size(original));
    assert_non_null(kept);
    engine_kept_save(original, kept);
    engine_kept_load(copy, kept);
    free(kept);
    for (int step = STEPS; step < STEPS + 3; step++) {
        move_to(step);
        evaluate(original, &first);
        evaluate(copy, &second);
        assert_true(xtb_is_local(copy));
        assert_memory_equal(&first, &second, sizeof first);
    }
    engine_destroy(&original);
    engine_destroy(&copy);
}

static void messages_name_the_atoms_of_the_caller(void **state)
{
    (void)state;
    Engine *engine = make(true, 1);
    static Answer answer;
    move_to(0.0);
    memcpy(xyz[3], xyz[100], sizeof xyz[3]);
    const EngineResult result = {.energy = &answer.energy};
    assert_int_equal(engine_evaluate(ctx, engine, (const double(*)[3])xyz, &result), QMT_ERR_INPUT);
    const char *message = qmt_context_message(ctx);
    assert_non_null(strstr(message, "4 and 101 are 0.000"));
    engine_destroy(&engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_changes_nothing),
        cmocka_unit_test(a_copy_goes_on_with_the_same_bytes),
        cmocka_unit_test(messages_name_the_atoms_of_the_caller),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
