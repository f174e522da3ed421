#ifndef OPT_UPDATED_HESSIAN_H
#define OPT_UPDATED_HESSIAN_H

#include "base/arena.h"

/// A positive definite Hessian that starts from a diagonal model and learns from moves and changes of the gradient (BFGS):
///
///     H = D + sum_k  y_k y_k^T / (s_k . y_k)  -  (H_k s_k)(H_k s_k)^T / (s_k . H_k s_k)
///
/// with H_k what the pairs before k make of D. A change that would end its being positive definite is blended with what H
/// expects (Powell, in: Numerical Analysis, Lecture Notes in Mathematics 630, 144 (1978), 10.1007/BFb0067703). The
/// newest pairs are kept.

enum { HESSIAN_PAIRS = 60 };

typedef struct {
    size_t n;
    int n_pairs;
    double *diagonal;      ///< [n] D
    double *move, *change; ///< [HESSIAN_PAIRS][n] s and y
    double *gain, *loss;   ///< [HESSIAN_PAIRS][n] the vectors of the sum, with their factors
    double *product;       ///< [n] scratch
} UpdatedHessian;

/// Claims the arrays.
void updated_hessian_layout(UpdatedHessian *hessian, Arena *arena, size_t n);
/// Forgets all pairs.
void updated_hessian_reset(UpdatedHessian *hessian);
/// out = H u, all [n].
void updated_hessian_times(const UpdatedHessian *hessian, const double *u, double *out);
/// Learns that the move s [n] changes the gradient by y [n].
void updated_hessian_learn(UpdatedHessian *hessian, const double *s, const double *y);

#endif
