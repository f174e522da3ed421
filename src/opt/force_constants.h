#ifndef OPT_FORCE_CONSTANTS_H
#define OPT_FORCE_CONSTANTS_H

#include <stdbool.h>

/// A model of the force constants of internal coordinates, from distances and covalent radii alone: the metric that a
/// minimisation begins with. Atomic units.

/// Bond: 0.3601 exp(-1.944 (r - r_cov)), r_cov the sum of the covalent radii. Fischer, Almlof, J. Phys. Chem. 96, 9768
/// (1992), 10.1021/j100203a036. Hydrogen bonds come out near 0.02 by the same formula.
double bond_constant(double r, double r_cov);
/// Angle: 0.16 with a hydrogen atom at an end, else 0.25 (Schlegel, Theor. Chim. Acta 66, 333 (1984), 10.1007/BF00554788),
/// times sqrt(k1 k2), k1 and k2 the constants of its bonds, at most 1, in units of a normal bond.
double angle_constant(bool with_hydrogen, double bond1, double bond2);
/// Torsions about one bond together: 0.02 exp(-5.3 (r - r_cov)) between 0.003 and 0.15. From the barriers of ethane
/// (0.021) and the twist of ethene (0.124); benzene and amides come out at 0.06.
double torsion_constant(double r, double r_cov);

#endif
