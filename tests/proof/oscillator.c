/// The thermostat on springs, whose answers are exact: the spread of a harmonic oscillator at any time
/// step, and the curve of a damped one.

#include <math.h>
#include <stdlib.h>

#include "base/units.h"
#include "base/vec3.h"
#include "proof/models.h"
#include "proof/proof.h"
#include "proof/statistics.h"

static const Claim CLAIMS[] = {
    {"<x^2> off kT/k at omega dt = 0.1", "standard errors", -INFINITY, 4.0, 0.0},
    {"<x^2> off kT/k at omega dt = 0.5", "standard errors", -INFINITY, 4.0, 0.0},
    {"<x^2> off kT/k at omega dt = 1.0", "standard errors", -INFINITY, 4.0, 0.0},
    {"<x^2> off kT/k at omega dt = 1.7", "standard errors", -INFINITY, 4.0, 0.0},
    {"<x^2> off kT/k, worst of the four", "of kT/k", -INFINITY, 0.01, 0.05},
    {"damped oscillator off its curve in 0.5 ps", "of the amplitude", -INFINITY, 0.02, 0.0},
};
enum { N_CLAIMS = sizeof CLAIMS / sizeof CLAIMS[0], N_STEPS_TRIED = 4 };
static const double OMEGA_DT[N_STEPS_TRIED] = {0.1, 0.5, 1.0, 1.7};
static const char *const SUBJECTS[] = {"springs"};

/// <x^2> k/kT of atoms on springs, with the standard error from the series itself.
///
/// @param series  [n_steps] scratch
static QmtStatus spread(QmtContext *ctx, double omega_dt, size_t n_steps, double *series,
                        SeriesMean *ratio)
{
    enum { N = 40, STEPS_BEFORE = 1000 };
    static const double SPRING = 0.3;
    double mass[N], xyz[N][3] = {{0.0}};
    for (int a = 0; a < N; a++)
        mass[a] = 12.0;
    const double omega = sqrt(SPRING / (mass[0] * ME_PER_DALTON));
    const ModelOptions options = {.spring = SPRING};
    Model model;
    QmtStatus status = model_begin(ctx, &options, N, mass, (const double(*)[3])xyz,
                                   omega_dt / omega, omega, 300.0, &model);
    if (status == QMT_OK)
        model_heat(&model);
    // The centre of mass is not thermostatted and stays at rest: N - 1 of N count.
    const double exact = 3.0 * (N - 1) * model.settings.kt / SPRING;
    for (size_t k = 0; k < STEPS_BEFORE + n_steps && status == QMT_OK; k++) {
        status = model_step(ctx, &model);
        if (k < STEPS_BEFORE)
            continue;
        double sum = 0.0;
        for (int a = 0; a < N; a++)
            sum += vec3_dot(model.now.xyz[a], model.now.xyz[a]);
        series[k - STEPS_BEFORE] = sum / exact;
    }
    model_end(&model);
    if (status == QMT_OK)
        *ratio = series_mean(series, n_steps);
    return status;
}

/// Two atoms and a spring at zero temperature: largest distance from the damped oscillator.
static QmtStatus damped(QmtContext *ctx, double *off)
{
    static const double K = 0.02, R0 = 3.0, STRETCH = 0.05;
    static const ModelBond BOND = {0, 1, 0.02, 3.0, 0.0};
    const double mass[2] = {16.0, 14.0}, xyz[2][3] = {{0.0, 0.0, 0.0}, {R0 + STRETCH, 0.0, 0.0}};
    const double mu = mass[0] * mass[1] / (mass[0] + mass[1]) * ME_PER_DALTON;
    const double dt = 0.25 / FS_PER_AUT, half = 0.5 * 10.0 * PS_PER_AUT;
    const double omega = sqrt(K / mu - half * half);
    const ModelOptions options = {.bonds = &BOND, .n_bonds = 1};
    Model model;
    double worst = 0.0;
    QmtStatus status = model_begin(ctx, &options, 2, mass, xyz, dt, 2.0 * half, 0.0, &model);
    for (int i = 1; i <= 2000 && status == QMT_OK; i++) {
        status = model_step(ctx, &model);
        const double t = i * dt;
        const double exact =
            STRETCH * exp(-half * t) * (cos(omega * t) + half / omega * sin(omega * t));
        worst = fmax(worst, fabs(model.now.xyz[1][0] - model.now.xyz[0][0] - R0 - exact));
    }
    *off = worst / STRETCH;
    model_end(&model);
    return status;
}

static QmtStatus measure(QmtContext *ctx, const ProofRun *run, size_t subject, double *figure)
{
    (void)subject;
    const size_t n_steps = run->brief ? 20000 : 500000;
    double *const series = malloc(n_steps * sizeof *series);
    if (series == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu steps", n_steps);
    double worst = 0.0;
    QmtStatus status = QMT_OK;
    for (int i = 0; i < N_STEPS_TRIED && status == QMT_OK; i++) {
        SeriesMean ratio = {0};
        status = spread(ctx, OMEGA_DT[i], n_steps, series, &ratio);
        figure[i] = fabs(ratio.mean - 1.0) / ratio.error;
        worst = fmax(worst, fabs(ratio.mean - 1.0));
    }
    free(series);
    TRY(status);
    figure[N_STEPS_TRIED] = worst;
    return damped(ctx, &figure[N_STEPS_TRIED + 1]);
}

const Section PROOF_OSCILLATOR = {"oscillator", CLAIMS, N_CLAIMS, SUBJECTS, 1, 1, measure};
