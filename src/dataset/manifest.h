#ifndef DATASET_MANIFEST_H
#define DATASET_MANIFEST_H

#include "dataset/format.h"
#include "io/output.h"

/// manifest.tsv: a line for every frame of the set, in the order in which it was written; sources.tsv: a line for every
/// trajectory, with its checksum. Columns are separated by tabs, the first line names them.

typedef struct {
    Output output;
    const SetFormat *format;
    Split split;          ///< of the last line
    const System *system; ///< likewise
    uint64_t *
        n_written; ///< [most atoms + 1] frames in the present file or group; by number of atoms where these have one each
    size_t n;
} Manifest;

/// Begins manifest.tsv, with the frames of single atoms if the format has them.
QmtStatus manifest_begin(QmtContext *ctx, const char *folder, const Set *set,
                         const SetFormat *format, Manifest *manifest);
/// Parts come one after another, and in them molecules.
QmtStatus manifest_add(QmtContext *ctx, Manifest *manifest, Split split, const SetFrame *frame);
QmtStatus manifest_finish(QmtContext *ctx, Manifest *manifest);
void manifest_abandon(Manifest *manifest);

QmtStatus manifest_sources_write(QmtContext *ctx, const char *folder, const Set *set);

#endif
