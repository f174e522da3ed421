#ifndef SCF_POTENTIAL_RESPONSE_H
#define SCF_POTENTIAL_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "kernels/kernels.h"

/// What potentials on the atoms do to the solution x of the loop, to first order: R = dx/dw.
///
/// The potential w of a solvent has kinks in time, one wherever a point of a surface enters or leaves the edge of a
/// sphere, and no extrapolation foresees them; but w is known before the solution. So what is extrapolated is
///
///     x - R w,
///
/// which is smooth, and the guess is this plus R times the new w. Here w is made with the charges of one geometry, and R is
/// measured once, at that geometry: an error of some percent leaves a kink of some percent.
///
/// Larger molecules do without: measuring takes a density build per atom.
enum { POTENTIAL_RESPONSE_ATOMS_MAX = 128 };

typedef struct {
    int64_t n_measured; ///< columns of R
    int64_t ready;      ///< all of them
} PotentialResponseKept;

typedef struct {
    const Kernels *kernels;
    size_t n, n_atoms; ///< variables and atoms; 0 atoms: there is no such potential
    size_t ld;
    PotentialResponseKept *kept;
    double *charges; ///< [n_atoms] e, those that w is made with; kept
    double *columns; ///< [n_atoms][ld] R, e/hartree and so on; kept
    double *w;       ///< [n_atoms] hartree/e, at the last geometry
    double *shift;   ///< [ld] R w
} PotentialResponse;

/// @param n_atoms  0 for no response
void potential_response_layout(PotentialResponse *response, Arena *arena, size_t n, size_t n_atoms);

/// Whether R is known.
bool potential_response_ready(const PotentialResponse *response);

/// Column A of R, the next one, from the slope of the solution; after the last one R is known, for potentials of
/// these charges.
///
/// @param dx       [n] dx/dw_A
/// @param charges  [n_atoms] e
void potential_response_add(PotentialResponse *response, const double *dx, const double *charges);

/// The atom whose column comes next; there is one while R is not known.
size_t potential_response_next(const PotentialResponse *response);

/// x += sign R w
void potential_response_shift(const PotentialResponse *response, double sign, double *x);

#endif
