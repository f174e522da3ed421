#ifndef TERMS_MULTIPOLE_H
#define TERMS_MULTIPOLE_H

#include "data/method.h"
#include "kernels/kernels.h"
#include "terms/term.h"

/// Anisotropic electrostatics of cumulative atomic dipoles and quadrupoles, damped, and their on-site
/// kernel. For a pair with v = R_B - R_A:
///
///     E_AB = f3 n3 / R^3 + f5 n5 / R^5
///     n3 = (q_B mu_A - q_A mu_B).v
///     n5 = R^2 mu_A.mu_B - 3 (mu_A.v)(mu_B.v) + v.(q_B Theta_A + q_A Theta_B) v
///     f3 = 1/(1 + 6 y^3),  f5 = 1/(1 + 6 y^4),  y = (rho_A + rho_B)/(2R)
///     rho_A = r_A + (5 - r_A)/(1 + exp(-4 (CN_A - vcn_A - 1.2)))
///     E_A  = k_mu mu_A.mu_A + k_Theta sum_ab Theta_ab^2
///
/// Bannwarth, Ehlert, Grimme, J. Chem. Theory Comput. 15, 1652 (2019), 10.1021/acs.jctc.8b01176.
typedef struct {
    const Method *method;
    size_t n_atoms;
    double *base_radius; ///< [n_atoms] r_A, bohr
    double *valence_cn;  ///< [n_atoms] vcn_A
    double *dip_kernel;  ///< [n_atoms] k_mu
    double *quad_kernel; ///< [n_atoms] k_Theta
    const Kernels *kernels;
    size_t ld;            ///< padded n_atoms
    double *radius;       ///< [ld] rho_A, bohr
    double *radius_slope; ///< [ld] d rho_A / d CN_A, bohr
    double *xyz;          ///< [3][ld] bohr
    double *moments;      ///< [KERNELS_MULTIPOLES][ld] as the kernels want them
    double *potential;    ///< [KERNELS_MULTIPOLES][ld] derivatives with respect to them, scratch
    double *per_r;        ///< [n_atoms][ld] 1 / R, 0 on the diagonal
    double *g3;           ///< [n_atoms][ld] f3 / R^3
    double *g5;           ///< [n_atoms][ld] f5 / R^5
} Multipole;

/// The pair part (E_AES) and the on-site part (E_AXC) are two lines of the energy breakdown and share
/// one Multipole, which the pair part updates.
extern const TermType TERM_MULTIPOLE;
extern const TermType TERM_MULTIPOLE_ON_SITE;

#endif
