#ifndef QMTRAJ_UNITS_H
#define QMTRAJ_UNITS_H

/// Conversions from and to atomic units, as the library makes them. CODATA 2018: Tiesinga, Mohr, Newell, Taylor,
/// Rev. Mod. Phys. 93, 025010 (2021), 10.1103/RevModPhys.93.025010.

#define QMT_BOHR_PER_ANGSTROM 1.8897261246204404
#define QMT_NM_PER_BOHR 0.05291772109044924
#define QMT_FS_PER_AUT 0.024188843265857      ///< femtoseconds in one atomic unit of time
#define QMT_KJMOL_PER_HARTREE 2625.4996394799 ///< kJ/mol in one hartree
#define QMT_EV_PER_HARTREE 27.211386245988
#define QMT_DEBYE_PER_EBOHR 2.541746473

#endif
