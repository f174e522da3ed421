/// What potentials on the atoms do to the solution: a matrix, column by column.
#include "scf/potential_response.h"

#include "support/check.h"

enum { N = 11, N_ATOMS = 3 };

static QmtContext *ctx;
static Arena arena;
static PotentialResponse response;

static void lay_out(size_t n_atoms)
{
    arena = (Arena){0};
    response = (PotentialResponse){.kernels = ctx->kernels};
    potential_response_layout(&response, &arena, N, n_atoms);
    assert_int_equal(arena_reserve(ctx, &arena), QMT_OK);
    potential_response_layout(&response, &arena, N, n_atoms);
}

static double element(size_t i, size_t a)
{
    return 0.1 * (double)i - 0.7 * (double)a + 0.01 * (double)(i * a);
}

static void it_is_known_after_the_last_column(void **state)
{
    (void)state;
    const double charges[N_ATOMS] = {0.1, -0.3, 0.2};
    lay_out(N_ATOMS);
    for (size_t a = 0; a < N_ATOMS; a++) {
        double dx[N];
        assert_false(potential_response_ready(&response));
        assert_int_equal(potential_response_next(&response), a);
        for (size_t i = 0; i < N; i++)
            dx[i] = element(i, a);
        potential_response_add(&response, dx, charges);
    }
    assert_true(potential_response_ready(&response));
    for (size_t a = 0; a < N_ATOMS; a++)
        assert_true(response.charges[a] == charges[a]);
    arena_release(&arena);
}

static void the_shift_is_the_product(void **state)
{
    (void)state;
    const double charges[N_ATOMS] = {0.0};
    lay_out(N_ATOMS);
    for (size_t a = 0; a < N_ATOMS; a++) {
        double dx[N];
        for (size_t i = 0; i < N; i++)
            dx[i] = element(i, a);
        potential_response_add(&response, dx, charges);
        response.w[a] = 1.0 + (double)a;
    }
    double x[N] = {0.0};
    potential_response_shift(&response, -1.0, x);
    // Sums of three numbers of order one: rounding.
    for (size_t i = 0; i < N; i++)
        CHECK_NEAR(x[i], -element(i, 0) - 2.0 * element(i, 1) - 3.0 * element(i, 2), 1e-14);
    arena_release(&arena);
}

static void large_molecules_do_without(void **state)
{
    (void)state;
    lay_out(POTENTIAL_RESPONSE_ATOMS_MAX + 1);
    assert_false(potential_response_ready(&response));
    assert_int_equal(response.n_atoms, 0);
    arena_release(&arena);
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_known_after_the_last_column),
        cmocka_unit_test(the_shift_is_the_product),
        cmocka_unit_test(large_molecules_do_without),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
