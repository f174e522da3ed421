#ifndef LABEL_ATOM_FORMAT_H
#define LABEL_ATOM_FORMAT_H

#include <stdio.h>

#include "base/context.h"
#include "qmtraj/atoms.h"

/// Energies of free atoms in the form that a code reads them in. A new form is a function and a row of ATOM_FORMATS.

/// What belongs to all of them.
typedef struct {
    const char *method;
    double electronic_temperature_k;
    size_t n;
    const QmtAtomEnergy *atoms; ///< [n]
} AtomTable;

typedef struct {
    const char *name; ///< as in --for
    const char *help; ///< what it is, a few words
    void (*write)(FILE *out, const AtomTable *table);
} AtomFormat;

extern const AtomFormat ATOM_FORMATS[];
extern const size_t N_ATOM_FORMATS;

/// The text of a table; the caller frees it. Fails with QMT_ERR_MEMORY.
QmtStatus atom_format_text(QmtContext *ctx, const AtomFormat *format, const AtomTable *table,
                           char **text);

#endif
