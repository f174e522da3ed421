#include <math.h>
#include <string.h>

#include "analysis/bond_skin.h"
#include "base/random.h"
#include "support/arena_fixture.h"
#include "support/check.h"

enum { N = 9, STEPS = 200000 };

/// Ethanol.
static const int NUMBERS[N] = {6, 6, 8, 1, 1, 1, 1, 1, 1};
static const double START[N][3] = {{1.17, -0.40, 0.0},   {0.0, 0.56, 0.0},   {-1.19, -0.21, 0.0},
                                   {-1.95, 0.37, 0.0},   {2.12, 0.15, 0.0},  {1.13, -1.04, 0.89},
                                   {1.13, -1.04, -0.89}, {0.04, 1.19, 0.89}, {0.04, 1.19, -0.89}};

static Arena arena;
static Bonds all, all_next, few, few_next;
static BondSkin skin;

static void layout(void)
{
    Bonds *const tables[] = {&all, &all_next, &few, &few_next};
    for (int i = 0; i < 4; i++)
        bonds_layout(tables[i], &arena, N);
    bond_skin_layout(&skin, &arena, N);
}

static void begin(void)
{
    Bonds *const tables[] = {&all, &all_next, &few, &few_next};
    assert_int_equal(arena_fixture_open(&arena, layout), 0);
    for (int i = 0; i < 4; i++)
        bonds_setup(tables[i], NUMBERS, 1.0);
    bonds_find_moving(&all, START);
    bonds_find_moving(&few, START);
}

/// Both ways of looking at a geometry: the same answer and the same bonds. Returns the answer.
static bool look(const double (*xyz)[3])
{
    const bool changed = bonds_update(&all, xyz, &all_next);
    assert_int_equal(bond_skin_update(&skin, &few, xyz, &few_next), changed);
    if (changed) {
        bonds_copy(&all, &all_next);
        bonds_copy(&few, &few_next);
    }
    assert_memory_equal(all.bonded, few.bonded, bonds_state_size(&all));
    assert_memory_equal(all.unclear, few.unclear, bonds_state_size(&all));
    return changed;
}

/// Every atom walks at random; bonds break and form at times.
static void a_random_walk_has_the_same_events(void **state)
{
    (void)state;
    const RandomKey key = {.seed = 7};
    double xyz[N][3];
    int n_changed = 0, n_whole = 0;
    begin();
    memcpy(xyz, START, sizeof xyz);
    for (uint64_t step = 0; step < STEPS; step++) {
        for (size_t a = 0; a < N; a++) {
            double z[3];
            random_normals(&key, step, a, RANDOM_PRODUCTION, z);
            for (int x = 0; x < 3; x++) // drawn back, so that the molecule stays one
                xyz[a][x] += 0.01 * z[x] - 0.0002 * (xyz[a][x] - START[a][x]);
        }
        const double before = skin.xyz[0][0];
        n_changed += look((const double(*)[3])xyz);
        n_whole += skin.xyz[0][0] != before;
    }
    assert_true(n_changed > 20);
    assert_true(n_whole < STEPS / 2); // else it saves nothing
    arena_release(&arena);
}

static void what_is_no_number_changes_nothing_and_hides_nothing(void **state)
{
    (void)state;
    double xyz[N][3];
    begin();
    memcpy(xyz, START, sizeof xyz);
    assert_false(look((const double(*)[3])xyz));
    xyz[3][0] = NAN;
    assert_false(look((const double(*)[3])xyz));
    xyz[3][0] = 9.0; // the hydrogen of the hydroxyl is gone
    assert_true(look((const double(*)[3])xyz));
    assert_false(bonds_has(&few, 2, 3));
    xyz[3][0] = START[3][0];
    assert_true(look((const double(*)[3])xyz));
    arena_release(&arena);
}

/// From one geometry to a far one in a single step.
static void a_jump_is_seen(void **state)
{
    (void)state;
    double xyz[N][3];
    begin();
    for (int k = 0; k < 20; k++) {
        memcpy(xyz, START, sizeof xyz);
        assert_int_equal(look((const double(*)[3])xyz), k > 0);
        xyz[4][0] += 1.5; // 1.7 x 1.07 = 1.82: the C-H bond of 1.1 breaks
        assert_true(look((const double(*)[3])xyz));
    }
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_random_walk_has_the_same_events),
        cmocka_unit_test(what_is_no_number_changes_nothing_and_hides_nothing),
        cmocka_unit_test(a_jump_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
