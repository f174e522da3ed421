#ifndef SCF_MINIMISER_H
#define SCF_MINIMISER_H

#include "scf/free_energy.h"

enum { KRYLOV_MAX = 120 };

/// Direct minimisation of the free energy (free_energy.h) by Newton's method with conjugate gradients and a line search.
/// Unlike mixing it cannot cycle: each step lowers A, and a direction in which A curves downwards is followed, so that it
/// ends in a minimum, not at a saddle.
///
///     (1 - K X) dv = v_out - v,   K = dv_out/dx
///
/// is solved in the inner product -X, in which its matrix is symmetric; each product costs four products of matrices. Steps
/// are shortened until no moment is predicted to change by more than 0.2 e and A falls. Charges beyond a limit count as
/// infinitely high: the third-order energy has no lower bound there.
/// Steihaug, SIAM J. Numer. Anal. 20, 626 (1983), 10.1137/0720042.
typedef struct {
    double *v, *v_out, *w, *x;        ///< [n] potentials, v_out - v, moments
    double *r, *xr;                   ///< [n] residual of the conjugate gradients, X r
    double *p, *xp, *kp;              ///< [n] their direction, X p, (1 - K X) p
    double *d, *xd;                   ///< [n] step, and the change of moments that it predicts
    double *v_trial, *x_trial;        ///< [n]
    double *krylov;                   ///< [KRYLOV_MAX + 1][n] directions of stationary_run()
    double (*hessenberg)[KRYLOV_MAX]; ///< [KRYLOV_MAX + 1] of them
    int evaluations;                  ///< of A in the last minimisation
    double a;                         ///< free energy where it ended, hartree
    bool flat; ///< the last one ended where A hardly falls, without a solution: x is near one
} Minimiser;

void minimiser_layout(Minimiser *minimiser, Arena *arena, size_t n);

/// Goes downhill from the potentials of the moments x until the next cycle of the loop would move them by an RMS of
/// `tolerance`; x is then the solution.
///
/// @param x              [n] in: start; out: solution, written if converged
/// @param charge_limit   largest charge of an atom, e
/// Where A is flat, as for two atoms far apart with a partly filled shell each, which turn at no cost, conjugate gradients find
/// no direction; it stops there with `flat`, and stationary_run() arrives.
///
/// @param converged      false: it stopped at the limit of the charges, where A is flat, or after too many steps
/// Fails as density_build().
QmtStatus minimiser_run(QmtContext *ctx, FreeEnergy *energy, Minimiser *minimiser, double tolerance,
                        double charge_limit, double *x, bool *converged);

/// Goes to a stationary point of the free energy by Newton's method, whether it is a minimum or not: metals of alkali
/// atoms have neutral solutions that are saddles of a functional without a bottom. Steps are solved by GMRES and shortened
/// until |v_out - v| falls. Arguments and failures as minimiser_run().
/// Saad, Schultz, SIAM J. Sci. Stat. Comput. 7, 856 (1986), 10.1137/0907058.
QmtStatus stationary_run(QmtContext *ctx, FreeEnergy *energy, Minimiser *minimiser,
                         double tolerance, double charge_limit, double *x, bool *converged);

/// The same with `most` evaluations of A or a few more: near a stationary point Newton's method needs ten, and one that
/// takes more is lost as a rule.
QmtStatus stationary_try(QmtContext *ctx, FreeEnergy *energy, Minimiser *minimiser, int most,
                         double tolerance, double charge_limit, double *x, bool *converged);

#endif
