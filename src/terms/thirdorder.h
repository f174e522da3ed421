#ifndef TERMS_THIRDORDER_H
#define TERMS_THIRDORDER_H

#include "basis/basis.h"
#include "terms/term.h"

/// Third-order on-site electrostatics, shell resolved: E = 1/3 sum_s Gamma_s q_s^3.
/// Bannwarth, Ehlert, Grimme, J. Chem. Theory Comput. 15, 1652 (2019), 10.1021/acs.jctc.8b01176.
typedef struct {
    size_t n_shells;
    double *gamma3; ///< [n_shells] Gamma_s, hartree/e^3
} ThirdOrder;

extern const TermType TERM_THIRDORDER;

void thirdorder_layout(Arena *arena, size_t n_shells, ThirdOrder *third);
void thirdorder_setup(const Basis *basis, const int *numbers, ThirdOrder *third);

#endif
