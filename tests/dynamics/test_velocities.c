#include "md/velocities.h"

#include "base/units.h"
#include "base/vec3.h"
#include "dynamics/molecules.h"
#include "support/check.h"

static const RandomKey KEY = {.seed = 42, .molecule = 99};
static double mass[METHANE_ATOMS], velocity[METHANE_ATOMS][3];
static const size_t N = METHANE_ATOMS;

#define CONST(array) ((const double(*)[3])(array))

static int draw(void **state)
{
    (void)state;
    for (size_t a = 0; a < N; a++)
        mass[a] = METHANE_MASS[a] * ME_PER_DALTON;
    velocities_draw(N, mass, 300.0 * HARTREE_PER_KELVIN, &KEY, velocity);
    return 0;
}

static void momentum_is_removed(void **state)
{
    (void)state;
    double p[3];
    velocities_remove_momentum(N, mass, velocity);
    velocities_momentum(N, mass, CONST(velocity), p);
    CHECK_NEAR(vec3_norm(p), 0.0, 1e-14); // thermal momenta are about 5
}

static void rotation_is_removed_and_the_vibration_stays(void **state)
{
    (void)state;
    double l[3], p[3], rest[METHANE_ATOMS][3];
    velocities_remove_momentum(N, mass, velocity);
    velocities_remove_rotation(N, mass, METHANE_XYZ, false, velocity);
    velocities_angular_momentum(N, mass, METHANE_XYZ, CONST(velocity), l);
    velocities_momentum(N, mass, CONST(velocity), p);
    CHECK_NEAR(vec3_norm(l), 0.0, 1e-12);
    CHECK_NEAR(vec3_norm(p), 0.0, 1e-13);

    // A second time finds nothing to take: the rest is vibration.
    for (size_t a = 0; a < N; a++)
        for (int x = 0; x < 3; x++)
            rest[a][x] = velocity[a][x];
    velocities_remove_rotation(N, mass, METHANE_XYZ, false, velocity);
    for (size_t a = 0; a < N; a++)
        for (int x = 0; x < 3; x++)
            CHECK_NEAR(velocity[a][x], rest[a][x], 1e-17);
}

static void scaling_hits_the_kinetic_energy(void **state)
{
    (void)state;
    velocities_scale_to(N, mass, 0.0123, velocity);
    // Scaled to this energy: two units in the last place.
    CHECK_NEAR(velocities_kinetic(N, mass, CONST(velocity)), 0.0123, 1e-17);
    // A formula: rounding of some hundred kelvin.
    CHECK_NEAR(velocities_temperature(0.0123, 12), 2.0 * 0.0123 / (12.0 * HARTREE_PER_KELVIN),
               1e-9);
    double still[METHANE_ATOMS][3] = {{0.0}};
    velocities_scale_to(N, mass, 0.0123, still);
    assert_true(velocities_kinetic(N, mass, CONST(still)) == 0.0);
}

static void draws_have_the_temperature(void **state)
{
    (void)state;
    enum { DRAWS = 20000 };
    const double kt = 300.0 * HARTREE_PER_KELVIN;
    double sum[METHANE_ATOMS] = {0.0};
    for (uint64_t i = 0; i < DRAWS; i++) {
        const RandomKey key = {.seed = i};
        velocities_draw(N, mass, kt, &key, velocity);
        for (size_t a = 0; a < N; a++)
            sum[a] += mass[a] * vec3_dot(velocity[a], velocity[a]) / (3.0 * kt);
    }
    for (size_t a = 0; a < N; a++) // four standard errors of a mean of chi-squares
        CHECK_NEAR(sum[a] / DRAWS, 1.0, 4.0 * sqrt(2.0 / (3.0 * DRAWS)));
}

static void linear_molecules_are_recognised(void **state)
{
    (void)state;
    const double m[3] = {29000.0, 22000.0, 29000.0};
    double co2[3][3] = {{-2.0, -2.0, 0.3}, {0.0, 0.0, 0.3}, {2.0, 2.0, 0.3}};
    assert_true(velocities_is_linear(3, m, CONST(co2)));
    co2[1][2] += 0.1; // bent by 4 degrees
    assert_true(velocities_is_linear(3, m, CONST(co2)));
    assert_false(velocities_is_linear(N, mass, METHANE_XYZ));
    // HOCl: nearly all mass on one line, yet bent.
    const double hocl_mass[3] = {1837.0, 29000.0, 64000.0};
    const double hocl[3][3] = {{-0.4, 1.78, 0.0}, {0.0, 0.0, 0.0}, {3.2, 0.0, 0.0}};
    assert_false(velocities_is_linear(3, hocl_mass, hocl));
    assert_true(velocities_is_linear(2, hocl_mass, hocl));
}

static void rotation_of_a_linear_molecule_is_removed(void **state)
{
    (void)state;
    const double m[3] = {29000.0, 22000.0, 29000.0};
    // Slightly bent, as heat does it; the axis is x.
    const double xyz[3][3] = {{-2.2, 0.0, 0.0}, {0.0, 0.05, 0.0}, {2.2, 0.0, 0.0}};
    double v[3][3], l[3], before[3];
    velocities_draw(3, m, 1e-3, &KEY, v);
    velocities_remove_momentum(3, m, v);
    velocities_angular_momentum(3, m, xyz, CONST(v), before);
    velocities_remove_rotation(3, m, xyz, true, v);
    velocities_angular_momentum(3, m, xyz, CONST(v), l);
    CHECK_NEAR(l[0], before[0], 1e-12); // the bending about the axis stays
    CHECK_NEAR(l[1], 0.0, 1e-12);
    CHECK_NEAR(l[2], 0.0, 1e-12);

    // Exactly straight, without being told: nothing turns about the axis, nothing is divided by zero.
    const double straight[3][3] = {{-2.2, 0.0, 0.0}, {0.0, 0.0, 0.0}, {2.2, 0.0, 0.0}};
    velocities_remove_rotation(3, m, straight, false, v);
    assert_true(isfinite(velocities_kinetic(3, m, CONST(v))));
}

static void degrees_of_freedom_are_counted(void **state)
{
    (void)state;
    assert_int_equal(velocities_degrees_of_freedom(1, false, true), 0);
    assert_int_equal(velocities_degrees_of_freedom(1, true, true), 0);
    assert_int_equal(velocities_degrees_of_freedom(2, false, true), 3);
    assert_int_equal(velocities_degrees_of_freedom(2, true, true), 1);
    assert_int_equal(velocities_degrees_of_freedom(3, true, true), 4);
    assert_int_equal(velocities_degrees_of_freedom(3, true, false), 3);
    assert_int_equal(velocities_degrees_of_freedom(10, false, false), 27);
    assert_int_equal(velocities_degrees_of_freedom(10, true, false), 24);
    assert_true(velocities_temperature(1.0, 0) == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(momentum_is_removed, draw),
        cmocka_unit_test_setup(rotation_is_removed_and_the_vibration_stays, draw),
        cmocka_unit_test_setup(scaling_hits_the_kinetic_energy, draw),
        cmocka_unit_test_setup(draws_have_the_temperature, draw),
        cmocka_unit_test_setup(linear_molecules_are_recognised, draw),
        cmocka_unit_test(rotation_of_a_linear_molecule_is_removed),
        cmocka_unit_test(degrees_of_freedom_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
