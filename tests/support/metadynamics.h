#ifndef SUPPORT_METADYNAMICS_H
#define SUPPORT_METADYNAMICS_H

#include <stdint.h>

#include "base/context.h"

/// The free energy of a torsion whose exact one is known (support/torsion_model.h), by well-tempered
/// metadynamics at 300 K.

enum { METADYNAMICS_BINS = 36 };

/// Free energies of bins of 10 degrees from -180 on, kJ/mol, with the mean of exp(-F/kT) at 1: from a
/// histogram of all instants after the first tenth, each with the weight exp((V - c)/kT) of Tiwary,
/// Parrinello, J. Phys. Chem. B 119, 736 (2015), 10.1021/jp504920s. Fails with QMT_ERR_MEMORY.
QmtStatus metadynamics_free_energy(QmtContext *ctx, double dt_fs, double length_ps, uint64_t seed,
                                   double energy[METADYNAMICS_BINS]);
/// Largest error of them, kJ/mol.
double metadynamics_error(const double energy[METADYNAMICS_BINS]);

#endif
