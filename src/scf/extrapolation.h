#ifndef SCF_EXTRAPOLATION_H
#define SCF_EXTRAPOLATION_H

#include <stddef.h>

/// Guess of a vector at the next geometry from those before, equally spaced: the polynomial of degree
/// p through the last p + 1 of them, as Newton's sum of backward differences,
///
///     x_guess = sum_{k=0..p} D_k,   D_0 = x,  D_{k+1} = D_k - (D_k one geometry earlier)
///
/// Along a smooth path each order gains a factor of five to seven; thermal noise makes the path
/// rougher and high orders amplify it. The error of order p at the newest point is |D_{p+1}|, known
/// for free: the order that has done best lately is taken. An error of the points enters the guess
/// 2^(p+1) - 1 times: high orders pay only for points that are right to many digits.
enum { EXTRAPOLATION_ORDERS_MAX = 10 };

/// Doubles that the memory of n variables takes.
///
/// @param orders  points kept, 1 to EXTRAPOLATION_ORDERS_MAX: p = 0 .. orders - 1
size_t extrapolation_memory_size(size_t n, int orders);

/// @param memory  zeros at first; plain doubles that a checkpoint can save
/// @param guess   [n] untouched if there is no history
/// @return the number of stored points, at most the orders of the memory; 0: no guess
int extrapolation_guess(size_t n, const double *memory, double *guess);

/// The order p whose guesses have been best lately; 0 if there is one point or none.
int extrapolation_order(const double *memory);

/// Recent length of the error of the guesses of an order; 0 if it has not been judged.
static inline double extrapolation_error(const double *memory, int order)
{
    return memory[1 + order];
}

/// The guess of an order below the number of stored points.
void extrapolation_sum(size_t n, const double *memory, int order, double *guess);

/// Adds the vector of the current geometry to the history.
///
/// @param orders  those of extrapolation_memory_size()
void extrapolation_store(size_t n, int orders, double *memory, const double *x);

/// The newest stored vector; only after extrapolation_guess() returned more than 0.
const double *extrapolation_newest(size_t n, const double *memory);

/// Difference D_k [n], for transformations of the whole history, which are linear in it.
double *extrapolation_difference(size_t n, double *memory, int k);

/// Number of stored points.
int extrapolation_points(const double *memory);

/// Forgets all points.
void extrapolation_clear(double *memory);

#endif
