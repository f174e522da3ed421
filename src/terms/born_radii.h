#ifndef TERMS_BORN_RADII_H
#define TERMS_BORN_RADII_H

#include "data/solvent.h"
#include "terms/term.h"

/// Born radii: how far an atom is from the solvent, seen by its charge. The atoms around it keep the
/// solvent away; the integral over their spheres is done pair by pair,
///
///     psi_A = sum_B g(R_AB; r_A, rho_B),
///     g = rho/(R^2 - rho^2) + ln((R - rho)/(R + rho))/(2 R)                       R >= r + rho
///     g = 1/r - 1/a + [ (R - rho)(1/a - a/r^2)/2 - ln(a/r) ]/(2 R),  a = R + rho  overlapping
///     g = 0                                                                       B inside A
///
/// and turned into a radius with t = s_A psi_A/2:
///
///     a_A = c / ( 1/s_A - tanh(t - 0.8 t^2 + 4.85 t^3)/r_A )
///
/// r: van der Waals radius, s = r - offset, rho = descreening r, c the scale of the solvent.
/// Hawkins, Cramer, Truhlar, Chem. Phys. Lett. 246, 122 (1995), 10.1016/0009-2614(95)01082-K;
/// Onufriev, Bashford, Case, Proteins 55, 383 (2004), 10.1002/prot.20033.
typedef struct {
    const Kernels *kernels;
    size_t n_atoms;
    double scale;    ///< c
    double cutoff;   ///< bohr
    double *vdw;     ///< [n_atoms] r, bohr
    double *reduced; ///< [n_atoms] s, bohr
    double *psi;     ///< [n_atoms] 1/bohr
    double *radius;  ///< [n_atoms] a, bohr
    double *slope;   ///< [n_atoms] da/dpsi, bohr^2
    double *de_dpsi; ///< [n_atoms] scratch
    /// What the atom of the larger index sees of the smaller one, and reverse, each [n_pairs].
    struct {
        double *radius, *other; ///< r and rho, bohr
        double *g;              ///< 1/bohr
        double *slope;          ///< (dg/dR)/R, bohr^-3
    } seen[2];
} BornRadii;

void born_radii_layout(BornRadii *radii, Arena *arena, const Pairs *pairs);
/// @param numbers  [n_atoms]
void born_radii_setup(BornRadii *radii, const Kernels *kernels, const Pairs *pairs,
                      const Solvent *solvent, const int *numbers);
void born_radii_update(BornRadii *radii, const Pairs *pairs);
/// Adds the slopes of an energy that depends on the radii.
///
/// @param de_da       [n_atoms] hartree/bohr
/// @param pair_slope  [n_pairs] (dE/dR)/R, hartree/bohr^2, added to
void born_radii_gradient(const Pairs *pairs, const BornRadii *radii, const double *de_da,
                         double *pair_slope);

#endif
