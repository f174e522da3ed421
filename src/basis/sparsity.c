#include "basis/sparsity.h"

#include <math.h>
#include <string.h>

/// Smaller molecules are multiplied whole, and so are those of which more than this share is not zero.
enum { SPARSE_FROM = 200 };
static const double LARGEST_SHARE = 0.8;

static size_t n_groups(const Basis *basis)
{
    return (basis->n_ao + KERNELS_PATTERN_GROUP - 1) / KERNELS_PATTERN_GROUP;
}

/// Of the bits of all atoms.
static size_t n_words(const Basis *basis)
{
    return (basis->n_atoms + 63) / 64;
}

static bool may_be_sparse(const Basis *basis)
{
    return basis->n_ao >= SPARSE_FROM;
}

static void layout_pattern(KernelsPattern *pattern, Arena *arena, size_t n_blocks, size_t n_groups,
                           double *room)
{
    pattern->row = arena_ints(arena, n_blocks + 1);
    pattern->first = arena_ints(arena, n_blocks + 1);
    pattern->group = arena_ints(arena, n_blocks * n_groups);
    pattern->room = room;
}

void sparsity_layout(Sparsity *sparsity, Arena *arena, const PairBatches *batches)
{
    const Basis *basis = batches->basis;
    sparsity->batches = batches;
    if (!may_be_sparse(basis))
        return;
    // Two blocks of whole atoms, one after the other, have more rows than one may have.
    const size_t most = 2 * (basis->n_ao / KERNELS_PATTERN_ROWS + 1);
    double *room = arena_doubles(arena, kernels_pattern_room(basis->n_ao));
    layout_pattern(&sparsity->by_atoms, arena, most, n_groups(basis), room);
    layout_pattern(&sparsity->by_rows, arena, most, n_groups(basis), room);
    sparsity->exponent = arena_doubles(arena, basis->n_atoms);
    sparsity->near = arena_bytes(arena, basis->n_atoms * n_words(basis) * sizeof(uint64_t));
    sparsity->near_block = arena_bytes(arena, n_words(basis) * sizeof(uint64_t));
}

void sparsity_setup(Sparsity *sparsity)
{
    const Basis *basis = sparsity->batches->basis;
    if (!may_be_sparse(basis))
        return;
    for (size_t a = 0; a < basis->n_atoms; a++) {
        sparsity->exponent[a] = INFINITY;
        for (size_t s = basis->atom_shell[a]; s < basis->atom_shell[a + 1]; s++) {
            const Contraction *shell = &basis->kind[basis->shell_kind[s]];
            for (int k = 0; k < shell->n_primitives; k++)
                sparsity->exponent[a] = fmin(sparsity->exponent[a], shell->alpha[k]);
        }
    }
}

/// Whether two atoms have integrals.
static bool are_near(const Sparsity *sparsity, const double (*xyz)[3], size_t a, size_t b)
{
    // A distance is rounded in more than one way: those at the very end count as nearer.
    static const double MARGIN = 1.0 + 1e-9;
    const double x = xyz[a][0] - xyz[b][0], y = xyz[a][1] - xyz[b][1], z = xyz[a][2] - xyz[b][2];
    const double r2 = x * x + y * y + z * z, r_max = sparsity->batches->r_max;
    const double alpha = sparsity->exponent[a], beta = sparsity->exponent[b];
    return r2 <= MARGIN * r_max * r_max &&
           alpha * beta * r2 <= MARGIN * sparsity->batches->mu_r2_max * (alpha + beta);
}

static void find_near(const Sparsity *sparsity, const double (*xyz)[3])
{
    const Basis *basis = sparsity->batches->basis;
    const size_t n_atoms = basis->n_atoms, words = n_words(basis);
    memset(sparsity->near, 0, n_atoms * words * sizeof(uint64_t));
    for (size_t a = 0; a < n_atoms; a++)
        for (size_t b = 0; b <= a; b++)
            if (are_near(sparsity, xyz, a, b)) {
                sparsity->near[a * words + b / 64] |= UINT64_C(1) << b % 64;
                sparsity->near[b * words + a / 64] |= UINT64_C(1) << a % 64;
            }
}

/// The groups of the orbitals of all atoms that have integrals with one of first..last, in rising order; returns their end.
static int *list_groups(const Sparsity *sparsity, size_t first, size_t last, int *group)
{
    const Basis *basis = sparsity->batches->basis;
    const size_t words = n_words(basis);
    memset(sparsity->near_block, 0, words * sizeof(uint64_t));
    for (size_t a = first; a <= last; a++)
        for (size_t w = 0; w < words; w++)
            sparsity->near_block[w] |= sparsity->near[a * words + w];
    int next = 0; // the first group that is not listed yet
    for (size_t b = 0; b < basis->n_atoms; b++) {
        if ((sparsity->near_block[b / 64] >> b % 64 & 1) == 0 ||
            basis->atom_ao[b + 1] == basis->atom_ao[b])
            continue;
        const int first_group = (int)(basis->atom_ao[b] / KERNELS_PATTERN_GROUP),
                  last_group = (int)((basis->atom_ao[b + 1] - 1) / KERNELS_PATTERN_GROUP);
        for (int g = first_group > next ? first_group : next; g <= last_group; g++)
            *group++ = g;
        next = last_group + 1 > next ? last_group + 1 : next;
    }
    return group;
}

/// Where the block that begins at a row ends; a is the atom that the row belongs to.
static size_t end_of_block(const Basis *basis, size_t row, size_t a, bool by_atoms)
{
    const size_t most = row + KERNELS_PATTERN_ROWS;
    if (most >= basis->n_ao)
        return basis->n_ao;
    if (!by_atoms)
        return most;
    while (basis->atom_ao[a + 1] <= most)
        a++;
    // An atom that is too large is cut.
    return basis->atom_ao[a] > row ? basis->atom_ao[a] : most;
}

/// Returns how many elements are listed.
static size_t make_pattern(const Sparsity *sparsity, bool by_atoms, KernelsPattern *pattern)
{
    const Basis *basis = sparsity->batches->basis;
    size_t n_listed = 0, block = 0;
    int *end = pattern->group;
    for (size_t row = 0, a = 0; row < basis->n_ao; block++) {
        while (basis->atom_ao[a + 1] <= row)
            a++;
        const size_t next = end_of_block(basis, row, a, by_atoms);
        size_t last = a;
        while (last + 1 < basis->n_atoms && basis->atom_ao[last + 1] < next)
            last++;
        pattern->row[block] = (int)row;
        pattern->first[block] = (int)(end - pattern->group);
        int *const begin = end;
        end = list_groups(sparsity, a, last, end);
        n_listed += (size_t)(end - begin) * KERNELS_PATTERN_GROUP * (next - row);
        row = next;
    }
    pattern->n_blocks = block;
    pattern->row[block] = (int)basis->n_ao;
    pattern->first[block] = (int)(end - pattern->group);
    return n_listed;
}

void sparsity_update(Sparsity *sparsity, const double (*xyz)[3])
{
    const Basis *basis = sparsity->batches->basis;
    sparsity->sparse = false;
    if (!may_be_sparse(basis))
        return;
    find_near(sparsity, xyz);
    const double all = (double)basis->n_ao * (double)basis->n_ao,
                 listed = (double)make_pattern(sparsity, true, &sparsity->by_atoms);
    sparsity->sparse = listed < LARGEST_SHARE * all;
    if (sparsity->sparse)
        make_pattern(sparsity, false, &sparsity->by_rows);
}
