#ifndef SUPPORT_TORSION_MODEL_H
#define SUPPORT_TORSION_MODEL_H

#include "engine/engine.h"

/// A chain of four carbon atoms whose energy is a sum over bonds, angles and the torsion, each a function of
/// itself:
///
///     E = sum k_b (r - r0)^2 / 2 + sum k_a (cos a - cos a0)^2 / 2 + V(phi)
///     V = barrier/2 (1 + cos 3 phi) + tilt/2 (1 - cos(phi))            in IUPAC's phi, 180 degrees being trans
///
/// The Jacobian of these coordinates does not know phi, so the free energy of the torsion is V itself.
enum { TORSION_MODEL_ATOMS = 4 };
extern const double TORSION_MODEL_MASS[TORSION_MODEL_ATOMS];   ///< Da
extern const double TORSION_MODEL_XYZ[TORSION_MODEL_ATOMS][3]; ///< bohr, near trans
extern const size_t TORSION_MODEL_TORSION[4];

/// Fails with QMT_ERR_MEMORY.
QmtStatus torsion_model_create(QmtContext *ctx, Engine **engine);
/// V, hartree.
double torsion_model_energy(double phi);

#endif
