#ifndef TERMS_TERM_H
#define TERMS_TERM_H

#include "basis/basis.h"
#include "data/solvent.h"
#include "system/coordination.h"
#include "system/pairs.h"

/// The face that all energy contributions share. What a density looks like from outside (Moments) goes
/// in, energies, potentials and slopes come out.

/// Shell charges and cumulative atomic multipole moments of a density, positive = electrons lost.
/// Quadrupoles are traceless, stored xx xy yy xz yz zz. Methods without multipoles have NULL there.
typedef struct {
    const double *shell;           ///< [n_shells] e
    const double *atom;            ///< [n_atoms] e, sums of the shell charges
    const double (*dipole)[3];     ///< [n_atoms][3] e bohr
    const double (*quadrupole)[6]; ///< [n_atoms][6] e bohr^2
} Moments;

/// Derivatives of the energy with respect to the moments. Off-diagonal quadrupole elements carry the
/// factor 2 of their two places, so that six products give the full contraction. Methods without
/// multipoles have NULL there.
typedef struct {
    double *shell;           ///< [n_shells] hartree/e
    double *atom;            ///< [n_atoms] hartree/e
    double (*dipole)[3];     ///< [n_atoms][3]
    double (*quadrupole)[6]; ///< [n_atoms][6]
} Potential;

/// What a term may look at when the atoms have moved.
typedef struct {
    size_t n_atoms;
    const double (*xyz)[3]; ///< [n_atoms][3] bohr
    const Pairs *pairs;
    const Coordination *coordination;
} Geometry;

/// Slopes: of the positions, and of the coordination numbers for the chain rule that comes last.
typedef struct {
    double (*xyz)[3]; ///< [n_atoms][3] hartree/bohr, added to
    double *cn;       ///< [n_atoms] dE/dCN, hartree, added to
} Gradient;

/// What a term is made from; it outlives the term.
typedef struct {
    const Kernels *kernels;
    const Method *method;
    const Basis *basis;
    const Pairs *pairs;
    const int *numbers;     ///< [n_atoms]
    const Solvent *solvent; ///< NULL: gas phase
} TermSpec;

/// From this many atoms on a team divides the rows of a matrix of pairs.
enum { TERM_ROWS_SHARED = 64 };

typedef struct TermType TermType;

/// Whether the energy of a term grows with the moments. That of the multipoles and of the third order need not: where they make a
/// solution hard to find, the SCF lets them in by shares (scf/scf_continuation.c).
typedef enum { TERM_BOUNDED, TERM_MULTIPOLES, TERM_CUBIC, TERM_BOUNDS } TermBound;

/// One contribution. A part that does not apply is NULL: a term without potential depends on the
/// geometry alone and stays outside the self-consistent loop.
struct TermType {
    const char *name;
    /// A term that shares the state of another one, which stands before it and whose size, layout and setup
    /// count for both: two lines of the energy breakdown from one calculation.
    const TermType *shared;
    bool
        rough; ///< its potential has kinks in time (scf/potential_response.h) and needs atomic charges only
    TermBound bound; ///< 0 of terms that are not named there
    size_t size;     ///< of what self points to, bytes
    void (*layout)(void *self, Arena *arena,
                   const TermSpec *spec);            ///< claims its arrays, base/arena.h
    void (*setup)(void *self, const TermSpec *spec); ///< everything that no geometry changes
    void (*update)(void *self, const Geometry *geometry);
    double (*energy)(void *self, const Geometry *geometry, const Moments *moments);
    void (*potential)(void *self, const Geometry *geometry, const Moments *moments,
                      Potential *potential);
    void (*gradient)(void *self, const Geometry *geometry, const Moments *moments,
                     Gradient *gradient);
};

typedef struct {
    const TermType *type;
    void *self;
} Term;

#endif
