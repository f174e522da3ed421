#ifndef SCF_LEARNT_RESPONSE_H
#define SCF_LEARNT_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>

#include "basis/basis.h"
#include "kernels/kernels.h"

/// What the density makes of a change of the potentials that it was built with: charges and moments of an atom follow those on
/// the atom and its neighbours,
///
///     dx_A = sum_B chi_AB dv_B,   B: A and up to four atoms around it, of whose potentials those on quadrupoles are left out.
///
/// What is farther away acts on A through the potentials that it makes there, which are known exactly; the response of a
/// density to a potential is short in range where there is a gap (Prodan and Kohn, PNAS 102, 11635 (2005),
/// 10.1073/pnas.0505436102). chi is learnt from pairs (dv, dx) by recursive least squares, every atom for itself:
///
///     g = P d / (l + d.P d),   chi += (y - chi d) g^T,   P <- (P - g (P d)^T) / l
///
/// with d = dv and y = dx in units of the RMS of dv, and a forgetting factor l (Plackett, Biometrika 37, 149 (1950),
/// 10.1093/biomet/37.1-2.149). Every pair teaches all atoms at once, so that a molecule of any size is learnt in some tens of
/// pairs; the error is 0.07 to 0.15 of dx (water, C100H202).
enum {
    LEARNT_RESPONSE_ATOMS = 5,                          ///< whose potentials count, A first
    LEARNT_RESPONSE_VARIABLES = SHELLS_PER_ATOM_MAX + 9 ///< of an atom
};

typedef struct {
    size_t n, n_atoms;
    size_t n_own_only; ///< the last variables of an atom, whose potentials count for itself alone
    size_t *first;     ///< [n_atoms + 1] variables of atom A: variable[first[A] .. first[A + 1]]
    size_t *variable;  ///< [n]
    // Kept; zeros: nothing is known.
    int64_t *n_pairs;  ///< learnt from
    int32_t *n_around; ///< [n_atoms]
    int32_t *around;   ///< [n_atoms][LEARNT_RESPONSE_ATOMS]
    float *chi;        ///< [n_atoms][variables of A][columns], padded as P is
    float *p;          ///< [n_atoms][columns][columns]
    // Scratch.
    float *grouped; ///< [n] variables of one atom after the other
    double *missed; ///< [n] of x_out, in the same order and units
} LearntResponse;

/// @param multipoles  dipoles and quadrupoles are variables: after the charges of all shells three, then six of each atom
void learnt_response_layout(LearntResponse *response, Arena *arena, const Basis *basis,
                            bool multipoles);
void learnt_response_setup(LearntResponse *response, const Basis *basis, bool multipoles);

/// Forgets all, and finds the atoms around each.
///
/// @param xyz  [n_atoms] bohr
void learnt_response_begin(LearntResponse *response, const double (*xyz)[3]);

/// Learns from a pair. Returns the length of dx - chi dv before, in units of x.
///
/// @param forgetting  l, from 0 (exclusive) to 1
/// @param dv          [n] hartree/e and so on
/// @param dx          [n] e and so on
double learnt_response_learn(LearntResponse *response, const Kernels *kernels, double forgetting,
                             const double *dv, const double *dx);

/// dx += chi dv
void learnt_response_add(const LearntResponse *response, const double *dv, double *dx);

#endif
