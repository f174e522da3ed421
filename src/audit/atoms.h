#ifndef AUDIT_ATOMS_H
#define AUDIT_ATOMS_H

#include "audit/verdict.h"

/// CHECK_ATOMS: elements, and masses that belong to them or to the isotopes that the metadata declare. Keeps both
/// in *check where they can be used. Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus atoms_check(QmtContext *ctx, Check *check);

/// The mass that an atom of these metadata has, Da: of its isotope (`isotopes`: a mass number per atom, 0: none), else
/// the standard atomic weight. The elements must be known.
double atoms_expected_mass(const Check *check, size_t atom, bool *declared);

#endif
