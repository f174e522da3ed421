#ifndef SCF_SCF_PARTS_H
#define SCF_SCF_PARTS_H

#include "scf/scf.h"

/// What the loop (scf.c) and its recovery (scf_recovery.c) ask of each other.

/// Cycles for measurements at a geometry, a few: a stop request waits for one geometry.
enum { SCF_MEASURE_AT_ONCE = 16 };

/// One cycle: potentials of x_in, Hamiltonian, density, its moments x_out, f = x_out - x_in. Returns the residual in *rms.
QmtStatus scf_cycle(QmtContext *ctx, const Geometry *geometry, Scf *scf, double *rms);

/// Potentials of x, of the terms and external ones; its atomic charges go to atom_in.
///
/// @param v  [n_variables + n_atoms]
void scf_make_potentials(const Geometry *geometry, Scf *scf, const double *x, double *v);

/// Cycles with Broyden mixing from x_in. Teaches the kept Jacobian on the way.
QmtStatus scf_mix(QmtContext *ctx, const Geometry *geometry, Scf *scf, double alpha,
                  int max_iterations, bool *converged);

/// The guess of this geometry into x_in; returns the number of geometries known, 0: no guess.
int scf_guess(const Geometry *geometry, Scf *scf);

/// The solution of the geometry before; only where there is one.
void scf_newest(const Scf *scf, double *x);

/// Adds the solution x_best to the history.
void scf_store(const Geometry *geometry, Scf *scf);

/// At every geometry before the first guess: the rough part of the potential, if there is a response to it.
void scf_update_response(const Geometry *geometry, Scf *scf);

/// Measures the response to some potentials on atoms at the geometry just converged, until it is known; then the history begins
/// anew. The density is left behind.
QmtStatus scf_measure_response(QmtContext *ctx, const Geometry *geometry, Scf *scf);

/// Drops all that was kept between geometries.
void scf_forget(Scf *scf);

/// From the geometries before.
QmtStatus scf_solve_warm(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged);

/// Runs the stages from one on, until one of them finds a solution with charges that are allowed.
void scf_recover(QmtContext *ctx, const Geometry *geometry, Scf *scf, int first, bool *converged);

/// Whether a solution may be a saddle of the free energy, or not the lowest. A free atom with a partly filled shell
/// is one, and stays spherical: it has no direction, and that is what energies of atoms are tabulated for.
bool scf_is_suspicious(const Geometry *geometry, const Scf *scf);

/// A first solution that may be a saddle of the free energy, or not the lowest, is compared with those that lie downhill from
/// it and from neutral atoms; the best is kept.
void scf_improve(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged);

/// Largest charge of an atom that a solution may have, and that one has as a rule, e.
double scf_charge_limit(const Scf *scf);
double scf_usual_charge(const Scf *scf);

/// Mixing finds a solution that is the right one in 12 to 40 cycles as a rule. One that takes more is suspicious, and so is
/// one whose electronic entropy, as -T S in hartree, shows levels near the Fermi level.
enum { SCF_UNSUSPICIOUS_ITERATIONS = 60 };
#define SCF_UNSUSPICIOUS_ENTROPY 1e-6
/// The same of levels 1.4 eV apart at 300 K, of molecules without unpaired electrons: the shells d of a cluster of copper, filled or
/// empty, have solutions that are saddles there. Organic molecules have more than 2 eV, but their radicals have not.
#define SCF_NARROW_ENTROPY 1e-13
bool scf_levels_are_near(const Scf *scf);

/// Into x_in: the charge of the molecule shared equally by the atoms, inside an atom by the reference occupations.
void scf_start_from_neutral_atoms(Scf *scf);

/// The same with charges and moments that have no symmetry, and always the same ones: equal atoms far apart, and levels
/// that symmetry makes degenerate, have lower solutions without it, which no symmetric start leads to.
void scf_start_without_symmetry(Scf *scf);

/// Downhill from charges without symmetry at a raised electronic temperature, loosely, and then at its own: there is one
/// minimum where there are many below, and mostly it leads to the lowest of them.
QmtStatus scf_cool_downhill(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged);

/// Neutral atoms for number 0, and charges and moments off them by up to 0.6 e, others for each number.
void scf_start_shaken(Scf *scf, int number);

/// Starts in which the electrons of partly filled shells lie along the bond or across, on even and odd atoms in turn: atoms
/// far apart have a solution for each, and neutral atoms lead to none. Their number is 0 where no levels are
/// degenerate, of more than four atoms, and in a method without quadrupoles.
enum { SCF_POLARISED_STARTS = 16 }; ///< at most
int scf_polarised_starts(const Scf *scf);
void scf_start_polarised(const Geometry *geometry, Scf *scf, int start);

/// RMS of the moments at which a minimisation ends, over the tolerance of the loop.
#define SCF_MINIMISED_SHARE 0.3

/// Downhill in the free energy from x_in.
QmtStatus scf_go_downhill(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged);

/// Takes the solution in x_in over into the loop, whose density and moments must be those of its own last cycle. Mixing
/// would leave a saddle, Newton's method does not.
QmtStatus scf_settle(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged);

/// The same after a minimisation; without a solution nothing.
QmtStatus scf_take_over(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged);

/// The stationary point that neutral atoms lead to at a raised electronic temperature, followed as it is lowered. A
/// temperature at which there is none is passed over.
QmtStatus scf_anneal(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged);

/// The solution that neutral atoms lead to without multipoles and third order, whose energies have no lower bound, followed as
/// these are let in. Where it turns round on the way there is none.
QmtStatus scf_let_terms_in(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged);

/// Newton's method from many charges near neutral ones, a few steps each: where the free energy has no minimum, solutions are
/// stationary points, and each has starts that lead straight to it. The best is kept.
QmtStatus scf_newton_from_many(QmtContext *ctx, const Geometry *geometry, Scf *scf,
                               bool *converged);

/// The last resort: charges near neutral ones at 1 to 64 times the electronic temperature, cooled in small steps. The first
/// solution whose charges molecules have is taken, otherwise the best that is allowed.
QmtStatus scf_cool_from_many(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged);

/// Largest charge of an atom of the last density, e.
double scf_largest_charge(const Scf *scf);

/// Whether two atoms are nearer than half the sum of their covalent radii: closed shells, too, have solutions there that
/// are saddles.
bool scf_is_pressed(const Geometry *geometry);

/// Free energy of the electrons at the solution x_in, hartree.
QmtStatus scf_free_energy(QmtContext *ctx, Scf *scf, double *a);

/// Whether the second solution is to be taken: charges that molecules have before those that none has, then the lower
/// free energy.
bool scf_is_better(const Scf *scf, double a, double charge, double other_a, double other_charge);

/// The largest difference between a variable of the solution, x_best, and one of y.
double scf_largest_difference(const Scf *scf, const double *y);

/// A step of a motion that converged: whether its solution continues that of the step before, and whether another one is
/// lower (ScfState). Costs nothing where nothing is suspicious.
void scf_compare_solutions(QmtContext *ctx, const Geometry *geometry, Scf *scf, bool *converged);

// ------------------------------------------------------------------------------ scf_prediction.c
//
// Of many variables a kept Jacobian knows few directions, and leaves a tenth of the residual in a cycle. But a cycle can be
// predicted: potentials of a step x + dx are computed exactly, in a hundredth of the time that a density takes, and what the
// density makes of them follows from a response that is learnt on the way (learnt_response.h),
//
//     x_out(x + dx) ~ x_out(x) + chi (v(x + dx) - v(x)),
//
// so that the step is improved by dx += K (x_out(x + dx) - x - dx), K = (1 - J)^-1 as kept, before a density is built for it.

void scf_prediction_layout(Scf *scf, Arena *arena, const Basis *basis);

/// A Jacobian is going to be measured at a geometry just converged, along one direction after the other: at the first of
/// these geometries all is forgotten.
void scf_prediction_measure(const Geometry *geometry, Scf *scf, const double *x, bool first);

/// Learns from the last cycle, which was `step` times a direction away, and from J along it.
void scf_prediction_measured(Scf *scf, double step, const double *jv);

/// After the first cycle of a geometry and its step K F.
void scf_prediction_begin(Scf *scf, const double *kf);

/// After a later one, which changed F by df: learns from it, and makes the next step K F, into dx.
void scf_prediction_next_step(Scf *scf, const double *df, int cycle);

/// Improves the step dx from the last cycle, if predictions are better than K alone.
void scf_prediction_improve(const Geometry *geometry, Scf *scf);

#endif
