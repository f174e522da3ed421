#ifndef LABEL_REFERENCE_RESULT_H
#define LABEL_REFERENCE_RESULT_H

#include "base/context.h"

/// Energy and gradient of one geometry by another program, from its file of results.

typedef struct {
    double energy;         ///< hartree
    double (*gradient)[3]; ///< [n_atoms][3] hartree/bohr
} ReferenceResult;

/// Reads NAME.json ("energy", "gradient" and "geometry" in atomic units) or NAME.engrad of ORCA by its ending, and checks that
/// the geometry is the one of the frame.
///
/// @param xyz      [n_atoms][3] bohr
/// @param numbers  [n_atoms] atomic numbers
/// @param result   gradient [n_atoms] has its memory; untouched after a failure
/// Fails with QMT_ERR_IO, QMT_ERR_FORMAT (not whole, other atoms or another geometry) or QMT_ERR_MEMORY.
QmtStatus reference_result_read(QmtContext *ctx, const char *path, size_t n_atoms,
                                const int *numbers, const double (*xyz)[3],
                                ReferenceResult *result);

#endif
