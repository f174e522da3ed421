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
    uint64_t n_shared;       ///< places and atoms that are in more than one part
    const Source *shared[2]; ///< trajectories of the first of them
    Split shared_part[2];    ///< the parts that they are in
    double n_pairs;          ///< of a training frame and one of another part with the same atoms
    double n_compared;       ///< of these; the others are too many
} Overlap;

/// Compares the chosen frames of all molecules whose atoms are the same in the same order, by RMSD after superposition
/// (analysis/superposition.h): exactly, unless that would take more than some seconds in all and some 10 us for each training
/// frame, or more than 128 MiB; then those of similar size. Frames that are equal to the bit are found among all.
///
/// Fails with QMT_ERR_IO, QMT_ERR_FORMAT or QMT_ERR_MEMORY.
QmtStatus overlap_find(QmtContext *ctx, const Set *set,
                       void (*progress)(void *user, uint64_t done, uint64_t total), void *user,
                       Overlap *overlap);

#endif
