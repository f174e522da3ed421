#ifndef DATASET_OVERLAP_H
#define DATASET_OVERLAP_H

#include "dataset/set.h"

/// How far the parts of a set are from each other: the proof that the division leaks nothing.

/// The pair of frames of two parts that are most alike.
typedef struct {
    bool found; ///< false: no geometry of one part can be compared with one of the other
    double rmsd_nm;
    const Source *train, *other;
    uint64_t train_frame, other_frame;
} Nearest;

typedef struct {
    Nearest nearest[N_SPLITS]; ///< of training frames to those of each other part
    uint64_t
        n_duplicates; ///< frames with the same atoms at the same places as an earlier one of the set
    uint64_t every;   ///< of the held-out frames, so many-th were compared; 1: all
} Overlap;

/// Compares the chosen frames of all molecules whose atoms are the same in the same order, by RMSD after superposition
/// (analysis/superposition.h): exactly, but with a part of the held-out frames where those would take more than 128 MiB.
///
/// Fails with QMT_ERR_IO, QMT_ERR_FORMAT or QMT_ERR_MEMORY.
QmtStatus overlap_find(QmtContext *ctx, const Set *set,
                       void (*progress)(void *user, uint64_t done, uint64_t total), void *user,
                       Overlap *overlap);

#endif
