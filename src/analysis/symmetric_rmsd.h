#ifndef ANALYSIS_SYMMETRIC_RMSD_H
#define ANALYSIS_SYMMETRIC_RMSD_H

#include "analysis/bonds.h"

/// How different two geometries of one molecule are when atoms that its bonds do not tell apart may change places,
/// and when the mirror image counts as the same:
///
///     min over automorphisms p of the graph, and over both mirror images of B, of RMSD(A, p B),
///
/// with analysis/superposition.h. Hydrogen atoms on carbon are left out, as methyl groups turn into themselves; those on
/// other atoms count. Automorphisms are found by refining the atoms' classes (Morgan, J. Chem. Doc. 5, 107 (1965),
/// 10.1021/c160017a018) and matching them bond by bond.

enum { AUTOMORPHISMS_MAX = 2000 }; ///< more are not looked at: the RMSD is then an upper bound

typedef struct {
    size_t n;               ///< atoms that count
    size_t *atom;           ///< [n] their numbers in the molecule
    size_t n_permutations;  ///< at least 1, the identity first
    size_t *permutation;    ///< [n_permutations][n] places among the n
    float (*a)[3], (*b)[3]; ///< [n] scratch
} SymmetricRmsd;

/// Finds the automorphisms. Fails with QMT_ERR_MEMORY.
QmtStatus symmetric_rmsd_create(QmtContext *ctx, const int *numbers, const Bonds *bonds,
                                SymmetricRmsd *made);
void symmetric_rmsd_release(SymmetricRmsd *rmsd);
/// In the unit of the positions. 0 if no atom counts.
///
/// @param a, b  [n_atoms][3]
double symmetric_rmsd(SymmetricRmsd *rmsd, const double (*a)[3], const double (*b)[3]);

#endif
