#ifndef TERMS_THIRDORDER_H
#define TERMS_THIRDORDER_H

#include "basis/basis.h"
#include "terms/term.h"

/// Third-order on-site electrostatics, E = 1/3 sum_s Gamma_s q_s^3 over shells in GFN2, over atoms in
/// GFN1.
/// Bannwarth, Ehlert, Grimme, J. Chem. Theory Comput. 15, 1652 (2019), 10.1021/acs.jctc.8b01176;
/// Grimme, Bannwarth, Shushkov, ibid. 13, 1989 (2017), 10.1021/acs.jctc.7b00118.
typedef struct {
    size_t n_shells, n_atoms;
    double *gamma3;      ///< [n_shells] Gamma_s, hartree/e^3
    double *gamma3_atom; ///< [n_atoms] Gamma_A, hartree/e^3
} ThirdOrder;

extern const TermType TERM_THIRDORDER;       ///< over shells
extern const TermType TERM_THIRDORDER_ATOMS; ///< over atoms

#endif
