#ifndef OPT_MINIMISE_H
#define OPT_MINIMISE_H

#include "engine/engine.h"

/// Minimisation of the energy: quasi-Newton steps in redundant internal coordinates within a trust radius
/// (opt/step.h), from a model of the force constants.

typedef struct {
    double gradient; ///< largest component that is left, hartree/bohr
    int evaluations_max;
    const size_t *frozen; ///< [4] atoms of a torsion that keeps its value; NULL: none
    /// After every evaluation that was accepted, the first included; NULL: nobody asks.
    void (*accepted)(void *user, int evaluations, double energy, double largest, double norm);
    void *user;
} MinimiseOptions;

typedef struct {
    bool converged;
    int evaluations;
    int n_internals; ///< coordinates at the end
    double energy;   ///< hartree, of the last accepted geometry
    double
        largest; ///< component of its gradient without net force, torque and what holds a frozen torsion, hartree/bohr
    double norm; ///< of the same
    double energy_before; ///< of the first geometry
    int scf_iterations;   ///< most of one evaluation, as engine/engine.h
    int recovery;         ///< likewise the last stage that was needed
} MinimiseResult;

/// Minimises from xyz, which becomes the last accepted geometry, also without convergence. A trial that the engine cannot
/// evaluate is taken back and shortened, three times in a row. It gives up when 24 trials in a row lead nowhere.
///
/// @param numbers   [n_atoms]
/// @param xyz       [n_atoms][3] bohr
/// @param gradient  [n_atoms][3] hartree/bohr, of that geometry; NULL: not wanted
/// Fails as the engine does, with QMT_ERR_PHYSICS (a geometry that an engine takes and internal coordinates do not: atoms in one
/// place), or with QMT_ERR_MEMORY; xyz is then untouched.
QmtStatus minimise(QmtContext *ctx, Engine *engine, const int *numbers,
                   const MinimiseOptions *options, double (*xyz)[3], double (*gradient)[3],
                   MinimiseResult *result);

#endif
