#include "base/random.h"

#include "support/check.h"

static const RandomKey KEY = {.seed = 42, .molecule = 0x1234567890abcdef, .replica = 0};

static void names_have_the_published_hash(void **state)
{
    (void)state;
    // Fowler, Noll, Vo: test vectors of FNV-1a, 64 bit.
    assert_true(random_name_key("") == 0xcbf29ce484222325u);
    assert_true(random_name_key("a") == 0xaf63dc4c8601ec8cu);
    assert_true(random_name_key("foobar") == 0x85944171f73967e8u);
}

static void every_part_of_the_key_matters(void **state)
{
    (void)state;
    double u[4], v[4];
    RandomKey seed = KEY, molecule = KEY, replica = KEY;
    seed.seed++;
    molecule.molecule++;
    replica.replica++;
    random_uniforms(&KEY, 7, 3, RANDOM_PRODUCTION, u);
    random_uniforms(&KEY, 7, 3, RANDOM_PRODUCTION, v);
    assert_memory_equal(u, v, sizeof u);
    random_uniforms(&seed, 7, 3, RANDOM_PRODUCTION, v);
    assert_true(u[0] != v[0]);
    random_uniforms(&molecule, 7, 3, RANDOM_PRODUCTION, v);
    assert_true(u[0] != v[0]);
    random_uniforms(&replica, 7, 3, RANDOM_PRODUCTION, v);
    assert_true(u[0] != v[0]);
    random_uniforms(&KEY, 8, 3, RANDOM_PRODUCTION, v);
    assert_true(u[0] != v[0]);
    random_uniforms(&KEY, 7, 4, RANDOM_PRODUCTION, v);
    assert_true(u[0] != v[0]);
    random_uniforms(&KEY, 7, 3, RANDOM_EQUILIBRATION, v);
    assert_true(u[0] != v[0]);
}

static void philox_gives_the_published_bits(void **state)
{
    (void)state;
    // Random123, kat_vectors: philox4x64-10 with counter and key zero begins 16554d9eca36314c
    // db20fe9d672d0fdc. Purpose 0 is nobody's, so that the counter can be all zero here.
    double u[4];
    const RandomKey zero = {0};
    random_uniforms(&zero, 0, 0, (RandomPurpose)0, u);
    CHECK_NEAR(u[0], ((double)(0x16554d9eca36314cu >> 11) + 0.5) * 0x1p-53, 0.0);
    CHECK_NEAR(u[1], ((double)(0xdb20fe9d672d0fdcu >> 11) + 0.5) * 0x1p-53, 0.0);
}

static void normals_have_the_moments_of_a_normal_distribution(void **state)
{
    (void)state;
    enum { DRAWS = 100000 };
    double m1 = 0.0, m2 = 0.0, m4 = 0.0, cross = 0.0;
    for (int i = 0; i < DRAWS; i++) {
        double z[3];
        random_normals(&KEY, (uint64_t)i, 0, RANDOM_VELOCITIES, z);
        for (int x = 0; x < 3; x++) {
            m1 += z[x];
            m2 += z[x] * z[x];
            m4 += z[x] * z[x] * z[x] * z[x];
            cross += z[x] * z[(x + 1) % 3];
        }
    }
    // Four standard errors: variances of z, z^2, z^4 and z z' are 1, 2, 96 and 1.
    const double n = 3.0 * DRAWS;
    CHECK_NEAR(m1 / n, 0.0, 4.0 * sqrt(1.0 / n));
    CHECK_NEAR(m2 / n, 1.0, 4.0 * sqrt(2.0 / n));
    CHECK_NEAR(m4 / n, 3.0, 4.0 * sqrt(96.0 / n));
    CHECK_NEAR(cross / n, 0.0, 4.0 * sqrt(1.0 / n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_have_the_published_hash),
        cmocka_unit_test(every_part_of_the_key_matters),
        cmocka_unit_test(philox_gives_the_published_bits),
        cmocka_unit_test(normals_have_the_moments_of_a_normal_distribution),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
