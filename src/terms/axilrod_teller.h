#ifndef TERMS_AXILROD_TELLER_H
#define TERMS_AXILROD_TELLER_H

#include "base/arena.h"
#include "kernels/kernels.h"

/// Three-body dispersion, damped at short range:
///
///     E = s9 sum_{i<j<k} sqrt(C_ij C_ik C_jk) (1 + 3 cos a cos b cos c)/(r_ij r_ik r_jk)^3 F S S S
///     F = 1/(1 + 6 (Rd_ij Rd_ik Rd_jk/(r_ij r_ik r_jk))^(16/3))
///
/// with S the smooth end at 25 bohr of each distance.
/// Axilrod, Teller, J. Chem. Phys. 11, 299 (1943), 10.1063/1.1723844; damping: Caldeweyher et al.,
/// J. Chem. Phys. 150, 154122 (2019), 10.1063/1.5090222.
///
/// All factors are products of pair quantities, so the loop over triples has one division and no
/// power. It runs over atoms sorted along the longest axis of the molecule, where the atoms in
/// range of one atom are a short run.
typedef struct {
    size_t n;
    size_t ld;     ///< n rounded up to whole cache lines
    size_t *order; ///< [n] atom at a place along the axis
    size_t *first; ///< [n] first place in range of a place
    double *along; ///< [n] coordinate of a place on the axis, bohr
    double *xyz;   ///< [3][ld] by place, bohr
    double *force; ///< [3][ld] by place, scratch
    double *c;     ///< [ld] C of one row, scratch
    double *power; ///< [ld] Rd^(16/3) of one row, scratch
    bool has_ends; ///< pairs may be in the smooth end or beyond
    double *rows;  ///< [n][5][ld] of each place: r^2, p, tau, D, Q (see kernels.h)
    const Kernels *kernels;
} AxilrodTeller;

/// Claims the arrays.
void axilrod_teller_layout(AxilrodTeller *atm, Arena *arena, size_t n);

/// Energy and slopes at one geometry.
///
/// @param s9        scale
/// @param xyz       [3][ld_xyz] bohr, no two atoms in the same place
/// @param kind      [n] kind of each atom, row of power
/// @param power     [n_kinds][n_kinds] Rd^(16/3), bohr
/// @param c         [n][ld_c] C_ij, hartree bohr^6, positive; symmetric
/// @param gradient  [3][ld_xyz] hartree/bohr at fixed C_ij, overwritten
/// @param share     [n][ld_c] 2 dE/dC_ij, the sum of the energies of all triples of a pair over C_ij,
///                  symmetric, overwritten; its diagonal stays as it is
/// @return energy, hartree
///
/// Cannot fail. Allocates nothing.
double axilrod_teller_update(AxilrodTeller *atm, double s9, const double *xyz, size_t ld_xyz,
                             const int *kind, const double *power, size_t n_kinds, const double *c,
                             size_t ld_c, double *gradient, double *share);

#endif
