#include "support/check.h"

#include <string.h>
#include <sys/resource.h>

#include "base/arena.h"

typedef struct {
    double *numbers;
    double (*vectors)[3];
    int *ints;
    size_t *sizes;
    unsigned char *bytes;
} Arrays;

static void layout(Arena *arena, Arrays *arrays)
{
    arrays->bytes = arena_bytes(arena, 3);
    arrays->numbers = arena_doubles(arena, 5);
    arrays->vectors = arena_vectors(arena, 7);
    arrays->ints = arena_ints(arena, 9);
    arrays->sizes = arena_sizes(arena, 2);
}

static void two_walks_count_and_hand_out(void **state)
{
    (void)state;
    QmtContext ctx = {0};
    Arena arena = {0};
    Arrays arrays;
    layout(&arena, &arrays);
    assert_null(arrays.numbers);
    assert_null(arrays.sizes);
    assert_int_equal(arena_reserve(&ctx, &arena), QMT_OK);
    layout(&arena, &arrays);
    assert_int_equal(arena.used, arena.size);

    const void *const pieces[] = {arrays.bytes, arrays.numbers, arrays.vectors, arrays.ints,
                                  arrays.sizes};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal((uintptr_t)pieces[i] % 64, 0);
    for (size_t i = 0; i < arena.size; i++)
        assert_int_equal(arena.block[i], 0);

    // No piece reaches into another.
    memset(arrays.bytes, 1, 3);
    memset(arrays.numbers, 2, 5 * sizeof(double));
    memset(arrays.vectors, 3, 7 * sizeof arrays.vectors[0]);
    memset(arrays.ints, 4, 9 * sizeof(int));
    memset(arrays.sizes, 5, 2 * sizeof(size_t));
    assert_int_equal(arrays.bytes[2], 1);
    assert_int_equal(((unsigned char *)arrays.numbers)[39], 2);
    assert_int_equal(((unsigned char *)arrays.vectors)[167], 3);
    assert_int_equal(((unsigned char *)arrays.ints)[35], 4);
    arena_release(&arena);
    assert_null(arena.block);
}

static void nothing_is_something_to_release(void **state)
{
    (void)state;
    QmtContext ctx = {0};
    Arena arena = {0};
    assert_int_equal(arena_reserve(&ctx, &arena), QMT_OK);
    assert_non_null(arena.block);
    assert_non_null(arena_doubles(&arena, 0));
    arena_release(&arena);
    arena_release(&arena);
}

static void turns_share_the_largest_piece(void **state)
{
    (void)state;
    enum { SMALL = 100, LARGE = 5000 };
    QmtContext ctx = {0};
    Arena arena = {0};
    unsigned char *pieces[3];
    double *own;
    for (int walk = 0; walk < 2; walk++) {
        pieces[0] = arena_turn(&arena, SMALL);
        own = arena_doubles(&arena, 3);
        pieces[1] = arena_turn(&arena, LARGE);
        pieces[2] = arena_turn(&arena, SMALL + 1);
        assert_true(walk == 1 || pieces[1] == NULL);
        // Three numbers and the largest piece, in lines of 64 bytes.
        assert_true(walk == 1 || arena_total(&arena) == 64 + 79 * 64);
        if (walk == 0)
            assert_int_equal(arena_reserve(&ctx, &arena), QMT_OK);
    }
    assert_ptr_equal(pieces[0], pieces[1]);
    assert_ptr_equal(pieces[0], pieces[2]);
    assert_int_equal((uintptr_t)pieces[0] % 64, 0);
    memset(pieces[1], 1, LARGE);
    for (int i = 0; i < 3; i++)
        assert_true(own[i] == 0.0);
    arena_release(&arena);
}

static double resident_mb(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return 1e-3 * (double)usage.ru_maxrss;
}

static void what_nobody_touches_takes_no_memory(void **state)
{
    (void)state;
    enum { MB = 1 << 20, ALL = 256 };
    QmtContext ctx = {0};
    Arena arena = {0};
    const double before = resident_mb();
    (void)arena_bytes(&arena, (size_t)ALL * MB);
    assert_int_equal(arena_reserve(&ctx, &arena), QMT_OK);
    unsigned char *const bytes = arena_bytes(&arena, (size_t)ALL * MB);
    bytes[ALL * MB - 1] = 1;
    // A sanitizer keeps an eighth of its own.
    assert_true(resident_mb() - before < 0.25 * ALL);
    arena_release(&arena);
}

static void too_much_is_a_status(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip(); // the sanitizer ends the program instead of returning NULL
#endif
    QmtContext ctx = {0};
    Arena arena = {0};
    arena_bytes(&arena, (size_t)1 << 60);
    assert_int_equal(arena_reserve(&ctx, &arena), QMT_ERR_MEMORY);
    assert_non_null(strstr(ctx.message.text, "out of memory"));
    assert_null(arena.block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_walks_count_and_hand_out),
        cmocka_unit_test(nothing_is_something_to_release),
        cmocka_unit_test(turns_share_the_largest_piece),
        cmocka_unit_test(what_nobody_touches_takes_no_memory),
        cmocka_unit_test(too_much_is_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
