/// Every term of GFN2-xTB by itself: its energy against the formula of the paper written plainly, its
/// potential and its gradient against five-point slopes. Dispersion has tests of its own.
#include "support/check.h"

#include <string.h>

#include "data/parameters.h"
#include "support/gfn2_parts.h"
#include "support/pseudo_random.h"

enum { ATOMS = 5, SHELLS_MAX = 16 };

// O H H Cl I: two light atoms with the other exponent of the repulsion, d shells, negative kernels.
static const int NUMBERS[ATOMS] = {8, 1, 1, 17, 53};
static const double XYZ[ATOMS][3] = {{0.19, 0.38, -0.28},
                                     {1.61, -0.66, 0.09},
                                     {-1.17, -0.38, 0.72},
                                     {3.4, 2.6, 2.1},
                                     {-3.1, 3.9, -2.2}};
/// A slope of numbers of order one with h = 1e-3 is good to 1e-11; some slopes here are of order ten.
static const double TOLERANCE = 1e-10;

static QmtContext *ctx;
static Gfn2Parts parts;
static double shell[SHELLS_MAX], atom[ATOMS], dipole[ATOMS][3], quadrupole[ATOMS][6];

static double next_random(void)
{
    static unsigned seed = 2024;
    return pseudo_random(&seed);
}

static int open_parts(void **state)
{
    (void)state;
    if (qmt_context_create(&ctx) != QMT_OK)
        return -1;
    gfn2_parts_create(ctx, ATOMS, NUMBERS, &parts);
    gfn2_parts_move(&parts, XYZ);
    memset(atom, 0, sizeof atom);
    for (size_t s = 0; s < parts.basis.n_shells; s++) {
        shell[s] = next_random();
        atom[parts.basis.shell_atom[s]] += shell[s];
    }
    for (int a = 0; a < ATOMS; a++) {
        for (int x = 0; x < 3; x++)
            dipole[a][x] = next_random();
        for (int c = 0; c < 5; c++)
            quadrupole[a][c] = next_random();
        quadrupole[a][5] = -quadrupole[a][0] - quadrupole[a][2];
    }
    return 0;
}

static int close_parts(void **state)
{
    (void)state;
    gfn2_parts_destroy(&parts);
    qmt_context_destroy(&ctx);
    return 0;
}

static Moments moments(void)
{
    return (Moments){shell, atom, (const double(*)[3])dipole, (const double(*)[6])quadrupole};
}

static const Term *term_of(const TermType *type)
{
    for (int t = 0; t < PARTS_TERMS; t++)
        if (parts.terms[t].type == type)
            return &parts.terms[t];
    fail_msg("no such term");
    return NULL;
}

static double energy_of(const TermType *type)
{
    const Moments m = moments();
    return type->energy(term_of(type)->self, &parts.geometry, &m);
}

static double distance(int a, int b)
{
    double sum = 0.0;
    for (int x = 0; x < 3; x++)
        sum += (XYZ[a][x] - XYZ[b][x]) * (XYZ[a][x] - XYZ[b][x]);
    return sqrt(sum);
}

static void repulsion_is_its_formula(void **state)
{
    (void)state;
    double sum = 0.0;
    for (int a = 0; a < ATOMS; a++)
        for (int b = 0; b < a; b++) {
            const Gfn2Element *ea = gfn2_element(NUMBERS[a]), *eb = gfn2_element(NUMBERS[b]);
            const double r = distance(a, b), k = NUMBERS[a] == 1 && NUMBERS[b] == 1 ? 1.0 : 1.5;
            sum += ea->rep_zeff * eb->rep_zeff / r *
                   exp(-sqrt(ea->rep_alpha * eb->rep_alpha) * pow(r, k));
        }
    // The same sum of some 0.1 hartree in another order.
    CHECK_NEAR(energy_of(&TERM_REPULSION), sum, 1e-14);
}

/// Row of the table that a shell of the molecule comes from.
static const Gfn2Shell *shell_row(size_t s)
{
    size_t n;
    const size_t a = (size_t)parts.basis.shell_atom[s];
    return gfn2_shells(NUMBERS[a], &n) + (s - parts.basis.atom_shell[a]);
}

static void isotropic_electrostatics_is_its_formula(void **state)
{
    (void)state;
    double sum = 0.0;
    for (size_t s = 0; s < parts.basis.n_shells; s++)
        for (size_t t = 0; t < parts.basis.n_shells; t++) {
            const int a = parts.basis.shell_atom[s], b = parts.basis.shell_atom[t];
            const double eta_s = gfn2_element(NUMBERS[a])->hardness * shell_row(s)->hardness_scale;
            const double eta_t = gfn2_element(NUMBERS[b])->hardness * shell_row(t)->hardness_scale;
            const double eta = (eta_s + eta_t) / 2.0, r = distance(a, b);
            const double gamma = a == b ? eta : 1.0 / sqrt(r * r + 1.0 / (eta * eta));
            sum += 0.5 * shell[s] * gamma * shell[t];
        }
    // The same double sum of order 1 hartree in another order.
    CHECK_NEAR(energy_of(&TERM_COULOMB), sum, 1e-13);
}

static void third_order_is_its_formula(void **state)
{
    (void)state;
    static const double SCALE[3] = {1.0, 0.5, 0.25};
    double sum = 0.0;
    for (size_t s = 0; s < parts.basis.n_shells; s++)
        sum += gfn2_element(NUMBERS[parts.basis.shell_atom[s]])->gamma3 *
               SCALE[parts.basis.shell_l[s]] * pow(shell[s], 3.0) / 3.0;
    // The same sum of some 0.1 hartree in another order.
    CHECK_NEAR(energy_of(&TERM_THIRDORDER), sum, 1e-14);
}

/// Element (x, y) of the symmetric matrix stored as xx xy yy xz yz zz.
static double theta(int a, int x, int y)
{
    static const int PLACE[3][3] = {{0, 1, 3}, {1, 2, 4}, {3, 4, 5}};
    return quadrupole[a][PLACE[x][y]];
}

static void multipoles_are_their_formula(void **state)
{
    (void)state;
    double sum = 0.0, rho[ATOMS];
    for (int a = 0; a < ATOMS; a++) {
        const Gfn2Element *e = gfn2_element(NUMBERS[a]);
        const double arg = -4.0 * (parts.coordination.cn[a] - e->mp_vcn - 1.2);
        rho[a] = e->mp_rad + (5.0 - e->mp_rad) / (1.0 + exp(arg));
    }
    for (int a = 0; a < ATOMS; a++)
        for (int b = 0; b < a; b++) {
            const double r = distance(a, b), y = (rho[a] + rho[b]) / (2.0 * r);
            double v[3], av = 0.0, bv = 0.0, ab = 0.0, vav = 0.0, vbv = 0.0;
            for (int x = 0; x < 3; x++) {
                v[x] = XYZ[b][x] - XYZ[a][x];
                av += dipole[a][x] * v[x];
                bv += dipole[b][x] * v[x];
                ab += dipole[a][x] * dipole[b][x];
            }
            for (int i = 0; i < 3; i++)
                for (int j = 0; j < 3; j++) {
                    vav += v[i] * theta(a, i, j) * v[j];
                    vbv += v[i] * theta(b, i, j) * v[j];
                }
            const double n3 = atom[b] * av - atom[a] * bv;
            const double n5 = r * r * ab - 3.0 * av * bv + atom[b] * vav + atom[a] * vbv;
            sum += n3 / pow(r, 3.0) / (1.0 + 6.0 * pow(y, 3.0)) +
                   n5 / pow(r, 5.0) / (1.0 + 6.0 * pow(y, 4.0));
        }
    // The same sum of some 0.01 hartree in another order.
    CHECK_NEAR(energy_of(&TERM_MULTIPOLE), sum, 1e-14);
}

static void on_site_kernel_is_its_formula(void **state)
{
    (void)state;
    double sum = 0.0;
    for (int a = 0; a < ATOMS; a++)
        for (int i = 0; i < 3; i++) {
            sum += gfn2_element(NUMBERS[a])->dip_kernel * dipole[a][i] * dipole[a][i];
            for (int j = 0; j < 3; j++)
                sum += gfn2_element(NUMBERS[a])->quad_kernel * theta(a, i, j) * theta(a, i, j);
        }
    // The same sum of some 0.01 hartree in another order.
    CHECK_NEAR(energy_of(&TERM_MULTIPOLE_ON_SITE), sum, 1e-14);
}

static void coordination_numbers_are_their_formula(void **state)
{
    (void)state;
    for (int a = 0; a < ATOMS; a++) {
        double cn = 0.0;
        for (int b = 0; b < ATOMS; b++)
            if (b != a) {
                const double r0 =
                    4.0 / 3.0 *
                    (gfn2_element(NUMBERS[a])->cov_rad + gfn2_element(NUMBERS[b])->cov_rad) *
                    1.8897261246204404;
                const double r = distance(a, b);
                cn += 1.0 / (1.0 + exp(-10.0 * (r0 / r - 1.0))) /
                      (1.0 + exp(-20.0 * ((r0 + 2.0) / r - 1.0)));
            }
        // A sum of some four counts; exponentials differ in the last place.
        CHECK_NEAR(parts.coordination.cn[a], cn, 1e-14);
    }
}

/// dE/dx from five points; the energies here are polynomials or smooth on the scale of h.
static double slope_of(const TermType *type, double *x, bool moves_atoms)
{
    const double h = 1e-3, x0 = *x;
    double e[5];
    for (int i = 0; i < 5; i++) {
        *x = x0 + (i - 2) * h;
        if (moves_atoms)
            gfn2_parts_move(&parts, (const double(*)[3])parts.xyz);
        e[i] = energy_of(type);
    }
    *x = x0;
    if (moves_atoms)
        gfn2_parts_move(&parts, (const double(*)[3])parts.xyz);
    return (e[0] - 8.0 * e[1] + 8.0 * e[3] - e[4]) / (12.0 * h);
}

// The energy of a term as a function of shell charges, atomic charges (each by itself), dipoles and
// the six stored quadrupole elements; its potential is the slope with respect to each of them.
static void potentials_are_slopes(void **state)
{
    (void)state;
    for (int t = 0; t < PARTS_TERMS; t++) {
        const TermType *type = parts.terms[t].type;
        if (type->potential == NULL)
            continue;
        double v_shell[SHELLS_MAX] = {0.0}, v_atom[ATOMS] = {0.0}, v_dipole[ATOMS][3] = {{0.0}},
               v_quadrupole[ATOMS][6] = {{0.0}};
        Potential v = {v_shell, v_atom, v_dipole, v_quadrupole};
        const Moments m = moments();
        type->potential(parts.terms[t].self, &parts.geometry, &m, &v);
        for (size_t s = 0; s < parts.basis.n_shells; s++)
            CHECK_NEAR(v_shell[s], slope_of(type, &shell[s], false), TOLERANCE);
        for (int a = 0; a < ATOMS; a++) {
            CHECK_NEAR(v_atom[a], slope_of(type, &atom[a], false), TOLERANCE);
            for (int x = 0; x < 3; x++)
                CHECK_NEAR(v_dipole[a][x], slope_of(type, &dipole[a][x], false), TOLERANCE);
            for (int c = 0; c < 6; c++)
                CHECK_NEAR(v_quadrupole[a][c], slope_of(type, &quadrupole[a][c], false), TOLERANCE);
        }
    }
}

static void potentials_add_to_what_is_there(void **state)
{
    (void)state;
    for (int t = 0; t < PARTS_TERMS; t++) {
        const TermType *type = parts.terms[t].type;
        if (type->potential == NULL)
            continue;
        double v_shell[2][SHELLS_MAX] = {{0.0}}, v_atom[2][ATOMS] = {{0.0}},
               v_dipole[2][ATOMS][3] = {{{0.0}}}, v_quadrupole[2][ATOMS][6] = {{{0.0}}};
        const Moments m = moments();
        for (int i = 0; i < 2; i++) {
            for (int a = 0; a < ATOMS && i == 1; a++) {
                v_atom[1][a] = v_dipole[1][a][2] = v_quadrupole[1][a][4] = 1.0;
                v_shell[1][a] = 1.0;
            }
            Potential v = {v_shell[i], v_atom[i], v_dipole[i], v_quadrupole[i]};
            type->potential(parts.terms[t].self, &parts.geometry, &m, &v);
        }
        for (int a = 0; a < ATOMS; a++) {
            // Potentials are added to what was there: rounding of numbers of order 1 to 10.
            CHECK_NEAR(v_shell[1][a], v_shell[0][a] + 1.0, 1e-13);
            CHECK_NEAR(v_atom[1][a], v_atom[0][a] + 1.0, 1e-13);
            CHECK_NEAR(v_dipole[1][a][2], v_dipole[0][a][2] + 1.0, 1e-13);
            CHECK_NEAR(v_quadrupole[1][a][4], v_quadrupole[0][a][4] + 1.0, 1e-13);
        }
    }
}

// At fixed moments, through the coordination numbers as well. The two dispersion energies share one
// gradient.
static void gradients_are_slopes(void **state)
{
    (void)state;
    for (int t = 0; t < PARTS_TERMS; t++) {
        const TermType *type = parts.terms[t].type;
        if (type->gradient == NULL)
            continue;
        double xyz[ATOMS][3] = {{0.0}}, cn[ATOMS] = {0.0};
        Gradient gradient = {.xyz = xyz, .cn = cn};
        const Moments m = moments();
        type->gradient(parts.terms[t].self, &parts.geometry, &m, &gradient);
        coordination_gradient(&parts.pairs, &parts.coordination, cn, xyz);
        for (int a = 0; a < ATOMS; a++)
            for (int x = 0; x < 3; x++) {
                double slope = slope_of(type, &parts.xyz[a][x], true);
                if (type == &TERM_DISPERSION_D4)
                    slope += slope_of(&TERM_DISPERSION_D4_THREE_BODY, &parts.xyz[a][x], true);
                CHECK_NEAR(xyz[a][x], slope, TOLERANCE);
            }
    }
}

static void coordination_gradient_is_the_slope(void **state)
{
    (void)state;
    static const double WEIGHT[ATOMS] = {0.7, -0.3, 1.1, 0.4, -0.9};
    const double h = 1e-3;
    double gradient[ATOMS][3] = {{0.0}};
    coordination_gradient(&parts.pairs, &parts.coordination, WEIGHT, gradient);
    for (int a = 0; a < ATOMS; a++)
        for (int x = 0; x < 3; x++) {
            double e[5] = {0.0}, xyz[ATOMS][3];
            for (int i = 0; i < 5; i++) {
                memcpy(xyz, XYZ, sizeof xyz);
                xyz[a][x] += (i - 2) * h;
                gfn2_parts_move(&parts, (const double(*)[3])xyz);
                for (int b = 0; b < ATOMS; b++)
                    e[i] += WEIGHT[b] * parts.coordination.cn[b];
            }
            CHECK_NEAR(gradient[a][x], (e[0] - 8.0 * e[1] + 8.0 * e[3] - e[4]) / (12.0 * h),
                       1e-9); // steep: the stencil errs by 30 k^5 h^4 of the exponentials
        }
}

// At fixed potentials and density the energy tr(P F) has the slope that hamiltonian_gradient gives
// with W = 0; the potential part of F enters it with the full weight.
static void hamiltonian_gradient_is_the_slope(void **state)
{
    (void)state;
    enum { AO_MAX = 32 };
    const size_t n = parts.basis.n_ao;
    static double density[AO_MAX * AO_MAX], fock[AO_MAX * AO_MAX], zero[AO_MAX * AO_MAX];
    double v_shell[SHELLS_MAX], v_atom[ATOMS], v_dipole[ATOMS][3], v_quadrupole[ATOMS][6];
    for (size_t s = 0; s < SHELLS_MAX; s++)
        v_shell[s] = 0.2 * next_random();
    for (int a = 0; a < ATOMS; a++) {
        v_atom[a] = 0.2 * next_random();
        for (int x = 0; x < 3; x++)
            v_dipole[a][x] = 0.1 * next_random();
        for (int c = 0; c < 6; c++)
            v_quadrupole[a][c] = 0.1 * next_random();
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            density[i * AO_MAX + j] = density[j * AO_MAX + i] = next_random();
    const Potential v = {v_shell, v_atom, v_dipole, v_quadrupole};

    double m_shell[SHELLS_MAX], m_dipole[ATOMS][3], m_quadrupole[ATOMS][6];
    hamiltonian_fock(&parts.hamiltonian, &v, fock, AO_MAX);
    hamiltonian_moments(&parts.hamiltonian, density, AO_MAX, m_shell, m_dipole, m_quadrupole);
    double gradient[ATOMS][3] = {{0.0}}, cn[ATOMS] = {0.0};
    Gradient out = {.xyz = gradient, .cn = cn};
    hamiltonian_gradient(&parts.hamiltonian, density, zero, AO_MAX, &out);
    coordination_gradient(&parts.pairs, &parts.coordination, cn, gradient);

    const double h = 1e-3;
    for (int a = 0; a < ATOMS; a++)
        for (int x = 0; x < 3; x++) {
            double e[5], xyz[ATOMS][3];
            for (int k = 0; k < 5; k++) {
                memcpy(xyz, XYZ, sizeof xyz);
                xyz[a][x] += (k - 2) * h;
                gfn2_parts_move(&parts, (const double(*)[3])xyz);
                hamiltonian_fock(&parts.hamiltonian, &v, fock, AO_MAX);
                e[k] = 0.0;
                for (size_t i = 0; i < n; i++)
                    for (size_t j = 0; j < n; j++)
                        e[k] += density[i * AO_MAX + j] * fock[i * AO_MAX + j];
            }
            gfn2_parts_move(&parts, XYZ);
            // Random densities weigh the screening steps more than real ones do.
            CHECK_NEAR(gradient[a][x], (e[0] - 8.0 * e[1] + 8.0 * e[3] - e[4]) / (12.0 * h), 2e-9);
        }
}

// tr(P F) = tr(P H0) - V.q terms with the moments of the same density: F and moments are each other's
// transpose, whatever the density.
static void fock_and_moments_belong_together(void **state)
{
    (void)state;
    enum { AO_MAX = 32 };
    const size_t n = parts.basis.n_ao;
    static double density[AO_MAX * AO_MAX], fock[AO_MAX * AO_MAX], h0[AO_MAX * AO_MAX];
    const Potential v = {shell, atom, dipole, quadrupole}; // any numbers do
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            density[i * AO_MAX + j] = density[j * AO_MAX + i] = next_random();
    double m_shell[SHELLS_MAX], m_dipole[ATOMS][3], m_quadrupole[ATOMS][6];
    const double band =
        hamiltonian_moments(&parts.hamiltonian, density, AO_MAX, m_shell, m_dipole, m_quadrupole);
    hamiltonian_fock(&parts.hamiltonian, &v, fock, AO_MAX);
    hamiltonian_fock(&parts.hamiltonian, NULL, h0, AO_MAX);
    double of_fock = 0.0, of_h0 = 0.0, of_moments = 0.0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            of_fock += density[i * AO_MAX + j] * fock[i * AO_MAX + j];
            of_h0 += density[i * AO_MAX + j] * h0[i * AO_MAX + j];
        }
    for (size_t s = 0; s < parts.basis.n_shells; s++)
        of_moments += (m_shell[s] - parts.hamiltonian.reference[s]) *
                      (shell[s] + atom[parts.basis.shell_atom[s]]);
    for (int a = 0; a < ATOMS; a++) {
        for (int x = 0; x < 3; x++)
            of_moments += m_dipole[a][x] * dipole[a][x];
        for (int c = 0; c < 6; c++)
            of_moments += m_quadrupole[a][c] * quadrupole[a][c];
        CHECK_NEAR(m_quadrupole[a][0] + m_quadrupole[a][2] + m_quadrupole[a][5], 0.0, 1e-12);
    }
    CHECK_NEAR(band, of_h0, 1e-11);
    CHECK_NEAR(of_fock, of_h0 + of_moments, 1e-11);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_parts, close_parts)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(repulsion_is_its_formula),
        TEST(isotropic_electrostatics_is_its_formula),
        TEST(third_order_is_its_formula),
        TEST(multipoles_are_their_formula),
        TEST(on_site_kernel_is_its_formula),
        TEST(coordination_numbers_are_their_formula),
        TEST(potentials_are_slopes),
        TEST(potentials_add_to_what_is_there),
        TEST(gradients_are_slopes),
        TEST(coordination_gradient_is_the_slope),
        TEST(hamiltonian_gradient_is_the_slope),
        TEST(fock_and_moments_belong_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
