#ifndef TERMS_CM5_H
#define TERMS_CM5_H

#include "data/method.h"
#include "terms/term.h"

/// CM5 corrections to atomic charges, from the geometry alone; they add to zero:
///
///     q_A = sum_{B != A} D_AB exp( -alpha (R_AB - r_A - r_B) ),    D_AB = -D_BA,  alpha = 2.474/angstrom
///
/// with the radii of the shell polynomials of GFN1-xTB.
/// Marenich, Jerome, Cramer, Truhlar, J. Chem. Theory Comput. 8, 527 (2012), 10.1021/ct200866d.
typedef struct {
    size_t n_atoms;
    double alpha;   ///< 1/bohr
    double *factor; ///< [n_pairs] D_ab exp(alpha (r_a + r_b)), a the larger index
    double *term;   ///< [n_pairs] of the geometry last seen, e
    double *charge; ///< [n_atoms] e
} Cm5;

void cm5_layout(Cm5 *cm5, Arena *arena, const Pairs *pairs);
/// @param numbers  [n_atoms]
void cm5_setup(Cm5 *cm5, const Method *method, const Pairs *pairs, const int *numbers);
void cm5_update(Cm5 *cm5, const Pairs *pairs);
/// Adds the slopes of an energy that depends on the charges.
///
/// @param potential  [n_atoms] dE/dq, hartree/e
/// @param gradient   [n_atoms][3] hartree/bohr, added to
void cm5_gradient(const Pairs *pairs, const Cm5 *cm5, const double *potential,
                  double (*gradient)[3]);

#endif
