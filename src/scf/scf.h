#ifndef SCF_SCF_H
#define SCF_SCF_H

#include <stdint.h>

#include "base/context.h"
#include "scf/broyden.h"
#include "scf/density.h"
#include "scf/free_energy.h"
#include "scf/guess.h"
#include "scf/learnt_response.h"
#include "scf/minimiser.h"
#include "scf/potential_response.h"
#include "scf/quasi_newton.h"
#include "scf/solution.h"
#include "terms/hamiltonian.h"
#include "terms/term.h"

/// The self-consistent loop. Its variables are one vector: shell charges, then, in a method with
/// multipoles, three dipole and six quadrupole components per atom. The method is the fixed point x_out(x) = x; the way there is ours:
/// a guess extrapolated from the geometries before, steps with a kept inverse Jacobian, and, where
/// this does not help, Broyden mixing from the start that the reference program takes.
typedef struct {
    double tolerance;     ///< RMS of x_out - x_in at which the loop ends
    int max_iterations;   ///< of the first stages of the recovery; twice that of the damped
    double damping;       ///< linear step of the mixer
    double temperature_k; ///< of the electrons, kelvin
    bool
        apart; ///< geometries are no steps of a motion: orbitals and charges of the last one are a start,
               ///< but nothing is extrapolated, and the Jacobian neither measured nor used
    ScfState state;
    bool plain;         ///< start from the last geometry's variables and mix, for comparisons
    int check_every;    ///< geometries from one self-check to the next; 0: none
    double check_limit; ///< largest deviation of an element of P that it lets pass
} ScfOptions;

/// The self-check: the density of the orbitals that were carried along against that of a full
/// diagonalisation, at a cost below 1 %. A refinement leaves 1e-12 or less.
enum { SCF_CHECK_EVERY = 500, SCF_CHECK_EVERY_APART = 16 };
#define SCF_CHECK_LIMIT 1e-8

/// Stages, each taken if those before found no solution.
enum {
    SCF_STAGE_WARM,  ///< from the geometries before; a first geometry starts at SCF_STAGE_FRESH
    SCF_STAGE_FRESH, ///< mixing, from neutral atoms
    SCF_STAGE_DOWNHILL, ///< straight down in the free energy, from the last solution or from neutral atoms
    SCF_STAGE_STATIONARY, ///< Newton's method from where mixing ended, or at a raised temperature, cooled back
    SCF_STAGE_DAMPED, ///< mixing in small steps, from neutral atoms
    SCF_STAGE_HOT, ///< terms without a lower bound let in by shares; mixing at a raised electronic temperature; many ways of cooling
    SCF_STAGES
};

/// What the loop is made of. What the pointers point to must outlive it.
typedef struct {
    const Kernels *kernels;
    Hamiltonian *hamiltonian;
    const Term *terms; ///< [n_terms] those with a potential act inside the loop
    size_t n_terms;
    const double *mass; ///< [n_atoms] any unit, for the guess only; NULL: all alike
    double charge;      ///< of the molecule, e
    size_t n_alpha, n_beta;
    bool is_long;     ///< the molecule, with its atoms in an order along it
    double boltzmann; ///< hartree/K, of the electrons
    FermiStop fermi_stop;
    ScfOptions options;
} ScfSpec;

/// Remembered beside what guess, Jacobian and orbitals remember.
typedef struct {
    int64_t n_since_check;  ///< geometries since the last self-check
    int64_t n_since_search; ///< geometries since other solutions were looked for
    int64_t
        n_in_vain; ///< geometries that must lie between searches, more after each that found nothing
    int64_t n_changed_in_vain; ///< the same of searches because levels have met or parted
    int64_t search_due;        ///< look for them at the next geometry
    double moved;              ///< ways of charges and moments since the last test for a saddle, e
    double
        entropy; ///< of the electrons, as -T S in hartree, when other solutions were last looked for
    double charge;       ///< e, the largest then, if it is more than molecules have
    int64_t other_known; ///< a second solution is followed
    int64_t n_far;       ///< searches in vain because atoms have moved far
} ScfKept;

/// How well the learnt response has predicted cycles lately.
typedef struct {
    double error; ///< length of what it missed of x_out, e; 0: nothing predicted yet
    double
        rest; ///< length of the residual that it expected of a step with the kept Jacobian alone, e
} ScfPredictionKept;

/// Cycles that are predicted instead of computed (scf_prediction.c).
typedef struct {
    bool on;               ///< many variables, whose Jacobian is known along few directions only
    LearntResponse learnt; ///< x_out from potentials
    ScfPredictionKept *kept;
    double rest;      ///< e, of this step; 0: none predicted
    double *v;        ///< [n_variables] potentials of the last cycle
    double *v_before; ///< [n_variables] of the cycle before, or where the Jacobian is measured
    double *dv, *x, *f, *step; ///< [n_variables]
    double *kf;                ///< [n_variables] the last step as K alone has made it
    double *potentials;        ///< [n_variables + n_atoms] of a predicted cycle
} ScfPrediction;

typedef struct {
    ScfSpec spec;
    size_t n_shells, n_atoms, n_variables;
    bool multipoles; ///< dipoles and quadrupoles are variables

    Density density;
    Broyden broyden;
    QuasiNewton quasi_newton;
    ScfPrediction prediction;
    Guess guess;
    PotentialResponse response; ///< to the rough part of the potential
    const double *external; ///< [n_atoms] hartree/e, beside the potentials of the terms; NULL: none
    FreeEnergy free_energy;
    Minimiser minimiser;
    double *x_in, *x_out, *f, *f_last, *dx; ///< [n_variables]
    double *x_best;                         ///< [n_variables] the solution as well as it is known
    double *guess_error;                    ///< [n_variables] of the extrapolation
    double *x_other;            ///< [n_variables] a solution that another is compared with
    double *x_main;             ///< [2][n_variables] the solution of the motion, x_in and x_best
    double *followed;           ///< [n_variables] kept: the second solution
    double (*xyz_before)[3];    ///< [n_atoms] bohr, kept: the last geometry with a solution
    double way;                 ///< bohr, the longest of an atom from there
    double *work;               ///< [2][n_variables]
    double *atom_in, *atom_out; ///< [n_atoms] e
    double *potential_memory;   ///< [n_variables + n_atoms]

    ScfKept *kept;
    Span all_kept; ///< with that of guess, Jacobian and orbitals

    // Results of the last scf_solve().
    double band_energy; ///< tr(P H0), hartree
    int iterations;
    double residual;       ///< RMS of the last x_out - x_in
    int recovery;          ///< stages below the first that were needed
    double largest_charge; ///< largest charge of the last stage that converged, e
    long diagonalisations;
    ScfChange change;
    double
        change_size; ///< hartree to the other solution, of SCF_JUMPED the largest change beyond the expected, e
    bool checked;      ///< the self-check was due
    bool check_failed; ///< it found a wrong density, the result was made again without history
} Scf;

/// @param rough  there are terms with a rough potential
void scf_layout(Scf *scf, Arena *arena, const Basis *basis, bool rough);
void scf_setup(Scf *scf, const ScfSpec *spec);

/// Solves for one geometry; H0 and the terms know it already. The first one is confirmed by a diagonalisation.
/// One that continues a motion is compared with other solutions where it is suspicious: mixing took long or failed, charges
/// or moments jumped, the caller asked for it (search_due), or, every 200 geometries, levels are partly filled.
/// Fails with QMT_ERR_SCF if no stage of the recovery converges to charges that a molecule can have; what was
/// kept between geometries is then forgotten.
QmtStatus scf_solve(QmtContext *ctx, const Geometry *geometry, Scf *scf);

/// Moments of the converged density, and the potential that made it.
Moments scf_moments(const Scf *scf);
Potential scf_potential(const Scf *scf);

#endif
