/// Ethylene turned about its double bond until the two halves stand across each other, where the frontier
/// orbitals meet and share their electrons: the gradient is the slope of the free energy all the way.

#include <math.h>

#include "base/units.h"
#include "engine/xtb.h"
#include "proof/proof.h"

enum { SLOPE, ENERGY_STEP, FRACTIONAL, N_CLAIMS, N_ATOMS = 6, DEGREES = 90 };

static const Claim CLAIMS[N_CLAIMS] = {
    [SLOPE] = {"0 to 90 degrees, 91 points: largest |gradient - five-point slope|", "hartree/bohr",
               -INFINITY, 1e-8, 0.0},
    [ENERGY_STEP] = {"largest second difference of the energy over 1 degree", "hartree", -INFINITY,
                     2e-3, 0.0},
    [FRACTIONAL] = {"smallest gap on the way", "hartree", -INFINITY, 0.1, 0.0},
};

static const char *const METHODS[] = {"GFN2-xTB", "GFN1-xTB"};
enum { N_METHODS = sizeof METHODS / sizeof METHODS[0] };

static const int NUMBERS[N_ATOMS] = {6, 6, 1, 1, 1, 1};

/// One CH2 stays, the other turns. The angle is shifted by a hundredth of a degree, and the halves differ
/// a little, so that no symmetry hides an error.
static void geometry(double degrees, double (*xyz)[3])
{
    static const double CC = 1.33, X = 0.57, R[4] = {0.92, 0.93, 0.925, 0.935}; // angstrom
    const double turn = (degrees + 0.01) * acos(-1.0) / 180.0;
    const double at[N_ATOMS][3] = {
        {0.0, 0.0, 0.0},
        {CC, 0.0, 0.0},
        {-X, R[0], 0.0},
        {-X, -R[1], 0.01},
        {CC + X, R[2] * cos(turn), R[2] * sin(turn)},
        {CC + X, -R[3] * cos(turn), -R[3] * sin(turn)},
    };
    for (int a = 0; a < N_ATOMS; a++)
        for (int x = 0; x < 3; x++)
            xyz[a][x] = at[a][x] * BOHR_PER_ANGSTROM;
}

static QmtStatus energy_at(QmtContext *ctx, Engine *engine, double (*xyz)[3], double *energy)
{
    return engine_evaluate(ctx, engine, (const double(*)[3])xyz, &(EngineResult){.energy = energy});
}

/// Largest deviation at one angle. Near 90 degrees occupations change within some hundredths of a bohr,
/// which asks for a shorter step than elsewhere.
static QmtStatus deviation(QmtContext *ctx, Engine *engine, double (*xyz)[3], double *energy,
                           double *gap, double *worst)
{
    static const double H = 4e-4; // bohr
    double gradient[N_ATOMS][3];
    TRY(engine_evaluate(ctx, engine, (const double(*)[3])xyz,
                        &(EngineResult){.energy = energy,
                                        .gradient = gradient,
                                        .properties = gap,
                                        .property_set = 1u << PROPERTY_GAP}));
    for (int a = 0; a < N_ATOMS; a++)
        for (int x = 0; x < 3; x++) {
            const double x0 = xyz[a][x];
            double e[5] = {0.0};
            for (int i = 0; i < 5; i++) {
                xyz[a][x] = x0 + (i - 2) * H;
                if (i != 2)
                    TRY(energy_at(ctx, engine, xyz, &e[i]));
            }
            xyz[a][x] = x0;
            const double slope = (e[0] - 8.0 * e[1] + 8.0 * e[3] - e[4]) / (12.0 * H);
            if (!(fabs(slope - gradient[a][x]) <= *worst))
                *worst = fabs(slope - gradient[a][x]);
        }
    return QMT_OK;
}

static QmtStatus turn(QmtContext *ctx, Engine *engine, double *figure)
{
    double energy[DEGREES + 1], worst = 0.0, smallest = INFINITY, bend = 0.0;
    for (int degrees = 0; degrees <= DEGREES; degrees++) {
        double xyz[N_ATOMS][3], gap;
        geometry(degrees, xyz);
        TRY(deviation(ctx, engine, xyz, &energy[degrees], &gap, &worst));
        smallest = fmin(smallest, gap);
        if (degrees >= 2)
            bend =
                fmax(bend, fabs(energy[degrees] - 2.0 * energy[degrees - 1] + energy[degrees - 2]));
    }
    figure[SLOPE] = worst;
    figure[ENERGY_STEP] = bend;
    figure[FRACTIONAL] = smallest;
    return QMT_OK;
}

static QmtStatus measure(QmtContext *ctx, const ProofRun *run, size_t subject, double *figure)
{
    (void)run;
    QmtEngineOptions options = qmt_engine_options_default();
    options.method = METHODS[subject];
    options.scf_tolerance = 1e-12;
    Engine *engine = NULL;
    TRY(xtb_create(ctx, N_ATOMS, NUMBERS, &options, &engine));
    const QmtStatus status = turn(ctx, engine, figure);
    engine_destroy(&engine);
    return status;
}

const Section PROOF_TORSION = {"torsion", CLAIMS, N_CLAIMS, METHODS, N_METHODS, 2, measure};
