#ifndef BASE_UNITS_H
#define BASE_UNITS_H

/// Conversions, the only ones in the program. Inside everything is atomic: bohr, hartree, electron
/// masses, hbar/hartree. CODATA 2018: Tiesinga, Mohr, Newell, Taylor, Rev. Mod. Phys. 93, 025010
/// (2021), 10.1103/RevModPhys.93.025010. Parameters that were fitted with older factors carry these
/// in their own tables. Those that callers need, too, stand in the public header.

#include "qmtraj/units.h"

#define BOHR_PER_ANGSTROM QMT_BOHR_PER_ANGSTROM
#define BOHR_PER_NM (10.0 * BOHR_PER_ANGSTROM)
#define NM_PER_BOHR QMT_NM_PER_BOHR
#define ME_PER_DALTON 1822.8884862173131 ///< electron masses in one dalton
#define FS_PER_AUT QMT_FS_PER_AUT        ///< femtoseconds in one atomic unit of time
#define PS_PER_AUT (1e-3 * FS_PER_AUT)   ///< picoseconds in one atomic unit of time
#define KJMOL_PER_HARTREE QMT_KJMOL_PER_HARTREE
#define EV_PER_HARTREE QMT_EV_PER_HARTREE ///< of today; the tables of GFN use another, see method
#define HARTREE_PER_KELVIN 3.1668115634556e-6 ///< Boltzmann constant of the nuclei
#define ANGSTROM_PER_NM 10.0
#define EV_PER_KJMOL (EV_PER_HARTREE / KJMOL_PER_HARTREE)
#define DEBYE_PER_EBOHR QMT_DEBYE_PER_EBOHR
#define WAVENUMBERS_PER_HARTREE 219474.63136320 ///< cm-1 of a quantum of one hartree
#define PASCAL_PER_AU 2.9421015697e13           ///< pressure, hartree/bohr^3
/// Intensity of an infrared band, km/mol, of a dipole that changes by 1 e per square root of a dalton:
/// N_A e^2 / (12 eps0 c^2 u).
#define KMMOL_PER_SQUARE_SLOPE 974.8801118

#endif
