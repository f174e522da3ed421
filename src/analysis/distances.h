#ifndef ANALYSIS_DISTANCES_H
#define ANALYSIS_DISTANCES_H

#include <stddef.h>

/// Whether the distances of a geometry can be those of a molecule in the unit it is taken in: coordinates in bohr that are
/// read as angstrom are 1.89 times too long, and no term of the energy objects.

typedef enum {
    DISTANCES_USUAL,
    DISTANCES_LONG,  ///< every atom is further than 1.4 sums of covalent radii from all others
    DISTANCES_SHORT, ///< every atom has another one within 0.66 sums; N2 and C2H2 have 0.78
} DistanceKind;

/// Looks at the distance of every atom to its nearest one, in sums of covalent radii (Pyykko, Atsumi, Chem. Eur. J. 15, 186
/// (2009), 10.1002/chem.200800987). A single atom is usual. Takes a time that grows with the square of n_atoms.
///
/// @param numbers   [n_atoms] atomic numbers
/// @param xyz       [n_atoms] positions
/// @param angstrom  one angstrom in the unit of the positions
/// @param largest   the largest of these ratios
DistanceKind distances_look(size_t n_atoms, const int *numbers, const double (*xyz)[3],
                            double angstrom, double *largest);

#endif
