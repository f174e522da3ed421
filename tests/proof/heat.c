/// Energy under the thermostat on GFN2-xTB: what is left of the total energy when the heat of the random
/// steps is taken off must be as flat as at constant energy. 30 ps each; the seed, 42, is that of the
/// other proofs.

#include <math.h>
#include <stdio.h>

#include "proof/sample.h"

enum { N_FRICTIONS = 3, N_CLAIMS = 2 * N_FRICTIONS };

#define SLOPE "kJ/mol/ps per atom"

// Without the dt^2 term of the heat the slope would be some 1e-4 to 1e-3, without the dt^4 term 1e-6.
static const Claim CLAIMS[N_CLAIMS] = {
    {"shadow energy less heat at 0.002 /ps, slope, magnitude", SLOPE, -INFINITY, 1e-6, 1e-4},
    {"shadow energy less heat at 1 /ps, slope, magnitude", SLOPE, -INFINITY, 1e-6, 1e-4},
    {"shadow energy less heat at 10 /ps, slope, magnitude", SLOPE, -INFINITY, 1e-6, 1e-4},
    {"total energy less heat at 0.002 /ps, slope, magnitude", SLOPE, -INFINITY, 1e-2, 1.0},
    {"total energy less heat at 1 /ps, slope, magnitude", SLOPE, -INFINITY, 1e-2, 1.0},
    {"total energy less heat at 10 /ps, slope, magnitude", SLOPE, -INFINITY, 1e-2, 1.0},
};
static const char *const FRICTIONS[N_FRICTIONS] = {"friction_per_ps=0.002", "friction_per_ps=1",
                                                   "friction_per_ps=10"};
static const char *const MOLECULES[] = {"formic_acid", "imidazole",           "glycine",
                                        "benzene",     "tetrahydrothiophene", "toluene"};
enum { N_MOLECULES = sizeof MOLECULES / sizeof MOLECULES[0] };

static QmtStatus measure(QmtContext *ctx, const ProofRun *run, size_t subject, double *figure)
{
    for (int i = 0; i < N_FRICTIONS; i++) {
        const char *const settings[] = {"ensemble=nvt",
                                        "dt_fs=0.25",
                                        "random_seed=42",
                                        "nve_window_ps=0",
                                        "nve_every_ps=0",
                                        run->brief ? "equilibration_ps=0.05" : "equilibration_ps=1",
                                        run->brief ? "length_ps=0.5" : "length_ps=30",
                                        "save_interval_steps=100",
                                        FRICTIONS[i],
                                        NULL};
        char folder[32];
        snprintf(folder, sizeof folder, "heat-%d", i);
        Sample sample;
        const QmtStatus status =
            sample_make(ctx, run, folder, MOLECULES[subject], settings, &sample);
        if (status == QMT_OK) {
            const double n = (double)sample.n_atoms;
            figure[i] = fabs(sample.result.shadow_drift_kjmol_ps) / n;
            figure[N_FRICTIONS + i] = fabs(sample.result.drift_kjmol_ps) / n;
        }
        sample_release(&sample);
        TRY(status);
    }
    return QMT_OK;
}

const Section PROOF_HEAT = {"heat", CLAIMS, N_CLAIMS, MOLECULES, N_MOLECULES, 1, measure};
