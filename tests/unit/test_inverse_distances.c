#include "support/check.h"

#include <math.h>
#include <string.h>

#include "analysis/inverse_distances.h"
#include "support/arena_fixture.h"

enum { N = 5, N_PAIRS = 10 };

static const int NUMBERS[N] = {6, 1, 8, 1, 1};
static const double XYZ[N][3] = {
    {0.0, 0.0, 0.0}, {1.0, 0.1, 0.0}, {0.0, -1.2, 0.3}, {-0.5, 0.4, 0.9}, {-0.4, 0.5, -1.0}};

static Arena arena;
static InverseDistances distances;

static void layout(void)
{
    inverse_distances_layout(&distances, &arena, N);
}

static int open_test(void **state)
{
    (void)state;
    return arena_fixture_open(&arena, layout);
}

static int close_test(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void the_exchange_of_like_atoms_changes_nothing(void **state)
{
    (void)state;
    float a[N_PAIRS], b[N_PAIRS];
    double other[N][3];
    memcpy(other, XYZ, sizeof other);
    memcpy(other[1], XYZ[4], sizeof other[1]); // hydrogens in a circle, and a mirror image
    memcpy(other[3], XYZ[1], sizeof other[3]);
    memcpy(other[4], XYZ[3], sizeof other[4]);
    for (int i = 0; i < N; i++)
        other[i][2] = 7.0 - other[i][2];
    inverse_distances_setup(&distances, NUMBERS);
    inverse_distances_find(&distances, XYZ, a);
    inverse_distances_find(&distances, (const double(*)[3])other, b);
    // single precision of numbers up to 1
    CHECK_NEAR(inverse_distances_difference(N_PAIRS, a, b), 0.0, 1e-7);
}

static void the_exchange_of_other_atoms_does(void **state)
{
    (void)state;
    float a[N_PAIRS], b[N_PAIRS];
    double other[N][3];
    memcpy(other, XYZ, sizeof other);
    memcpy(other[0], XYZ[2], sizeof other[0]);
    memcpy(other[2], XYZ[0], sizeof other[2]);
    inverse_distances_setup(&distances, NUMBERS);
    inverse_distances_find(&distances, XYZ, a);
    inverse_distances_find(&distances, (const double(*)[3])other, b);
    assert_true(inverse_distances_difference(N_PAIRS, a, b) > 0.01);
}

static void numbers_of_two_elements_fall(void **state)
{
    (void)state;
    float a[N_PAIRS];
    inverse_distances_setup(&distances, NUMBERS);
    inverse_distances_find(&distances, XYZ, a);
    assert_int_equal(distances.n_kinds, 4); // CH, CO, HO, HH
    assert_int_equal(distances.begin[4], N_PAIRS);
    for (size_t k = 0; k < 4; k++)
        for (size_t i = distances.begin[k] + 1; i < distances.begin[k + 1]; i++)
            assert_true(a[i] <= a[i - 1]);
    CHECK_NEAR(a[0], 1.0 / sqrt(1.01), 1e-7); // the shorter of C-H
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_exchange_of_like_atoms_changes_nothing, open_test,
                                        close_test),
        cmocka_unit_test_setup_teardown(the_exchange_of_other_atoms_does, open_test, close_test),
        cmocka_unit_test_setup_teardown(numbers_of_two_elements_fall, open_test, close_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
