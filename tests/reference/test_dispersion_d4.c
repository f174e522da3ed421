#include "support/check.h"

#include "support/dispersion_d4_fixture.h"
#include "support/dispersion_vectors.h"

// The formulas leave no freedom: only rounding separates two programs.
static const double TOLERANCE = 1e-12;

#define CHECK_VALUE(what, i, value, wanted, tolerance)                                             \
    do {                                                                                           \
        const double value_ = (value), wanted_ = (wanted);                                         \
        if (!(fabs(value_ - wanted_) <= (tolerance)))                                              \
            fail_msg("%s, %s[%zu]: %.15g, wanted %.15g, off by %.2e", s->name, what, (size_t)(i),  \
                     value_, wanted_, fabs(value_ - wanted_));                                     \
    } while (0)

static void check_system(const DispersionVectors *s, const Kernels *kernels)
{
    D4Fixture fixture;
    d4_fixture_create(&fixture, kernels, &METHOD_GFN2, s->n, s->numbers);
    DispersionD4 *d4 = &fixture.d4;

    dispersion_d4_update(d4, s->xyz);
    double v[VECTORS_MAX_ATOMS] = {0.0}, gradient[VECTORS_MAX_ATOMS][3] = {{0.0}};
    double e2 = 0.0;
    for (size_t i = 0; i < s->n; i++)
        e2 += s->d4_e2_atom[i];
    CHECK_VALUE("E2", 0, dispersion_d4_energy(d4, s->charges), e2, TOLERANCE);
    CHECK_VALUE("E2 with V", 0, dispersion_d4_potential(d4, s->charges, v), e2, TOLERANCE);
    CHECK_VALUE("E3", 0, dispersion_d4_three_body(d4), s->d4_e3, TOLERANCE);
    dispersion_d4_gradient(d4, s->charges, gradient);

    // Without s9 the gradient is that of E2.
    Method two_body = METHOD_GFN2;
    two_body.d4_s9 = 0.0;
    D4Fixture other;
    d4_fixture_create(&other, kernels, &two_body, s->n, s->numbers);
    double gradient2[VECTORS_MAX_ATOMS][3] = {{0.0}};
    dispersion_d4_update(&other.d4, s->xyz);
    dispersion_d4_gradient(&other.d4, s->charges, gradient2);

    for (size_t p = 0; p < s->n; p++) {
        const size_t i = d4->order[p];
        CHECK_VALUE("CN", i, d4->cn[p], s->d4_cn[i], TOLERANCE);
        CHECK_VALUE("V", i, v[i], s->d4_v[i], TOLERANCE);
        for (size_t x = 0; x < 3; x++) {
            CHECK_VALUE("G2", 3 * i + x, gradient2[i][x], s->d4_g2[i][x], TOLERANCE);
            CHECK_VALUE("G3", 3 * i + x, gradient[i][x] - gradient2[i][x], s->d4_g3[i][x],
                        TOLERANCE);
        }
        for (size_t r = 0; s->has_c6 && r < s->n; r++) {
            const size_t j = d4->order[r];
            const double c6 = s->d4_c6[i * s->n + j];
            CHECK_VALUE("C6", i * s->n + j, d4->c6[p * d4->ld + r], c6, TOLERANCE * fabs(c6));
        }
    }
    d4_fixture_destroy(&other);
    d4_fixture_destroy(&fixture);
}

static void check_all_systems(const char *isa)
{
    const Kernels *kernels = kernels_choose(isa);
    if (kernels == NULL)
        skip();
    static DispersionVectors system;
    FILE *file = dispersion_vectors_open();
    size_t n = 0;
    for (; dispersion_vectors_next(file, &system); n++)
        check_system(&system, kernels);
    fclose(file);
    assert_int_equal(n, 98);
}

static void generic_kernels_agree_with_dftd4(void **state)
{
    (void)state;
    check_all_systems("generic");
}

static void avx2_kernels_agree_with_dftd4(void **state)
{
    (void)state;
    check_all_systems("avx2");
}

static void avx512_kernels_agree_with_dftd4(void **state)
{
    (void)state;
    check_all_systems("avx512");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generic_kernels_agree_with_dftd4),
        cmocka_unit_test(avx2_kernels_agree_with_dftd4),
        cmocka_unit_test(avx512_kernels_agree_with_dftd4),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
