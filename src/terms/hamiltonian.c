#include "terms/hamiltonian.h"

#include <math.h>
#include <string.h>

#include "base/team.h"

/// Sums over all batches are made in this many slices, however many threads there are: their order is that
/// of the molecule alone. Smaller molecules have one.
enum { N_SLICES = 16, SLICES_FROM_ATOMS = 64 };

/// Rows of a matrix that are cleared together, at least, and pieces of the loops that write to one.
enum { CLEARED_TOGETHER = 128, PIECES_PER_THREAD = 6 };

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
    const size_t n_slices = basis->n_atoms < SLICES_FROM_ATOMS ? 1 : N_SLICES;
    hamiltonian->n_slices = n_slices;
    hamiltonian->sums = arena_bytes(arena, n_slices * basis->n_atoms * sizeof *hamiltonian->sums);
    hamiltonian->slopes = arena_vectors(arena, n_slices * basis->n_atoms);
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
static void setup_lane(const Method *method, size_t lane, const PairKind *kind)
{
    const int za = kind->za[lane], zb = kind->zb[lane];
    const MethodElement a = method->element(za), b = method->element(zb);
    const double pair_scale = method->pair_scale != NULL ? method->pair_scale(za, zb) : 1.0;
    kind->radius[lane] = (a.poly_rad + b.poly_rad) * method->bohr_per_angstrom;
    for (size_t k = 0; k < kind->n_shells; k++) {
        const PairShells *shells = &kind->shells[k];
        const MethodShell s = method->shell(za, (size_t)shells->shell_a),
                          t = method->shell(zb, (size_t)shells->shell_b);
        kind->polynomial_a[(size_t)shells->shell_a * PAIR_LANES + lane] = s.poly;
        kind->polynomial_b[(size_t)shells->shell_b * PAIR_LANES + lane] = t.poly;
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
    // Batches of one kind follow each other.
    const PairKind *before = NULL;
    for (size_t i = 0; i < batches->n; before = batches->batch[i++].kind)
        for (size_t l = 0; l < PAIR_LANES && batches->batch[i].kind != before; l++)
            setup_lane(method, l, batches->batch[i].kind);
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

/// What the loops over batches are given; every batch has its own blocks of a matrix.
typedef struct {
    const PairBatches *batches;
    const double (*atoms)[PAIR_ATOM_ROW];
    const double *density, *weighted;
    double *matrix; ///< S or F
    size_t ld;
    size_t n, n_slices; ///< batches, of all slices together
    double (*sums)[PAIR_ATOM_ROW];
    double (*slopes)[3];
} BatchLoop;

static void clear_part(void *task, size_t first, size_t last)
{
    const BatchLoop *loop = task;
    memset(loop->matrix + first * loop->ld, 0, (last - first) * loop->ld * sizeof *loop->matrix);
}

static void clear(BatchLoop *loop)
{
    const size_t n = loop->batches->basis->n_ao;
    team_share(n, n < CLEARED_TOGETHER ? n : CLEARED_TOGETHER / 2, clear_part, loop);
}

/// Batches of a piece that writes to a matrix: neighbours write to the same lines of it, so that pieces are few.
static size_t batches_shared(size_t n)
{
    const size_t piece = n / (PIECES_PER_THREAD * team_size());
    return piece > PAIR_BATCHES_SHARED ? piece : PAIR_BATCHES_SHARED;
}

static void overlap_part(void *task, size_t first, size_t last)
{
    const BatchLoop *loop = task;
    for (size_t i = first; i < last; i++) {
        pair_batches_fetch(loop->batches, i, last);
        if (loop->batches->batch[i].near)
            loop->batches->kernels->batch_overlap(&loop->batches->batch[i], loop->matrix, loop->ld);
    }
}

void hamiltonian_overlap(const Hamiltonian *hamiltonian, double *overlap, size_t ld)
{
    const PairBatches *batches = &hamiltonian->batches;
    BatchLoop loop = {
        .batches = batches, .matrix = overlap, .ld = ld, .n = batches->n + batches->n_on_site};
    clear(&loop);
    team_share(loop.n, batches_shared(loop.n), overlap_part, &loop);
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

static void fock_part(void *task, size_t first, size_t last)
{
    const BatchLoop *loop = task;
    for (size_t i = first; i < last; i++) {
        pair_batches_fetch(loop->batches, i, last);
        if (loop->batches->batch[i].near)
            loop->batches->kernels->batch_fock(&loop->batches->batch[i], loop->atoms, loop->matrix,
                                               loop->ld);
    }
}

void hamiltonian_fock(Hamiltonian *hamiltonian, const Potential *potential, double *fock, size_t ld)
{
    const PairBatches *batches = &hamiltonian->batches;
    BatchLoop loop = {.batches = batches,
                      .atoms = (const double(*)[PAIR_ATOM_ROW])hamiltonian->atoms,
                      .matrix = fock,
                      .ld = ld,
                      .n = batches->n + batches->n_on_site};
    set_potential(hamiltonian, potential);
    clear(&loop);
    team_share(loop.n, batches_shared(loop.n), fock_part, &loop);
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

/// Where slice k of the batches begins.
static size_t slice_begin(const BatchLoop *loop, size_t k)
{
    return loop->n * k / loop->n_slices;
}

static void moments_part(void *task, size_t first, size_t last)
{
    const BatchLoop *loop = task;
    const PairBatches *batches = loop->batches;
    const size_t n_atoms = batches->basis->n_atoms;
    for (size_t k = first; k < last; k++) {
        double(*sums)[PAIR_ATOM_ROW] = loop->sums + k * n_atoms;
        memset(sums, 0, n_atoms * sizeof *sums);
        const size_t end = slice_begin(loop, k + 1);
        for (size_t i = slice_begin(loop, k); i < end; i++) {
            pair_batches_fetch(batches, i, end);
            if (batches->batch[i].near)
                batches->kernels->batch_moments(&batches->batch[i], loop->density, loop->ld, sums);
        }
    }
}

/// The sums of all batches, in the first slice.
static void sum_moments(Hamiltonian *hamiltonian, const double *density, size_t ld)
{
    const PairBatches *batches = &hamiltonian->batches;
    const size_t n_atoms = batches->basis->n_atoms;
    BatchLoop loop = {.batches = batches,
                      .density = density,
                      .ld = ld,
                      .n = batches->n + batches->n_on_site,
                      .n_slices = hamiltonian->n_slices,
                      .sums = hamiltonian->sums};
    team_share(loop.n_slices, 1, moments_part, &loop);
    for (size_t k = 1; k < loop.n_slices; k++)
        for (size_t a = 0; a < n_atoms; a++)
            for (size_t i = 0; i < PAIR_ATOM_ROW; i++)
                hamiltonian->sums[a][i] += hamiltonian->sums[k * n_atoms + a][i];
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
    sum_moments(hamiltonian, density, ld);
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

static void gradient_part(void *task, size_t first, size_t last)
{
    const BatchLoop *loop = task;
    const PairBatches *batches = loop->batches;
    const size_t n_atoms = batches->basis->n_atoms;
    for (size_t k = first; k < last; k++) {
        double(*slopes)[3] = loop->slopes + k * n_atoms;
        const size_t end = slice_begin(loop, k + 1);
        for (size_t i = slice_begin(loop, k); i < end; i++) {
            pair_batches_fetch(batches, i, end);
            if (batches->batch[i].near)
                batches->kernels->batch_gradient(&batches->batch[i], batches->mu_r2_max,
                                                 loop->atoms, loop->density, loop->weighted,
                                                 loop->ld, slopes);
        }
    }
}

void hamiltonian_gradient(const Hamiltonian *hamiltonian, const double *density,
                          const double *weighted, size_t ld, Gradient *gradient)
{
    const PairBatches *batches = &hamiltonian->batches;
    const Basis *basis = batches->basis;
    for (size_t s = 0; s < basis->n_shells; s++)
        gradient->cn[basis->shell_atom[s]] +=
            hamiltonian->cn_slope[s] * hamiltonian->level_slope[s];
    BatchLoop loop = {.batches = batches,
                      .atoms = (const double(*)[PAIR_ATOM_ROW])hamiltonian->atoms,
                      .density = density,
                      .weighted = weighted,
                      .ld = ld,
                      .n = batches->n,
                      .n_slices = hamiltonian->n_slices,
                      .slopes = hamiltonian->n_slices == 1 ? gradient->xyz : hamiltonian->slopes};
    if (loop.n_slices > 1)
        memset(loop.slopes, 0, loop.n_slices * basis->n_atoms * sizeof *loop.slopes);
    team_share(loop.n_slices, 1, gradient_part, &loop);
    for (size_t k = 0; loop.n_slices > 1 && k < loop.n_slices; k++)
        for (size_t a = 0; a < basis->n_atoms; a++)
            for (size_t x = 0; x < 3; x++)
                gradient->xyz[a][x] += loop.slopes[k * basis->n_atoms + a][x];
}
