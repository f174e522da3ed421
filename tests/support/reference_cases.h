#ifndef SUPPORT_REFERENCE_CASES_H
#define SUPPORT_REFERENCE_CASES_H

#include <stdbool.h>
#include <stddef.h>

#include "qmtraj/qmtraj.h"

enum { CASE_MAX_ATOMS = 128 };

/// One calculation of the reference program.
typedef struct {
    char name[80];
    size_t n;
    int numbers[CASE_MAX_ATOMS];
    double xyz[CASE_MAX_ATOMS][3]; ///< bohr
    int charge, unpaired;
    double energy;
    double gradient[CASE_MAX_ATOMS][3];
    double charges[CASE_MAX_ATOMS];
    double dipole[3];
    bool has_charges, has_dipole;
} ReferenceCase;

/// Largest deviations over a set, with the systems they belong to.
typedef struct {
    double energy, gradient, charge, dipole;
    char worst_energy[80], worst_gradient[80];
    int n_systems;
} Deviations;

/// Calculates the case and notes the deviations; fails the test if the engine does.
///
/// @param reference_stop  stop the Fermi search where the reference program does
void reference_compare(QmtContext *ctx, const char *method, const ReferenceCase *c,
                       bool reference_stop, Deviations *worst);

/// Prints a line about a set, and fails the test if it is off by more than the rule for the Fermi level
/// allows: with the reference's rule 1e-9 hartree and 1e-8 hartree/bohr, to which the reference is
/// converged, and 1e-7 in charges and dipoles, which err in first order; with exact filling, from which the
/// reference's 1.5e-8 electrons less differ by up to 6e-9 hartree, 1e-8 both.
void reference_accept(const char *what, bool reference_stop, const Deviations *worst);

/// Shows every system of tests/reference/data/molecules.json to a function, with the results of a method.
///
/// @param key  "gfn1" or "gfn2"
void reference_each_molecule(const char *key, void (*visit)(void *user, const ReferenceCase *c),
                             void *user);

/// All systems of tests/reference/data/molecules.json, by both rules.
///
/// @param key  "gfn1" or "gfn2"
void reference_accept_molecules(QmtContext *ctx, const char *method, const char *key);

#endif
