#ifndef DATASET_SPLIT_H
#define DATASET_SPLIT_H

#include "dataset/source.h"

/// Which part of a set a trajectory, or a piece of it, belongs to: never by single frames, because neighbouring
/// frames are nearly the same.

typedef enum {
    SPLIT_BY_MOLECULE, ///< all trajectories of one name
    SPLIT_BY_REPLICA,  ///< each trajectory
    SPLIT_BY_BLOCK,    ///< each trajectory is cut in time
    N_SPLIT_KINDS
} SplitKind;

/// "molecule", "replica", "block"
const char *split_kind_name(SplitKind kind);

typedef struct {
    SplitKind kind;
    double fraction[N_SPLITS]; ///< their sum is 1
    uint64_t seed;
    double gap_ps; ///< between blocks; negative: by the autocorrelation
} SplitPlan;

/// Takes kind and seed from what is asked for, or chooses them: molecules if there are as many as parts, else blocks; the
/// smallest seed that leaves no part empty.
///
/// @param by    NULL: to be chosen
/// @param seed  0: to be chosen
/// Fails with QMT_ERR_USAGE if a part would be empty; the sentence names a seed or a way that fills it.
QmtStatus split_plan(QmtContext *ctx, const SourceList *sources, const double parts[N_SPLITS],
                     const char *by, uint64_t seed, double gap_ps, SplitPlan *plan);

/// The part of a trajectory that is not cut. It follows from its name and replica and the seed alone, so that it stays
/// when others are added.
Split split_of(const SplitPlan *plan, const Source *source);

/// A piece of a trajectory.
typedef struct {
    Split split;
    uint64_t begin, end; ///< frames begin to end - 1
} Block;

/// Cuts a trajectory, in an order that its name and the seed draw: the frames of a gap between two blocks belong to
/// none. A trajectory that is not cut is one block.
///
/// @param gap     frames
/// @param blocks  [N_SPLITS]
/// @return how many
size_t split_blocks(const SplitPlan *plan, const Source *source, uint64_t gap, Block *blocks);

#endif
