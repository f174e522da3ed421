#ifndef DATASET_DIVERSE_H
#define DATASET_DIVERSE_H

#include "trajectory/trajectory_reader.h"

/// What "different" means.
typedef enum {
    DIVERSE_RMSD,      ///< after superposition, atom by atom (analysis/superposition.h)
    DIVERSE_DISTANCES, ///< of sorted inverse distances (analysis/inverse_distances.h)
    N_DIVERSE_METRICS
} DiverseMetric;

/// "rmsd", "distances"
const char *diverse_metric_name(DiverseMetric metric);

/// The frames of a list that differ most from each other: farthest points (analysis/farthest_points.h), beginning
/// with the first frame of the list. If the description of all would take more than 64 MiB, every second, third, ... frame is
/// looked at.
///
/// @param frames    [n] rising
/// @param n_choose  at most n; fewer are chosen if the list is thinned to fewer
/// @param chosen    [n_choose] rising
/// @param n_chosen  how many were
/// Fails with QMT_ERR_IO, QMT_ERR_FORMAT or QMT_ERR_MEMORY.
QmtStatus diverse_choose(QmtContext *ctx, TrajectoryReader *reader, DiverseMetric metric,
                         const uint64_t *frames, size_t n, size_t n_choose, uint64_t *chosen,
                         size_t *n_chosen);

#endif
