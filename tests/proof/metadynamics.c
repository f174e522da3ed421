/// Well-tempered metadynamics on a torsion whose free energy is known, at the time steps of production: the error is that
/// of the statistics of 1 ns, and the time step has no part in it. The seed, 42, is that of the other proofs.

#include "support/metadynamics.h"

#include <math.h>

#include "proof/proof.h"

enum { COARSE, FINE, DIFFERENCE, N_CLAIMS };

static const Claim CLAIMS[N_CLAIMS] = {
    [COARSE] = {"free energy at 0.5 fs, largest error of 36 bins", "kJ/mol", -INFINITY, 0.5, 30.0},
    [FINE] = {"free energy at 0.25 fs, largest error of 36 bins", "kJ/mol", -INFINITY, 0.5, 30.0},
    [DIFFERENCE] = {"largest difference of the two", "kJ/mol", -INFINITY, 0.8, 30.0},
};

static const char *const SUBJECTS[] = {"torsion of four carbon atoms"};

static QmtStatus measure(QmtContext *ctx, const ProofRun *run, size_t subject, double *figure)
{
    (void)subject;
    const double length_ps = run->brief ? 50.0 : 1000.0;
    double coarse[METADYNAMICS_BINS], fine[METADYNAMICS_BINS], worst = 0.0;
    TRY(metadynamics_free_energy(ctx, 0.5, length_ps, 42, coarse));
    figure[COARSE] = metadynamics_error(coarse);
    TRY(metadynamics_free_energy(ctx, 0.25, length_ps, 42, fine));
    figure[FINE] = metadynamics_error(fine);
    for (int i = 0; i < METADYNAMICS_BINS; i++)
        worst = fmax(worst, fabs(coarse[i] - fine[i]));
    figure[DIFFERENCE] = worst;
    return QMT_OK;
}

const Section PROOF_METADYNAMICS = {"metadynamics", CLAIMS, N_CLAIMS, SUBJECTS, 1, 1, measure};
