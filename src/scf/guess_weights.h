#ifndef SCF_GUESS_WEIGHTS_H
#define SCF_GUESS_WEIGHTS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/kernels.h"

/// Weights w_k of a guess sum_k w_k D_k from backward differences, learnt by least squares: those that
/// would have guessed the geometries before best, all variables together (linear prediction, Makhoul,
/// Proc. IEEE 63, 561 (1975), 10.1109/PROC.1975.9792).
///
/// A polynomial of degree p is w_k = 1 up to p. It is right to the highest order for slow motion, but
/// what moves is a sum of vibrations of known frequencies, and the points carry noise, which a polynomial
/// multiplies by binomials (430 for p = 9). Least squares puts the zeros of the error where the
/// vibrations are and damps the noise as far as that pays: along trajectories of 0.25 fs the residual of
/// the first density is 4e-10 instead of 2.3e-9 (glycine, aspirin; all points converged to 1e-10), so that
/// every second geometry needs one density alone. More terms gain little: 16 needed 1.50 densities, 20
/// need 1.45, 24 1.41 (glycine).
enum { GUESS_WEIGHTS_TERMS = 20 };

/// Plain data; zeros at first.
typedef struct {
    int64_t offered; ///< geometries
    int64_t learnt;  ///< of them learnt from
    double error;    ///< to expect, length of the vector; 0 if nothing has been learnt yet
    double weight[GUESS_WEIGHTS_TERMS];
    // Normal equations of the weights' deviations from those of a polynomial.
    double right[GUESS_WEIGHTS_TERMS];
    double normal[GUESS_WEIGHTS_TERMS][GUESS_WEIGHTS_TERMS]; ///< lower triangle
} GuessWeights;

/// Counts a geometry of a smooth path; true if it is one to learn from: at first all are, later one in
/// some.
bool guess_weights_due(GuessWeights *weights);

/// Learns from what came after the differences.
///
/// @param n     a multiple of KERNELS_PAD, padded with zeros
/// @param d     [GUESS_WEIGHTS_TERMS][n] differences at the geometry before
/// @param x     [n] what came
/// @param work  [n]
void guess_weights_learn(GuessWeights *weights, const Kernels *kernels, size_t n, const double *d,
                         const double *x, double *work);

#endif
