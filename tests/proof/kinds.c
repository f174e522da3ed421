/// Motion at constant energy of other kinds of electrons than closed shells of GFN2-xTB.

#include <math.h>
#include <stdio.h>

#include "proof/sample.h"

enum { SHADOW_SLOPE, N_CLAIMS };

// The total energy is no measure: over 10 ps its slope is the ripple at the ends, which Verlet makes
// larger where a molecule changes its shape (1.3e-4 for the cation, whose shadow energy has 4.7e-9).
static const Claim CLAIMS[N_CLAIMS] = {
    [SHADOW_SLOPE] = {"slope of the shadow energy, magnitude", "kJ/mol/ps per atom", -INFINITY,
                      1e-7, 1e-5},
};

static const struct {
    const char *molecule, *method;
} SAMPLES[] = {
    {"glycine", "method=GFN1-xTB"},        {"zinc_ammine", "method=GFN2-xTB"},
    {"glycine_cation", "method=GFN2-xTB"}, {"glycine_cation", "method=GFN1-xTB"},
    {"zinc_ammine", "method=GFN1-xTB"},
};
static const char *const SUBJECTS[] = {
    "glycine, GFN1-xTB", "[Zn(NH3)4]2+, GFN2-xTB", "glycine radical cation, GFN2-xTB",
    "glycine radical cation, GFN1-xTB", "[Zn(NH3)4]2+, GFN1-xTB"};
enum { N_SUBJECTS = sizeof SUBJECTS / sizeof SUBJECTS[0] };

static QmtStatus measure(QmtContext *ctx, const ProofRun *run, size_t subject, double *figure)
{
    const char *const settings[] = {"ensemble=nve",
                                    "dt_fs=0.25",
                                    "random_seed=42",
                                    "nve_window_ps=0",
                                    "nve_every_ps=0",
                                    run->brief ? "equilibration_ps=0.05" : "equilibration_ps=1",
                                    run->brief ? "length_ps=0.25" : "length_ps=10",
                                    "save_interval_steps=10",
                                    SAMPLES[subject].method,
                                    NULL};
    char folder[32];
    snprintf(folder, sizeof folder, "kinds-%zu", subject);
    Sample sample;
    const QmtStatus status =
        sample_make(ctx, run, folder, SAMPLES[subject].molecule, settings, &sample);
    if (status == QMT_OK) {
        figure[SHADOW_SLOPE] = fabs(sample.result.shadow_drift_kjmol_ps) / (double)sample.n_atoms;
    }
    sample_release(&sample);
    return status;
}

const Section PROOF_KINDS = {"kinds", CLAIMS, N_CLAIMS, SUBJECTS, N_SUBJECTS, 2, measure};
