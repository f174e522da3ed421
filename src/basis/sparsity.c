#include "basis/sparsity.h"

#include <math.h>
#include <string.h>

/// Smaller molecules are multiplied whole, and so are those of which more than this share is not zero.
enum { SPARSE_FROM = 200 };
static const double LARGEST_SHARE = 0.8;

static size_t n_blocks(const Basis *basis)
{
    return (basis->n_ao + KERNELS_PATTERN_ROWS - 1) / KERNELS_PATTERN_ROWS;
}

static size_t n_groups(const Basis *basis)
{
    return (basis->n_ao + KERNELS_PATTERN_GROUP - 1) / KERNELS_PATTERN_GROUP;
}

static bool may_be_sparse(const Basis *basis)
{
    return basis->n_ao >= SPARSE_FROM;
}

void sparsity_layout(Sparsity *sparsity, Arena *arena, const PairBatches *batches)
{
    const Basis *basis = batches->basis;
    sparsity->batches = batches;
    if (!may_be_sparse(basis))
        return;
    sparsity->exponent = arena_doubles(arena, basis->n_atoms);
    sparsity->pattern.first = arena_ints(arena, n_blocks(basis) + 1);
    sparsity->pattern.group = arena_ints(arena, n_blocks(basis) * n_groups(basis));
    sparsity->near = arena_bytes(arena, basis->n_atoms);
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

/// Marks the atoms that have integrals with one of first..last.
static void mark_near(const Sparsity *sparsity, const double (*xyz)[3], size_t first, size_t last)
{
    const size_t n_atoms = sparsity->batches->basis->n_atoms;
    memset(sparsity->near, 0, n_atoms);
    for (size_t b = 0; b < n_atoms; b++)
        for (size_t a = first; a <= last && !sparsity->near[b]; a++)
            sparsity->near[b] = are_near(sparsity, xyz, a, b);
}

/// The groups of the orbitals of marked atoms, in rising order; returns their end.
static int *list_groups(const Sparsity *sparsity, int *group)
{
    const Basis *basis = sparsity->batches->basis;
    int next = 0; // the first group that is not listed yet
    for (size_t b = 0; b < basis->n_atoms; b++) {
        if (!sparsity->near[b] || basis->atom_ao[b + 1] == basis->atom_ao[b])
            continue;
        const int first = (int)(basis->atom_ao[b] / KERNELS_PATTERN_GROUP),
                  last = (int)((basis->atom_ao[b + 1] - 1) / KERNELS_PATTERN_GROUP);
        for (int g = first > next ? first : next; g <= last; g++)
            *group++ = g;
        next = last + 1 > next ? last + 1 : next;
    }
    return group;
}

void sparsity_update(Sparsity *sparsity, const double (*xyz)[3])
{
    const Basis *basis = sparsity->batches->basis;
    sparsity->sparse = false;
    if (!may_be_sparse(basis))
        return;
    KernelsPattern *pattern = &sparsity->pattern;
    int *end = pattern->group;
    for (size_t block = 0, a = 0; block < n_blocks(basis); block++) {
        const size_t first_ao = block * KERNELS_PATTERN_ROWS;
        while (basis->atom_ao[a + 1] <= first_ao)
            a++;
        size_t last = a;
        while (last + 1 < basis->n_atoms &&
               basis->atom_ao[last + 1] < first_ao + KERNELS_PATTERN_ROWS)
            last++;
        pattern->first[block] = (int)(end - pattern->group);
        mark_near(sparsity, xyz, a, last);
        end = list_groups(sparsity, end);
    }
    pattern->first[n_blocks(basis)] = (int)(end - pattern->group);
    const double all = (double)n_blocks(basis) * (double)n_groups(basis);
    sparsity->sparse = pattern->first[n_blocks(basis)] < LARGEST_SHARE * all;
}
