#ifndef BASE_UNITS_H
#define BASE_UNITS_H

/// Conversions, the only ones in the program. Inside everything is atomic: bohr, hartree, electron
/// masses, hbar/hartree. CODATA 2018: Tiesinga, Mohr, Newell, Taylor, Rev. Mod. Phys. 93, 025010
/// (2021), 10.1103/RevModPhys.93.025010. Parameters that were fitted with older factors carry these
/// in their own tables.

#define BOHR_PER_ANGSTROM 1.8897261246204404
#define BOHR_PER_NM (10.0 * BOHR_PER_ANGSTROM)
#define NM_PER_BOHR 0.05291772109044924
#define ME_PER_DALTON 1822.8884862173131  ///< electron masses in one dalton
#define FS_PER_AUT 0.024188843265857      ///< femtoseconds in one atomic unit of time
#define PS_PER_AUT (1e-3 * FS_PER_AUT)    ///< picoseconds in one atomic unit of time
#define KJMOL_PER_HARTREE 2625.4996394799 ///< kJ/mol in one hartree
#define EV_PER_HARTREE 27.211386245988    ///< of today; the tables of GFN use another, see method
#define HARTREE_PER_KELVIN 3.1668115634556e-6 ///< Boltzmann constant of the nuclei
#define ANGSTROM_PER_NM 10.0
#define EV_PER_KJMOL (EV_PER_HARTREE / KJMOL_PER_HARTREE)
#define DEBYE_PER_EBOHR 2.541746473

#endif
