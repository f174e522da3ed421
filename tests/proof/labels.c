/// The labels in the files: frames drawn at random and computed again from nothing, as tightly as the
/// self-consistency can be converged.

#include <math.h>

#include "base/units.h"
#include "proof/sample_labels.h"

enum { ENERGY, FORCE, FORCE_MEDIAN, FLOAT_ENERGY, FLOAT_FORCE, N_CLAIMS };

static const Claim CLAIMS[N_CLAIMS] = {
    [ENERGY] = {"energy of 200 frames computed again: largest |dE|", "hartree", -INFINITY, 1e-10,
                0.0},
    [FORCE] = {"forces of 200 frames computed again: largest |dF|", "hartree/bohr", -INFINITY, 2e-8,
               0.0},
    [FORCE_MEDIAN] = {"forces of 200 frames computed again: median |dF|", "hartree/bohr", -INFINITY,
                      1e-9, 0.0},
    [FLOAT_ENERGY] = {"the same from the float32 file: largest |dE|", "kJ/mol", -INFINITY, 1e-3,
                      0.0},
    [FLOAT_FORCE] = {"the same from the float32 file: largest |dF|", "kJ/mol/nm", -INFINITY, 0.05,
                     0.0},
};

static QmtStatus measure_file(QmtContext *ctx, const ProofRun *run, size_t subject,
                              const char *precision, LabelDifferences *differences)
{
    Sample sample;
    QmtStatus status = sample_make_nve(ctx, run, PROOF_MOLECULES[subject], precision, &sample);
    if (status == QMT_OK)
        status = sample_labels_compare(ctx, &sample, run->brief ? 20 : 200, differences);
    sample_release(&sample);
    return status;
}

static QmtStatus measure(QmtContext *ctx, const ProofRun *run, size_t subject, double *figure)
{
    LabelDifferences differences;
    TRY(measure_file(ctx, run, subject, "float64", &differences));
    figure[ENERGY] = differences.energy;
    figure[FORCE] = differences.force;
    figure[FORCE_MEDIAN] = differences.force_median;
    TRY(measure_file(ctx, run, subject, "float32", &differences));
    figure[FLOAT_ENERGY] = differences.energy * KJMOL_PER_HARTREE;
    figure[FLOAT_FORCE] = differences.force * KJMOL_PER_HARTREE / NM_PER_BOHR;
    return QMT_OK;
}

const Section PROOF_LABELS = {"labels",          CLAIMS, N_CLAIMS, PROOF_MOLECULES,
                              PROOF_N_MOLECULES, 1,      measure};
