/// Every intermediate quantity of GFN2-xTB for two molecules in general orientation. The files come
/// from an independent program, see tests/reference/data/README.md.
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/files.h"
#include "support/gfn2_parts.h"

/// Numbers of order one through a handful of sums, and gradients converged to 1e-13 in the charges.
static const double TOLERANCE = 1e-10;

enum { ATOMS = 3 };

static QmtContext *ctx;
static Gfn2Parts parts;
static char *stages; ///< the text of the file

static int open_molecule(const char *path)
{
    int numbers[ATOMS];
    double xyz[ATOMS][3];
    if (qmt_context_create(&ctx) != QMT_OK)
        return -1;
    stages = read_whole_file(path);
    char *at = strchr(stages, '\n') + 1; // "z 3", then the numbers
    for (int a = 0; a < ATOMS; a++)
        numbers[a] = (int)strtod(at, &at);
    at = strchr(strstr(stages, "\nxyz ") + 1, '\n');
    for (int a = 0; a < ATOMS; a++)
        for (int x = 0; x < 3; x++)
            xyz[a][x] = strtod(at, &at);
    gfn2_parts_create(ctx, ATOMS, numbers, &parts);
    gfn2_parts_move(&parts, (const double(*)[3])xyz);
    return 0;
}

static int open_water(void **state)
{
    (void)state;
    return open_molecule(TEST_DATA_DIR "/reference/data/gfn2_stages/h2o.txt");
}

static int open_hocl(void **state)
{
    (void)state;
    return open_molecule(TEST_DATA_DIR "/reference/data/gfn2_stages/hocl.txt");
}

static int close_molecule(void **state)
{
    (void)state;
    gfn2_parts_destroy(&parts);
    free(stages);
    qmt_context_destroy(&ctx);
    return 0;
}

/// Reads n numbers of a stage; fails the test if the file has another number of them.
static void read_stage(const char *name, size_t n, double *out)
{
    char head[64];
    snprintf(head, sizeof head, "\n%s ", name);
    const char *found = strstr(stages, head);
    if (found == NULL)
        fail_msg("no stage %s", name);
    char *at = strchr(found + 1, '\n');
    for (size_t i = 0; i < n; i++)
        out[i] = strtod(at, &at);
    if (*at != '\n' && *at != '\0')
        fail_msg("stage %s has more than %zu numbers", name, n);
}

/// Compares row by row; stride is the distance of our rows.
static void check_rows(const char *name, size_t n_rows, size_t n_columns, const double *ours,
                       size_t stride)
{
    double *wanted = malloc(n_rows * n_columns * sizeof *wanted);
    assert_non_null(wanted);
    read_stage(name, n_rows * n_columns, wanted);
    for (size_t i = 0; i < n_rows; i++)
        for (size_t j = 0; j < n_columns; j++)
            if (!(fabs(ours[i * stride + j] - wanted[i * n_columns + j]) <= TOLERANCE))
                fail_msg("%s[%zu][%zu] = %.15g, wanted %.15g", name, i, j, ours[i * stride + j],
                         wanted[i * n_columns + j]);
    free(wanted);
}

static void check(const char *name, size_t n, const double *ours)
{
    check_rows(name, 1, n, ours, n);
}

static void coordination_and_contractions_agree(void **state)
{
    (void)state;
    const Basis *basis = &parts.basis;
    check("cn", ATOMS, parts.coordination.cn);
    check("self_energy", basis->n_shells, parts.hamiltonian.eps);
    check("int_rmax", 1, &parts.hamiltonian.batches.r_max);
    double l[16], first[16], atom[16], count[16], exponent[64], coefficient[64];
    size_t n = 0;
    for (size_t s = 0; s < basis->n_shells; s++) {
        const Contraction *shell = &basis->kind[basis->shell_kind[s]];
        l[s] = basis->shell_l[s];
        first[s] = (double)basis->shell_ao[s];
        atom[s] = basis->shell_atom[s];
        count[s] = shell->n_primitives;
        for (int k = 0; k < shell->n_primitives; k++, n++) {
            exponent[n] = shell->alpha[k];
            coefficient[n] = shell->coefficient[k];
        }
    }
    check("shell_l", basis->n_shells, l);
    check("shell_ao", basis->n_shells, first);
    check("shell_atom", basis->n_shells, atom);
    check("prim_count", basis->n_shells, count);
    check("prim_exponent", n, exponent);
    check("prim_coefficient", n, coefficient);
}

enum { MATRIX_MAX = 16 };
typedef double Matrix[MATRIX_MAX][MATRIX_MAX];

/// Dipole and traceless quadrupole integrals of row i and column j about the atom of the column: the
/// moments there of a density that has these two places alone.
static void moments_about_column(size_t i, size_t j, double dipole[3], double quadrupole[6])
{
    Matrix density = {{0.0}};
    double shell[MATRIX_MAX], all_dipoles[ATOMS][3], all_quadrupoles[ATOMS][6];
    density[i][j] = density[j][i] = 1.0;
    hamiltonian_moments(&parts.hamiltonian, density[0], MATRIX_MAX, shell, all_dipoles,
                        all_quadrupoles);
    const size_t *ao = parts.basis.atom_ao;
    size_t row = 0, column = 0;
    while (ao[row + 1] <= i)
        row++;
    while (ao[column + 1] <= j)
        column++;
    // On one atom both places count; the charge of the electron is negative.
    const double factor = row == column && i != j ? -0.5 : -1.0;
    for (int x = 0; x < 3; x++)
        dipole[x] = factor * all_dipoles[column][x];
    for (int c = 0; c < 6; c++)
        quadrupole[c] = factor * all_quadrupoles[column][c];
}

static void integrals_agree(void **state)
{
    (void)state;
    static double dipole[3 * MATRIX_MAX * MATRIX_MAX], quadrupole[6 * MATRIX_MAX * MATRIX_MAX];
    const size_t n = parts.basis.n_ao;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double d[3], q[6];
            moments_about_column(i, j, d, q);
            for (size_t c = 0; c < 3; c++)
                dipole[(c * n + i) * n + j] = d[c];
            for (size_t c = 0; c < 6; c++)
                quadrupole[(c * n + i) * n + j] = q[c];
        }
    check("dipole", 3 * n * n, dipole);
    check("quadrupole", 6 * n * n, quadrupole);
}

static void hamiltonian_and_kernels_agree(void **state)
{
    (void)state;
    Density *density = &parts.scf.density;
    const size_t n = parts.basis.n_ao, ld = density->ld;
    hamiltonian_overlap(&parts.hamiltonian, density->overlap, ld);
    check_rows("overlap", n, n, density->overlap, ld);
    hamiltonian_fock(&parts.hamiltonian, NULL, density->fock, ld);
    check_rows("h0", n, n, density->fock, ld);
    density_begin(density);
    assert_int_equal(density_build(ctx, density), QMT_OK);
    check("h0_eigenvalues", n, density->eps);
    check_rows("es2_matrix", parts.basis.n_shells, parts.basis.n_shells, parts.coulomb.gamma,
               parts.coulomb.ld);
    check("mp_radius", ATOMS, parts.multipole.radius);
}

static double term_energy(int t, const Moments *moments)
{
    return parts.terms[t].type->energy(parts.terms[t].self, &parts.geometry, moments);
}

/// One diagonalisation from zero charges: H0 and the potential of D4, which is there at q = 0 already.
static void first_iteration_agrees(void **state)
{
    (void)state;
    double shell[MATRIX_MAX] = {0.0}, atom[ATOMS] = {0.0}, dipole[ATOMS][3] = {{0.0}},
           quadrupole[ATOMS][6] = {{0.0}};
    double v_shell[MATRIX_MAX] = {0.0}, v_atom[ATOMS] = {0.0}, v_dipole[ATOMS][3] = {{0.0}},
           v_quadrupole[ATOMS][6] = {{0.0}};
    const Moments moments = {shell, atom, (const double(*)[3])dipole,
                             (const double(*)[6])quadrupole};
    Potential potential = {v_shell, v_atom, v_dipole, v_quadrupole};
    for (int t = 0; t < PARTS_TERMS; t++)
        if (parts.terms[t].type->potential != NULL)
            parts.terms[t].type->potential(parts.terms[t].self, &parts.geometry, &moments,
                                           &potential);
    Density *density = &parts.scf.density;
    hamiltonian_overlap(&parts.hamiltonian, density->overlap, density->ld);
    density_begin(density);
    hamiltonian_fock(&parts.hamiltonian, &potential, density->fock, density->ld);
    assert_int_equal(density_build(ctx, density), QMT_OK);
    double energy = hamiltonian_moments(&parts.hamiltonian, density->density, density->ld, shell,
                                        dipole, quadrupole) +
                    density->entropy;
    for (size_t s = 0; s < parts.basis.n_shells; s++)
        atom[parts.basis.shell_atom[s]] += shell[s];
    for (int t = 0; t < PARTS_TERMS; t++)
        energy += term_energy(t, &moments);
    check("first_qsh", parts.basis.n_shells, shell);
    check("first_dipole", 3 * ATOMS, dipole[0]);
    check("first_quadrupole", 6 * ATOMS, quadrupole[0]);
    check("first_energy", 1, &energy);
}

static void converged_density_agrees(void **state)
{
    (void)state;
    assert_int_equal(scf_solve(ctx, &parts.geometry, &parts.scf), QMT_OK);
    const Moments moments = scf_moments(&parts.scf);
    const Potential potential = scf_potential(&parts.scf);
    Density *density = &parts.scf.density;
    const Basis *basis = &parts.basis;
    check("qsh", basis->n_shells, moments.shell);
    check("qat", ATOMS, moments.atom);
    check("atomic_dipole", 3 * ATOMS, moments.dipole[0]);
    check("atomic_quadrupole", 6 * ATOMS, moments.quadrupole[0]);
    double v_ao[MATRIX_MAX];
    for (size_t s = 0; s < basis->n_shells; s++)
        for (size_t i = basis->shell_ao[s]; i < basis->shell_ao[s + 1]; i++)
            v_ao[i] = potential.shell[s] + potential.atom[basis->shell_atom[s]];
    check("v_ao", basis->n_ao, v_ao);
    check("v_dipole", 3 * ATOMS, potential.dipole[0]);
    check("v_quadrupole", 6 * ATOMS, potential.quadrupole[0]);
    check("eigenvalues", basis->n_ao, density->eps);
    check("occupation", basis->n_ao, density->occupation);
    check_rows("density", basis->n_ao, basis->n_ao, density->density, density->ld);
    hamiltonian_fock(&parts.hamiltonian, &potential, density->fock, density->ld);
    check_rows("fock", basis->n_ao, basis->n_ao, density->fock, density->ld);
}

static void energy_agrees_term_by_term(void **state)
{
    (void)state;
    static const char *const NAMES[PARTS_TERMS] = {"e_es2", "e_es3",     "e_aes_noxc",  "e_axc",
                                                   "e_rep", "e_disp_sc", "e_disp_nonsc"};
    assert_int_equal(scf_solve(ctx, &parts.geometry, &parts.scf), QMT_OK);
    const Moments moments = scf_moments(&parts.scf);
    double sum = parts.scf.band_energy + parts.scf.density.entropy;
    check("e_band", 1, &parts.scf.band_energy);
    check("e_ts", 1, &parts.scf.density.entropy);
    for (int t = 0; t < PARTS_TERMS; t++) {
        const double e = term_energy(t, &moments);
        check(NAMES[t], 1, &e);
        sum += e;
    }
    check("energy", 1, &sum);
}

/// Adds the terms first .. last - 1 with their own chain over the coordination numbers.
static void add_terms(int first, int last, const Moments *moments, double (*out)[3])
{
    double cn[ATOMS] = {0.0};
    Gradient gradient = {.xyz = out, .cn = cn};
    for (int t = first; t < last; t++)
        if (parts.terms[t].type->gradient != NULL)
            parts.terms[t].type->gradient(parts.terms[t].self, &parts.geometry, moments, &gradient);
    coordination_gradient(&parts.pairs, &parts.coordination, cn, out);
}

/// Slopes of integrals and H0, and their chain over the coordination numbers.
static void add_hamiltonian(double (*out)[3], double cn[ATOMS])
{
    Gradient gradient = {.xyz = out, .cn = cn};
    Density *density = &parts.scf.density;
    density_build_weighted(density);
    hamiltonian_gradient(&parts.hamiltonian, density->density, density->weighted, density->ld,
                         &gradient);
}

static void gradient_agrees_part_by_part(void **state)
{
    (void)state;
    typedef double Vectors[ATOMS][3];
    assert_int_equal(scf_solve(ctx, &parts.geometry, &parts.scf), QMT_OK);
    const Moments moments = scf_moments(&parts.scf);
    double cn[ATOMS] = {0.0};
    Vectors h0 = {{0.0}}, chain = {{0.0}}, es2 = {{0.0}}, aes = {{0.0}}, rep = {{0.0}},
            d4 = {{0.0}};
    add_hamiltonian(h0, cn);
    coordination_gradient(&parts.pairs, &parts.coordination, cn, chain);
    add_terms(0, 2, &moments, es2);
    add_terms(2, 4, &moments, aes);
    add_terms(4, 5, &moments, rep);
    add_terms(5, 7, &moments, d4);
    check("dEdcn_h0", ATOMS, cn);
    check("g_h0", 3 * ATOMS, h0[0]);
    check("g_h0_cn", 3 * ATOMS, chain[0]);
    check("g_es2", 3 * ATOMS, es2[0]);
    check("g_aes", 3 * ATOMS, aes[0]);
    check("g_rep", 3 * ATOMS, rep[0]);
    Vectors two_body, three_body, total;
    read_stage("g_disp_sc", 3 * ATOMS, two_body[0]);
    read_stage("g_disp_nonsc", 3 * ATOMS, three_body[0]);
    for (int a = 0; a < ATOMS; a++)
        for (int x = 0; x < 3; x++) {
            CHECK_NEAR(d4[a][x], two_body[a][x] + three_body[a][x], TOLERANCE);
            total[a][x] = h0[a][x] + chain[a][x] + es2[a][x] + aes[a][x] + rep[a][x] + d4[a][x];
        }
    check("gradient", 3 * ATOMS, total[0]);
}

static void agrees_without_dispersion(void **state)
{
    (void)state;
    parts.scf.spec.n_terms = PARTS_TERMS_WITHOUT_D4;
    assert_int_equal(scf_solve(ctx, &parts.geometry, &parts.scf), QMT_OK);
    const Moments moments = scf_moments(&parts.scf);
    double energy = parts.scf.band_energy + parts.scf.density.entropy;
    for (int t = 0; t < PARTS_TERMS_WITHOUT_D4; t++)
        energy += term_energy(t, &moments);
    check("energy_without_d4", 1, &energy);
    double cn[ATOMS] = {0.0}, gradient[ATOMS][3] = {{0.0}};
    add_hamiltonian(gradient, cn);
    coordination_gradient(&parts.pairs, &parts.coordination, cn, gradient);
    add_terms(0, PARTS_TERMS_WITHOUT_D4, &moments, gradient);
    check("gradient_without_d4", 3 * ATOMS, gradient[0]);
}

#define FOR(molecule, test)                                                                        \
    {                                                                                              \
        .name = #molecule ": " #test, .test_func = test, .setup_func = open_##molecule,            \
        .teardown_func = close_molecule                                                            \
    }
#define ALL_FOR(molecule)                                                                          \
    FOR(molecule, coordination_and_contractions_agree), FOR(molecule, integrals_agree),            \
        FOR(molecule, hamiltonian_and_kernels_agree), FOR(molecule, first_iteration_agrees),       \
        FOR(molecule, converged_density_agrees), FOR(molecule, energy_agrees_term_by_term),        \
        FOR(molecule, gradient_agrees_part_by_part), FOR(molecule, agrees_without_dispersion)

int main(void)
{
    const struct CMUnitTest tests[] = {ALL_FOR(water), ALL_FOR(hocl)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
