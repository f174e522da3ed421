#ifndef ENGINE_XTB_H
#define ENGINE_XTB_H

#include "engine/engine.h"
#include "qmtraj/engine.h"

/// One contribution to the energy, for the breakdown of the total.
typedef struct {
    const char *name; ///< e.g. "repulsion"
    double energy;    ///< hartree
} EnergyTerm;

enum { ENERGY_TERMS_MAX = 16 };

/// The defaults of qmt_engine_options_default().
QmtEngineOptions xtb_options_default(void);

/// Makes a GFN-xTB engine. Arguments and failures as qmt_engine_create().
QmtStatus xtb_create(QmtContext *ctx, size_t n_atoms, const int *numbers,
                     const QmtEngineOptions *options, Engine **engine);

/// The contributions of the last successful evaluation; returns how many.
size_t xtb_energy_terms(const Engine *engine, EnergyTerm terms[ENERGY_TERMS_MAX]);

/// The caller's number of the atom in each place of the engine, [n_atoms]; NULL: they are where the caller has them.
const size_t *xtb_atom_order(const Engine *engine);

/// From here on every density comes from a diagonalisation and every geometry starts from the charges
/// of the one before: the way of other programs, for comparisons.
void xtb_plain_scf(Engine *engine);

/// The next evaluation looks for other solutions: the caller has seen the energy leave the work of the forces.
void xtb_search_solutions(Engine *engine);

/// From here on geometries are of one molecule, but further from each other than the steps of a motion: each SCF starts
/// from orbitals and charges of the one before and extrapolates nothing.
void xtb_geometries_apart(Engine *engine);

/// For tests of the self-check: every how many evaluations, and the deviation of the density that is let
/// pass; a negative one fails every check.
void xtb_check(Engine *engine, int every, double limit);

/// For tests: whether the orbitals of the last evaluation were local ones (scf/orbital_windows.h).
bool xtb_is_local(const Engine *engine);

/// For tests of the recovery: the n-th evaluation from now (1 = the next) reports that the
/// SCF did not converge on any stage. 0 switches it off.
void xtb_fail_at(Engine *engine, long n);

#endif
