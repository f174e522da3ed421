#ifndef STRUCTURE_MOLFILE_H
#define STRUCTURE_MOLFILE_H

#include "io/text.h"
#include "structure/structure.h"

/// One record of an SD file, as it is written, before anything is concluded from it.

typedef struct {
    int index;               ///< in a V3000 file, where it need not be the place
    int number, mass_number; ///< 0: of natural abundance
    double xyz[3];           ///< angstrom
    int charge;              ///< formal, e
    int radical;             ///< 0 none, 1 singlet, 2 doublet, 3 triplet
    int halves;              ///< bond orders in halves, so that an aromatic bond is 3
    int n_bonds;
    bool near_metal; ///< bound to an element without usual valences, or by a bond of unknown order
} MolAtom;

typedef struct {
    MolAtom *atoms; ///< [n_atoms]
    size_t n_atoms, n_bonds;
    bool is_flat_drawing; ///< says "2D"
    bool has_charges, has_radicals;
    size_t end; ///< the line after the record's "M  END"
} MolRecord;

/// Reads the record that begins at a line, counted from 0; cuts the lines. The caller frees record->atoms, also
/// after a failure. Fails with QMT_ERR_FORMAT, QMT_ERR_INPUT or QMT_ERR_MEMORY, with file:line.
QmtStatus molfile_read(QmtContext *ctx, const char *path, const Text *text, size_t begin,
                       MolRecord *record);

#endif
