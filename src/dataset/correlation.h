#ifndef DATASET_CORRELATION_H
#define DATASET_CORRELATION_H

#include "dataset/source.h"

/// How fast a trajectory forgets: integrated autocorrelation times (analysis/autocorrelation.h) of its potential
/// energy, of every bond length and of every torsion; of each kind the longest is kept. Bonds are those of the first
/// frame.
///
/// Long trajectories are read at 16384 evenly spaced frames, so that what is found is no less than half of that
/// spacing. Fails with QMT_ERR_IO, QMT_ERR_FORMAT or QMT_ERR_MEMORY.
QmtStatus correlation_find(QmtContext *ctx, TrajectoryReader *reader, double interval_ps,
                           Correlation *correlation);

/// The longest of the three.
double correlation_longest_ps(const Correlation *correlation);

#endif
