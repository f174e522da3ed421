/// Batches of pairs of atoms, in every instruction set: integrals against quadrature, the Hamiltonian of
/// potentials and the moments of a density against their definitions written plainly.
#include "support/check.h"

#include <stdbool.h>
#include <string.h>

#include "support/pseudo_random.h"
#include "terms/hamiltonian.h"

enum { ATOMS = 13, AO_MAX = 80, SHELLS = 40, MOMENTS = 10 };

// Every class with every class, batches of several elements, batches not full; one atom far from all others
// and one at a distance where some primitives are screened. Zinc: d before s.
static const int NUMBERS[ATOMS] = {6, 1, 8, 16, 1, 7, 17, 30, 1, 6, 35, 1, 8};
static const double XYZ[ATOMS][3] = {
    {0.1, 0.2, -0.1},  {1.9, 0.3, 0.4},   {-1.4, 1.9, 0.2},  {-0.3, -3.2, 0.9}, {0.7, 1.1, 2.0},
    {2.9, -2.1, -1.7}, {-4.0, -1.0, 2.8}, {4.1, 2.9, 1.3},   {-2.2, 0.4, -2.1}, {0.9, 3.9, -1.2},
    {1.2, -5.6, -3.4}, {9.5, 0.3, 0.2},   {60.0, 60.0, 60.0}};

static const char *const ISAS[] = {"generic", "avx2", "avx512"};
enum { N_ISAS = 3 };

typedef struct {
    Arena arena;
    Pairs pairs;
    Coordination coordination;
    Basis basis;
    Hamiltonian hamiltonian;
} Setup;

static QmtContext *ctx;
static double overlap[AO_MAX][AO_MAX], moment[MOMENTS][AO_MAX][AO_MAX];

static void layout(const Method *method, Setup *setup)
{
    pairs_layout(&setup->pairs, &setup->arena, ATOMS);
    coordination_layout(&setup->coordination, &setup->arena, &setup->pairs);
    basis_layout(&setup->basis, &setup->arena, method, ATOMS, NUMBERS);
    hamiltonian_layout(&setup->hamiltonian, &setup->arena, &setup->basis, NUMBERS);
}

static void open_setup(const Method *method, const Kernels *kernels, Setup *setup)
{
    *setup = (Setup){.arena = {0}};
    layout(method, setup);
    assert_int_equal(arena_reserve(ctx, &setup->arena), QMT_OK);
    layout(method, setup);
    assert_in_range(setup->basis.n_ao, 1, AO_MAX);
    pairs_setup(&setup->pairs);
    coordination_setup(&setup->coordination, kernels, method, &setup->pairs, NUMBERS);
    basis_setup(&setup->basis, ATOMS, NUMBERS);
    hamiltonian_setup(&setup->hamiltonian, kernels, NUMBERS);
    assert_int_equal(pairs_update(ctx, XYZ, &setup->pairs), QMT_OK);
    coordination_update(&setup->coordination, &setup->pairs);
    const Geometry geometry = {ATOMS, XYZ, &setup->pairs, &setup->coordination};
    hamiltonian_update(&setup->hamiltonian, &geometry);
}

static void close_setup(Setup *setup)
{
    arena_release(&setup->arena);
}

static double power(double x, int n)
{
    double y = 1.0;
    for (int i = 0; i < n; i++)
        y *= x;
    return y;
}

enum { POWERS_A = 3, POWERS_B = 5 };

/// int (x-t)^i exp(-a (x-t)^2) x^j exp(-b x^2) dx by the trapezoidal rule, which is exact to rounding
/// for a Gaussian once the step is a third of its width.
static void quadrature(double a, double b, double t, double table[POWERS_A][POWERS_B])
{
    const double p = a + b, centre = a * t / p, h = 1.0 / (3.0 * sqrt(p));
    memset(table, 0, POWERS_A * sizeof table[0]);
    for (int k = -33; k <= 33; k++) {
        const double x = centre + k * h, weight = h * exp(-a * (x - t) * (x - t) - b * x * x);
        for (int i = 0; i < POWERS_A; i++)
            for (int j = 0; j < POWERS_B; j++)
                table[i][j] += weight * power(x - t, i) * power(x, j);
    }
}

/// Real solid harmonics as sums of monomials: factor and powers of x, y, z.
typedef struct {
    int n;
    double factor[3];
    int power[3][3];
} Harmonic;

#define SQRT3 1.7320508075688772935
static const Harmonic HARMONIC[3][5] = {
    {{1, {1.0}, {{0, 0, 0}}}},
    {{1, {1.0}, {{0, 1, 0}}}, {1, {1.0}, {{0, 0, 1}}}, {1, {1.0}, {{1, 0, 0}}}},
    {{1, {SQRT3}, {{1, 1, 0}}},
     {1, {SQRT3}, {{0, 1, 1}}},
     {3, {1.0, -0.5, -0.5}, {{0, 0, 2}, {2, 0, 0}, {0, 2, 0}}},
     {1, {SQRT3}, {{1, 0, 1}}},
     {2, {0.5 * SQRT3, -0.5 * SQRT3}, {{2, 0, 0}, {0, 2, 0}}}},
};
static const int MOMENT[MOMENTS][3] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {2, 0, 0},
                                       {1, 1, 0}, {0, 2, 0}, {1, 0, 1}, {0, 1, 1}, {0, 0, 2}};

static double element(const Harmonic *hi, const Harmonic *hj, const int operator[3],
                      double table[3][POWERS_A][POWERS_B])
{
    double sum = 0.0;
    for (int m = 0; m < hi->n; m++)
        for (int n = 0; n < hj->n; n++) {
            double product = hi->factor[m] * hj->factor[n];
            for (int x = 0; x < 3; x++)
                product *= table[x][hi->power[m][x]][hj->power[n][x] + operator[x]];
            sum += product;
        }
    return sum;
}

/// moment[c][i][j] of all orbitals of two shells, operators about the atom of the second.
static void plain_shells(const Setup *setup, size_t s, size_t u)
{
    const Basis *basis = &setup->basis;
    const Contraction *ca = &basis->kind[basis->shell_kind[s]],
                      *cb = &basis->kind[basis->shell_kind[u]];
    double t[3], r2 = 0.0;
    for (int x = 0; x < 3; x++) {
        t[x] = XYZ[basis->shell_atom[s]][x] - XYZ[basis->shell_atom[u]][x];
        r2 += t[x] * t[x];
    }
    if (sqrt(r2) > setup->hamiltonian.batches.r_max)
        return;
    for (int k = 0; k < ca->n_primitives; k++)
        for (int l = 0; l < cb->n_primitives; l++) {
            const double a = ca->alpha[k], b = cb->alpha[l];
            if (a * b / (a + b) * r2 > setup->hamiltonian.batches.mu_r2_max)
                continue;
            double table[3][POWERS_A][POWERS_B];
            for (int x = 0; x < 3; x++)
                quadrature(a, b, t[x], table[x]);
            for (int c = 0; c < MOMENTS; c++)
                for (size_t i = basis->shell_ao[s]; i < basis->shell_ao[s + 1]; i++)
                    for (size_t j = basis->shell_ao[u]; j < basis->shell_ao[u + 1]; j++)
                        moment[c][i][j] +=
                            ca->coefficient[k] * cb->coefficient[l] *
                            element(&HARMONIC[ca->l][i - basis->shell_ao[s]],
                                    &HARMONIC[cb->l][j - basis->shell_ao[u]], MOMENT[c], table);
        }
}

static void plain_integrals(const Setup *setup)
{
    memset(moment, 0, sizeof moment);
    for (size_t s = 0; s < setup->basis.n_shells; s++)
        for (size_t u = 0; u < setup->basis.n_shells; u++)
            plain_shells(setup, s, u);
}

static size_t atom_of(const Basis *basis, size_t i)
{
    size_t a = 0;
    while (basis->atom_ao[a + 1] <= i)
        a++;
    return a;
}

/// xx xy yy xz yz zz of 3/2 M - 1/2 tr M of an element.
static double traceless(int c, size_t i, size_t j)
{
    const bool diagonal = c == 0 || c == 2 || c == 5;
    const double trace = moment[4][i][j] + moment[6][i][j] + moment[9][i][j];
    return 1.5 * moment[4 + c][i][j] - (diagonal ? 0.5 * trace : 0.0);
}

/// Calls a check for both methods and all instruction sets.
static void for_all(void (*check)(Setup *setup))
{
    const Method *const methods[] = {&METHOD_GFN2, &METHOD_GFN1};
    for (int m = 0; m < 2; m++)
        for (int isa = 0; isa < N_ISAS; isa++) {
            const Kernels *kernels = kernels_choose(ISAS[isa]);
            if (kernels == NULL)
                continue;
            Setup setup;
            open_setup(methods[m], kernels, &setup);
            if (isa == 0)
                plain_integrals(&setup);
            check(&setup);
            close_setup(&setup);
        }
}

/// Integrals are of order one, moments up to ten; the sums of primitives cancel a digit.
static const double TOLERANCE = 2e-13;

static void check_integrals(Setup *setup)
{
    const Basis *basis = &setup->basis;
    const size_t n = basis->n_ao;
    hamiltonian_overlap(&setup->hamiltonian, overlap[0], AO_MAX);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            CHECK_NEAR(overlap[i][j], moment[0][i][j], TOLERANCE);
            // Overlaps are at most 1 and each half is made from the same integral.
            CHECK_NEAR(overlap[i][j], overlap[j][i], 1e-15);
        }
    static double density[AO_MAX][AO_MAX];
    memset(density, 0, sizeof density);
    double shell[SHELLS], dipole[ATOMS][3], quadrupole[ATOMS][6];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            const size_t a = atom_of(basis, i), b = atom_of(basis, j);
            density[i][j] = density[j][i] = 1.0;
            hamiltonian_moments(&setup->hamiltonian, density[0], AO_MAX, shell, dipole, quadrupole);
            density[i][j] = density[j][i] = 0.0;
            const double factor = a == b && i != j ? -2.0 : -1.0;
            for (int x = 0; x < 3; x++) {
                CHECK_NEAR(dipole[b][x], factor * moment[1 + x][i][j], TOLERANCE);
                CHECK_NEAR(dipole[a][x], factor * moment[1 + x][j][i], TOLERANCE);
            }
            for (int c = 0; c < 6; c++) {
                CHECK_NEAR(quadrupole[b][c], factor * traceless(c, i, j), 20.0 * TOLERANCE);
                CHECK_NEAR(quadrupole[a][c], factor * traceless(c, j, i), 20.0 * TOLERANCE);
            }
        }
}

static void integrals_are_those_of_quadrature(void **state)
{
    (void)state;
    for_all(check_integrals);
}

/// Numbers for potentials and a symmetric density.
static void fill(size_t n, double *out, unsigned seed)
{
    for (size_t i = 0; i < n; i++)
        out[i] = pseudo_random(&seed);
}

static double v_shell[SHELLS], v_atom[ATOMS], v_dipole[ATOMS][3], v_quadrupole[ATOMS][6];

static Potential random_potential(const Method *method)
{
    fill(SHELLS, v_shell, 1);
    fill(ATOMS, v_atom, 2);
    fill(3 * ATOMS, v_dipole[0], 3);
    fill(6 * ATOMS, v_quadrupole[0], 4);
    if (!method->multipoles)
        return (Potential){.shell = v_shell, .atom = v_atom};
    return (Potential){v_shell, v_atom, v_dipole, v_quadrupole};
}

static void random_density(size_t n, double density[AO_MAX][AO_MAX], unsigned seed)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            density[i][j] = density[j][i] = pseudo_random(&seed);
}

/// F - H0 = -1/2 S (V_s + V_t) - 1/2 (D^A.v_A + D^B.v_B + Q^A:V_A + Q^B:V_B)
static void check_fock(Setup *setup)
{
    static double fock[AO_MAX][AO_MAX], h0[AO_MAX][AO_MAX];
    const Basis *basis = &setup->basis;
    const Potential v = random_potential(basis->method);
    hamiltonian_fock(&setup->hamiltonian, NULL, h0[0], AO_MAX);
    hamiltonian_fock(&setup->hamiltonian, &v, fock[0], AO_MAX);
    for (size_t s = 0; s < basis->n_shells; s++)
        for (size_t t = 0; t < basis->n_shells; t++) {
            const int a = basis->shell_atom[s], b = basis->shell_atom[t];
            const double shells = v_shell[s] + v_atom[a] + v_shell[t] + v_atom[b];
            for (size_t i = basis->shell_ao[s]; i < basis->shell_ao[s + 1]; i++)
                for (size_t j = basis->shell_ao[t]; j < basis->shell_ao[t + 1]; j++) {
                    double wanted = moment[0][i][j] * shells;
                    for (int x = 0; x < 3 && basis->method->multipoles; x++)
                        wanted += moment[1 + x][j][i] * v_dipole[a][x] +
                                  moment[1 + x][i][j] * v_dipole[b][x];
                    for (int c = 0; c < 6 && basis->method->multipoles; c++)
                        wanted += traceless(c, j, i) * v_quadrupole[a][c] +
                                  traceless(c, i, j) * v_quadrupole[b][c];
                    CHECK_NEAR(fock[i][j] - h0[i][j], -0.5 * wanted, 50.0 * TOLERANCE);
                    CHECK_NEAR(fock[i][j], fock[j][i], 1e-15);
                }
        }
}

static void fock_is_its_formula(void **state)
{
    (void)state;
    for_all(check_fock);
}

static void check_moments(Setup *setup)
{
    static double density[AO_MAX][AO_MAX], h0[AO_MAX][AO_MAX];
    const Basis *basis = &setup->basis;
    double shell[SHELLS], dipole[ATOMS][3], quadrupole[ATOMS][6], wanted_band = 0.0;
    random_density(basis->n_ao, density, 5);
    const double band =
        hamiltonian_moments(&setup->hamiltonian, density[0], AO_MAX, shell, dipole, quadrupole);
    hamiltonian_fock(&setup->hamiltonian, NULL, h0[0], AO_MAX);
    for (size_t s = 0; s < basis->n_shells; s++) {
        double electrons = 0.0;
        for (size_t i = basis->shell_ao[s]; i < basis->shell_ao[s + 1]; i++)
            for (size_t j = 0; j < basis->n_ao; j++) {
                electrons += density[i][j] * moment[0][i][j];
                wanted_band += density[i][j] * h0[i][j];
            }
        CHECK_NEAR(shell[s], setup->hamiltonian.reference[s] - electrons, 50.0 * TOLERANCE);
    }
    // A sum of a thousand terms of order 0.1 hartree in another order.
    CHECK_NEAR(band, wanted_band, 1e-11);
    for (size_t a = 0; a < ATOMS; a++)
        for (int x = 0; x < 3; x++) {
            double wanted = 0.0;
            for (size_t i = basis->atom_ao[a]; i < basis->atom_ao[a + 1]; i++)
                for (size_t j = 0; j < basis->n_ao; j++)
                    wanted -= density[i][j] * moment[1 + x][j][i];
            CHECK_NEAR(dipole[a][x], wanted, 100.0 * TOLERANCE);
        }
}

static void moments_are_their_formula(void **state)
{
    (void)state;
    for_all(check_moments);
}

/// The slope itself is tested against differences in test_gfn2_terms.c.
static void gradient_agrees_between_instruction_sets(void **state)
{
    (void)state;
    const Method *const methods[] = {&METHOD_GFN2, &METHOD_GFN1};
    static double density[AO_MAX][AO_MAX], weighted[AO_MAX][AO_MAX], fock[AO_MAX][AO_MAX];
    random_density(AO_MAX, density, 6);
    random_density(AO_MAX, weighted, 7);
    for (int m = 0; m < 2; m++) {
        double first[ATOMS][3] = {{0.0}};
        for (int isa = 0; isa < N_ISAS; isa++) {
            const Kernels *kernels = kernels_choose(ISAS[isa]);
            if (kernels == NULL)
                continue;
            Setup setup;
            open_setup(methods[m], kernels, &setup);
            const Potential v = random_potential(methods[m]);
            double gradient[ATOMS][3] = {{0.0}}, cn[ATOMS] = {0.0}, shell[SHELLS];
            Gradient out = {.xyz = gradient, .cn = cn};
            hamiltonian_fock(&setup.hamiltonian, &v, fock[0], AO_MAX);
            hamiltonian_moments(&setup.hamiltonian, density[0], AO_MAX, shell, NULL, NULL);
            hamiltonian_gradient(&setup.hamiltonian, density[0], weighted[0], AO_MAX, &out);
            if (isa == 0)
                memcpy(first, gradient, sizeof first);
            for (int a = 0; a < ATOMS; a++)
                for (int x = 0; x < 3; x++)
                    CHECK_NEAR(gradient[a][x], first[a][x], 1e-12);
            // Beyond the cutoff there is nothing at all.
            for (int x = 0; x < 3; x++)
                CHECK_NEAR(gradient[ATOMS - 1][x], 0.0, 0.0);
            close_setup(&setup);
        }
    }
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
        cmocka_unit_test(integrals_are_those_of_quadrature),
        cmocka_unit_test(fock_is_its_formula),
        cmocka_unit_test(moments_are_their_formula),
        cmocka_unit_test(gradient_agrees_between_instruction_sets),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
