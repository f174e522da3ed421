#include "support/metadynamics.h"

#include <math.h>
#include <string.h>

#include "base/units.h"
#include "bias/variable.h"
#include "md/md.h"
#include "support/torsion_model.h"

enum { BINS = METADYNAMICS_BINS, POINTS = 20 }; // points of a bin, for its exact mean
static const double PI = 3.14159265358979323846;
static const double FACTOR = 15.0, EVERY_PS = 2.0, KT = 300.0 * HARTREE_PER_KELVIN;

/// Middle of part i of n of the circle.
static double middle(int i, int n)
{
    return (i + 0.5) * 2.0 * PI / n - PI;
}

static QmtStatus bias_make(QmtContext *ctx, double dt_fs, double length_ps, Engine *inner,
                           Engine **bias)
{
    const BiasOptions options = {.torsion = {.mode = BIAS_METADYNAMICS,
                                             .atoms = {0, 1, 2, 3},
                                             .height = 2.0 / KJMOL_PER_HARTREE,
                                             .width = 0.35,
                                             .factor = FACTOR,
                                             .every = (uint64_t)(1e3 * EVERY_PS / dt_fs + 0.5)},
                                 .mass = TORSION_MODEL_MASS,
                                 .kt = KT,
                                 .dt = dt_fs / FS_PER_AUT,
                                 .n_steps = (uint64_t)(1e3 * length_ps / dt_fs + 0.5)};
    return bias_create(ctx, inner, &options, bias);
}

/// c(t) = kT ln( int exp(g/(g-1) V/kT) / int exp(1/(g-1) V/kT) )
static double offset(const Engine *bias)
{
    double up = 0.0, down = 0.0;
    for (int i = 0; i < BINS; i++) {
        const double v = bias_of_variable(bias, "torsion", middle(i, BINS)) / KT;
        up += exp(FACTOR / (FACTOR - 1.0) * v);
        down += exp(1.0 / (FACTOR - 1.0) * v);
    }
    return KT * log(up / down);
}

static int bin_of(double phi)
{
    const int bin = (int)floor((phi + PI) / (2.0 * PI) * BINS);
    return bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin;
}

/// Runs to the end and fills the histogram.
static QmtStatus run(QmtContext *ctx, Md *md, const Engine *bias, double dt_fs, double length_ps,
                     double weight[BINS])
{
    const uint64_t every = (uint64_t)(1e3 * EVERY_PS / dt_fs + 0.5);
    const uint64_t filled = (uint64_t)(0.1 * 1e3 * length_ps / dt_fs);
    double c = 0.0;
    bool done = false;
    for (uint64_t step = 0; !done; step++) {
        TRY(md_advance(ctx, md, 1, &done));
        const MdState *const now = md_state(md);
        if (step % every == 0)
            c = offset(bias);
        if (step < filled)
            continue;
        const double phi =
            VARIABLE_TORSION.value(TORSION_MODEL_TORSION, (const double(*)[3])now->xyz, NULL);
        weight[bin_of(phi)] += exp((now->at.bias - c) / KT);
    }
    return QMT_OK;
}

static void energies_of(const double weight[BINS], double energy[BINS])
{
    double total = 0.0;
    for (int i = 0; i < BINS; i++)
        total += weight[i] / BINS;
    for (int i = 0; i < BINS; i++)
        energy[i] = -KT * KJMOL_PER_HARTREE * log(weight[i] / total);
}

QmtStatus metadynamics_free_energy(QmtContext *ctx, double dt_fs, double length_ps, uint64_t seed,
                                   double energy[METADYNAMICS_BINS])
{
    Engine *inner = NULL, *bias = NULL;
    Md *md = NULL;
    double weight[BINS] = {0.0};
    MdOptions options = md_options_default();
    options.optimize = false;
    options.equilibration_ps = 0.0;
    options.window_every_ps = 0.0;
    options.dt_fs = dt_fs;
    options.length_ps = length_ps;
    options.friction_per_ps = 1.0;
    options.key.seed = seed;
    QmtStatus status = torsion_model_create(ctx, &inner);
    if (status == QMT_OK)
        status = bias_make(ctx, dt_fs, length_ps, inner, &bias);
    options.bias = bias;
    if (status == QMT_OK)
        status = md_create(ctx, &options, NULL, bias, TORSION_MODEL_MASS, TORSION_MODEL_XYZ, &md);
    if (status == QMT_OK)
        status = run(ctx, md, bias, dt_fs, length_ps, weight);
    if (status == QMT_OK)
        energies_of(weight, energy);
    md_destroy(&md);
    engine_destroy(&bias);
    engine_destroy(&inner);
    return status;
}

double metadynamics_error(const double energy[METADYNAMICS_BINS])
{
    double exact[BINS] = {0.0}, of_exact[BINS], worst = 0.0;
    for (int i = 0; i < POINTS * BINS; i++)
        exact[i / POINTS] += exp(-torsion_model_energy(middle(i, POINTS * BINS)) / KT);
    energies_of(exact, of_exact);
    for (int i = 0; i < BINS; i++)
        worst = fmax(worst, fabs(energy[i] - of_exact[i]));
    return worst;
}
