#ifndef SCF_ORBITAL_HISTORY_H
#define SCF_ORBITAL_HISTORY_H

#include "kernels/kernels.h"

/// The matrices D = T - 1 of the last geometries (orbital_update.h), in single precision: they make a guess
/// that is refined anyway. A ring, so that a step writes one matrix; the guess is the polynomial of
/// degree p through the last p + 1 points, with the p that has done best lately.
enum { ORBITAL_HISTORY_POINTS = 6 };

/// Doubles of memory for matrices of `size` floats. Zeros at first.
size_t orbital_history_size(size_t size);

void orbital_history_clear(double *memory);

/// Returns the number of stored points; 0: no guess.
int orbital_history_guess(const Kernels *kernels, size_t size, const double *memory, float *guess);

/// Stores D; the errors of the orders are measured on some of its rows.
void orbital_history_store(const Kernels *kernels, size_t rows, size_t ld, double *memory,
                           const float *d);

/// Matrix k of the ring, in no particular order, for transformations of the whole history.
float *orbital_history_point(size_t size, double *memory, int k);

#endif
