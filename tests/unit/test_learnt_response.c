#include "support/check.h"

#include <string.h>

#include "base/random.h"
#include "scf/learnt_response.h"
#include "support/arena_fixture.h"

/// Water, ammonia and chlorine far apart: atoms of 10, 11 and 12 variables.
enum { ATOMS = 8, N_SHELLS = 14, N = N_SHELLS + 9 * ATOMS, PAIRS = 150 };
static const int NUMBERS[ATOMS] = {8, 1, 1, 7, 1, 17, 17, 1};
static const double XYZ[ATOMS][3] = {{0.0, 0.0, 0.0},  {1.8, 0.0, 0.0},  {-0.6, 1.7, 0.0},
                                     {40.0, 0.0, 0.0}, {41.9, 0.0, 0.0}, {0.0, 40.0, 0.0},
                                     {0.0, 43.7, 0.0}, {0.0, 0.0, 80.0}};
/// Atoms of the same molecule.
static const int MOLECULE[ATOMS] = {0, 0, 0, 1, 1, 2, 2, 3};

static Arena arena;
static Basis basis;
static LearntResponse response;
static const Kernels *kernels;
static double dv[N], dx[N], expected[N], rest[N];

static void layout(void)
{
    basis_layout(&basis, &arena, &METHOD_GFN2, ATOMS, NUMBERS);
    learnt_response_layout(&response, &arena, &basis, true);
}

static int open_response(void **state)
{
    (void)state;
    kernels = kernels_choose(NULL);
    if (arena_fixture_open(&arena, layout) != 0)
        return -1;
    basis_setup(&basis, ATOMS, NUMBERS);
    assert_int_equal(basis.n_shells, N_SHELLS);
    learnt_response_setup(&response, &basis, true);
    learnt_response_begin(&response, XYZ);
    return 0;
}

static int close_response(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/// The atom of a variable, and whether it is of a quadrupole.
static int atom_of(size_t i, bool *quadrupole)
{
    const size_t n_shells = N_SHELLS;
    *quadrupole = i >= n_shells + 3 * ATOMS;
    if (i < n_shells)
        return basis.shell_atom[i];
    return (int)(*quadrupole ? (i - n_shells - 3 * ATOMS) / 6 : (i - n_shells) / 3);
}

/// Normal numbers, different for every index.
static void noise(uint64_t index, double size, double x[N])
{
    const RandomKey key = {.seed = 5};
    for (size_t i = 0; i < N; i++) {
        double normal[3];
        random_normals(&key, index, i, RANDOM_VELOCITIES, normal);
        x[i] = size * normal[0];
    }
}

/// dx = chi dv of a chi inside the molecules.
static void respond(double strength, const double *v, double *x)
{
    for (size_t i = 0; i < N; i++) {
        x[i] = 0.0;
        for (size_t j = 0; j < N; j++) {
            bool i_quadrupole, j_quadrupole;
            const int a = atom_of(i, &i_quadrupole), b = atom_of(j, &j_quadrupole);
            if (MOLECULE[a] == MOLECULE[b] && (a == b || !j_quadrupole))
                x[i] -= strength * (double)(1 + (i * j) % 7) / 7.0 * v[j];
        }
    }
}

static double length(const double *x)
{
    return sqrt(kernels->dot(N, x, x));
}

/// What a prediction for a new dv of some size misses, as a share.
static double share_missed(double strength, double size, uint64_t index)
{
    noise(index, size, dv);
    respond(strength, dv, expected);
    memset(rest, 0, sizeof rest);
    learnt_response_add(&response, dv, rest);
    for (size_t i = 0; i < N; i++)
        rest[i] -= expected[i];
    return length(rest) / length(expected);
}

static void learn(double strength, double forgetting, double size, uint64_t first, uint64_t last)
{
    for (uint64_t k = first; k < last; k++) {
        noise(k, size, dv);
        respond(strength, dv, dx);
        learnt_response_learn(&response, kernels, forgetting, dv, dx);
    }
}

static void nothing_is_predicted_before_it_is_learnt(void **state)
{
    (void)state;
    CHECK_NEAR(share_missed(0.3, 1.0, 1000), 1.0, 0.0); // nothing at all
    noise(0, 1e-8, dv);
    respond(0.3, dv, dx);
    // The whole of dx is missed; to single precision.
    CHECK_NEAR(learnt_response_learn(&response, kernels, 1.0, dv, dx), length(dx),
               1e-6 * length(dx));
}

static void a_response_inside_molecules_is_learnt(void **state)
{
    (void)state;
    learn(0.3, 1.0, 1.0, 0, PAIRS);
    // The most doubt there is counts as a pair in which chi is zero, 1/33 of d^2: of 150 pairs one in 5000; and a sum of 30 terms in
    // single precision.
    assert_true(share_missed(0.3, 1.0, 1000) < 1e-3);
    // Sizes do not matter, also those whose squares single precision does not hold.
    assert_true(share_missed(0.3, 1e-25, 1001) < 1e-3);
    assert_true(share_missed(0.3, 1e+15, 1002) < 1e-3);
}

static void a_response_that_changes_is_followed(void **state)
{
    (void)state;
    learn(0.3, 1.0, 1e-8, 0, PAIRS);
    assert_true(share_missed(0.4, 1.0, 1000) > 0.2); // a quarter of chi has changed
    learn(0.4, 0.95, 1e-8, PAIRS, 2 * PAIRS);
    // Of the response before 0.95^150 = 5e-4 is left.
    assert_true(share_missed(0.4, 1.0, 1000) < 2e-3);
}

static void a_pair_again_and_again_spoils_nothing(void **state)
{
    (void)state;
    learn(0.3, 1.0, 1.0, 0, PAIRS);
    for (int k = 0; k < 3000; k++)
        learn(0.3, 0.95, 1.0, 7, 8);
    // What has not been heard of for long is doubted, but stays.
    assert_true(share_missed(0.3, 1.0, 1000) < 1e-2);
    learn(0.4, 0.95, 1.0, PAIRS, 2 * PAIRS);
    assert_true(share_missed(0.4, 1.0, 1000) < 2e-3); // as above
}

static void a_pair_without_information_is_left_out(void **state)
{
    (void)state;
    learn(0.3, 1.0, 1.0, 0, PAIRS);
    const int64_t n_pairs = *response.n_pairs;
    const double before = share_missed(0.3, 1.0, 1000);
    memset(dv, 0, sizeof dv);
    assert_true(isinf(learnt_response_learn(&response, kernels, 0.95, dv, dx)));
    dv[3] = NAN;
    assert_true(isinf(learnt_response_learn(&response, kernels, 0.95, dv, dx)));
    assert_int_equal(*response.n_pairs, n_pairs);
    CHECK_NEAR(share_missed(0.3, 1.0, 1000), before, 0.0); // the same numbers
    assert_int_equal(n_pairs, PAIRS);
}

static void to_begin_is_to_forget(void **state)
{
    (void)state;
    learn(0.3, 1.0, 1.0, 0, PAIRS);
    learnt_response_begin(&response, XYZ);
    assert_int_equal(*response.n_pairs, 0);
    CHECK_NEAR(share_missed(0.3, 1.0, 1000), 1.0, 0.0); // nothing at all
    learn(0.4, 1.0, 1.0, 0, PAIRS);
    assert_true(share_missed(0.4, 1.0, 1000) < 1e-3); // as above
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_response, close_response)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_predicted_before_it_is_learnt), TEST(a_response_inside_molecules_is_learnt),
        TEST(a_response_that_changes_is_followed),      TEST(a_pair_again_and_again_spoils_nothing),
        TEST(a_pair_without_information_is_left_out),   TEST(to_begin_is_to_forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
