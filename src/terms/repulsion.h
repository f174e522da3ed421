#ifndef TERMS_REPULSION_H
#define TERMS_REPULSION_H

#include "data/method.h"
#include "kernels/kernels.h"
#include "terms/term.h"

/// Screened repulsion of the atomic cores, the term that keeps atoms apart:
///
///     E = sum_{A<B} Z_A Z_B / R exp( -sqrt(alpha_A alpha_B) R^k ),   R <= 25 bohr
///
/// with k = 3/2; GFN2 takes k = 1 between two atoms of the first period.
/// Grimme, Bannwarth, Shushkov, J. Chem. Theory Comput. 13, 1989 (2017), 10.1021/acs.jctc.7b00118;
/// Bannwarth, Ehlert, Grimme, J. Chem. Theory Comput. 15, 1652 (2019), 10.1021/acs.jctc.8b01176.
typedef struct {
    const Kernels *kernels;
    double cutoff;    ///< bohr
    double *charge;   ///< [n_pairs] Z_A Z_B, e^2
    double *decay;    ///< [n_pairs] sqrt(alpha_A alpha_B), bohr^-k
    double *exponent; ///< [n_pairs] k, 1 or 3/2
    double *slope;    ///< [n_pairs] (dE/dR)/R of the geometry last seen, hartree/bohr^2
    double energy;    ///< hartree
} Repulsion;

extern const TermType TERM_REPULSION;

#endif
