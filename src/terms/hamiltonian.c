#include "terms/hamiltonian.h"

#include <math.h>
#include <string.h>

void hamiltonian_layout(Hamiltonian *hamiltonian, Arena *arena, const Basis *basis,
                        const int *numbers)
{
    pair_batches_layout(&hamiltonian->batches, arena, basis, numbers);
    sparsity_layout(&hamiltonian->sparsity, arena, &hamiltonian->batches);
    hamiltonian->level = arena_doubles(arena, basis->n_shells);
    hamiltonian->cn_slope = arena_doubles(arena, basis->n_shells);
    hamiltonian->eps = arena_doubles(arena, basis->n_shells);
    hamiltonian->reference = arena_doubles(arena, basis->n_shells);
    hamiltonian->level_slope = arena_doubles(arena, basis->n_shells);
    hamiltonian->atoms = arena_bytes(arena, basis->n_atoms * sizeof *hamiltonian->atoms);
    hamiltonian->sums = arena_bytes(arena, basis->n_atoms * sizeof *hamiltonian->sums);
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

/// K_st and the distance factor's constants of one lane.
static void setup_lane(const Method *method, int za, int zb, size_t lane, PairBatch *batch)
{
    const MethodElement a = method->element(za), b = method->element(zb);
    const double pair_scale = method->pair_scale != NULL ? method->pair_scale(za, zb) : 1.0;
    batch->radius[lane] = (a.poly_rad + b.poly_rad) * method->bohr_per_angstrom;
    for (size_t k = 0; k < batch->n_shells; k++) {
        PairShells *shells = &batch->shells[k];
        const MethodShell s = method->shell(za, (size_t)shells->shell_a),
                          t = method->shell(zb, (size_t)shells->shell_b);
        batch->polynomial_a[(size_t)shells->shell_a * PAIR_LANES + lane] = s.poly;
        batch->polynomial_b[(size_t)shells->shell_b * PAIR_LANES + lane] = t.poly;
        shells->scale[lane] = shell_scale(method, pair_scale, a.en_pauling - b.en_pauling, &s, &t);
    }
}

void hamiltonian_setup(Hamiltonian *hamiltonian, const Kernels *kernels, const int *numbers)
{
    PairBatches *batches = &hamiltonian->batches;
    const Basis *basis = batches->basis;
    const Method *method = basis->method;
    for (size_t a = 0; a < basis->n_atoms; a++)
        for (size_t i = 0; i < method->n_shells(numbers[a]); i++) {
            const MethodShell shell = method->shell(numbers[a], i);
            const size_t s = basis->atom_shell[a] + i;
            hamiltonian->level[s] = shell.level / method->ev_per_hartree;
            hamiltonian->cn_slope[s] = -shell.kcn / method->ev_per_hartree;
            hamiltonian->reference[s] = shell.refocc;
        }
    pair_batches_setup(batches, kernels, numbers);
    sparsity_setup(&hamiltonian->sparsity);
    for (size_t i = 0; i < batches->n; i++)
        for (size_t l = 0; l < PAIR_LANES; l++)
            setup_lane(method, numbers[batches->batch[i].a[l]], numbers[batches->batch[i].b[l]], l,
                       &batches->batch[i]);
}

void hamiltonian_update(Hamiltonian *hamiltonian, const Geometry *geometry)
{
    const Basis *basis = hamiltonian->batches.basis;
    pair_batches_update(&hamiltonian->batches, geometry->xyz,
                        basis->method->multipoles || hamiltonian->moments_wanted);
    sparsity_update(&hamiltonian->sparsity, geometry->xyz);
    for (size_t a = 0; a < basis->n_atoms; a++)
        for (size_t s = basis->atom_shell[a], i = 0; s < basis->atom_shell[a + 1]; s++, i++) {
            hamiltonian->eps[s] =
                hamiltonian->level[s] + hamiltonian->cn_slope[s] * geometry->coordination->cn[a];
            hamiltonian->atoms[a][i] = hamiltonian->eps[s];
        }
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

void hamiltonian_overlap(const Hamiltonian *hamiltonian, double *overlap, size_t ld)
{
    const PairBatches *batches = &hamiltonian->batches;
    memset(overlap, 0, batches->basis->n_ao * ld * sizeof *overlap);
    for (size_t i = 0; i < batches->n + batches->n_on_site; i++)
        if (batches->batch[i].near)
            batches->kernels->batch_overlap(&batches->batch[i], overlap, ld);
}

/// Puts the potentials into the rows of the atoms.
static void set_potential(Hamiltonian *hamiltonian, const Potential *potential)
{
    const Basis *basis = hamiltonian->batches.basis;
    for (size_t a = 0; a < basis->n_atoms; a++) {
        double *row = hamiltonian->atoms[a];
        for (size_t s = basis->atom_shell[a], i = 4; s < basis->atom_shell[a + 1]; s++, i++)
            row[i] = potential != NULL ? potential->shell[s] + potential->atom[a] : 0.0;
        if (potential == NULL || potential->dipole == NULL) {
            memset(row + 8, 0, 8 * sizeof *row);
            continue;
        }
        double e[6];
        raw_moment_coefficients(potential->quadrupole[a], e);
        memcpy(row + 8, potential->dipole[a], 3 * sizeof *row);
        // A coefficient of an off-diagonal moment stands for both places of the matrix.
        const double matrix[5] = {e[0], 0.5 * e[1], e[2], 0.5 * e[3], 0.5 * e[4]};
        memcpy(row + 11, matrix, sizeof matrix);
    }
}

void hamiltonian_fock(Hamiltonian *hamiltonian, const Potential *potential, double *fock, size_t ld)
{
    const PairBatches *batches = &hamiltonian->batches;
    set_potential(hamiltonian, potential);
    memset(fock, 0, batches->basis->n_ao * ld * sizeof *fock);
    for (size_t i = 0; i < batches->n + batches->n_on_site; i++)
        if (batches->batch[i].near)
            batches->kernels->batch_fock(&batches->batch[i], hamiltonian->atoms, fock, ld);
}

/// Traceless quadrupole, charge positive, of the second moments that the kernels give.
static void quadrupole_of_moments(const double m[5], double quadrupole[6])
{
    const double third = 0.5 * (m[0] + m[2]);
    quadrupole[0] = third - 1.5 * m[0];
    quadrupole[1] = -1.5 * m[1];
    quadrupole[2] = third - 1.5 * m[2];
    quadrupole[3] = -1.5 * m[3];
    quadrupole[4] = -1.5 * m[4];
    quadrupole[5] = third;
}

double hamiltonian_moments(Hamiltonian *hamiltonian, const double *density, size_t ld,
                           double *shell, double (*dipole)[3], double (*quadrupole)[6])
{
    PairBatches *batches = &hamiltonian->batches;
    const Basis *basis = batches->basis;
    const bool extra = dipole != NULL && !basis->method->multipoles;
    if (extra && !batches->moments)
        pair_batches_update(batches, batches->xyz, true);
    if (extra)
        pair_batches_use_multipoles(batches, true);
    memset(hamiltonian->sums, 0, basis->n_atoms * sizeof *hamiltonian->sums);
    for (size_t i = 0; i < batches->n + batches->n_on_site; i++)
        if (batches->batch[i].near)
            batches->kernels->batch_moments(&batches->batch[i], density, ld, hamiltonian->sums);
    if (extra)
        pair_batches_use_multipoles(batches, false);

    double band = 0.0;
    for (size_t a = 0; a < basis->n_atoms; a++) {
        const double *sums = hamiltonian->sums[a];
        for (size_t s = basis->atom_shell[a], i = 0; s < basis->atom_shell[a + 1]; s++, i++) {
            shell[s] = hamiltonian->reference[s] - sums[i];
            hamiltonian->level_slope[s] = sums[4 + i];
            band += hamiltonian->eps[s] * sums[4 + i];
        }
        if (dipole == NULL)
            continue;
        for (int x = 0; x < 3; x++)
            dipole[a][x] = -sums[8 + x];
        quadrupole_of_moments(sums + 11, quadrupole[a]);
    }
    return band;
}

void hamiltonian_gradient(const Hamiltonian *hamiltonian, const double *density,
                          const double *weighted, size_t ld, Gradient *gradient)
{
    const PairBatches *batches = &hamiltonian->batches;
    const Basis *basis = batches->basis;
    for (size_t s = 0; s < basis->n_shells; s++)
        gradient->cn[basis->shell_atom[s]] +=
            hamiltonian->cn_slope[s] * hamiltonian->level_slope[s];
    for (size_t i = 0; i < batches->n; i++)
        if (batches->batch[i].near)
            batches->kernels->batch_gradient(&batches->batch[i], batches->mu_r2_max,
                                             hamiltonian->atoms, density, weighted, ld,
                                             gradient->xyz);
}
