#ifndef LABEL_COLLECT_H
#define LABEL_COLLECT_H

#include "base/context.h"
#include "io/output.h"

/// Labels of another program beside those at hand: frames of an extended XYZ file, and a file of results for each.

/// What is collected.
typedef struct {
    const char *frames; ///< path of the extended XYZ file
    const char *folder; ///< with the results: 000000.json or 000000.engrad for frame 0
    const char *ending; ///< of a result, ".json"
    const char *level;  ///< "wB97M-D3BJ/def2-TZVPPD"
    const char *out;    ///< path of the file to write
    const char *part;   ///< "train", for the list of what is missing
    Output *missing;    ///< lines of frames without a result: part, frame, reason
} CollectPart;

/// Writes the frames that have a result, with energy, free_energy, REF_energy, forces and REF_forces in eV and angstrom; their
/// other keys and columns stay.
///
/// @param n_found    added to
/// @param n_missing  likewise
/// Fails with QMT_ERR_FORMAT (the frames cannot be read), QMT_ERR_IO or QMT_ERR_MEMORY; a result that is missing or
/// not of its frame is a line of part->missing.
QmtStatus collect_part(QmtContext *ctx, const CollectPart *part, uint64_t *n_found,
                       uint64_t *n_missing);

#endif
