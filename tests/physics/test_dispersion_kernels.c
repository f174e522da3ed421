#include "support/check.h"

#include <stdalign.h>

#include "kernels/kernels.h"

enum { N = 40 };

/// Fused multiply-adds and the order of sums differ between instruction sets, nothing else.
static const double RELATIVE = 1e-13;

static const char *const ISAS[] = {"avx2", "avx512"};

/// A number in 0..1 that is the same everywhere.
static double pseudo_random(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (double)*seed / 4294967296.0;
}

typedef struct {
    alignas(64) double i[5][N];
    alignas(64) double j[5][N];
    double sums[2];
} Triples;

static void fill(Triples *t)
{
    unsigned seed = 42;
    for (size_t k = 0; k < N; k++) {
        for (int row = 0; row < 5; row++) {
            t->i[row][k] = (row == 0 ? 4.0 : 0.0) + pseudo_random(&seed);
            t->j[row][k] = (row == 0 ? 4.0 : 0.0) + pseudo_random(&seed);
        }
    }
    t->j[1][7] = 0.0; // a pair out of range
}

static void triples_agree_between_instruction_sets(void **state)
{
    (void)state;
    static const double PAIR[3] = {5.0, 0.3, 0.2};
    Triples generic;
    fill(&generic);
    kernels_choose("generic")->atm_row(N, N, PAIR, generic.i[0], generic.j[0], generic.sums);
    for (int isa = 0; isa < 2; isa++) {
        const Kernels *kernels = kernels_choose(ISAS[isa]);
        if (kernels == NULL)
            continue;
        Triples t;
        fill(&t);
        kernels->atm_row(N, N, PAIR, t.i[0], t.j[0], t.sums);
        // The largest value here is about ten.
        for (int row = 0; row < 5; row++) {
            for (size_t k = 0; k < N; k++) {
                CHECK_NEAR(t.i[row][k], generic.i[row][k], 10.0 * RELATIVE);
                CHECK_NEAR(t.j[row][k], generic.j[row][k], 10.0 * RELATIVE);
            }
        }
        for (int x = 0; x < 2; x++)
            CHECK_NEAR(t.sums[x], generic.sums[x], RELATIVE * fabs(generic.sums[x]));
    }
}

/// k next to i and j at the corners of an equilateral triangle, without damping: E = 11/8 C^(3/2)/r^9.
static void equilateral_triple_has_the_known_energy(void **state)
{
    (void)state;
    Triples t = {0};
    const double r = 3.0, c = 20.0, p = sqrt(c) / pow(r, 5.0);
    const double pair[3] = {r * r, p, 0.0};
    t.i[0][0] = t.j[0][0] = r * r;
    t.i[1][0] = t.j[1][0] = p;
    kernels_choose(NULL)->atm_row(8, N, pair, t.i[0], t.j[0], t.sums);
    const double energy = 11.0 / 8.0 * pow(c, 1.5) / pow(r, 9.0);
    CHECK_NEAR(t.sums[1], energy, 1e-14 * energy);
    // Homogeneous of degree -9, shared by three equal distances.
    CHECK_NEAR(t.sums[0], -3.0 * energy, 1e-13 * energy);
    CHECK_NEAR(t.i[3][0], -3.0 * energy, 1e-13 * energy);
    CHECK_NEAR(t.j[3][0], -3.0 * energy, 1e-13 * energy);
}

static void damped_pairs_agree_between_instruction_sets(void **state)
{
    (void)state;
    static const double PAR[4] = {1.0, 40.0, 1.2e5, 6e6};
    double r2[N - 3], f[N - 3], h[N - 3], f0[N - 3], h0[N - 3];
    for (size_t k = 0; k < N - 3; k++)
        r2[k] = 2.0 * (double)k;
    kernels_choose("generic")->damped_pair_row(N - 3, PAR, r2, f0, h0);
    for (int isa = 0; isa < 2; isa++) {
        const Kernels *kernels = kernels_choose(ISAS[isa]);
        if (kernels == NULL)
            continue;
        kernels->damped_pair_row(N - 3, PAR, r2, f, h);
        for (size_t k = 0; k < N - 3; k++) {
            CHECK_NEAR(f[k], f0[k], RELATIVE * fabs(f0[k]));
            CHECK_NEAR(h[k], h0[k], RELATIVE * fabs(h0[k]));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(triples_agree_between_instruction_sets),
        cmocka_unit_test(equilateral_triple_has_the_known_energy),
        cmocka_unit_test(damped_pairs_agree_between_instruction_sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
