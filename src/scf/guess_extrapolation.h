#ifndef SCF_GUESS_EXTRAPOLATION_H
#define SCF_GUESS_EXTRAPOLATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "kernels/kernels.h"
#include "scf/extrapolation_order.h"
#include "scf/guess_weights.h"

/// Guess of a vector at the next geometry from those before, equally spaced, as a sum of backward
/// differences,
///
///     x_guess = sum_k w_k D_k,   D_0 = x,  D_{k+1} = D_k - (D_k one geometry earlier)
///
/// With w_k = 1 for k = 0..p it is the polynomial of degree p through the last p + 1 points. Along a
/// smooth path each order gains a factor of five to seven; thermal noise makes the path rougher and high
/// orders amplify it. The error of order p at the newest point is |D_{p+1}|, known for free, and tells
/// which order to take (extrapolation_order.h). Where the path has long been smooth, weights that were learnt
/// from it do better still (guess_weights.h).
enum { EXTRAPOLATION_ORDERS = EXTRAPOLATION_ORDER_MAX };

typedef struct {
    int64_t n_points; ///< stored, at most the differences kept
    ExtrapolationOrder record;
} GuessExtrapolationKept;

typedef struct {
    const Kernels *kernels; ///< set by the caller
    size_t n;
    bool learns; ///< weights, too
    GuessExtrapolationKept *kept;
    GuessWeights *weights; ///< kept, if it learns
    double *differences;   ///< [terms][n padded] kept
    double *x;             ///< [n padded]
    double *work;          ///< [n padded]
} GuessExtrapolation;

void guess_extrapolation_layout(GuessExtrapolation *extrapolation, Arena *arena, size_t n,
                                bool learns);

/// Number of stored points, at most the differences kept; 0: no guess.
int guess_extrapolation_points(const GuessExtrapolation *extrapolation);

/// Orders of polynomials there are points for: p is below it.
int guess_extrapolation_orders(const GuessExtrapolation *extrapolation);

/// The guess that promises to be best; there is at least one point.
void guess_extrapolation_make(const GuessExtrapolation *extrapolation, double *guess);

/// Length of the error to expect of it; 0 if none has been judged.
double guess_extrapolation_expected(const GuessExtrapolation *extrapolation);

/// The polynomial of an order below guess_extrapolation_orders().
void guess_extrapolation_polynomial(const GuessExtrapolation *extrapolation, int order,
                                    double *guess);

/// Adds the vector of the current geometry to the history.
void guess_extrapolation_store(const GuessExtrapolation *extrapolation, const double *x);

/// The newest stored vector; there is at least one point.
const double *guess_extrapolation_newest(const GuessExtrapolation *extrapolation);

#endif
