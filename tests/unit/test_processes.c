#include "support/check.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "io/processes.h"

enum { N = 20 };

typedef struct {
    size_t fails_at, dies_at; ///< N: never
    size_t n_taken;
    uint64_t sum;
} Trial;

static QmtContext *ctx;

/// The squares up to that of the item.
static QmtStatus squares(QmtContext *own, void *user, size_t item, Bytes *result)
{
    const Trial *const trial = user;
    if (item == trial->fails_at)
        return FAIL(own, QMT_ERR_INPUT, "item %zu is impossible", item);
    if (item == trial->dies_at)
        raise(SIGKILL);
    for (uint64_t k = 0; k <= item; k++) {
        const uint64_t square = k * k;
        bytes_add(result, &square, sizeof square);
    }
    return QMT_OK;
}

static QmtStatus add(QmtContext *own, void *user, size_t item, const Bytes *result)
{
    (void)own;
    Trial *const trial = user;
    assert_int_equal(item, trial->n_taken); // in order
    assert_int_equal(result->n, (item + 1) * sizeof(uint64_t));
    uint64_t last;
    memcpy(&last, result->data + result->n - sizeof last, sizeof last);
    assert_int_equal(last, item * item);
    trial->n_taken++;
    trial->sum += last;
    return QMT_OK;
}

static void results_come_in_order_from_any_number_of_workers(void **state)
{
    (void)state;
    for (size_t n_workers = 1; n_workers <= 2 * N; n_workers += 3) {
        Trial trial = {.fails_at = N, .dies_at = N};
        assert_int_equal(processes_map(ctx, N, n_workers, squares, add, &trial), QMT_OK);
        assert_int_equal(trial.n_taken, N);
        assert_int_equal(trial.sum, 2470); // (N-1) N (2N-1) / 6
    }
}

static void the_first_failure_ends_it_with_its_sentence(void **state)
{
    (void)state;
    for (size_t n_workers = 1; n_workers <= 3; n_workers++) {
        Trial trial = {.fails_at = 7, .dies_at = N};
        assert_int_equal(processes_map(ctx, N, n_workers, squares, add, &trial), QMT_ERR_INPUT);
        assert_string_equal(qmt_context_message(ctx), "item 7 is impossible");
        assert_int_equal(trial.n_taken, 7);
    }
}

static void a_worker_that_dies_is_a_failure(void **state)
{
    (void)state;
    Trial trial = {.fails_at = N, .dies_at = 5};
    assert_int_equal(processes_map(ctx, N, 2, squares, add, &trial), QMT_ERR_IO);
    assert_int_equal(trial.n_taken, 5);
    assert_int_equal(processes_map(ctx, 0, 2, squares, add, &trial), QMT_OK);
}

static int make_context(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) == QMT_OK ? 0 : -1;
}

static int drop_context(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_come_in_order_from_any_number_of_workers),
        cmocka_unit_test(the_first_failure_ends_it_with_its_sentence),
        cmocka_unit_test(a_worker_that_dies_is_a_failure),
    };
    return cmocka_run_group_tests(tests, make_context, drop_context);
}
