#ifndef SYSTEM_COORDINATION_H
#define SYSTEM_COORDINATION_H

#include "data/method.h"
#include "kernels/kernels.h"
#include "system/pairs.h"

/// Coordination number of the Hamiltonian, in GFN2 a product of two steep counting functions:
///
///     CN_A = sum_B g(R; 10, R0) g(R; 20, R0 + 2 bohr),   g(R; k, r) = 1 / (1 + exp(-k (r/R - 1)))
///
/// with R0 = 4/3 (cov_A + cov_B) and pairs up to 25 bohr. Bannwarth, Ehlert, Grimme, J. Chem. Theory
/// Comput. 15, 1652 (2019), 10.1021/acs.jctc.8b01176. D4 counts with another function.
///
/// GFN1 and its D3 share one function, CN_A = sum_B g(R; 16, R0). Grimme, Bannwarth, Shushkov, ibid. 13,
/// 1989 (2017), 10.1021/acs.jctc.7b00118.
typedef struct {
    const Method *method;
    const Kernels *kernels;
    double *radius; ///< [n_pairs] R0, bohr
    double *count;  ///< [n_pairs] of the geometry last seen
    double *slope;  ///< [n_pairs] (dc/dR)/R, bohr^-2
    double *cn;     ///< [n_atoms] coordination numbers
} Coordination;

void coordination_layout(Coordination *coordination, Arena *arena, const Pairs *pairs);
/// @param numbers  [n_atoms] atomic numbers
void coordination_setup(Coordination *coordination, const Kernels *kernels, const Method *method,
                        const Pairs *pairs, const int *numbers);
void coordination_update(Coordination *coordination, const Pairs *pairs);

/// Chain rule: adds sum_B (X_A + X_B) dc/dR (R_A - R_B)/R to the gradient.
///
/// @param de_dcn    [n_atoms] X_A = dE/dCN_A, hartree
/// @param gradient  [n_atoms][3] hartree/bohr, added to
void coordination_gradient(const Pairs *pairs, const Coordination *coordination,
                           const double *de_dcn, double (*gradient)[3]);

#endif
