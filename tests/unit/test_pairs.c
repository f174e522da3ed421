#include "support/check.h"

#include <string.h>

#include "system/pairs.h"

enum { N = 5 };

static const double XYZ[N][3] = {
    {0.0, 0.0, 0.0}, {1.0, 2.0, 2.0}, {-3.0, 0.0, 4.0}, {6.0, 0.0, 0.0}, {0.0, -2.0, 0.0}};

static QmtContext ctx;
static Arena arena;
static Pairs pairs;

static int open_pairs(void **state)
{
    (void)state;
    ctx = (QmtContext){0};
    arena = (Arena){0};
    pairs_layout(&pairs, &arena, N);
    if (arena_reserve(&ctx, &arena) != QMT_OK)
        return -1;
    pairs_layout(&pairs, &arena, N);
    pairs_setup(&pairs);
    return 0;
}

static int close_pairs(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void every_pair_is_there_once(void **state)
{
    (void)state;
    assert_int_equal(pairs.n_pairs, 10);
    for (size_t a = 0; a < N; a++)
        for (size_t b = 0; b < a; b++) {
            assert_int_equal(pairs.a[a * (a - 1) / 2 + b], a);
            assert_int_equal(pairs.b[a * (a - 1) / 2 + b], b);
        }
}

static void vectors_point_from_b_to_a(void **state)
{
    (void)state;
    assert_int_equal(pairs_update(&ctx, XYZ, &pairs), QMT_OK);
    CHECK_NEAR(pairs.distance[0], 3.0, 1e-15);
    CHECK_NEAR(pairs.distance[1], 5.0, 1e-15);
    CHECK_NEAR(pairs.vector[1][0], -3.0, 0.0); // atoms 2 and 0
    CHECK_NEAR(pairs.vector[2][2], 2.0, 0.0);  // atoms 2 and 1
}

static void atoms_on_top_of_each_other_are_named(void **state)
{
    (void)state;
    double xyz[N][3];
    memcpy(xyz, XYZ, sizeof xyz);
    memcpy(xyz[3], xyz[1], sizeof xyz[3]);
    xyz[3][0] += 0.5;
    assert_int_equal(pairs_update(&ctx, (const double(*)[3])xyz, &pairs), QMT_ERR_INPUT);
    assert_non_null(strstr(ctx.message.text, "atoms 2 and 4"));
    assert_non_null(strstr(ctx.message.text, "0.265 angstrom"));
    // Just far enough.
    xyz[3][0] = xyz[1][0] + PAIRS_MIN_DISTANCE * 1.001;
    assert_int_equal(pairs_update(&ctx, (const double(*)[3])xyz, &pairs), QMT_OK);
}

static void what_is_not_finite_is_named(void **state)
{
    (void)state;
    static const double BAD[] = {NAN, INFINITY, -INFINITY};
    for (int i = 0; i < 3; i++) {
        double xyz[N][3];
        memcpy(xyz, XYZ, sizeof xyz);
        xyz[2][1] = BAD[i];
        assert_int_equal(pairs_update(&ctx, (const double(*)[3])xyz, &pairs), QMT_ERR_INPUT);
        assert_non_null(strstr(ctx.message.text, "atom 3: its y coordinate"));
    }
}

static void what_is_too_far_away_is_named(void **state)
{
    (void)state;
    double xyz[N][3];
    memcpy(xyz, XYZ, sizeof xyz);
    xyz[2][1] = -1e300;
    assert_int_equal(pairs_update(&ctx, (const double(*)[3])xyz, &pairs), QMT_ERR_INPUT);
    assert_non_null(strstr(ctx.message.text, "atom 3: its y coordinate is -1e+300 bohr"));
    xyz[2][1] = -PAIRS_FURTHEST;
    assert_int_equal(pairs_update(&ctx, (const double(*)[3])xyz, &pairs), QMT_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_pairs, close_pairs)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_pair_is_there_once),
        TEST(vectors_point_from_b_to_a),
        TEST(atoms_on_top_of_each_other_are_named),
        TEST(what_is_not_finite_is_named),
        TEST(what_is_too_far_away_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
