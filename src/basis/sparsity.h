#ifndef BASIS_SPARSITY_H
#define BASIS_SPARSITY_H

#include <stdint.h>

#include "basis/pair_batches.h"

/// Which elements of S and F are not zero at a geometry. Every primitive pair of two atoms is left out where
///
///     alpha beta/(alpha + beta) R^2 > mu_r2_max     or     R > r_max
///
/// so atoms further apart than that of their most diffuse primitives have no integrals at all, and products with S
/// and F, and of P and W all that multiplies an integral, need only the rest. This is exact: what is left out is zero to the
/// last bit.
typedef struct {
    const PairBatches *batches;
    double *exponent; ///< [n_atoms] the smallest of its primitives, bohr^-2
    KernelsPattern
        by_atoms; ///< blocks are whole atoms, as far as these have so few orbitals: the least there is to multiply
    KernelsPattern by_rows; ///< of KERNELS_PATTERN_ROWS rows
    uint64_t *near; ///< [n_atoms][words] scratch: a bit for every atom that one has integrals with
    uint64_t *near_block; ///< [words]
    bool sparse;          ///< products gain from the patterns
} Sparsity;

void sparsity_layout(Sparsity *sparsity, Arena *arena, const PairBatches *batches);
/// After pair_batches_setup().
void sparsity_setup(Sparsity *sparsity);
/// @param xyz  [n_atoms][3] bohr
void sparsity_update(Sparsity *sparsity, const double (*xyz)[3]);

/// The patterns of this geometry; NULL where whole matrices are faster.
static inline const KernelsPattern *sparsity_by_atoms(const Sparsity *sparsity)
{
    return sparsity->sparse ? &sparsity->by_atoms : NULL;
}

static inline const KernelsPattern *sparsity_by_rows(const Sparsity *sparsity)
{
    return sparsity->sparse ? &sparsity->by_rows : NULL;
}

#endif
