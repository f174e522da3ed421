#ifndef PROOF_SAMPLE_LABELS_H
#define PROOF_SAMPLE_LABELS_H

#include "proof/sample.h"

/// Differences between the labels in a file and those computed again from nothing.
typedef struct {
    double energy;              ///< largest, hartree
    double force, force_median; ///< largest and median of a component, hartree/bohr
} LabelDifferences;

/// Computes n_frames frames drawn at random again, each from nothing and as tightly as the self-consistency can be
/// converged.
QmtStatus sample_labels_compare(QmtContext *ctx, Sample *sample, size_t n_frames,
                                LabelDifferences *differences);

#endif
