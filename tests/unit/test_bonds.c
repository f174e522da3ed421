#include "support/check.h"

#include <math.h>

#include "analysis/bonds.h"
#include "analysis/fragments.h"
#include "support/arena_fixture.h"

enum { MOST = 24, EVENTS = 8 };

static Arena arena;
static Bonds before, after;
static size_t n_atoms;
static BondEvent events[EVENTS];

static void layout(void)
{
    bonds_layout(&before, &arena, n_atoms);
    bonds_layout(&after, &arena, n_atoms);
}

/// Two tables for a molecule, without bonds.
static void begin(size_t n, const int *numbers)
{
    n_atoms = n;
    assert_int_equal(arena_fixture_open(&arena, layout), 0);
    bonds_setup(&before, numbers, 1.0); // positions in angstrom
    bonds_setup(&after, numbers, 1.0);
}

static void end(void)
{
    arena_release(&arena);
}

/// Looks at a geometry after the last one: number of events.
static size_t look(const double (*xyz)[3])
{
    bonds_update(&before, xyz, &after);
    const size_t n = bonds_compare(&before, &after, events, EVENTS);
    bonds_copy(&before, &after);
    return n;
}

static void every_pair_has_its_bit(void **state)
{
    (void)state;
    static const int numbers[MOST] = {[0 ... MOST - 1] = 6};
    begin(MOST, numbers);
    for (size_t a = 1; a < MOST; a++)
        for (size_t b = 0; b < a; b++) {
            const int pair[1][2] = {{(int)b, (int)a}};
            bonds_setup(&before, numbers, 1.0);
            bonds_add_list(&before, 1, pair);
            size_t at = 0, x, y;
            assert_int_equal(bonds_count(&before), 1);
            assert_true(bonds_has(&before, a, b) && bonds_has(&before, b, a));
            assert_true(bonds_next(&before, &at, &x, &y));
            assert_int_equal(x, a);
            assert_int_equal(y, b);
            assert_false(bonds_next(&before, &at, &x, &y));
        }
    end();
}

static void fragments_are_named_by_their_lowest_atom(void **state)
{
    (void)state;
    size_t fragment[6];
    fragments_begin(6, fragment);
    fragments_join(fragment, 5, 3);
    fragments_join(fragment, 1, 4);
    fragments_join(fragment, 4, 5);
    assert_int_equal(fragments_label(6, fragment), 3);
    const size_t right[6] = {0, 1, 2, 1, 1, 1};
    assert_memory_equal(fragment, right, sizeof right);
}

static void water_has_two_bonds_and_its_vibration_is_no_event(void **state)
{
    (void)state;
    static const int numbers[3] = {8, 1, 1};
    double xyz[3][3] = {{0.0, 0.0, 0.0}, {0.96, 0.0, 0.0}, {-0.24, 0.93, 0.0}};
    begin(3, numbers);
    bonds_find(&before, (const double(*)[3])xyz);
    assert_int_equal(bonds_count(&before), 2);
    assert_int_equal(before.n_fragments, 1);
    for (double r = 0.75; r < 1.61; r += 0.01) { // 1.7 x 0.95 = 1.615
        xyz[1][0] = r;
        assert_int_equal(look((const double(*)[3])xyz), 0);
    }
    xyz[1][0] = 1.62;
    assert_int_equal(look((const double(*)[3])xyz), 1);
    assert_int_equal(events[0].kind, BOND_DISSOCIATION);
    assert_int_equal(events[0].atoms[0], 0);
    assert_int_equal(events[0].atoms[1], 1);
    assert_int_equal(before.n_fragments, 2);
    xyz[1][0] = 1.10; // 1.15 x 0.95 = 1.0925
    assert_int_equal(look((const double(*)[3])xyz), 0);
    xyz[1][0] = 1.09;
    assert_int_equal(look((const double(*)[3])xyz), 1);
    assert_int_equal(events[0].kind, BOND_ASSOCIATION);
    xyz[1][0] = NAN;
    assert_int_equal(look((const double(*)[3])xyz), 0);
    end();
}

/// O-H...O along a line, the oxygen atoms 2.5 angstrom apart: as in malonaldehyde.
static void a_proton_that_goes_over_is_one_event(void **state)
{
    (void)state;
    static const int numbers[3] = {8, 1, 8};
    double xyz[3][3] = {{0.0, 0.0, 0.0}, {1.0, 0.0, 0.0}, {2.5, 0.0, 0.0}};
    begin(3, numbers);
    bonds_find(&before, (const double(*)[3])xyz);
    assert_int_equal(bonds_count(&before), 1);
    size_t n = 0;
    for (double r = 1.0; r < 1.55; r += 0.01) {
        xyz[1][0] = r;
        n += look((const double(*)[3])xyz);
    }
    assert_int_equal(n, 1);
    assert_int_equal(events[0].kind, BOND_PROTON_TRANSFER);
    const size_t right[3] = {1, 0, 2};
    assert_memory_equal(events[0].atoms, right, sizeof right);
    assert_true(bonds_has(&before, 1, 2) && !bonds_has(&before, 0, 1));
    end();
}

static void a_shared_proton_has_two_bonds_and_a_hydrogen_bond_is_none(void **state)
{
    (void)state;
    static const int numbers[3] = {8, 1, 8};
    const double shared[3][3] = {{0.0, 0.0, 0.0}, {1.205, 0.0, 0.0}, {2.41, 0.0, 0.0}};
    const double strong[3][3] = {{0.0, 0.0, 0.0}, {1.05, 0.0, 0.0}, {2.48, 0.0, 0.0}};
    begin(3, numbers);
    bonds_find(&before, shared);
    assert_int_equal(bonds_count(&before), 2);
    bonds_setup(&before, numbers, 1.0);
    bonds_find(&before, strong);
    assert_int_equal(bonds_count(&before), 1);
    end();
}

/// OH + H2: the hydrogen changes a partner that is no heavy atom.
static void a_hydrogen_atom_leaves_its_molecule(void **state)
{
    (void)state;
    static const int numbers[3] = {8, 1, 1};
    double xyz[3][3] = {{0.0, 0.0, 0.0}, {1.5, 0.0, 0.0}, {2.25, 0.0, 0.0}};
    begin(3, numbers);
    bonds_find(&before, (const double(*)[3])xyz);
    assert_int_equal(before.n_fragments, 2);
    xyz[1][0] = 1.05, xyz[2][0] = 2.0;
    assert_int_equal(look((const double(*)[3])xyz), 2);
    assert_int_equal(events[0].kind, BOND_ASSOCIATION); // atoms 0 and 1
    assert_int_equal(events[1].kind, BOND_DISSOCIATION);
    assert_int_equal(before.n_fragments, 2);
    end();
}

static void a_ring_that_opens_stays_one_fragment(void **state)
{
    (void)state;
    static const int numbers[4] = {6, 6, 6, 6};
    const double square[4][3] = {
        {0.0, 0.0, 0.0}, {1.55, 0.0, 0.0}, {1.55, 1.55, 0.0}, {0.0, 1.55, 0.0}};
    const double open[4][3] = {
        {0.0, 0.0, 0.0}, {1.55, 0.0, 0.0}, {1.55, 1.55, 0.0}, {-0.5, 2.6, 0.0}};
    begin(4, numbers);
    bonds_find(&before, square);
    assert_int_equal(bonds_count(&before), 4);
    assert_int_equal(look(open), 1);
    assert_int_equal(events[0].kind, BOND_BREAKS);
    assert_int_equal(look(square), 1);
    assert_int_equal(events[0].kind, BOND_FORMS);
    end();
}

/// The bridgeheads of bicyclo[1.1.1]pentane are 1.87 angstrom apart, 1.25 times their radii, and not bonded.
static void a_list_of_bonds_is_believed(void **state)
{
    (void)state;
    static const int numbers[2] = {6, 6};
    const double xyz[2][3] = {{0.0, 0.0, 0.0}, {1.87, 0.0, 0.0}};
    const double stretched[2][3] = {{0.0, 0.0, 0.0}, {1.70, 0.0, 0.0}};
    static const int none[1][2] = {{0, 7}}, pair[1][2] = {{0, 1}};
    begin(2, numbers);
    bonds_find(&before, xyz);
    assert_int_equal(bonds_count(&before), 1);
    bonds_setup(&before, numbers, 1.0);
    bonds_add_list(&before, 1, none); // no such atom: left out
    assert_int_equal(bonds_count(&before), 0);
    bonds_add_list(&before, 1, pair);
    bonds_find(&before, stretched);
    assert_int_equal(bonds_count(&before), 1);
    end();
}

/// A C-H bond at 1.436 angstrom, as frame 0 of a molecule at 2500 K had one.
static void a_first_frame_that_vibrates_makes_no_bond_form(void **state)
{
    (void)state;
    static const int numbers[2] = {6, 1};
    double xyz[2][3] = {{0.0, 0.0, 0.0}, {1.436, 0.0, 0.0}};
    begin(2, numbers);
    bonds_find_moving(&before, (const double(*)[3])xyz);
    xyz[1][0] = 1.087;
    assert_int_equal(look((const double(*)[3])xyz), 0);
    assert_int_equal(bonds_count(&before), 1);
    xyz[1][0] = 1.83; // 1.7 x 1.07 = 1.819: now the bond is known, and breaks
    assert_int_equal(look((const double(*)[3])xyz), 1);
    assert_int_equal(events[0].kind, BOND_DISSOCIATION);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_has_its_bit),
        cmocka_unit_test(fragments_are_named_by_their_lowest_atom),
        cmocka_unit_test(water_has_two_bonds_and_its_vibration_is_no_event),
        cmocka_unit_test(a_proton_that_goes_over_is_one_event),
        cmocka_unit_test(a_shared_proton_has_two_bonds_and_a_hydrogen_bond_is_none),
        cmocka_unit_test(a_hydrogen_atom_leaves_its_molecule),
        cmocka_unit_test(a_ring_that_opens_stays_one_fragment),
        cmocka_unit_test(a_list_of_bonds_is_believed),
        cmocka_unit_test(a_first_frame_that_vibrates_makes_no_bond_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
