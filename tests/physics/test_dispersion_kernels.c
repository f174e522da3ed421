#include "support/check.h"

#include <stdalign.h>

#include "kernels/kernels.h"
#include "support/pseudo_random.h"

enum { N = 40 };

/// Fused multiply-adds and the order of sums differ between instruction sets, nothing else.
static const double RELATIVE = 1e-13;

static const char *const ISAS[] = {"avx2", "avx512"};

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
            t->i[row][k] = (row == 0 ? 4.5 : 0.5) + pseudo_random(&seed);
            t->j[row][k] = (row == 0 ? 4.5 : 0.5) + pseudo_random(&seed);
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

/// Atoms of three kinds with 2, 7 and 1 references.
enum {
    ATOMS = 13,
    LD = 24,
    KINDS = 3,
    REFS = 10,
    LD_REFS = 16,
    ENTRIES = 10 + 7 * 7 + 1,
    ROOM = 72
};
static const size_t FIRST_PLACE[KINDS + 1] = {0, 5, 12, 13}, FIRST_REF[KINDS + 1] = {0, 2, 9, 10};

typedef struct {
    alignas(64) double xyz[3][LD], par[3][LD], cn_par[3][LD];
    alignas(64) double u[ROOM], steepness[ROOM], reference[ROOM], weight[ROOM], weight_slope[ROOM];
    alignas(64) double c[REFS][LD_REFS], t[LD];
} Given;

typedef struct {
    double r2[LD], f[ATOMS][LD], h[LD], cn[LD], slope[LD], count;
    double g[ROOM], g_cn[ROOM], g_q[ROOM], z[ATOMS][LD_REFS], y[ROOM], c6[ATOMS][LD];
    double slopes[3][LD], force[3], rows[5][LD];
} Made;

static Given given(void)
{
    Given all = {0};
    unsigned seed = 7;
    for (size_t i = 0; i < LD; i++) {
        for (int x = 0; x < 3; x++)
            all.xyz[x][i] = 6.0 * pseudo_random(&seed);
        all.par[0][i] = 40.0, all.par[1][i] = 1.2e5, all.par[2][i] = 6e6;
        all.cn_par[0][i] = 3.0 + pseudo_random(&seed);
        all.cn_par[1][i] = 0.5;
        all.cn_par[2][i] = 40.0;
        all.t[i] = pseudo_random(&seed);
    }
    for (size_t e = 0; e < ROOM; e++) {
        all.u[e] = 3.0 + pseudo_random(&seed);
        all.steepness[e] = 1.0 + pseudo_random(&seed);
        all.reference[e] = 3.0 + pseudo_random(&seed);
        all.weight[e] = 0.5 + pseudo_random(&seed);
        all.weight_slope[e] = pseudo_random(&seed);
    }
    all.u[3] = -0.5;       // below the nucleus
    all.u[4] = 1e-3;       // nearly
    all.weight[5] = 1e-20; // does not count
    for (size_t a = 0; a < REFS; a++)
        for (size_t b = 0; b < REFS; b++)
            all.c[a][b] = 1.0 + pseudo_random(&seed);
    return all;
}

/// Every kernel of the references, one after the other.
static Made make(const Kernels *kernels)
{
    const Given in = given();
    Made out = {0};
    for (size_t j = 0; j < ATOMS; j++) {
        const double here[3] = {in.xyz[0][j], in.xyz[1][j], in.xyz[2][j]};
        kernels->damped_pair_row(16, LD, in.xyz[0], here, 0.8, in.par[0], out.r2, out.f[j], out.h);
    }
    out.count = kernels->counting_row(ATOMS - 1, LD, 7.5, out.r2, in.cn_par[0], out.cn, out.slope);
    kernels->charge_scaling(64, 3.0, in.u, in.steepness, in.reference, in.weight, in.weight_slope,
                            1e-18, out.g, out.g_cn, out.g_q);
    kernels->reference_coefficients(KINDS, FIRST_PLACE, FIRST_REF, out.g, in.c[0], LD_REFS,
                                    out.z[0]);
    for (size_t k = 0; k < KINDS; k++)
        kernels->reference_sums(k, 0, FIRST_PLACE[k + 1] - FIRST_PLACE[k], KINDS, FIRST_PLACE,
                                FIRST_REF, out.z[0], LD_REFS, out.f[0], LD, out.y);
    kernels->pair_coefficients(KINDS, FIRST_PLACE, FIRST_REF, out.g, out.z[0], LD_REFS, out.c6[0],
                               LD);
    const double here[3] = {0.1, 0.2, 0.3};
    kernels->pair_force_row(ATOMS, LD, in.t, in.xyz[0], here, out.slopes[0], out.force);
    kernels->atm_pair_row(ATOMS, 9, LD, in.xyz[0], here, 30.0, in.reference, in.u, out.rows[0]);
    return out;
}

static void rows_and_references_are_those_of_their_formulas(void **state)
{
    (void)state;
    const Given in = given();
    const Made out = make(kernels_choose("generic"));
    // One atom with the others: the last row.
    double count = 0.0, force[3] = {0.0};
    for (size_t i = 0; i < ATOMS; i++) {
        const double r2 = out.r2[i], r = sqrt(r2), r6 = r2 * r2 * r2;
        const double t6 = 1.0 / (r6 + in.par[1][i]), t8 = 1.0 / (r6 * r2 + in.par[2][i]);
        const bool other = i != ATOMS - 1;
        const double f = 0.8 * t6 + 40.0 * t8;
        CHECK_NEAR(out.f[ATOMS - 1][i], other ? f : 0.0, 1e-15 * f);
        const double h = -4.8 * r2 * r2 * t6 * t6 - 320.0 * r6 * t8 * t8;
        CHECK_NEAR(out.h[i], other ? h : 0.0, 1e-14 * fabs(h));
        const double radius = in.cn_par[0][i], t = 7.5 * (r - radius) / radius;
        const bool near = other && r2 <= in.cn_par[2][i];
        CHECK_NEAR(out.cn[i], near ? 0.5 * erfc(t) : 0.0, 5e-16);
        count += out.cn[i];
        CHECK_NEAR(out.slope[i], near ? -7.5 / (sqrt(acos(-1.0)) * radius * r) * exp(-t * t) : 0.0,
                   1e-15);
        for (int x = 0; x < 3; x++) {
            const double part = in.t[i] * (0.1 * (x + 1) - in.xyz[x][i]);
            CHECK_NEAR(out.slopes[x][i], -part, 1e-15);
            force[x] += part;
        }
        double square = 0.0;
        for (int x = 0; x < 3; x++)
            square += pow(0.1 * (x + 1) - in.xyz[x][i], 2.0);
        if (i < 8)
            continue;
        const bool counts = i >= 9 && square <= 30.0;
        const double p = sqrt(in.reference[i]) * pow(square, -2.5);
        const double tau = in.u[i] * pow(square, -8.0 / 3.0);
        CHECK_NEAR(out.rows[1][i], counts ? p : 0.0, 2e-15 * p);
        CHECK_NEAR(out.rows[2][i], counts ? tau : 0.0, 4e-15 * tau);
        if (counts)
            CHECK_NEAR(out.rows[0][i], square, 1e-14);
    }
    CHECK_NEAR(out.count, count, 1e-15 * count);
    for (int x = 0; x < 3; x++)
        CHECK_NEAR(out.force[x], force[x], 1e-14);
    for (int row = 0; row < 3; row++)
        CHECK_NEAR(out.rows[row][7], 0.0, 0.0); // the line before stays as it was
}

static void charge_scaling_is_that_of_its_formula(void **state)
{
    (void)state;
    const Given in = given();
    const Made out = make(kernels_choose("generic"));
    for (size_t e = 0; e < ENTRIES; e++) {
        const bool counts = in.weight[e] >= 1e-18, positive = in.u[e] > 0.0;
        const double ratio = positive ? in.reference[e] / in.u[e] : 0.0;
        const double t = positive ? exp(in.steepness[e] * (1.0 - ratio)) : 0.0;
        const double zeta = counts ? exp(3.0 * (1.0 - t)) : 0.0;
        CHECK_NEAR(out.g[e], in.weight[e] * zeta, 4e-15 * fabs(in.weight[e]) * zeta);
        CHECK_NEAR(out.g_cn[e], in.weight_slope[e] * zeta, 4e-15 * fabs(in.weight_slope[e]) * zeta);
        const double g_q = positive ? -3.0 * in.steepness[e] * t * out.g[e] * ratio / in.u[e] : 0.0;
        CHECK_NEAR(out.g_q[e], g_q, 1e-13 * fabs(g_q));
    }
}

static void products_with_references_are_those_of_their_formulas(void **state)
{
    (void)state;
    const Given in = given();
    const Made out = make(kernels_choose("generic"));
    size_t entry = 0;
    double z[ATOMS][REFS] = {{0.0}}, c6[ATOMS][ATOMS] = {{0.0}};
    for (size_t k = 0; k < KINDS; k++)
        for (size_t a = FIRST_REF[k]; a < FIRST_REF[k + 1]; a++)
            for (size_t i = FIRST_PLACE[k]; i < FIRST_PLACE[k + 1]; i++, entry++) {
                double y = 0.0;
                for (size_t b = 0; b < REFS; b++)
                    z[i][b] += out.g[entry] * in.c[a][b];
                for (size_t j = 0; j < ATOMS; j++) {
                    y += out.z[j][a] * out.f[j][i];
                    c6[j][i] += out.z[j][a] * out.g[entry];
                }
                CHECK_NEAR(out.y[entry], y, 1e-16); // sums of numbers of 1e-4 and of some tens
            }
    assert_int_equal(entry, ENTRIES);
    for (size_t j = 0; j < ATOMS; j++) {
        for (size_t b = 0; b < REFS; b++)
            CHECK_NEAR(out.z[j][b], z[j][b], 1e-14 * (1.0 + fabs(z[j][b])));
        for (size_t i = 0; i < ATOMS; i++)
            CHECK_NEAR(out.c6[j][i], c6[j][i], 1e-13 * (1.0 + fabs(c6[j][i])));
    }
}

static void rows_agree_between_instruction_sets(void **state)
{
    (void)state;
    const Made wanted = make(kernels_choose("generic"));
    for (int isa = 0; isa < 2; isa++) {
        const Kernels *kernels = kernels_choose(ISAS[isa]);
        if (kernels == NULL)
            continue;
        const Made out = make(kernels);
        const double *a = (const double *)&out, *b = (const double *)&wanted;
        for (size_t i = 0; i < sizeof out / sizeof(double); i++)
            CHECK_NEAR(a[i], b[i], RELATIVE * (1.0 + fabs(b[i])));
    }
}

/// The counting function alone, over the whole range where it is not constant.
static void vector_erfc_is_that_of_the_library(void **state)
{
    (void)state;
    static const char *const ALL[] = {"generic", "avx2", "avx512"};
    for (int isa = 0; isa < 3; isa++) {
        const Kernels *kernels = kernels_choose(ALL[isa]);
        if (kernels == NULL)
            continue;
        for (double r0 = 0.6; r0 < 5.4; r0 += 0.01) {
            alignas(64) double r2[8], par[3][8], cn[8] = {0.0}, slope[8];
            for (int i = 0; i < 8; i++) {
                const double r = r0 + 0.00125 * i;
                r2[i] = r * r;
                par[0][i] = 3.0, par[1][i] = 1.0, par[2][i] = 100.0;
            }
            kernels->counting_row(8, 8, 7.5, r2, par[0], cn, slope);
            for (int i = 0; i < 8; i++) {
                const double t = 7.5 * (sqrt(r2[i]) - 3.0) / 3.0;
                // Polynomial, exponential and their product round by some last places of 1; beyond 0
                // the square of t errs by its last place.
                CHECK_NEAR(cn[i], erfc(t),
                           1e-15 * (t < 0.0 ? 1.0 : 0.1) + 1e-14 * (t > 0.0 ? erfc(t) : 0.0));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(triples_agree_between_instruction_sets),
        cmocka_unit_test(equilateral_triple_has_the_known_energy),
        cmocka_unit_test(rows_and_references_are_those_of_their_formulas),
        cmocka_unit_test(charge_scaling_is_that_of_its_formula),
        cmocka_unit_test(products_with_references_are_those_of_their_formulas),
        cmocka_unit_test(rows_agree_between_instruction_sets),
        cmocka_unit_test(vector_erfc_is_that_of_the_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
