#ifndef TERMS_HAMILTONIAN_H
#define TERMS_HAMILTONIAN_H

#include "basis/sparsity.h"
#include "terms/term.h"

/// The extended Hueckel Hamiltonian H0 and everything that lives on its blocks: the effective
/// Hamiltonian F of given potentials, the moments of a density, and the slopes of all integrals.
///
///     H0_ii' = 1/2 (eps_s + eps_t) K_st Pi_st(R) S_ii'  (one atom: without K Pi),  eps_s = level_s - kcn_s CN_A
///     K_st   = k_AB k_ll' [1 + k_en (EN_A - EN_B)^2] [2 sqrt(z_s z_t)/(z_s + z_t)]^w
///     Pi_st  = (1 + p_s u)(1 + p_t u),  u = sqrt(R/(r_A + r_B))
///     F_ii'  = H0_ii' - 1/2 S_ii' (V_s + V_t) - 1/2 (D^A.v_A + D^B.v_B) - 1/2 (Q^A:V_A + Q^B:V_B)
///
/// GFN2 has k_AB = 1 and w = 1/2: Bannwarth, Ehlert, Grimme, J. Chem. Theory Comput. 15, 1652 (2019),
/// 10.1021/acs.jctc.8b01176. GFN1 has w = 0, other constants for the diffuse shell of hydrogen, and no
/// multipole potentials: Grimme, Bannwarth, Shushkov, ibid. 13, 1989 (2017), 10.1021/acs.jctc.7b00118.
/// All operators of a pair of atoms are moved to its atom b, so that one set of integrals serves both
/// atoms. Everything that loops over pairs is in kernels/body_pair_batch.h.
typedef struct {
    PairBatches batches; ///< integrals and distance factors of all pairs
    Sparsity sparsity;   ///< where S and F are not zero at this geometry
    bool moments_wanted; ///< integrals of moments, too, where the method has no multipoles
    double *level;       ///< [n_shells] without the CN shift, hartree
    double *cn_slope;    ///< [n_shells] d eps / d CN = -kcn, hartree
    double *eps;         ///< [n_shells] level with the CN shift, hartree
    double *reference;   ///< [n_shells] electrons of the neutral atom
    double *level_slope; ///< [n_shells] dE_band/d eps of the last density
    double (*atoms)[PAIR_ATOM_ROW]; ///< [n_atoms] levels and potentials, as the kernels want them
    size_t n_slices; ///< of the batches, whose sums are made side by side and then added up
    double (*sums)[PAIR_ATOM_ROW]; ///< [n_slices][n_atoms] what the kernels give of a density
    double (*slopes)[3];           ///< [n_slices][n_atoms] of the integrals
} Hamiltonian;

void hamiltonian_layout(Hamiltonian *hamiltonian, Arena *arena, const Basis *basis,
                        const int *numbers);
void hamiltonian_setup(Hamiltonian *hamiltonian, const Kernels *kernels, const int *numbers);
/// Integrals, distance factors and levels of a geometry.
void hamiltonian_update(Hamiltonian *hamiltonian, const Geometry *geometry);

/// Overlap matrix S.
///
/// @param overlap  [n_ao][ld]
void hamiltonian_overlap(const Hamiltonian *hamiltonian, double *overlap, size_t ld);

/// Effective Hamiltonian of the potentials. potential->atom counts for every shell of the atom.
///
/// @param potential  NULL: H0 itself; without multipole potentials dipole and quadrupole are NULL
/// @param fock       [n_ao][ld]
void hamiltonian_fock(Hamiltonian *hamiltonian, const Potential *potential, double *fock,
                      size_t ld);

/// Mulliken shell charges, cumulative atomic multipole moments and band energy tr(P H0) of a density.
///
/// @param density     [n_ao][ld], both spins
/// @param shell       [n_shells] e
/// @param dipole      [n_atoms][3], NULL: no multipole moments. A method whose loop has none needs
///                    their integrals for it: made here, unless moments_wanted was set before
/// @param quadrupole  [n_atoms][6] traceless, NULL with dipole
/// @return tr(P H0), hartree
double hamiltonian_moments(Hamiltonian *hamiltonian, const double *density, size_t ld,
                           double *shell, double (*dipole)[3], double (*quadrupole)[6]);

/// Slopes of all integrals at fixed density, and dE/dCN of the levels. Uses what hamiltonian_fock() and
/// hamiltonian_moments() keep, so these must have seen this potential and this density last.
///
/// @param weighted  [n_ao][ld] energy-weighted density W
void hamiltonian_gradient(const Hamiltonian *hamiltonian, const double *density,
                          const double *weighted, size_t ld, Gradient *gradient);

#endif
