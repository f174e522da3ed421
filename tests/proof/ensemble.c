/// The thermostat on model molecules, looked at so seldom that looks are independent: how the energy is
/// spread and shared at 300 K, and the ratio of two temperatures. The bonds are soft, so that the known
/// error of whole-step velocities, -(omega dt)^2/4, is small beside the errors of the statistics.

#include <math.h>
#include <stdlib.h>

#include "base/units.h"
#include "base/vec3.h"
#include "md/velocities.h"
#include "proof/models.h"
#include "proof/proof.h"
#include "proof/statistics.h"

enum { GAMMA, TRANSLATION, ROTATION, VIBRATION, ATOMS, POTENTIAL_RATIO, TOTAL_RATIO, N_CLAIMS };

static const Claim CLAIMS[N_CLAIMS] = {
    [GAMMA] = {"kinetic energy against its Gamma distribution: p", "Kolmogorov-Smirnov", 0.01, 1.0,
               0.0},
    [TRANSLATION] = {"energy of translation, largest of all looks", "kT", -INFINITY, 1e-20, 0.0},
    [ROTATION] = {"energy of rotation off 3/2 kT", "standard errors", -INFINITY, 4.0, 0.0},
    [VIBRATION] = {"kinetic energy of vibration off (3n-6)/2 kT", "standard errors", -INFINITY, 4.0,
                   0.0},
    [ATOMS] = {"worst atom off 3/2 (1 - m/M) kT", "standard errors", -INFINITY, 4.0, 0.0},
    [POTENTIAL_RATIO] = {"300 K, 330 K: slope of ln p2/p1 of the potential energy",
                         "standard errors", -INFINITY, 4.0, 0.0},
    [TOTAL_RATIO] = {"300 K, 330 K: slope of ln p2/p1 of the total energy", "standard errors",
                     -INFINITY, 4.0, 0.0},
};

enum { N_MAX = 5 };

/// Masses in dalton, positions in bohr.
typedef struct {
    size_t n, n_bonds;
    double mass[N_MAX], xyz[N_MAX][3];
    ModelBond bonds[10];
} Molecule;

static const Molecule MOLECULES[] = {
    // Bent, three springs.
    {3,
     3,
     {15.999, 1.008, 1.008},
     {{0.0, 0.0, 0.0}, {1.81, 0.0, 0.0}, {-0.45, 1.753, 0.0}},
     {{0, 1, 0.05, 1.81, 0.0}, {0, 2, 0.05, 1.81, 0.0}, {1, 2, 0.02, 2.861, 0.0}}},
    // A carbon and four Morse bonds, one to fluorine; springs between the outer atoms.
    {5,
     10,
     {12.011, 1.008, 1.008, 18.998, 1.008},
     {{0.0, 0.0, 0.0}, {1.2, 1.2, 1.2}, {1.2, -1.2, -1.2}, {-1.2, 1.2, -1.2}, {-1.2, -1.2, 1.2}},
     {{0, 1, 0.06, 2.06, 0.18},
      {0, 2, 0.06, 2.06, 0.18},
      {0, 3, 0.06, 2.06, 0.18},
      {0, 4, 0.06, 2.06, 0.18},
      {1, 2, 0.02, 3.37, 0.0},
      {1, 3, 0.02, 3.37, 0.0},
      {1, 4, 0.02, 3.37, 0.0},
      {2, 3, 0.02, 3.37, 0.0},
      {2, 4, 0.02, 3.37, 0.0},
      {3, 4, 0.02, 3.37, 0.0}}},
};
static const char *const NAMES[] = {"springs, 3 atoms", "Morse, 5 atoms"};

/// What the looks at one temperature saw, energies in kT.
typedef struct {
    size_t n_looks;
    double *kinetic, *potential, *total; // [n_looks]; the last two in hartree
    double translation;                  // largest
    double rotation, vibration;          // means
    double atom[N_MAX];                  // means
} Seen;

static void look(const Model *model, size_t i, Seen *seen)
{
    const size_t n = model->n;
    const double kt = model->settings.kt, share = 1.0 / (double)seen->n_looks;
    const double(*v)[3] = (const double(*)[3])model->now.velocity;
    double p[3], total_mass = 0.0, still[N_MAX][3];
    for (size_t a = 0; a < n; a++) {
        total_mass += model->mass[a];
        seen->atom[a] += 0.5 * model->mass[a] * vec3_dot(v[a], v[a]) / kt * share;
    }
    velocities_momentum(n, model->mass, v, p);
    seen->translation = fmax(seen->translation, 0.5 * vec3_dot(p, p) / total_mass / kt);

    // What removing the rotation leaves is the motion of the atoms against one another.
    memcpy(still, v, n * sizeof *still);
    velocities_remove_rotation(n, model->mass, (const double(*)[3])model->now.xyz, false, still);
    const double inner = velocities_kinetic(n, model->mass, (const double(*)[3])still);
    seen->vibration += inner / kt * share;
    seen->rotation += (model->now.at.kinetic - inner) / kt * share;

    seen->kinetic[i] = model->now.at.kinetic / kt;
    seen->potential[i] = model->now.at.energy;
    seen->total[i] = model->now.at.energy + model->now.at.kinetic;
}

static QmtStatus watch(QmtContext *ctx, const Molecule *molecule, double kelvin, uint64_t seed,
                       Seen *seen)
{
    // 100 fs at a friction of 60 /ps: velocities keep exp(-6) of themselves.
    enum { STEPS_BETWEEN = 400, LOOKS_BEFORE = 50 };
    const ModelOptions options = {.bonds = molecule->bonds, .n_bonds = molecule->n_bonds};
    Model model;
    QmtStatus status = model_begin(ctx, &options, molecule->n, molecule->mass, molecule->xyz,
                                   0.25 / FS_PER_AUT, 60.0 * PS_PER_AUT, kelvin, &model);
    if (status == QMT_OK) {
        model.settings.key.seed = seed;
        model_heat(&model);
    }
    for (size_t i = 0; i < LOOKS_BEFORE + seen->n_looks && status == QMT_OK; i++) {
        for (int k = 0; k < STEPS_BETWEEN && status == QMT_OK; k++)
            status = model_step(ctx, &model);
        if (i >= LOOKS_BEFORE && status == QMT_OK)
            look(&model, i - LOOKS_BEFORE, seen);
    }
    model_end(&model);
    return status;
}

/// How many standard errors the mean of n values of Gamma(shape) is off.
static double gamma_mean_off(double mean, double shape, size_t n)
{
    return fabs(mean - shape) / sqrt(shape / (double)n);
}

static double ratio_off(const double *cold, const double *hot, size_t n, double exact)
{
    const BoltzmannRatio ratio = boltzmann_ratio(cold, hot, n);
    return fabs(ratio.slope - exact) / ratio.error;
}

static void judge(const Molecule *molecule, const Seen *cold, const Seen *hot, double exact_slope,
                  double *figure)
{
    const size_t n = cold->n_looks;
    double total = 0.0, worst = 0.0;
    for (size_t a = 0; a < molecule->n; a++)
        total += molecule->mass[a];
    for (size_t a = 0; a < molecule->n; a++) {
        // With the centre of mass at rest an atom keeps the share 1 - m/M of its three squares.
        const double share = 1.0 - molecule->mass[a] / total;
        worst = fmax(worst, gamma_mean_off(cold->atom[a] / share, 1.5, n));
    }
    figure[TRANSLATION] = cold->translation;
    figure[ROTATION] = gamma_mean_off(cold->rotation, 1.5, n);
    figure[VIBRATION] = gamma_mean_off(cold->vibration, 1.5 * (double)molecule->n - 3.0, n);
    figure[ATOMS] = worst;
    figure[POTENTIAL_RATIO] = ratio_off(cold->potential, hot->potential, n, exact_slope);
    figure[TOTAL_RATIO] = ratio_off(cold->total, hot->total, n, exact_slope);
    figure[GAMMA] = kolmogorov_smirnov(cold->kinetic, n, 3 * (int)molecule->n - 3);
}

static QmtStatus measure(QmtContext *ctx, const ProofRun *run, size_t subject, double *figure)
{
    static const double COLD = 300.0, HOT = 330.0;
    const Molecule *molecule = &MOLECULES[subject];
    const size_t n = run->brief ? 1000 : 50000;
    double *const block = calloc(6 * n, sizeof *block);
    if (block == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu looks", n);
    Seen seen[2];
    for (int t = 0; t < 2; t++) {
        double *const mine = block + 3 * n * (size_t)t;
        seen[t] =
            (Seen){.n_looks = n, .kinetic = mine, .potential = mine + n, .total = mine + 2 * n};
    }
    QmtStatus status = watch(ctx, molecule, COLD, 42, &seen[0]);
    if (status == QMT_OK)
        status = watch(ctx, molecule, HOT, 43, &seen[1]);
    if (status == QMT_OK)
        judge(molecule, &seen[0], &seen[1], (1.0 / HOT - 1.0 / COLD) / HARTREE_PER_KELVIN, figure);
    free(block);
    return status;
}

const Section PROOF_ENSEMBLE = {"ensemble", CLAIMS, N_CLAIMS, NAMES, 2, 2, measure};
