#include "support/check.h"

#include <string.h>

#include "scf/occupations.h"

enum { N = 8 };
static const double KT = 9.5e-4;

static double sum_of(size_t n, const double *f)
{
    double sum = 0.0;
    for (size_t k = 0; k < n; k++)
        sum += f[k];
    return sum;
}

static void a_wide_gap_fills_ones_and_zeros(void **state)
{
    (void)state;
    static const double EPS[N] = {-1.0, -0.9, -0.5, 0.2, 0.3, 0.4, 0.5, 0.6};
    for (int stop = FERMI_EXACT; stop <= FERMI_REFERENCE; stop++) {
        double f[N] = {0.0};
        f[0] = 1.0; // the other spin
        CHECK_NEAR(occupations_add(N, EPS, 3, KT, (FermiStop)stop, f), 0.0, 0.0);
        for (int k = 0; k < N; k++)
            CHECK_NEAR(f[k], k == 0 ? 2.0 : k < 3 ? 1.0 : 0.0, 0.0);
    }
}

static void no_electrons_leave_all_empty(void **state)
{
    (void)state;
    static const double EPS[N] = {0.0};
    double f[N] = {0.0};
    CHECK_NEAR(occupations_add(N, EPS, 0, KT, FERMI_EXACT, f), 0.0, 0.0);
    CHECK_NEAR(sum_of(N, f), 0.0, 0.0);
}

static void a_full_channel_is_full(void **state)
{
    (void)state;
    static const double EPS[2] = {-0.5, -0.4};
    double f[2] = {0.0};
    CHECK_NEAR(occupations_add(2, EPS, 2, KT, FERMI_EXACT, f), 0.0, 0.0);
    CHECK_NEAR(f[0], 1.0, 0.0);
    CHECK_NEAR(f[1], 1.0, 0.0);
}

// The reference program searches from the highest level and stops short: a hydrogen atom has an
// entropy of -2.3e-10 hartree there.
static void the_reference_rule_leaves_a_full_channel_short(void **state)
{
    (void)state;
    static const double EPS[1] = {-0.4};
    double f[1] = {0.0};
    const double entropy = occupations_add(1, EPS, 1, 9.500425735635351e-04, FERMI_REFERENCE, f);
    assert_true(f[0] < 1.0 && 1.0 - f[0] <= 1.5e-8);
    CHECK_NEAR(entropy, -2.3e-10, 1e-11);
    CHECK_NEAR(1.0 - f[0], 1.2e-8, 1e-9);
}

static void degenerate_levels_share_their_electrons(void **state)
{
    (void)state;
    static const double EPS[4] = {-1.0, -0.3, -0.3, 0.5};
    for (int stop = FERMI_EXACT; stop <= FERMI_REFERENCE; stop++) {
        double f[4] = {0.0};
        const double entropy = occupations_add(4, EPS, 2, KT, (FermiStop)stop, f);
        // Levels far from mu are full or empty to rounding. The pair shares its electrons to what the
        // search for mu leaves: 1.5e-8 of them where it stops as the reference program does; the
        // entropy is flat there.
        CHECK_NEAR(f[0], 1.0, 1e-15);
        CHECK_NEAR(f[1], 0.5, 1e-8);
        CHECK_NEAR(f[2], f[1], 0.0);
        CHECK_NEAR(f[3], 0.0, 1e-15);
        CHECK_NEAR(entropy, -2.0 * KT * log(2.0), 1e-11);
    }
}

static void heat_spreads_electrons_evenly(void **state)
{
    (void)state;
    static const double EPS[N] = {-1.0, -0.9, -0.5, 0.2, 0.3, 0.4, 0.5, 0.6};
    const double kt = 1e6, share = 3.0 / N;
    double f[N] = {0.0};
    const double entropy = occupations_add(N, EPS, 3, kt, FERMI_EXACT, f);
    // At kT = 1e6 hartree the levels differ by 1e-6 kT, and so do their occupations.
    for (int k = 0; k < N; k++)
        CHECK_NEAR(f[k], share, 1e-6);
    CHECK_NEAR(entropy / kt, N * (share * log(share) + (1.0 - share) * log(1.0 - share)), 1e-6);
}

static void exact_filling_counts_every_electron(void **state)
{
    (void)state;
    // From one level alone at the Fermi edge to a band, narrow and wide compared with kT.
    for (double spacing = 1e-6; spacing < 0.1; spacing *= 3.0)
        for (size_t n_electrons = 1; n_electrons < N; n_electrons++) {
            double eps[N], f[N] = {0.0};
            for (int k = 0; k < N; k++)
                eps[k] = -0.4 + spacing * k * (1.0 + 0.3 * k);
            const double entropy = occupations_add(N, eps, n_electrons, KT, FERMI_EXACT, f);
            CHECK_NEAR(sum_of(N, f), (double)n_electrons, 1e-13 * N);
            assert_true(entropy <= 0.0);
            for (int k = 1; k < N; k++)
                assert_true(f[k] <= f[k - 1]);
        }
}

static void the_reference_rule_stops_within_its_threshold(void **state)
{
    (void)state;
    static const double EPS[4] = {-0.403, -0.402, -0.4, -0.397};
    double f[4] = {0.0}, exact[4] = {0.0};
    occupations_add(4, EPS, 2, KT, FERMI_REFERENCE, f);
    occupations_add(4, EPS, 2, KT, FERMI_EXACT, exact);
    // What the reference program leaves when it stops, square root of the machine's precision.
    CHECK_NEAR(sum_of(4, f), 2.0, 1.5e-8);
    for (int k = 0; k < 4; k++)
        CHECK_NEAR(f[k], exact[k], 1.5e-8);
}

static void the_free_energy_is_stationary_in_the_filling(void **state)
{
    (void)state;
    // F = sum eps f + kT sum f ln f + ...: moving electrons between levels cannot lower it.
    static const double EPS[3] = {-0.402, -0.4, -0.399};
    double f[3] = {0.0};
    const double entropy = occupations_add(3, EPS, 1, KT, FERMI_EXACT, f);
    double free_energy = entropy;
    for (int k = 0; k < 3; k++)
        free_energy += EPS[k] * f[k];
    for (int from = 0; from < 3; from++) {
        double g[3], other = 0.0;
        memcpy(g, f, sizeof g);
        g[from] -= 1e-4;
        g[(from + 1) % 3] += 1e-4;
        for (int k = 0; k < 3; k++)
            other += EPS[k] * g[k] + KT * (g[k] * log(g[k]) + (1.0 - g[k]) * log(1.0 - g[k]));
        assert_true(other > free_energy);
        assert_true(other < free_energy + 1e-8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wide_gap_fills_ones_and_zeros),
        cmocka_unit_test(no_electrons_leave_all_empty),
        cmocka_unit_test(a_full_channel_is_full),
        cmocka_unit_test(the_reference_rule_leaves_a_full_channel_short),
        cmocka_unit_test(degenerate_levels_share_their_electrons),
        cmocka_unit_test(heat_spreads_electrons_evenly),
        cmocka_unit_test(exact_filling_counts_every_electron),
        cmocka_unit_test(the_reference_rule_stops_within_its_threshold),
        cmocka_unit_test(the_free_energy_is_stationary_in_the_filling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
