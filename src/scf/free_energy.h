#ifndef SCF_FREE_ENERGY_H
#define SCF_FREE_ENERGY_H

#include "base/context.h"
#include "scf/density.h"
#include "terms/hamiltonian.h"
#include "terms/term.h"

/// The electronic free energy as a function of the potentials that act on shells and multipoles:
///
///     A(v) = tr(P H0) - T S + E(x),   P = P(H0 + V(v)),   x = x(P)
///     dA   = (v_out - v) . X dv,      v_out = dE/dx,   X = dx/dv
///
/// P minimises tr(P (H0 + V)) - T S at fixed v, which gives the slope; X, the response of the moments, is symmetric and
/// has no positive eigenvalue, so v_out - v points downhill and A is least or stationary where the charges are
/// self-consistent. Variables and potentials are vectors alike: shells, then dipoles and quadrupoles of a method that has
/// them; potentials of atoms are added to those of their shells.
/// Mermin, Phys. Rev. 137, A1441 (1965), 10.1103/PhysRev.137.A1441; Freysoldt, Boeck, Neugebauer, Phys. Rev. B 79,
/// 241103 (2009), 10.1103/PhysRevB.79.241103.
typedef struct {
    const Kernels *kernels;
    Hamiltonian *hamiltonian;
    const Term *terms;
    size_t n_terms;
    Density *density; ///< its matrices but overlap, orbitals and inverse are scratch here
    const Geometry *geometry;
    size_t n, n_shells, n_atoms;
    bool multipoles;
    double share
        [TERM_BOUNDS]; ///< of the potentials of such terms in v_out; 1 but on the way to a solution
    double *atom;      ///< [n_atoms] e
    double *work;      ///< [n + n_atoms]
    double *part;      ///< [n + n_atoms]
    double *x_work;    ///< [n]
    double *occupied;  ///< [2][n_ao] of each spin
} FreeEnergy;

void free_energy_layout(FreeEnergy *energy, Arena *arena, const Basis *basis);

/// A at v, and the moments x there. Fails as density_build().
///
/// @param v [n], @param x [n] written
QmtStatus free_energy_at(QmtContext *ctx, FreeEnergy *energy, const double *v, double *x,
                         double *a);

/// v_out of the moments x, of the shares of the terms.
///
/// @param v [n] written
void free_energy_potential(FreeEnergy *energy, const double *x, double *v);

/// dx = X u at the v of the last free_energy_at().
void free_energy_response(FreeEnergy *energy, const double *u, double *dx);

/// dv = (dv_out/dx) dx at x, by a central difference, which is exact up to the dispersion's part: the other terms have no
/// powers of x above the third.
void free_energy_hardness(FreeEnergy *energy, const double *x, const double *dx, double *dv);

/// Largest charge of an atom, e.
double free_energy_largest_charge(FreeEnergy *energy, const double *x);

#endif
