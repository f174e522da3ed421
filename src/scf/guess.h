#ifndef SCF_GUESS_H
#define SCF_GUESS_H

#include <stdint.h>

#include "base/arena.h"
#include "kernels/kernels.h"
#include "scf/guess_extrapolation.h"
#include "scf/rank_updated_matrix.h"

/// Guess of the variables x at a new geometry, from those before and from the new positions.
///
/// A sum of differences in time (guess_extrapolation.h) serves smooth paths. The random steps of a thermostat are not
/// smooth, but what they do to the positions R, weighted with the square root of the masses, is known
/// before the guess. With P_p the extrapolation of order p,
///
///     x_guess = P_p x + G (R - P_p R),   G ~ dx/dR
///
/// and G is learnt from the pairs dR = R - P_p R, dx = x - P_p x that every geometry leaves, by
/// Broyden's first update
///
///     G += (dx - G dR) dR^T / (dR.dR),   |dR| > 1e-7
///
/// which random directions teach it all within some geometries per coordinate. Whichever guess has been
/// best lately is taken, the plain or the corrected one, of any order.
/// G of more elements than this is not kept: reading it would cost more than it saves.
enum { GUESS_RESPONSE_MAX = 1 << 17 };

typedef struct {
    double error[EXTRAPOLATION_ORDERS]; ///< running means of the corrected orders
    int64_t n_stored;                   ///< geometries
} GuessKept;

typedef struct {
    const Kernels *kernels; ///< set by guess_setup()
    size_t n, n_atoms;
    size_t n_coordinates; ///< 3 n_atoms; 0 without G
    const double *weight; ///< [n_atoms] masses, of the caller; NULL: all alike
    GuessKept *kept;
    Span all_kept; ///< with that of the histories and of G
    GuessExtrapolation x_history, r_history;
    RankUpdatedMatrix response; ///< G
    double *r, *dr, *r_sum;     ///< [3 n_atoms]
    double *dx, *x_sum;         ///< [n]
} Guess;

void guess_layout(Guess *guess, Arena *arena, size_t n, size_t n_atoms);
/// @param weight  [n_atoms] masses, must stay; NULL: all alike
void guess_setup(Guess *guess, const Kernels *kernels, const double *weight);

/// @param xyz    [n_atoms][3] bohr
/// @param guess  [n] untouched if there is no history
/// @return the number of geometries known, as guess_points(); 0: no guess
int guess_make(Guess *guess, const double (*xyz)[3], double *x_guess);

/// Adds a geometry and its solution.
void guess_store(Guess *guess, const double (*xyz)[3], const double *x);

/// Drops all geometries and what was learnt from them.
void guess_forget(Guess *guess);

/// The newest solution; only after guess_make() returned more than 0.
const double *guess_newest(const Guess *guess);

/// Number of geometries in the history; it does not grow beyond what guesses need.
int guess_points(const Guess *guess);

#endif
