#ifndef SCF_EXTRAPOLATION_H
#define SCF_EXTRAPOLATION_H

#include <stddef.h>

/// Guess of the self-consistent charges and moments from the last converged ones: the polynomial
/// through the last p + 1 of them, equally spaced, at the next point,
///
///     x_guess = sum_{j=0..p} (-1)^j C(p+1, j+1) x_{-j},   p = 0..5
///
/// Along a smooth path each order gains a factor of five to seven; thermal noise makes the path
/// rougher and high orders amplify it. So every order is judged by how well it would have guessed the
/// geometries before, and the best one is taken.
enum { EXTRAPOLATION_ORDERS = 6 };

/// Doubles that the memory of n variables takes.
size_t extrapolation_memory_size(size_t n);

/// @param memory  zeros at first; plain doubles that a checkpoint can save
/// @param guess   [n] untouched if there is no history
/// @return the number of stored points, 0: no guess
int extrapolation_guess(size_t n, const double *memory, double *guess);

/// Adds the converged variables of the current geometry to the history.
///
/// @param scratch  [n]
void extrapolation_store(size_t n, double *memory, const double *x, double *scratch);

/// The newest stored variables; only after extrapolation_guess() returned more than 0.
const double *extrapolation_newest(size_t n, const double *memory);

#endif
