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

/// Compares all systems of tests/reference/data/molecules.json.
///
/// @param key  "gfn1" or "gfn2"
Deviations reference_molecules(QmtContext *ctx, const char *method, const char *key,
                               bool reference_stop);

/// Prints a line about a set.
void reference_report(const char *what, const Deviations *worst);

#endif
