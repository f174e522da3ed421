/// The thermostats on GFN2-xTB: the kinetic energy of three molecules at 100, 300 and 1000 K against its Gamma
/// distribution, and the drift of what is conserved. The seed, 42, was fixed before any of it was run.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/units.h"
#include "proof/proof.h"
#include "proof/sample.h"
#include "proof/statistics.h"

enum { N_THERMOSTATS = 3, N_TEMPERATURES = 3, DRIFT = N_THERMOSTATS * N_TEMPERATURES, N_CLAIMS };

static const char *const THERMOSTATS[N_THERMOSTATS] = {"langevin", "bussi", "nose-hoover"};
static const int KELVIN[N_TEMPERATURES] = {100, 300, 1000};

#define GAMMA_OF(name, kelvin)                                                                     \
    {                                                                                              \
        name ", " kelvin " K: kinetic energy against its Gamma distribution: p",                   \
            "Kolmogorov-Smirnov", 0.01, 1.0, 0.0                                                   \
    }

static const Claim CLAIMS[N_CLAIMS] = {
    GAMMA_OF("langevin", "100"),
    GAMMA_OF("langevin", "300"),
    GAMMA_OF("langevin", "1000"),
    GAMMA_OF("bussi", "100"),
    GAMMA_OF("bussi", "300"),
    GAMMA_OF("bussi", "1000"),
    GAMMA_OF("nose-hoover", "100"),
    GAMMA_OF("nose-hoover", "300"),
    GAMMA_OF("nose-hoover", "1000"),
    // What 30 ps can tell: the ripple at 1000 K is larger, so the drift is of 300 K.
    [DRIFT] = {"worst drift of Etot - heat at 300 K, shadow energy, per atom", "kJ/mol/ps",
               -INFINITY, 1e-6, 1e-3},
};

static const char *const MOLECULES[] = {"formic_acid", "glycine", "tetrahydrothiophene"};
enum { N_MOLECULES = sizeof MOLECULES / sizeof MOLECULES[0] };

/// p of the kinetic energies, of which only those are taken that are independent: every so many as twice the
/// autocorrelation time.
static QmtStatus gamma_judge(QmtContext *ctx, const ProofRun *run, Sample *sample, int kelvin,
                             double *p)
{
    const uint64_t n = sample->n_frames;
    double *const values = malloc(n * sizeof *values);
    if (values == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %llu energies", (unsigned long long)n);
    const QmtStatus status = npz_read_rows(ctx, &sample->npz, sample->kinetic, 0, n, values);
    if (status == QMT_OK) {
        for (uint64_t i = 0; i < n; i++)
            values[i] /= (double)kelvin * HARTREE_PER_KELVIN * KJMOL_PER_HARTREE;
        // The short form cannot tell how long that is: it takes the last energy alone.
        const uint64_t every =
            run->brief ? n - 1 : (uint64_t)fmax(1.0, ceil(2.0 * series_mean(values, n).tau));
        size_t n_taken = 0;
        for (uint64_t i = every; i < n; i += every)
            values[n_taken++] = values[i];
        *p = kolmogorov_smirnov(values, n_taken, (int)sample->result.dof);
    }
    free(values);
    return status;
}

static QmtStatus one(QmtContext *ctx, const ProofRun *run, size_t subject, size_t thermostat,
                     size_t temperature, double *p, double *drift)
{
    char name[48], kelvin[48], folder[64];
    snprintf(name, sizeof name, "thermostat=%s", THERMOSTATS[thermostat]);
    snprintf(kelvin, sizeof kelvin, "temperature_K=%d", KELVIN[temperature]);
    snprintf(folder, sizeof folder, "%s-%d", THERMOSTATS[thermostat], KELVIN[temperature]);
    const char *const settings[] = {name,
                                    kelvin,
                                    thermostat == 0 ? "friction_per_ps=5"
                                                    : "thermostat_time_ps=0.1",
                                    "dt_fs=0.25",
                                    "random_seed=42",
                                    "nve_every_ps=0",
                                    "save_interval_steps=80", // 20 fs
                                    run->brief ? "equilibration_ps=0.5" : "equilibration_ps=2",
                                    run->brief ? "length_ps=0.5" : "length_ps=30",
                                    NULL};
    Sample sample;
    QmtStatus status = sample_make(ctx, run, folder, MOLECULES[subject], settings, &sample);
    if (status == QMT_OK) {
        *drift = fabs(sample.result.shadow_drift_kjmol_ps) / (double)sample.n_atoms;
        status = gamma_judge(ctx, run, &sample, KELVIN[temperature], p);
    }
    sample_release(&sample);
    return status;
}

static QmtStatus measure(QmtContext *ctx, const ProofRun *run, size_t subject, double *figure)
{
    double worst = 0.0;
    for (size_t t = 0; t < N_THERMOSTATS; t++)
        for (size_t k = 0; k < N_TEMPERATURES; k++) {
            double drift = 0.0;
            TRY(one(ctx, run, subject, t, k, &figure[t * N_TEMPERATURES + k], &drift));
            if (KELVIN[k] == 300)
                worst = fmax(worst, drift);
        }
    figure[DRIFT] = worst;
    return QMT_OK;
}

const Section PROOF_THERMOSTATS = {"thermostats", CLAIMS, N_CLAIMS, MOLECULES,
                                   N_MOLECULES,   1,      measure};
