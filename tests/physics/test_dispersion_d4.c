#include "support/check.h"

#include <string.h>

#include "support/dispersion_d4_fixture.h"
#include "support/dispersion_vectors.h"

static DispersionVectors s; // the system under test

/// Finds a system of the reference file.
static void load(const char *name)
{
    FILE *file = dispersion_vectors_open();
    bool found = false;
    while (!found && dispersion_vectors_next(file, &s))
        found = strcmp(s.name, name) == 0;
    fclose(file);
    assert_true(found);
}

static void create(D4Fixture *fixture)
{
    d4_fixture_create(fixture, kernels_choose(NULL), &METHOD_GFN2, s.n, s.numbers);
}

static double total_energy(DispersionD4 *d4)
{
    dispersion_d4_update(d4, s.xyz);
    return dispersion_d4_energy(d4, s.charges) + dispersion_d4_three_body(d4);
}

static double energy_of_system(void)
{
    D4Fixture fixture;
    create(&fixture);
    const double energy = total_energy(&fixture.d4);
    d4_fixture_destroy(&fixture);
    return energy;
}

static void check_gradient(double h, double tolerance)
{
    D4Fixture fixture;
    create(&fixture);
    double gradient[VECTORS_MAX_ATOMS][3] = {{0.0}}, sum[3] = {0.0};
    dispersion_d4_update(&fixture.d4, s.xyz);
    dispersion_d4_gradient(&fixture.d4, s.charges, gradient);
    for (size_t i = 0; i < s.n; i++) {
        for (size_t x = 0; x < 3; x++) {
            const double x0 = s.xyz[i][x];
            double e[5];
            for (int step = 0; step < 5; step++) {
                s.xyz[i][x] = x0 + (step - 2) * h;
                e[step] = step == 2 ? 0.0 : total_energy(&fixture.d4);
            }
            s.xyz[i][x] = x0;
            const double slope = (e[0] - 8.0 * e[1] + 8.0 * e[3] - e[4]) / (12.0 * h);
            if (!(fabs(gradient[i][x] - slope) <= tolerance))
                fail_msg("%s, atom %zu, direction %zu: gradient %.12g, five points %.12g", s.name,
                         i, x, gradient[i][x], slope);
            sum[x] += gradient[i][x];
        }
    }
    // Slopes of 1e-4 that cancel in pairs.
    for (size_t x = 0; x < 3; x++)
        CHECK_NEAR(sum[x], 0.0, 1e-15);
    d4_fixture_destroy(&fixture);
}

/// The stencil errs as h^4, rounding as 1/h; energies here are up to 0.1 hartree.
static void gradient_is_the_slope_of_the_energy(void **state)
{
    (void)state;
    FILE *file = dispersion_vectors_open();
    while (dispersion_vectors_next(file, &s))
        if (strncmp(s.name, "switch", 6) != 0 && s.n <= 16)
            check_gradient(1e-3, 1e-10);
    fclose(file);
}

/// The smooth end is 0.05 bohr wide and wants a smaller step; its energies are tiny.
static void gradient_is_the_slope_in_the_smooth_ends(void **state)
{
    (void)state;
    load("switch_two_body");
    check_gradient(1e-4, 1e-14);
    load("switch_three_body");
    check_gradient(1e-4, 1e-12);
    load("elongated_40");
    check_gradient(1e-3, 1e-10);
}

static void potential_is_the_slope_in_the_charges(void **state)
{
    (void)state;
    load("sipsclbr");
    D4Fixture fixture;
    create(&fixture);
    dispersion_d4_update(&fixture.d4, s.xyz);
    double v[VECTORS_MAX_ATOMS] = {0.0};
    dispersion_d4_potential(&fixture.d4, s.charges, v);
    const double h = 1e-3;
    for (size_t i = 0; i < s.n; i++) {
        const double q0 = s.charges[i];
        double e[5];
        for (int step = 0; step < 5; step++) {
            s.charges[i] = q0 + (step - 2) * h;
            e[step] = dispersion_d4_energy(&fixture.d4, s.charges);
        }
        s.charges[i] = q0;
        // Five points: rounding of 1e-3 hartree over h = 1e-3 e is 1e-16, the error of order h^4
        // some 1e-13.
        CHECK_NEAR(v[i], (e[0] - 8.0 * e[1] + 8.0 * e[3] - e[4]) / (12.0 * h), 1e-12);
    }
    d4_fixture_destroy(&fixture);
}

static void results_are_added_to(void **state)
{
    (void)state;
    load("water");
    D4Fixture fixture;
    create(&fixture);
    dispersion_d4_update(&fixture.d4, s.xyz);
    double v[3] = {1.0, 1.0, 1.0}, gradient[3][3] = {{1.0, 1.0, 1.0}};
    dispersion_d4_potential(&fixture.d4, s.charges, v);
    dispersion_d4_gradient(&fixture.d4, s.charges, gradient);
    // One rounding of a number of order 1.
    CHECK_NEAR(v[0], 1.0 + s.d4_v[0], 1e-15);
    // Two roundings of a number of order 1.
    CHECK_NEAR(gradient[0][2], 1.0 + s.d4_g2[0][2] + s.d4_g3[0][2], 1e-15);
    d4_fixture_destroy(&fixture);
}

static void energy_ignores_shift_and_rotation(void **state)
{
    (void)state;
    load("sipsclbr");
    const double energy = energy_of_system();
    const double c = cos(0.7), t = sin(0.7);
    for (size_t i = 0; i < s.n; i++) {
        const double x = s.xyz[i][0], y = s.xyz[i][1], z = s.xyz[i][2];
        s.xyz[i][0] = c * x - t * y + 3.0;
        s.xyz[i][1] = c * (t * x + c * y) - t * z - 7.0;
        s.xyz[i][2] = t * (t * x + c * y) + c * z + 11.0;
    }
    // Sums of 1e-2 hartree in another order.
    CHECK_NEAR(energy_of_system(), energy, 1e-15);
}

static void energy_ignores_the_order_of_atoms(void **state)
{
    (void)state;
    load("elongated_40");
    const double energy = energy_of_system();
    const DispersionVectors before = s;
    for (size_t i = 0; i < s.n; i++) {
        const size_t j = (i * 7 + 3) % s.n; // 7 and 40 have no common divisor
        s.numbers[i] = before.numbers[j];
        s.charges[i] = before.charges[j];
        memcpy(s.xyz[i], before.xyz[j], sizeof s.xyz[i]);
    }
    CHECK_NEAR(energy_of_system(), energy, 1e-15);
}

static void a_step_away_and_back_gives_the_same_bytes(void **state)
{
    (void)state;
    load("elongated_40");
    D4Fixture fixture;
    create(&fixture);
    const double energy = total_energy(&fixture.d4);
    const DispersionVectors before = s;
    for (size_t i = 0; i < s.n; i++)
        for (size_t x = 0; x < 3; x++)
            s.xyz[i][x] = before.xyz[i][2 - x] * (1.0 + 0.01 * (double)i);
    dispersion_d4_update(&fixture.d4, s.xyz);
    s = before;
    assert_true(total_energy(&fixture.d4) == energy);
    d4_fixture_destroy(&fixture);
}

static void a_charge_below_the_nucleus_saturates(void **state)
{
    (void)state;
    load("water");
    D4Fixture fixture;
    create(&fixture);
    dispersion_d4_update(&fixture.d4, s.xyz);
    double limit = 0.0;
    static const double CHARGES[] = {-1.5, -1.0, -1.0 + 1e-16, -1.0 + 1e-12, -1.0 + 1e-6};
    for (size_t c = 0; c < sizeof CHARGES / sizeof *CHARGES; c++) {
        s.charges[1] = CHARGES[c];
        double v[3] = {0.0};
        const double energy = dispersion_d4_potential(&fixture.d4, s.charges, v);
        if (c == 0)
            limit = energy;
        // An energy of 1e-6 hartree to twelve digits.
        CHECK_NEAR(energy, limit, 1e-18);
        CHECK_NEAR(v[1], 0.0, 0.0);
    }
    d4_fixture_destroy(&fixture);
}

/// Far above all references one of them counts alone and its weight does not depend on the geometry.
static void too_many_neighbours_choose_the_highest_reference(void **state)
{
    (void)state;
    load("overcoordinated_6");
    D4Fixture fixture;
    create(&fixture);
    DispersionD4 *d4 = &fixture.d4;
    dispersion_d4_update(d4, s.xyz);
    double sum[VECTORS_MAX_ATOMS] = {0.0};
    bool flat[VECTORS_MAX_ATOMS];
    size_t alone = 0;
    for (size_t i = 0; i < s.n; i++)
        flat[i] = true;
    for (size_t e = 0; e < d4->n_entries; e++) {
        const int place = d4->entry_place[e];
        sum[place] += d4->weight[e];
        flat[place] = flat[place] && d4->weight_slope[e] == 0.0;
    }
    for (size_t i = 0; i < s.n; i++) {
        CHECK_NEAR(sum[i], 1.0, 1e-14);
        alone += flat[i];
    }
    assert_true(alone > 0);
    d4_fixture_destroy(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradient_is_the_slope_of_the_energy),
        cmocka_unit_test(gradient_is_the_slope_in_the_smooth_ends),
        cmocka_unit_test(potential_is_the_slope_in_the_charges),
        cmocka_unit_test(results_are_added_to),
        cmocka_unit_test(energy_ignores_shift_and_rotation),
        cmocka_unit_test(energy_ignores_the_order_of_atoms),
        cmocka_unit_test(a_step_away_and_back_gives_the_same_bytes),
        cmocka_unit_test(a_charge_below_the_nucleus_saturates),
        cmocka_unit_test(too_many_neighbours_choose_the_highest_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
