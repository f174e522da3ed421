#include "base/team_kernels.h"

#include "support/check.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/// Loops that several threads share, and the kernels that divide their work: every element once, and the bytes of one
/// thread.

// No multiple of anything, and room behind the rows.
enum { M = 157, N = 141, K = 133, LD = 184, ALL = 168 * LD };

static QmtContext *ctx;
static Team *team;
static Kernels divided;

static int open_team(void **state)
{
    (void)state;
    if (qmt_context_create(&ctx) != QMT_OK)
        return -1;
    divided = team_kernels(ctx->kernels);
    return team_create(ctx, 4, &team) == QMT_OK ? 0 : -1;
}

static int close_team(void **state)
{
    (void)state;
    team_destroy(&team);
    team_destroy(&team); // NULL by now
    qmt_context_destroy(&ctx);
    return 0;
}

typedef struct {
    atomic_int times[1000];
    atomic_int n_parts;
    struct timespec nap;
} Visits;

static void visit(void *task, size_t first, size_t last)
{
    Visits *visits = task;
    atomic_fetch_add(&visits->n_parts, 1);
    for (size_t i = first; i < last; i++)
        atomic_fetch_add(&visits->times[i], 1);
    if (visits->nap.tv_nsec > 0)
        nanosleep(&visits->nap, NULL);
}

static void check_visited(Visits *visits, size_t n, int times)
{
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(atomic_load(&visits->times[i]), i < n ? times : 0);
}

// Thousands of loops one right after the other, and some after the threads have gone to sleep.
static void every_element_comes_once(void **state)
{
    (void)state;
    static const struct timespec SLEEP = {.tv_nsec = 2000000};
    Visits visits = {0};
    team_enter(team);
    assert_int_equal(team_size(), 4);
    for (int i = 0; i < 5000; i++)
        team_share(1000, 7, visit, &visits);
    check_visited(&visits, 1000, 5000);
    for (int i = 0; i < 20; i++) {
        nanosleep(&SLEEP, NULL);
        team_share(1000, 300, visit, &visits);
    }
    check_visited(&visits, 1000, 5020);
    team_leave();
}

static void without_a_team_it_is_one_part(void **state)
{
    (void)state;
    Visits visits = {0};
    assert_int_equal(team_size(), 1);
    team_share(1000, 1, visit, &visits);
    assert_int_equal(atomic_load(&visits.n_parts), 1);
    team_share(0, 1, visit, &visits);
    assert_int_equal(atomic_load(&visits.n_parts), 1);
    check_visited(&visits, 1000, 1);
}

static void share_again(void *task, size_t first, size_t last)
{
    assert_int_equal(team_size(), 1);
    for (size_t i = first; i < last; i++)
        team_share(10, 1, visit, task);
}

static void a_loop_inside_a_part_is_not_divided(void **state)
{
    (void)state;
    Visits visits = {0};
    team_enter(team);
    team_share(50, 1, share_again, &visits);
    team_leave();
    check_visited(&visits, 10, 50);
    assert_int_equal(atomic_load(&visits.n_parts), 50);
}

// More than one thread takes part where there is something to do for a while.
static void threads_help(void **state)
{
    (void)state;
    Visits visits = {.nap = {.tv_nsec = 20000000}};
    struct timespec begin, end;
    team_enter(team);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    team_share(40, 1, visit, &visits);
    clock_gettime(CLOCK_MONOTONIC, &end);
    team_leave();
    check_visited(&visits, 40, 1);
    // 40 naps of 20 ms are 0.8 s for one; four need 0.2 s, and more on a busy machine.
    const double s =
        (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
    assert_true(s < 0.7);
}

static void a_forked_process_works_on_alone(void **state)
{
    (void)state;
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        static Visits visits;
        team_enter(team);
        team_share(1000, 10, visit, &visits);
        const bool alone = team_size() == 1;
        team_leave();
        team_destroy(&team);
        for (int i = 0; i < 1000; i++)
            if (atomic_load(&visits.times[i]) != 1)
                _exit(1);
        _exit(alone && team == NULL ? 0 : 2);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

// ------------------------------------------------------------------------------ kernels

static double a[ALL], b[ALL], base[ALL], one[ALL], many[ALL];
static float a_single[ALL], b_single[ALL], base_single[ALL], one_single[ALL], many_single[ALL];

static void fill(double *x, float *single, unsigned seed)
{
    for (size_t i = 0; i < ALL; i++) {
        seed = seed * 1664525u + 1013904223u;
        x[i] = (double)seed / 4294967296.0 - 0.5;
        single[i] = (float)x[i];
    }
}

static void begin(void)
{
    fill(a, a_single, 1);
    fill(b, b_single, 2);
    fill(base, base_single, 3);
    fill(one, one_single, 4);
    memcpy(many, one, sizeof many);
    memcpy(many_single, one_single, sizeof many_single);
}

/// All of the arrays, so that nothing outside a result was written.
static void check_same(void)
{
    assert_memory_equal(one, many, sizeof one);
    assert_memory_equal(one_single, many_single, sizeof one_single);
}

/// Both tables on the same arguments; OUT is where results go.
#define ON_BOTH(CALL_ON)                                                                           \
    do {                                                                                           \
        begin();                                                                                   \
        {                                                                                          \
            double *const out = one;                                                               \
            float *const out_single = one_single;                                                  \
            const Kernels *const kernels = ctx->kernels;                                           \
            (void)out, (void)out_single;                                                           \
            CALL_ON;                                                                               \
        }                                                                                          \
        team_enter(team);                                                                          \
        {                                                                                          \
            double *const out = many;                                                              \
            float *const out_single = many_single;                                                 \
            const Kernels *const kernels = &divided;                                               \
            (void)out, (void)out_single;                                                           \
            CALL_ON;                                                                               \
        }                                                                                          \
        team_leave();                                                                              \
        check_same();                                                                              \
    } while (0)

/// All sizes from whole registers to all kinds of rests.
static void products_have_the_bytes_of_one_thread(void **state)
{
    (void)state;
    for (size_t n = 112; n <= N; n++) {
        ON_BOTH(kernels->matmul_nn(M, n, K, a, LD, b, LD, out, LD));
        ON_BOTH(kernels->matmul_tn(M, n, K, a, LD, b, LD, out, LD));
        ON_BOTH(kernels->matmul_single(M, n, K, a_single, LD, b_single, LD, NULL, out_single, LD));
        ON_BOTH(kernels->matmul_single(M, n, K, a_single, LD, b_single, LD, base_single, out_single,
                                       LD));
        ON_BOTH(kernels->matmul_single(M, n, K, a_single, LD, b_single, LD, out_single, out_single,
                                       LD));
        ON_BOTH(kernels->matmul_tn_single(M, n, K, a_single, LD, b_single, LD, out_single, LD));
        // Above the diagonal the dirt of tiles, which depends on how the columns are divided.
        ON_BOTH(
            kernels->matmul_tn_triangle_single(n, n, K, a_single, LD, b_single, LD, out_single, LD);
            for (size_t i = 0; i < n; i++) for (size_t j = i + 1; j < n; j++)
                out_single[i * LD + j] = 0.0F);
        ON_BOTH(kernels->matmul_correction(M, n, K, a_single, LD, b_single, LD, base, out, LD));
        ON_BOTH(kernels->matmul_correction(M, n, K, a_single, LD, b_single, LD, out, out, LD));
        // A^T A, with nothing, and with the padding of rows behind it.
        ON_BOTH(kernels->matmul_tn_symmetric(n, n, M, a, LD, a, LD, out, LD));
        ON_BOTH(memset(a, 0, sizeof a); memset(out, 0, sizeof one);
                for (size_t i = 0; i < M; i++) memcpy(a + i * LD, b + i * LD, n * sizeof *a);
                kernels->matmul_tn_symmetric(n, kernels_padded(n), M, a, LD, a, LD, out, LD));
    }
}

// Matrices of A that are multiplied a block at a time.
static void large_products_have_the_bytes_of_one_thread(void **state)
{
    (void)state;
    enum { ORDER = 640, SIZE = ORDER * ORDER };
    double *x = malloc(3 * SIZE * sizeof *x), *first = x + SIZE, *second = first + SIZE;
    assert_non_null(x);
    for (size_t i = 0; i < SIZE; i++)
        x[i] = (double)(i * 7919 % 1013) / 1013.0 - 0.5;
    for (int k = 0; k < 2; k++) {
        double *out = k == 0 ? first : second;
        const Kernels *kernels = k == 0 ? ctx->kernels : &divided;
        team_enter(k == 0 ? NULL : team);
        kernels->matmul_tn_symmetric(ORDER, ORDER, 600, x, ORDER, x, ORDER, out, ORDER);
        kernels->matmul_tn(ORDER, 333, 600, x, ORDER, x, ORDER, out, ORDER);
        team_leave();
    }
    assert_memory_equal(first, second, SIZE * sizeof *first);
    free(x);
}

// Every block of rows has every second group, and those of its diagonal.
static void products_of_what_is_not_zero_have_the_bytes_of_one_thread(void **state)
{
    (void)state;
    enum {
        BLOCKS = (M + KERNELS_PATTERN_ROWS - 1) / KERNELS_PATTERN_ROWS,
        GROUPS = (M + KERNELS_PATTERN_GROUP - 1) / KERNELS_PATTERN_GROUP,
        IN_BLOCK = KERNELS_PATTERN_ROWS / KERNELS_PATTERN_GROUP
    };
    int row[BLOCKS + 1] = {0}, first[BLOCKS + 1] = {0}, group[BLOCKS * GROUPS];
    for (int block = 0, n = 0; block < BLOCKS; block++) {
        for (int g = 0; g < GROUPS; g++)
            if (g % 2 == 0 || g / IN_BLOCK == block)
                group[n++] = g;
        first[block + 1] = n;
        row[block + 1] = block + 1 < BLOCKS ? (block + 1) * KERNELS_PATTERN_ROWS : M;
    }
    static double room[(M + KERNELS_PATTERN_ROWS) * (M + KERNELS_PATTERN_ROWS)];
    const KernelsPattern pattern = {BLOCKS, row, first, group, room};
    for (size_t n = 112; n <= N; n += 4) {
        ON_BOTH(kernels->matmul_pattern(M, n, &pattern, a, LD, b, LD, out, LD));
        ON_BOTH(kernels->matmul_pattern_single(M, n, &pattern, a_single, LD, b_single, LD,
                                               out_single, LD));
        ON_BOTH(kernels->matmul_tn_pattern(M, n, &pattern, a, LD, a, LD, out, LD));
        ON_BOTH(kernels->pack_strips(M, 0, M, K, a, LD, room);
                kernels->matmul_strips_triangle(M, 0, M, n, K, room, room, false, out, LD));
    }
}

static void rows_have_the_bytes_of_one_thread(void **state)
{
    (void)state;
    // Rows long enough to be worth dividing.
    enum { ROWS = 237, COLUMNS = 179, LINE = 192, SIZE = 240 * LINE };
    static double x[SIZE], eps[ROWS], of[2][SIZE];
    static float single[SIZE], of_single[2][5][SIZE];
    double largest[2][5], sums[2][2][ROWS];
    for (size_t i = 0; i < SIZE; i++)
        single[i] = (float)(x[i] = (double)(i * 7919 % 1013) / 1013.0 - 0.5);
    for (size_t i = 0; i < ROWS; i++)
        eps[i] = 3.0 + 0.01 * (double)i;
    const float coefficient[3] = {3.0F, -3.0F, 1.0F};
    const float *const points[3] = {single, single + LINE, single + 2 * LINE};
    for (int k = 0; k < 2; k++) {
        const Kernels *kernels = k == 0 ? ctx->kernels : &divided;
        float *f = of_single[k][0], *g = of_single[k][1], *h = of_single[k][2];
        team_enter(k == 0 ? NULL : team);
        kernels->transpose(ROWS, COLUMNS, 1.4, x, LINE, of[k], 240);
        kernels->matvec(ROWS, COLUMNS, x, LINE, x, of[k] + 240 * 180);
        kernels->narrow(ROWS, COLUMNS, -0.5, x, LINE, f, LINE);
        kernels->transpose_single(ROWS, COLUMNS, -1.0F, single, LINE, g, 240);
        kernels->combine_single(SIZE - 2 * LINE, 3, coefficient, points, h);
        kernels->sylvester_start(ROWS, COLUMNS, LINE, x, x, eps, x, f, g);
        largest[k][0] = kernels->sylvester_step(ROWS, COLUMNS, LINE, g, f, h, f, true);
        largest[k][1] = kernels->sylvester_step(ROWS, COLUMNS, LINE, g, f, h, f, false);
        largest[k][2] = kernels->largest_single(ROWS, COLUMNS, h, LINE);
        float *p = of_single[k][3], *r = of_single[k][4];
        memcpy(r, single, sizeof single);
        kernels->sylvester_start(ROWS, COLUMNS, LINE, x, x, eps, x, f, g);
        largest[k][3] =
            kernels->gradient_step(ROWS, COLUMNS, LINE, 0.0, NULL, NULL, f, h, r, sums[k][0]);
        kernels->gradient_direction(ROWS, COLUMNS, LINE, 0.0, r, f, p);
        kernels->gradient_direction(ROWS, COLUMNS, LINE, 0.3, r, f, p);
        kernels->gradient_curvature(ROWS, COLUMNS, LINE, p, f, g, sums[k][0]);
        largest[k][4] = kernels->gradient_step(ROWS, COLUMNS, LINE, 0.7, p, g, f, h, r, sums[k][1]);
        kernels->matvec_single(ROWS, 176, single, LINE, single, g);
        team_leave();
    }
    assert_memory_equal(of[0], of[1], sizeof of[0]);
    assert_memory_equal(of_single[0], of_single[1], sizeof of_single[0]);
    assert_memory_equal(largest[0], largest[1], sizeof largest[0]);
    assert_memory_equal(sums[0], sums[1], sizeof sums[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_element_comes_once),
        cmocka_unit_test(without_a_team_it_is_one_part),
        cmocka_unit_test(a_loop_inside_a_part_is_not_divided),
        cmocka_unit_test(threads_help),
        cmocka_unit_test(a_forked_process_works_on_alone),
        cmocka_unit_test(products_have_the_bytes_of_one_thread),
        cmocka_unit_test(large_products_have_the_bytes_of_one_thread),
        cmocka_unit_test(products_of_what_is_not_zero_have_the_bytes_of_one_thread),
        cmocka_unit_test(rows_have_the_bytes_of_one_thread),
    };
    return cmocka_run_group_tests(tests, open_team, close_team);
}
