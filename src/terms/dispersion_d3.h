#ifndef TERMS_DISPERSION_D3_H
#define TERMS_DISPERSION_D3_H

#include "data/method.h"
#include "terms/term.h"

/// D3 dispersion with Becke-Johnson damping, two-body only, a function of the geometry alone:
///
///     E     = - sum_{A<B} C6_AB S(R) [ s6/(R^6 + Rd^6) + s8 q_AB/(R^8 + Rd^8) ]
///     C6_AB = sum_ab W_Aa C_ab W_Bb,   q_AB = 3 s_A s_B,   Rd = a1 sqrt(q_AB) + a2
///     W_Aa  = exp(-4 (CN_A - CN_a)^2) / sum_a' exp(-4 (CN_A - CN_a')^2)
///
/// a, b: reference systems of the elements; S: smooth_cutoff.h at 50 bohr. The coordination number is
/// that of the Hamiltonian of GFN1, so that one chain rule serves both.
/// Grimme, Antony, Ehrlich, Krieg, J. Chem. Phys. 132, 154104 (2010), 10.1063/1.3382344; damping:
/// Grimme, Ehrlich, Goerigk, J. Comput. Chem. 32, 1456 (2011), 10.1002/jcc.21759.
enum { D3_REFERENCES_MAX = 5 };

/// Constants of a pair of elements.
typedef struct {
    double s6, s8q, rd6, rd8;
    double c6[D3_REFERENCES_MAX][D3_REFERENCES_MAX]; ///< 0 where there is no reference
} D3Pair;

typedef struct {
    size_t n_atoms, n_kinds;
    int *kind;         ///< [n_atoms] elements numbered as they come
    int *kind_z;       ///< [n_kinds]
    D3Pair *pair;      ///< [n_kinds][n_kinds]
    double *weight;    ///< [n_atoms][D3_REFERENCES_MAX] W
    double *steepness; ///< [n_atoms][D3_REFERENCES_MAX] dW/dCN

    // Results of the geometry last seen.
    double energy;    ///< hartree
    double *slope;    ///< [n_pairs] (dE/dR)/R at fixed CN, hartree/bohr^2
    double *cn_slope; ///< [n_atoms] dE/dCN, hartree
} DispersionD3;

extern const TermType TERM_DISPERSION_D3;

#endif
