#ifndef SCF_ORBITAL_HISTORY_H
#define SCF_ORBITAL_HISTORY_H

#include <stdint.h>

#include "base/arena.h"
#include "kernels/kernels.h"
#include "scf/extrapolation_order.h"

/// The matrices D = T - 1 of the last geometries (orbital_update.h), in single precision: they make a guess
/// that is refined anyway. A ring, so that a step writes one matrix; the guess is the polynomial of
/// degree p through the last p + 1 points, with the p that has done best lately.
enum { ORBITAL_HISTORY_POINTS = 6 };

/// What is kept, beside the matrices.
typedef struct {
    int64_t n_points;
    int64_t newest; ///< its slot
    ExtrapolationOrder record;
} OrbitalHistoryKept;

typedef struct {
    const Kernels *kernels; ///< set by the caller
    OrbitalHistoryKept *kept;
    float *matrices; ///< [ORBITAL_HISTORY_POINTS] kept, of rows ld each, in the ring
    size_t rows, ld; ///< of the matrices, set by the caller; they fit into the size of the layout
} OrbitalHistory;

/// @param size_max  floats of the largest matrix
void orbital_history_layout(OrbitalHistory *history, Arena *arena, size_t size_max);

void orbital_history_clear(OrbitalHistory *history);

/// Returns the number of stored points; 0: no guess.
int orbital_history_guess(const OrbitalHistory *history, float *guess);

/// Stores D; the errors of the orders are measured on some of its rows.
void orbital_history_store(OrbitalHistory *history, const float *d);

/// Matrix k of the ring, in no particular order, for transformations of the whole history.
float *orbital_history_point(const OrbitalHistory *history, int k);

#endif
