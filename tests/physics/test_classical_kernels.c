/// Kernels of rows and of point multipoles: elementary functions against the C library, everything else
/// against the generic table; the formulas themselves are tested in test_gfn2_terms.c.
#include "support/check.h"

#include <stdalign.h>
#include <string.h>

#include "kernels/kernels.h"
#include "support/pseudo_random.h"

enum { N = 24, SETS = 3, OUT = 3 * N * N + (KERNELS_MULTIPOLES + 7) * N };
static const char *const ISAS[SETS] = {"generic", "avx2", "avx512"};

static void elementary_functions_are_those_of_the_library(void **state)
{
    (void)state;
    alignas(64) double x[N], y[N], shift[N];
    unsigned seed = 3;
    for (int set = 0; set < SETS; set++) {
        const Kernels *kernels = kernels_choose(ISAS[set]);
        if (kernels == NULL)
            continue;
        for (int scale = 0; scale < 5; scale++) {
            const double widths[5] = {1e-9, 1.0, 40.0, 300.0, 1390.0};
            for (size_t i = 0; i < N; i++)
                x[i] = widths[scale] * pseudo_random(&seed);
            kernels->exponentials(N, x, y);
            // Reducing the argument errs by its last place.
            for (size_t i = 0; i < N; i++)
                CHECK_NEAR(y[i] / exp(x[i]), 1.0, 5e-16 + 2e-16 * fabs(x[i]) / 100.0);
        }
        x[0] = -1e4, x[1] = 1e4, x[2] = -INFINITY, x[3] = 0.0;
        kernels->exponentials(8, x, x);
        CHECK_NEAR(x[0] / exp(-700.0), 1.0, 2e-15);
        CHECK_NEAR(x[1] / exp(700.0), 1.0, 2e-15);
        CHECK_NEAR(x[2] / exp(-700.0), 1.0, 2e-15);
        CHECK_NEAR(x[3], 1.0, 0.0);

        for (size_t i = 0; i < N; i++) {
            x[i] = 3.0 + pseudo_random(&seed);
            shift[i] = 1.0 + pseudo_random(&seed);
        }
        kernels->inverse_roots(N, x, shift, y);
        for (size_t i = 0; i < N; i++)
            CHECK_NEAR(y[i], 1.0 / sqrt(x[i] + shift[i]), 2e-16);
    }
}

/// Every kernel that sums, one after the other, of the same numbers.
static void run(const Kernels *kernels, double out[OUT])
{
    alignas(64) double xyz[3 * N], moments[KERNELS_MULTIPOLES * N], charge[N], radius[N];
    alignas(64) double gamma[N * N];
    unsigned seed = 5;
    for (size_t i = 0; i < 3 * N; i++)
        xyz[i] = 9.0 * pseudo_random(&seed);
    for (size_t i = 0; i < KERNELS_MULTIPOLES * N; i++)
        moments[i] = pseudo_random(&seed);
    for (size_t i = 0; i < N; i++) {
        charge[i] = pseudo_random(&seed);
        radius[i] = 2.0 + pseudo_random(&seed);
    }
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j <= i; j++)
            gamma[i * N + j] = gamma[j * N + i] = 0.3 + 0.2 * pseudo_random(&seed);
    double *per_r = out, *g3 = per_r + N * N, *g5 = g3 + N * N, *potentials = g5 + N * N;
    for (size_t a = 0; a < N; a++) {
        const double there[3] = {xyz[a], xyz[N + a], xyz[2 * N + a]};
        kernels->multipole_damping_row(N, N, xyz, there, 6.0, radius[a], radius, per_r + a * N,
                                       g3 + a * N, g5 + a * N);
        assert_true(per_r[a * N + a] == 0.0 && g3[a * N + a] == 0.0 && g5[a * N + a] == 0.0);
    }
    // Two atoms fewer than there is room for.
    kernels->multipole_potentials(0, N - 2, N - 2, N, xyz, moments, g3, g5, potentials);
    kernels->multipole_slopes(0, N - 2, N - 2, N, xyz, moments, radius, per_r, g3, g5,
                              potentials + KERNELS_MULTIPOLES * N);
    kernels->cubic_slopes(0, N - 2, N - 2, N, gamma, charge, xyz,
                          potentials + (KERNELS_MULTIPOLES + 4) * N);
}

static void functions_of_pairs_are_those_of_their_formulas(void **state)
{
    (void)state;
    alignas(64) double r[N], radius[N], decay[N], exponent[N], count[N], slope[N];
    const double par[4] = {10.0, 20.0, 2.0, 4.5}, one_function[4] = {16.0, 0.0, 0.0, 25.0};
    unsigned seed = 11;
    for (size_t i = 0; i < N; i++) {
        r[i] = 3.0 + 5.0 * pseudo_random(&seed);
        radius[i] = 3.0 + pseudo_random(&seed);
        decay[i] = 2.0 + pseudo_random(&seed);
        exponent[i] = i % 3 == 0 ? 1.0 : 1.5;
    }
    r[1] = 0.6, radius[1] = 30.0; // exponentials are cut
    for (int set = 0; set < SETS; set++) {
        const Kernels *kernels = kernels_choose(ISAS[set]);
        if (kernels == NULL)
            continue;
        double energy = 0.0;
        const double sum = kernels->repulsion_pairs(N, 4.5, r, radius, decay, exponent, slope);
        for (size_t i = 0; i < N; i++) {
            const double power = decay[i] * pow(r[i], exponent[i]);
            const double e = r[i] <= 4.5 ? radius[i] / r[i] * exp(-power) : 0.0;
            energy += e;
            CHECK_NEAR(slope[i], -e * (1.0 + exponent[i] * power) / (r[i] * r[i]),
                       1e-14 * fabs(slope[i]));
        }
        CHECK_NEAR(sum, energy, 1e-14 * energy);

        for (int functions = 1; functions <= 2; functions++) {
            const double *p = functions == 1 ? one_function : par;
            kernels->counting_pairs(N, p, r, radius, count, slope);
            for (size_t i = 0; i < N; i++) {
                const double ra = radius[i], rb = radius[i] + p[2];
                const double ea = exp(-p[0] * (ra / r[i] - 1.0));
                const double eb = functions == 2 ? exp(-p[1] * (rb / r[i] - 1.0)) : 0.0;
                const double c = r[i] <= p[3] ? 1.0 / ((1.0 + ea) * (1.0 + eb)) : 0.0;
                const double d = p[0] * ra * ea / (1.0 + ea) + p[1] * rb * eb / (1.0 + eb);
                // Arguments up to 60 err by their last place.
                CHECK_NEAR(count[i], c, 1e-14);
                CHECK_NEAR(slope[i], -c * d / pow(r[i], 3.0), 1e-13);
            }
        }
    }
}

/// g of terms/born_radii.h and its slope divided by the distance, or of a pair out of sight.
static void plain_descreening(double distance, double r, double rho, double out[2])
{
    const double a = distance + rho, b = distance - rho;
    out[0] = out[1] = 0.0;
    if (distance >= r + rho) {
        const double t = log(b / a);
        out[0] = rho / (a * b) + 0.5 * t / distance;
        out[1] = -2.0 * rho * distance / (a * b * a * b) +
                 (rho / (a * b) - 0.5 * t / distance) / distance;
    } else if (a > r) {
        const double edge = 1.0 / a - a / (r * r), t = 0.5 * b * edge - log(a / r);
        const double slope = 0.5 * edge - 0.5 * b * (1.0 / (a * a) + 1.0 / (r * r)) - 1.0 / a;
        out[0] = 1.0 / r - 1.0 / a + 0.5 * t / distance;
        out[1] = 1.0 / (a * a) + 0.5 * (slope - t / distance) / distance;
    }
    out[1] /= distance;
}

static void pairs_in_a_solvent_are_those_of_their_formulas(void **state)
{
    (void)state;
    alignas(64) double r[N], radius[N], other[N], root_m[N], g[N], slope[N], more[N];
    unsigned seed = 17;
    for (size_t i = 0; i < N; i++) {
        r[i] = 6.0 + 4.5 * pseudo_random(&seed);
        radius[i] = 3.0 + pseudo_random(&seed);
        other[i] = 2.0 + pseudo_random(&seed);
        root_m[i] = 4.0 + 2.0 * pseudo_random(&seed);
    }
    r[1] = 1.0, radius[1] = 4.0, other[1] = 2.0; // inside
    r[2] = 30.0;                                 // out of sight
    other[3] = 0.0;                              // takes no room
    for (int set = 0; set < SETS; set++) {
        const Kernels *kernels = kernels_choose(ISAS[set]);
        if (kernels == NULL)
            continue;
        kernels->descreening_pairs(N, 25.0, r, radius, other, g, slope);
        for (size_t i = 0; i < N; i++) {
            double wanted[2] = {0.0, 0.0};
            if (i != 2)
                plain_descreening(r[i], radius[i], other[i], wanted);
            // Terms of 0.3 cancel.
            CHECK_NEAR(g[i], wanted[0], 3e-16);
            CHECK_NEAR(slope[i], wanted[1], 1e-15);
        }
        kernels->born_pairs_p16(N, 1.028, r, root_m, g, slope, more);
        for (size_t i = 0; i < N; i++) {
            const double x = 1.028 * r[i] / (16.0 * root_m[i]), t = pow(1.0 + x, -16.0);
            const double f = r[i] + root_m[i] * t;
            CHECK_NEAR(g[i], 1.0 / f, 1e-15);
            CHECK_NEAR(slope[i], (1.0 - 1.028 * t / (1.0 + x)) / (f * f * r[i]), 1e-15);
            CHECK_NEAR(more[i], 0.5 * t * (root_m[i] + 1.028 * r[i] / (1.0 + x)) / (f * f), 1e-15);
        }
        kernels->born_pairs_still(N, r, root_m, g, slope, more);
        for (size_t i = 0; i < N; i++) {
            const double m = root_m[i] * root_m[i], x = r[i] * r[i] / (4.0 * m);
            const double f = sqrt(r[i] * r[i] + m * exp(-x));
            CHECK_NEAR(g[i], 1.0 / f, 1e-15);
            CHECK_NEAR(slope[i], (1.0 - 0.25 * exp(-x)) / pow(f, 3.0), 1e-15);
            CHECK_NEAR(more[i], 0.5 * m * exp(-x) * (1.0 + x) / pow(f, 3.0), 1e-15);
        }
    }
}

static void sums_agree_between_instruction_sets(void **state)
{
    (void)state;
    double wanted[OUT], out[OUT];
    run(kernels_choose("generic"), wanted);
    for (int set = 1; set < SETS; set++) {
        const Kernels *kernels = kernels_choose(ISAS[set]);
        if (kernels == NULL)
            continue;
        run(kernels, out);
        for (int i = 0; i < OUT; i++)
            CHECK_NEAR(out[i], wanted[i], 1e-14); // sums of 24 numbers below 1
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elementary_functions_are_those_of_the_library),
        cmocka_unit_test(functions_of_pairs_are_those_of_their_formulas),
        cmocka_unit_test(pairs_in_a_solvent_are_those_of_their_formulas),
        cmocka_unit_test(sums_agree_between_instruction_sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
