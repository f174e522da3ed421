/// The thermostat on GFN2-xTB: the mean temperature of three molecules over 30 ps at a friction of
/// 5 /ps. The seed, 42, was fixed before any of it was run.

#include <math.h>
#include <stdlib.h>

#include "base/units.h"
#include "md/velocities.h"
#include "proof/sample.h"
#include "proof/statistics.h"

enum { MEAN_OFF, MEAN, ERROR, N_CLAIMS };

static const double KELVIN = 300.0;

static const Claim CLAIMS[N_CLAIMS] = {
    [MEAN_OFF] = {"mean temperature off 300 K", "standard errors", -INFINITY, 3.0, 0.0},
    // Five atoms at 5 /ps have an error of about 10 K after 30 ps, larger molecules less.
    [MEAN] = {"mean temperature", "K", 264.0, 336.0, 450.0},
    [ERROR] = {"standard error from the autocorrelation time", "K", -INFINITY, 12.0, 150.0},
};

static const char *const MOLECULES[] = {"formic_acid", "glycine", "tetrahydrothiophene"};
enum { N_MOLECULES = sizeof MOLECULES / sizeof MOLECULES[0] };

static QmtStatus temperatures_judge(QmtContext *ctx, Sample *sample, double *figure)
{
    const uint64_t n = sample->n_frames;
    double *const kelvin = malloc(n * sizeof *kelvin);
    if (kelvin == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %llu temperatures", (unsigned long long)n);
    const QmtStatus status = npz_read_rows(ctx, &sample->npz, sample->kinetic, 0, n, kelvin);
    if (status == QMT_OK) {
        for (uint64_t i = 0; i < n; i++)
            kelvin[i] = velocities_temperature(kelvin[i] / KJMOL_PER_HARTREE, sample->result.dof);
        const SeriesMean mean = series_mean(kelvin, n);
        figure[MEAN_OFF] = fabs(mean.mean - KELVIN) / mean.error;
        figure[MEAN] = mean.mean;
        figure[ERROR] = mean.error;
    }
    free(kelvin);
    return status;
}

static QmtStatus measure(QmtContext *ctx, const ProofRun *run, size_t subject, double *figure)
{
    const char *const settings[] = {"ensemble=nvt",
                                    "temperature_K=300",
                                    "friction_per_ps=5",
                                    "dt_fs=0.25",
                                    "random_seed=42",
                                    "nve_window_ps=0",
                                    "nve_every_ps=0",
                                    "save_interval_steps=4",
                                    run->brief ? "equilibration_ps=0.1" : "equilibration_ps=2",
                                    run->brief ? "length_ps=0.5" : "length_ps=30",
                                    NULL};
    Sample sample;
    QmtStatus status = sample_make(ctx, run, "nvt", MOLECULES[subject], settings, &sample);
    if (status == QMT_OK)
        status = temperatures_judge(ctx, &sample, figure);
    sample_release(&sample);
    return status;
}

const Section PROOF_TEMPERATURE = {"temperature", CLAIMS, N_CLAIMS, MOLECULES,
                                   N_MOLECULES,   1,      measure};
