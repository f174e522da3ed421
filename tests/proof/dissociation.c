/// Bonds torn from 0.7 to 6 angstrom and closed again: twelve diatomics and five bonds of a metal. The energy is that of
/// the distance, whichever way the motion came, and the one found from nothing; its slope is the gradient.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/units.h"
#include "engine/xtb.h"
#include "io/file.h"
#include "proof/proof.h"

enum { FAILED, BACK, ABOVE, BELOW, SLOPE, N_CLAIMS };
enum { ATOMS_MAX = 5, POINTS = 107, BRIEF_EVERY = 8, BRIEF_CURVES = 4 };

static const Claim CLAIMS[N_CLAIMS] = {
    [FAILED] = {"distances, three ways, without a solution", "", -INFINITY, 0.0, 0.0},
    [BACK] = {"points whose energies out and back differ by more than 1e-7 hartree", "%", -INFINITY,
              0.0, 0.0},
    [ABOVE] = {"points of a motion more than 1e-7 hartree above the one found from nothing", "%",
               -INFINITY, 0.0, 0.0},
    [BELOW] = {"points found from nothing more than 1e-7 hartree above the one of a motion", "%",
               -INFINITY, 0.0, 0.0},
    [SLOPE] = {"largest |gradient - five-point slope|", "hartree/bohr", -INFINITY, 1e-7, 0.0},
};

/// The atoms from `first` on move along z; the bond is that of the last one before them and the first of them.
typedef struct {
    const char *name;
    int charge, unpaired;
    size_t n, first;
    int numbers[ATOMS_MAX];
    double at[ATOMS_MAX][3]; ///< angstrom; the moving part from z = 0
} Bond;

static const Bond BONDS[] = {
    {"H2", 0, 0, 2, 1, {1, 1}, {{0}}},
    {"LiO", 0, 1, 2, 1, {3, 8}, {{0}}},
    {"CO", 0, 0, 2, 1, {6, 8}, {{0}}},
    {"CuCl", 0, 0, 2, 1, {29, 17}, {{0}}},
    {"N2", 0, 0, 2, 1, {7, 7}, {{0}}},
    {"O2", 0, 2, 2, 1, {8, 8}, {{0}}},
    {"F2", 0, 0, 2, 1, {9, 9}, {{0}}},
    {"HF", 0, 0, 2, 1, {9, 1}, {{0}}},
    {"OH", 0, 1, 2, 1, {8, 1}, {{0}}},
    {"NO", 0, 1, 2, 1, {7, 8}, {{0}}},
    {"LiH", 0, 0, 2, 1, {3, 1}, {{0}}},
    {"NaCl", 0, 0, 2, 1, {11, 17}, {{0}}},
    {"SiO", 0, 0, 2, 1, {14, 8}, {{0}}},
    {"ZnO", 0, 0, 2, 1, {30, 8}, {{0}}},
    {"TiO", 0, 0, 2, 1, {22, 8}, {{0}}},
    {"Ni-CO", 0, 0, 3, 1, {28, 6, 8}, {{0}, {0}, {0.0, 0.0, 1.13}}},
    {"Cu+-NH3",
     1,
     0,
     5,
     1,
     {29, 7, 1, 1, 1},
     {{0}, {0}, {0.94, 0.0, 0.38}, {-0.47, 0.814, 0.38}, {-0.47, -0.814, 0.38}}},
};
enum { N_BONDS = sizeof BONDS / sizeof BONDS[0] };

static double distance_of(int point)
{
    return 0.7 + 0.05 * point;
}

/// @param shift  bohr
static void geometry(const Bond *bond, int point, double shift, double (*xyz)[3])
{
    for (size_t a = 0; a < bond->n; a++) {
        for (int x = 0; x < 3; x++)
            xyz[a][x] = bond->at[a][x] * BOHR_PER_ANGSTROM;
        if (a >= bond->first)
            xyz[a][2] += distance_of(point) * BOHR_PER_ANGSTROM + shift;
    }
}

/// NAN if there is no solution.
static double energy_at(QmtContext *ctx, Engine *engine, const Bond *bond, int point, double shift,
                        double (*gradient)[3])
{
    double xyz[ATOMS_MAX][3], energy = NAN;
    geometry(bond, point, shift, xyz);
    const EngineResult result = {.energy = &energy, .gradient = gradient};
    if (engine_evaluate(ctx, engine, (const double(*)[3])xyz, &result) != QMT_OK)
        return NAN;
    return energy;
}

/// Off the slope of the solution that is found from nothing, which is followed.
static double slope_deviation(QmtContext *ctx, Engine *engine, const Bond *bond, int point,
                              const double (*gradient)[3])
{
    static const double H = 5e-4, SHIFT[4] = {-2.0, -1.0, 1.0, 2.0},
                        WEIGHT[4] = {1.0, -8.0, 8.0, -1.0};
    double slope = 0.0;
    for (size_t a = bond->first; a < bond->n; a++)
        slope += gradient[a][2];
    for (int i = 0; i < 4; i++)
        slope -= WEIGHT[i] * energy_at(ctx, engine, bond, point, SHIFT[i] * H, NULL) / (12.0 * H);
    return fabs(slope);
}

typedef struct {
    int n, n_failed, n_back, n_above, n_below;
    double slope;
} Tally;

/// Points whose energies disagree go into the list.
static void count(FILE *list, const char *method, const Bond *bond, int point, const double *energy,
                  double slope, Tally *tally)
{
    const double out = energy[0], back = energy[1], cold = energy[2];
    bool noted = false;
    for (int way = 0; way < 3; way++)
        tally->n_failed += isnan(energy[way]);
    const bool differ[3] = {fabs(out - back) > 1e-7, fmax(out, back) > cold + 1e-7,
                            cold > fmin(out, back) + 1e-7};
    tally->n++;
    tally->n_back += differ[0];
    tally->n_above += differ[1];
    tally->n_below += differ[2];
    for (int i = 0; i < 3; i++)
        noted = noted || differ[i] || isnan(energy[i]);
    if (isfinite(slope))
        tally->slope = fmax(tally->slope, slope);
    if (noted || slope > 1e-8)
        fprintf(list, "%s %s %.2f angstrom: out %.9f back %.9f from nothing %.9f slope off %.1e\n",
                method, bond->name, distance_of(point), out, back, cold, slope);
}

static QmtStatus curve(QmtContext *ctx, const char *method, const Bond *bond, int every, FILE *list,
                       Tally *tally)
{
    Engine *moving = NULL, *cold = NULL;
    QmtEngineOptions options = qmt_engine_options_default();
    double(*const energy)[3] = calloc(POINTS, sizeof *energy);
    options.method = method;
    options.charge = bond->charge;
    options.unpaired = bond->unpaired;
    QmtStatus status = energy == NULL ? FAIL(ctx, QMT_ERR_MEMORY, "no memory for a curve") : QMT_OK;
    if (status == QMT_OK)
        status = xtb_create(ctx, bond->n, bond->numbers, &options, &moving);
    options.scf_state = QMT_SCF_FOLLOW;
    if (status == QMT_OK)
        status = xtb_create(ctx, bond->n, bond->numbers, &options, &cold);
    const int last = (POINTS - 1) / every;
    for (int k = 0; k <= 2 * last + 1 && status == QMT_OK; k++) {
        const int point = (k <= last ? k : 2 * last + 1 - k) * every;
        energy[point][k > last] = energy_at(ctx, moving, bond, point, 0.0, NULL);
    }
    for (int k = 0; k <= last && status == QMT_OK; k++) {
        double gradient[ATOMS_MAX][3];
        engine_forget(cold);
        energy[k * every][2] = energy_at(ctx, cold, bond, k * every, 0.0, gradient);
        const double slope =
            slope_deviation(ctx, cold, bond, k * every, (const double(*)[3])gradient);
        count(list, method, bond, k * every, energy[k * every], slope, tally);
    }
    engine_destroy(&moving);
    engine_destroy(&cold);
    free(energy);
    return status;
}

static QmtStatus measure(QmtContext *ctx, const ProofRun *run, const char *method, double *figure)
{
    char name[64], path[FILE_PATH_SIZE];
    Tally tally = {0};
    snprintf(name, sizeof name, "dissociation-%s.txt", method);
    TRY(file_join(ctx, run->out, name, path));
    FILE *list = fopen(path, "w");
    if (list == NULL)
        return FAIL(ctx, QMT_ERR_IO, "%s: cannot be written", path);
    QmtStatus status = QMT_OK;
    for (int b = 0; b < (run->brief ? BRIEF_CURVES : N_BONDS) && status == QMT_OK; b++)
        status = curve(ctx, method, &BONDS[b], run->brief ? BRIEF_EVERY : 1, list, &tally);
    fclose(list);
    TRY(status);
    figure[FAILED] = tally.n_failed;
    figure[BACK] = 100.0 * tally.n_back / tally.n;
    figure[ABOVE] = 100.0 * tally.n_above / tally.n;
    figure[BELOW] = 100.0 * tally.n_below / tally.n;
    figure[SLOPE] = tally.slope;
    return QMT_OK;
}

static QmtStatus measure_gfn1(QmtContext *ctx, const ProofRun *run, size_t subject, double *figure)
{
    (void)subject;
    return measure(ctx, run, "GFN1-xTB", figure);
}

static QmtStatus measure_gfn2(QmtContext *ctx, const ProofRun *run, size_t subject, double *figure)
{
    (void)subject;
    return measure(ctx, run, "GFN2-xTB", figure);
}

static const char *const GFN1[] = {"GFN1-xTB"}, *const GFN2[] = {"GFN2-xTB"};
const Section PROOF_DISSOCIATION_GFN1 = {"dissociation_gfn1", CLAIMS, N_CLAIMS, GFN1, 1, 1,
                                         measure_gfn1};
const Section PROOF_DISSOCIATION_GFN2 = {"dissociation_gfn2", CLAIMS, N_CLAIMS, GFN2, 1, 1,
                                         measure_gfn2};
