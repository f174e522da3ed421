#ifndef TERMS_COULOMB_H
#define TERMS_COULOMB_H

#include "basis/basis.h"
#include "terms/term.h"

/// Isotropic second-order electrostatics, shell resolved:
///
///     E = 1/2 sum_st q_s gamma_st q_t,   gamma_st = 1/sqrt(R_AB^2 + eta_st^-2),  eta_st on one atom
///
/// with eta_st the mean of the two shell hardnesses, arithmetic in GFN2, harmonic in GFN1.
/// Bannwarth, Ehlert, Grimme, J. Chem. Theory Comput. 15, 1652 (2019), 10.1021/acs.jctc.8b01176;
/// GFN1: Grimme, Bannwarth, Shushkov, ibid. 13, 1989 (2017), 10.1021/acs.jctc.7b00118.
typedef struct {
    const Basis *basis;
    const Kernels *kernels;
    HardnessMean mean;
    size_t ld;         ///< padded n_shells
    double *hardness;  ///< [n_shells] hartree/e^2
    double *softening; ///< [n_shells][ld] eta_st^-2
    double *gamma;     ///< [n_shells][ld] hartree/e^2
    double *xyz;       ///< [3][ld] where the shells are, bohr
    double *slope;     ///< [3][ld] scratch
    double *product;   ///< [n_shells] gamma q
} Coulomb;

extern const TermType TERM_COULOMB;

#endif
