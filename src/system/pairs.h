#ifndef SYSTEM_PAIRS_H
#define SYSTEM_PAIRS_H

#include "base/arena.h"

/// All pairs of atoms a > b of one geometry, made once per geometry for every term that sums over
/// pairs. Pair k of (a, b) is a (a-1)/2 + b.
typedef struct {
    size_t n_atoms;
    const size_t *atom;  ///< [n_atoms] what messages call an atom, from 0; NULL: its index
    size_t n_pairs;      ///< n_atoms (n_atoms - 1) / 2
    int *a;              ///< [n_pairs] the larger index
    int *b;              ///< [n_pairs] the smaller index
    double (*vector)[3]; ///< [n_pairs][3] R_a - R_b, bohr
    double *distance;    ///< [n_pairs] bohr, padded with 1
} Pairs;

/// Atoms nearer than this (0.3 angstrom, in bohr) are an error of the input or a motion gone wild.
#define PAIRS_MIN_DISTANCE 0.567

/// Coordinates beyond this, 5 cm in bohr, are no molecule: powers of such distances are no numbers, and their last digits no
/// geometry.
#define PAIRS_FURTHEST 1e9

void pairs_layout(Pairs *pairs, Arena *arena, size_t n_atoms);
/// Fills the index arrays, once.
void pairs_setup(Pairs *pairs);
/// Vectors and distances of a geometry. Fails with QMT_ERR_INPUT if a coordinate is not finite or beyond
/// PAIRS_FURTHEST, or two atoms are closer than PAIRS_MIN_DISTANCE.
///
/// @param xyz  [n_atoms][3] bohr
QmtStatus pairs_update(QmtContext *ctx, const double (*xyz)[3], Pairs *pairs);

/// Adds the slopes of an energy that depends on the distances; a team divides them by atoms.
///
/// @param slope     [n_pairs] (dE/dR)/R, hartree/bohr^2
/// @param gradient  [n_atoms][3] hartree/bohr, added to
void pairs_gradient(const Pairs *pairs, const double *slope, double (*gradient)[3]);

#endif
