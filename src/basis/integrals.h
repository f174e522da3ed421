#ifndef BASIS_INTEGRALS_H
#define BASIS_INTEGRALS_H

#include "basis/basis.h"
#include "system/pairs.h"

/// Primitive pairs of two shell kinds, the table that Kernels.moment_integrals wants.
typedef struct {
    size_t n;     ///< primitive pairs
    size_t ld;    ///< padded
    double *rows; ///< [KERNELS_PRIMITIVE_ROWS][ld]
} PrimitivePairs;

/// Overlap, dipole and raw second moments of all pairs of atoms of one geometry, one block per pair:
/// block k holds [KERNELS_MOMENTS][orbitals of a][orbitals of b] for the pair (a, b) of Pairs, all
/// operators centred on b. Never stored as matrices: everything that needs them works on blocks.
///
///     S = <i|j>,   D_x = <i| x - B_x |j>,   M_xy = <i| (x - B_x)(y - B_y) |j>
typedef struct {
    const Basis *basis;
    const Kernels *kernels;
    double mu_r2_max;          ///< primitive pairs with a b R^2/(a+b) above it are left out
    double r_max;              ///< atom pairs beyond it are left out, bohr
    PrimitivePairs *primitive; ///< [n_kinds][n_kinds]
    size_t *offset;            ///< [n_pairs + 1] of the blocks, in doubles
    double *blocks;
    bool *near;      ///< [n_pairs] within r_max in the geometry last seen
    double *on_site; ///< [n_atoms], see integrals_on_site()
} Integrals;

void integrals_layout(Arena *arena, const Basis *basis, const Pairs *pairs, const int *numbers,
                      Integrals *integrals);
void integrals_setup(const Kernels *kernels, const Method *method, const Basis *basis,
                     const Pairs *pairs, Integrals *integrals);
/// Fills the blocks for a geometry.
void integrals_update(const Pairs *pairs, Integrals *integrals);

/// Block of pair k: [KERNELS_MOMENTS][orbitals of a][orbitals of b].
static inline double *integrals_block(const Integrals *integrals, size_t k)
{
    return integrals->blocks + integrals->offset[k];
}

/// Block of an atom with itself: [KERNELS_MOMENTS][orbitals][orbitals], independent of geometry.
static inline double *integrals_on_site(const Integrals *integrals, size_t atom)
{
    return integrals->on_site + atom * KERNELS_MOMENTS * AO_PER_ATOM_MAX * AO_PER_ATOM_MAX;
}

/// Slope of sum coefficient x integral with respect to the position of atom a of pair k (b gets the
/// negative), operators moving with b.
///
/// @param coefficient  [KERNELS_MOMENTS][orbitals of a][orbitals of b]
/// @param g            [3] hartree/bohr, added to
void integrals_gradient(const Integrals *integrals, const Pairs *pairs, size_t k,
                        const double *coefficient, double g[3]);

#endif
