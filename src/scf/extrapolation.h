#ifndef SCF_EXTRAPOLATION_H
#define SCF_EXTRAPOLATION_H

#include <stdbool.h>

#include "base/arena.h"
#include "kernels/kernels.h"

/// Guess of a vector at the next geometry from those before, equally spaced, as a sum of backward
/// differences,
///
///     x_guess = sum_k w_k D_k,   D_0 = x,  D_{k+1} = D_k - (D_k one geometry earlier)
///
/// With w_k = 1 for k = 0..p it is the polynomial of degree p through the last p + 1 points. Along a
/// smooth path each order gains a factor of five to seven; thermal noise makes the path rougher and high
/// orders amplify it. The error of order p at the newest point is |D_{p+1}|, known for free, and tells
/// which order to take (order_record.h). Where the path has long been smooth, weights that were learnt
/// from it do better still (linear_prediction.h).
enum { EXTRAPOLATION_ORDERS = 10 };

typedef struct {
    const Kernels *kernels; ///< set by the caller
    size_t n;
    bool learns;    ///< weights, too
    double *memory; ///< of the caller, plain doubles that a checkpoint can save, zeros at first
    double *x;      ///< [n padded]
    double *work;   ///< [n padded]
} Extrapolation;

/// Doubles that the memory of n variables takes.
size_t extrapolation_memory_size(size_t n, bool learns);
void extrapolation_layout(Arena *arena, size_t n, bool learns, Extrapolation *extrapolation);

/// Number of stored points, at most the differences kept; 0: no guess.
int extrapolation_points(const Extrapolation *extrapolation);

/// Orders of polynomials there are points for: p is below it.
int extrapolation_orders(const Extrapolation *extrapolation);

/// The guess that promises to be best; there is at least one point.
void extrapolation_guess(const Extrapolation *extrapolation, double *guess);

/// Length of the error to expect of it; 0 if none has been judged.
double extrapolation_expected(const Extrapolation *extrapolation);

/// The polynomial of an order below extrapolation_orders().
void extrapolation_polynomial(const Extrapolation *extrapolation, int order, double *guess);

/// Adds the vector of the current geometry to the history.
void extrapolation_store(const Extrapolation *extrapolation, const double *x);

/// The newest stored vector; there is at least one point.
const double *extrapolation_newest(const Extrapolation *extrapolation);

#endif
