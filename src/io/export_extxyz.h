#ifndef IO_EXPORT_EXTXYZ_H
#define IO_EXPORT_EXTXYZ_H

#include "base/context.h"

/// A trajectory as extended XYZ, the text that ASE, MACE and NequIP read. Per frame the number of atoms,
/// a comment line and one line per atom:
///
///     Properties=species:S:1:pos:R:3:forces:R:3:REF_forces:R:3 energy=.. REF_energy=.. total_charge=..
///         total_spin=.. time_ps=.. frame=.. name=".." pbc="F F F"
///
/// Positions in angstrom, energies (Epot) in eV, forces in eV/angstrom, each under both names: ASE hands
/// `energy` and `forces` to a calculator, MACE reads `REF_energy` and `REF_forces`. total_spin is the
/// multiplicity, unpaired electrons + 1; frame counts from 0 in the trajectory. `momenta`, on request
/// and with `masses` (Da) beside them, are in ASE's unit sqrt(eV Da).

typedef struct {
    uint64_t every; ///< frames 0, every, 2 every, ...; at least 1
    bool momenta;
} ExtxyzOptions;

/// Writes the trajectory `from` to `to` through TO.part, which gets its name when it is whole and on the
/// disk. The CRC-32 of every array is checked first.
///
/// @param n_frames  frames written
/// Fails with QMT_ERR_FORMAT (no trajectory, damaged, without charge), QMT_ERR_USAGE (`to` exists),
/// QMT_ERR_IO or QMT_ERR_MEMORY; TO.part is then gone.
QmtStatus export_extxyz(QmtContext *ctx, const char *from, const char *to,
                        const ExtxyzOptions *options, uint64_t *n_frames);

#endif
