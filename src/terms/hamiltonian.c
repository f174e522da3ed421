#include "terms/hamiltonian.h"

#include <math.h>
#include <string.h>

#include "base/vec3.h"

enum { BLOCK_MAX = AO_PER_ATOM_MAX * AO_PER_ATOM_MAX };

void hamiltonian_layout(Arena *arena, const Basis *basis, const Pairs *pairs, const int *numbers,
                        Hamiltonian *hamiltonian)
{
    size_t n_shell_pairs = 0;
    for (size_t a = 0; a < pairs->n_atoms; a++)
        for (size_t b = 0; b < a; b++)
            n_shell_pairs += basis_n_shells(basis->method, numbers[a]) *
                             basis_n_shells(basis->method, numbers[b]);
    hamiltonian->shell_offset = arena_sizes(arena, pairs->n_pairs + 1);
    hamiltonian->level = arena_doubles(arena, basis->n_shells);
    hamiltonian->cn_slope = arena_doubles(arena, basis->n_shells);
    hamiltonian->polynomial = arena_doubles(arena, basis->n_shells);
    hamiltonian->radius = arena_doubles(arena, basis->n_atoms);
    hamiltonian->scale = arena_doubles(arena, n_shell_pairs);
    hamiltonian->eps = arena_doubles(arena, basis->n_shells);
    hamiltonian->factor = arena_doubles(arena, n_shell_pairs);
    hamiltonian->factor_slope = arena_doubles(arena, n_shell_pairs);
    hamiltonian->population = arena_doubles(arena, n_shell_pairs);
    hamiltonian->on_site = arena_doubles(arena, basis->n_shells);
    hamiltonian->reference = arena_doubles(arena, basis->n_shells);
}

/// K_st of two shells; en_difference between their atoms.
static double shell_scale(const Method *method, double pair_scale, double en_difference,
                          const MethodShell *s, const MethodShell *t)
{
    if (!s->valence && !t->valence)
        return method->k_diffuse;
    if (!s->valence || !t->valence) {
        const int l = s->valence ? s->l : t->l;
        return 0.5 * (method->k_shell[l][l] + method->k_diffuse);
    }
    const double ratio = 2.0 * sqrt(s->zeta * t->zeta) / (s->zeta + t->zeta);
    return pair_scale * method->k_shell[s->l][t->l] *
           (1.0 + method->k_en * en_difference * en_difference) * pow(ratio, method->w_exp);
}

/// K_st of all shells of two atoms.
static void setup_scale(const Method *method, int za, int zb, double *scale)
{
    const double pair_scale = method->pair_scale != NULL ? method->pair_scale(za, zb) : 1.0;
    const double en_difference = method->element(za).en_pauling - method->element(zb).en_pauling;
    for (size_t i = 0; i < method->n_shells(za); i++)
        for (size_t j = 0; j < method->n_shells(zb); j++, scale++) {
            const MethodShell s = method->shell(za, i), t = method->shell(zb, j);
            *scale = shell_scale(method, pair_scale, en_difference, &s, &t);
        }
}

void hamiltonian_setup(const Method *method, const Basis *basis, const Integrals *integrals,
                       const Pairs *pairs, const int *numbers, Hamiltonian *hamiltonian)
{
    hamiltonian->basis = basis;
    hamiltonian->integrals = integrals;
    for (size_t a = 0; a < basis->n_atoms; a++) {
        hamiltonian->radius[a] = method->element(numbers[a]).poly_rad * method->bohr_per_angstrom;
        for (size_t i = 0; i < method->n_shells(numbers[a]); i++) {
            const MethodShell shell = method->shell(numbers[a], i);
            const size_t s = basis->atom_shell[a] + i;
            hamiltonian->level[s] = shell.level / method->ev_per_hartree;
            hamiltonian->cn_slope[s] = -shell.kcn / method->ev_per_hartree;
            hamiltonian->polynomial[s] = shell.poly;
            hamiltonian->reference[s] = shell.refocc;
        }
    }
    size_t offset = 0;
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const int za = numbers[pairs->a[k]], zb = numbers[pairs->b[k]];
        hamiltonian->shell_offset[k] = offset;
        setup_scale(method, za, zb, hamiltonian->scale + offset);
        offset += method->n_shells(za) * method->n_shells(zb);
    }
    hamiltonian->shell_offset[pairs->n_pairs] = offset;
}

void hamiltonian_update(const Geometry *geometry, Hamiltonian *hamiltonian)
{
    const Basis *basis = hamiltonian->basis;
    const Pairs *pairs = geometry->pairs;
    for (size_t s = 0; s < basis->n_shells; s++)
        hamiltonian->eps[s] =
            hamiltonian->level[s] +
            hamiltonian->cn_slope[s] * geometry->coordination->cn[basis->shell_atom[s]];
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        const int a = pairs->a[k], b = pairs->b[k];
        const double r = pairs->distance[k];
        const double u = sqrt(r / (hamiltonian->radius[a] + hamiltonian->radius[b]));
        size_t pair = hamiltonian->shell_offset[k];
        for (size_t s = basis->atom_shell[a]; s < basis->atom_shell[a + 1]; s++)
            for (size_t t = basis->atom_shell[b]; t < basis->atom_shell[b + 1]; t++, pair++) {
                const double ps = hamiltonian->polynomial[s], pt = hamiltonian->polynomial[t];
                hamiltonian->factor[pair] =
                    hamiltonian->scale[pair] * (1.0 + ps * u) * (1.0 + pt * u);
                hamiltonian->factor_slope[pair] = hamiltonian->scale[pair] *
                                                  (ps * (1.0 + pt * u) + pt * (1.0 + ps * u)) * u /
                                                  (2.0 * r);
            }
    }
}

/// The block of a pair of atoms inside a matrix.
typedef struct {
    size_t k; ///< pair
    int a, b;
    size_t row, column;      ///< first orbitals
    size_t na, nb, size;     ///< orbitals, elements
    const double *integrals; ///< [KERNELS_MOMENTS][na][nb]
} Block;

static Block block_of(const Hamiltonian *hamiltonian, const Pairs *pairs, size_t k)
{
    const size_t *ao = hamiltonian->basis->atom_ao;
    Block block = {.k = k, .a = pairs->a[k], .b = pairs->b[k]};
    block.row = ao[block.a];
    block.column = ao[block.b];
    block.na = ao[block.a + 1] - block.row;
    block.nb = ao[block.b + 1] - block.column;
    block.size = block.na * block.nb;
    block.integrals = integrals_block(hamiltonian->integrals, k);
    return block;
}

static void gather(const Block *block, const double *matrix, size_t ld, double *out)
{
    for (size_t i = 0; i < block->na; i++)
        for (size_t j = 0; j < block->nb; j++)
            out[i * block->nb + j] = matrix[(block->row + i) * ld + block->column + j];
}

/// Writes a block and its mirror image.
static void scatter(const Block *block, const double *in, double *matrix, size_t ld)
{
    for (size_t i = 0; i < block->na; i++)
        for (size_t j = 0; j < block->nb; j++) {
            const double v = in[i * block->nb + j];
            matrix[(block->row + i) * ld + block->column + j] = v;
            matrix[(block->column + j) * ld + block->row + i] = v;
        }
}

/// Symmetric matrix from its six stored elements.
static double tensor_at(const double six[6], int x, int y)
{
    static const int PLACE[3][3] = {{0, 1, 3}, {1, 2, 4}, {3, 4, 5}};
    return six[PLACE[x][y]];
}

/// Coefficients of raw second moments that give Theta-potential times traceless quadrupole:
/// e_ab = 3/2 v_ab - 1/2 delta_ab trace(v).
static void raw_moment_coefficients(const double v[6], double e[6])
{
    const double half_trace = 0.5 * (v[0] + v[2] + v[5]);
    for (int c = 0; c < 6; c++)
        e[c] = 1.5 * v[c];
    e[0] -= half_trace;
    e[2] -= half_trace;
    e[5] -= half_trace;
}

/// One operator per pair of atoms, all about b: c0 S + c1.D + c2:M equals the four terms
/// D^A.v_A + D^B.v_B + Q^A:V_A + Q^B:V_B.
typedef struct {
    double c[KERNELS_MOMENTS];
    double move[3];     ///< -v_A + 2 E_A t: slope of c0 with respect to t
    double tensor_a[6]; ///< E_A as a matrix: off-diagonal elements halved
} PairOperator;

static bool has_multipoles(const Potential *potential)
{
    return potential != NULL && potential->dipole != NULL;
}

static PairOperator pair_operator(const Potential *potential, int a, int b, const double t[3])
{
    PairOperator op = {.c = {0.0}};
    double ea[6], eb[6];
    if (!has_multipoles(potential))
        return op;
    raw_moment_coefficients(potential->quadrupole[a], ea);
    raw_moment_coefficients(potential->quadrupole[b], eb);
    for (int c = 0; c < 6; c++) {
        op.c[4 + c] = ea[c] + eb[c];
        op.tensor_a[c] = c == 0 || c == 2 || c == 5 ? ea[c] : 0.5 * ea[c];
    }
    for (int x = 0; x < 3; x++) {
        double et = 0.0;
        for (int y = 0; y < 3; y++)
            et += tensor_at(op.tensor_a, x, y) * t[y];
        op.c[0] += t[x] * et - potential->dipole[a][x] * t[x];
        op.c[1 + x] = potential->dipole[a][x] + potential->dipole[b][x] - 2.0 * et;
        op.move[x] = 2.0 * et - potential->dipole[a][x];
    }
    return op;
}

/// Whether two shells of one atom overlap: all others are orthogonal by symmetry.
static bool overlap_on_site(const Basis *basis, size_t s, size_t t)
{
    return basis->shell_l[s] == basis->shell_l[t];
}

void hamiltonian_overlap(const Hamiltonian *hamiltonian, const Pairs *pairs, double *overlap,
                         size_t ld)
{
    const Basis *basis = hamiltonian->basis;
    memset(overlap, 0, basis->n_ao * ld * sizeof *overlap);
    for (size_t a = 0; a < basis->n_atoms; a++) {
        const double *m = integrals_on_site(hamiltonian->integrals, a);
        const size_t first = basis->atom_ao[a], n = basis->atom_ao[a + 1] - first;
        for (size_t s = basis->atom_shell[a]; s < basis->atom_shell[a + 1]; s++)
            for (size_t t = basis->atom_shell[a]; t < basis->atom_shell[a + 1]; t++)
                if (overlap_on_site(basis, s, t))
                    for (size_t i = basis->shell_ao[s], j = basis->shell_ao[t];
                         i < basis->shell_ao[s + 1]; i++, j++)
                        overlap[i * ld + j] = m[(i - first) * n + j - first];
    }
    for (size_t k = 0; k < pairs->n_pairs; k++)
        if (hamiltonian->integrals->near[k]) {
            const Block block = block_of(hamiltonian, pairs, k);
            scatter(&block, block.integrals, overlap, ld);
        }
}

static void fock_on_site(const Hamiltonian *hamiltonian, size_t a, const Potential *potential,
                         double *fock, size_t ld)
{
    const Basis *basis = hamiltonian->basis;
    const double *m = integrals_on_site(hamiltonian->integrals, a);
    const size_t first = basis->atom_ao[a], n = basis->atom_ao[a + 1] - first, size = n * n;
    double c[KERNELS_MOMENTS] = {0.0};
    if (has_multipoles(potential)) {
        for (int x = 0; x < 3; x++)
            c[1 + x] = potential->dipole[a][x];
        raw_moment_coefficients(potential->quadrupole[a], c + 4);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0.0;
            for (size_t q = 1; q < KERNELS_MOMENTS; q++)
                sum -= c[q] * m[q * size + i * n + j];
            fock[(first + i) * ld + first + j] = sum;
        }
    for (size_t s = basis->atom_shell[a]; s < basis->atom_shell[a + 1]; s++)
        for (size_t t = basis->atom_shell[a]; t < basis->atom_shell[a + 1]; t++) {
            if (!overlap_on_site(basis, s, t))
                continue;
            double of_overlap = 0.5 * (hamiltonian->eps[s] + hamiltonian->eps[t]);
            if (potential != NULL)
                of_overlap -= 0.5 * (potential->shell[s] + potential->atom[a] +
                                     (potential->shell[t] + potential->atom[a]));
            for (size_t i = basis->shell_ao[s], j = basis->shell_ao[t]; i < basis->shell_ao[s + 1];
                 i++, j++)
                fock[i * ld + j] += of_overlap * m[(i - first) * n + j - first];
        }
}

void hamiltonian_fock(const Hamiltonian *hamiltonian, const Pairs *pairs,
                      const Potential *potential, double *fock, size_t ld)
{
    const Basis *basis = hamiltonian->basis;
    memset(fock, 0, basis->n_ao * ld * sizeof *fock);
    for (size_t a = 0; a < basis->n_atoms; a++)
        fock_on_site(hamiltonian, a, potential, fock, ld);

    for (size_t k = 0; k < pairs->n_pairs; k++) {
        if (!hamiltonian->integrals->near[k])
            continue;
        const Block block = block_of(hamiltonian, pairs, k);
        const int a = block.a, b = block.b;
        double f[BLOCK_MAX];
        const PairOperator op = pair_operator(potential, a, b, pairs->vector[k]);
        if (has_multipoles(potential)) {
            for (size_t e = 0; e < block.size; e++) {
                double sum = 0.0;
                for (size_t q = 1; q < KERNELS_MOMENTS; q++)
                    sum += op.c[q] * block.integrals[q * block.size + e];
                f[e] = -0.5 * sum;
            }
        } else {
            memset(f, 0, block.size * sizeof *f);
        }
        size_t pair = hamiltonian->shell_offset[k];
        for (size_t s = basis->atom_shell[a]; s < basis->atom_shell[a + 1]; s++)
            for (size_t t = basis->atom_shell[b]; t < basis->atom_shell[b + 1]; t++, pair++) {
                double of_overlap =
                    0.5 * (hamiltonian->eps[s] + hamiltonian->eps[t]) * hamiltonian->factor[pair];
                if (potential != NULL)
                    of_overlap -= 0.5 * (potential->shell[s] + potential->atom[a] +
                                         potential->shell[t] + potential->atom[b] + op.c[0]);
                for (size_t i = basis->shell_ao[s]; i < basis->shell_ao[s + 1]; i++)
                    for (size_t j = basis->shell_ao[t]; j < basis->shell_ao[t + 1]; j++) {
                        const size_t e = (i - block.row) * block.nb + j - block.column;
                        f[e] += of_overlap * block.integrals[e];
                    }
            }
        scatter(&block, f, fock, ld);
    }
}

/// Adds the raw sums [S, D, M] about an atom to its moments, with the sign of the electron.
static void add_raw(const double sum[KERNELS_MOMENTS], double dipole[3], double raw[6])
{
    for (int x = 0; x < 3; x++)
        dipole[x] -= sum[1 + x];
    for (int c = 0; c < 6; c++)
        raw[c] -= sum[4 + c];
}

/// Moves the raw sums from atom b to atom a, t = R_a - R_b.
static void move_origin(const double t[3], double sum[KERNELS_MOMENTS])
{
    static const int X[6] = {0, 0, 1, 0, 1, 2}, Y[6] = {0, 1, 1, 2, 2, 2};
    for (int c = 0; c < 6; c++)
        sum[4 + c] +=
            -t[X[c]] * sum[1 + Y[c]] - t[Y[c]] * sum[1 + X[c]] + t[X[c]] * t[Y[c]] * sum[0];
    for (int x = 0; x < 3; x++)
        sum[1 + x] -= t[x] * sum[0];
}

double hamiltonian_moments(Hamiltonian *hamiltonian, const Pairs *pairs, const double *density,
                           size_t ld, double *shell, double (*dipole)[3], double (*quadrupole)[6])
{
    const Basis *basis = hamiltonian->basis;
    const bool multipoles = dipole != NULL;
    double band = 0.0;
    if (multipoles) {
        memset(dipole, 0, basis->n_atoms * sizeof dipole[0]);
        memset(quadrupole, 0, basis->n_atoms * sizeof quadrupole[0]);
    }

    for (size_t a = 0; a < basis->n_atoms; a++) {
        const double *m = integrals_on_site(hamiltonian->integrals, a);
        const size_t first = basis->atom_ao[a], n = basis->atom_ao[a + 1] - first, size = n * n;
        if (multipoles) {
            double sum[KERNELS_MOMENTS] = {0.0};
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < n; j++) {
                    const double p = density[(first + i) * ld + first + j];
                    for (size_t q = 1; q < KERNELS_MOMENTS; q++)
                        sum[q] += p * m[q * size + i * n + j];
                }
            add_raw(sum, dipole[a], quadrupole[a]);
        }
        for (size_t s = basis->atom_shell[a]; s < basis->atom_shell[a + 1]; s++) {
            double n_electrons = 0.0;
            for (size_t t = basis->atom_shell[a]; t < basis->atom_shell[a + 1]; t++)
                if (overlap_on_site(basis, s, t))
                    for (size_t i = basis->shell_ao[s], j = basis->shell_ao[t];
                         i < basis->shell_ao[s + 1]; i++, j++)
                        n_electrons += density[i * ld + j] * m[(i - first) * n + j - first];
            hamiltonian->on_site[s] = n_electrons;
            shell[s] = hamiltonian->reference[s] - n_electrons;
            band += hamiltonian->eps[s] * n_electrons;
        }
    }

    for (size_t k = 0; k < pairs->n_pairs; k++) {
        if (!hamiltonian->integrals->near[k])
            continue;
        const Block block = block_of(hamiltonian, pairs, k);
        const int a = block.a, b = block.b;
        double p[BLOCK_MAX], sum[KERNELS_MOMENTS] = {0.0};
        gather(&block, density, ld, p);
        for (size_t q = 1; multipoles && q < KERNELS_MOMENTS; q++) {
            const double *m = block.integrals + q * block.size;
            for (size_t e = 0; e < block.size; e++)
                sum[q] += p[e] * m[e];
        }
        size_t pair = hamiltonian->shell_offset[k];
        for (size_t s = basis->atom_shell[a]; s < basis->atom_shell[a + 1]; s++)
            for (size_t t = basis->atom_shell[b]; t < basis->atom_shell[b + 1]; t++, pair++) {
                double ps = 0.0;
                for (size_t i = basis->shell_ao[s]; i < basis->shell_ao[s + 1]; i++)
                    for (size_t j = basis->shell_ao[t]; j < basis->shell_ao[t + 1]; j++) {
                        const size_t e = (i - block.row) * block.nb + j - block.column;
                        ps += p[e] * block.integrals[e];
                    }
                hamiltonian->population[pair] = ps;
                sum[0] += ps;
                shell[s] -= ps;
                shell[t] -= ps;
                band +=
                    (hamiltonian->eps[s] + hamiltonian->eps[t]) * hamiltonian->factor[pair] * ps;
            }
        if (multipoles) {
            add_raw(sum, dipole[b], quadrupole[b]);
            move_origin(pairs->vector[k], sum);
            add_raw(sum, dipole[a], quadrupole[a]);
        }
    }

    // Raw second moments -> traceless quadrupoles.
    for (size_t a = 0; multipoles && a < basis->n_atoms; a++) {
        double traceless[6];
        raw_moment_coefficients(quadrupole[a], traceless);
        memcpy(quadrupole[a], traceless, sizeof traceless);
    }
    return band;
}

void hamiltonian_gradient(const Hamiltonian *hamiltonian, const Geometry *geometry,
                          const Potential *potential, const double *density, const double *weighted,
                          size_t ld, Gradient *gradient)
{
    const Basis *basis = hamiltonian->basis;
    const Pairs *pairs = geometry->pairs;
    for (size_t s = 0; s < basis->n_shells; s++)
        gradient->cn[basis->shell_atom[s]] += hamiltonian->cn_slope[s] * hamiltonian->on_site[s];

    for (size_t k = 0; k < pairs->n_pairs; k++) {
        if (!hamiltonian->integrals->near[k])
            continue;
        const Block block = block_of(hamiltonian, pairs, k);
        const int a = block.a, b = block.b;
        const PairOperator op = pair_operator(potential, a, b, pairs->vector[k]);
        double p[BLOCK_MAX], coefficient[KERNELS_MOMENTS * BLOCK_MAX];
        gather(&block, density, ld, p);
        gather(&block, weighted, ld, coefficient);
        for (size_t e = 0; e < block.size; e++)
            coefficient[e] *= -2.0;
        for (size_t q = 1; q < KERNELS_MOMENTS; q++)
            for (size_t e = 0; e < block.size; e++)
                coefficient[q * block.size + e] = -op.c[q] * p[e];

        double radial = 0.0, ps_sum = 0.0;
        size_t pair = hamiltonian->shell_offset[k];
        for (size_t s = basis->atom_shell[a]; s < basis->atom_shell[a + 1]; s++)
            for (size_t t = basis->atom_shell[b]; t < basis->atom_shell[b + 1]; t++, pair++) {
                const double eps = hamiltonian->eps[s] + hamiltonian->eps[t];
                const double ps = hamiltonian->population[pair];
                const double of_overlap = eps * hamiltonian->factor[pair] - op.c[0] -
                                          potential->shell[s] - potential->atom[a] -
                                          potential->shell[t] - potential->atom[b];
                for (size_t i = basis->shell_ao[s]; i < basis->shell_ao[s + 1]; i++)
                    for (size_t j = basis->shell_ao[t]; j < basis->shell_ao[t + 1]; j++) {
                        const size_t e = (i - block.row) * block.nb + j - block.column;
                        coefficient[e] += of_overlap * p[e];
                    }
                radial += eps * hamiltonian->factor_slope[pair] * ps;
                gradient->cn[a] += hamiltonian->cn_slope[s] * hamiltonian->factor[pair] * ps;
                gradient->cn[b] += hamiltonian->cn_slope[t] * hamiltonian->factor[pair] * ps;
                ps_sum += ps;
            }

        double g[3] = {0.0};
        integrals_gradient(hamiltonian->integrals, pairs, k, coefficient, g);
        vec3_add_scaled(radial / pairs->distance[k], pairs->vector[k], g);
        // The operator itself moves with a: c0 and c1 depend on t.
        vec3_add_scaled(-ps_sum, op.move, g);
        for (int y = 0; y < 3; y++) {
            const double *d = block.integrals + (size_t)(1 + y) * block.size;
            double pd = 0.0;
            for (size_t e = 0; e < block.size; e++)
                pd += p[e] * d[e];
            for (int x = 0; x < 3; x++)
                g[x] += 2.0 * tensor_at(op.tensor_a, x, y) * pd;
        }
        vec3_add_scaled(1.0, g, gradient->xyz[a]);
        vec3_add_scaled(-1.0, g, gradient->xyz[b]);
    }
}
