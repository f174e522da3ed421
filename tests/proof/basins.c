/// Metadynamics on the RMSD as configs/rmsd.yaml has it, on GFN2-xTB at 300 K: 20 ps take molecules out of the one basin
/// that 20 ps without bias see. Basins are those of the textbook: anti and both gauche of butane; C7eq, alpha R and C7ax of
/// the dipeptide by phi and psi; both chairs of cyclohexane and what lies between them. A visit counts when it lasts 50 fs.

#include <math.h>
#include <stdlib.h>

#include "base/units.h"
#include "bias/variable.h"
#include "proof/proof.h"
#include "proof/sample.h"

enum { MISSED, LAST, N_CLAIMS, N_BASINS = 3, VISIT_FRAMES = 5, FRAME_FS = 10 };
static const double LENGTH_PS = 20.0, LENGTH_BRIEF_PS = 0.5;

static const Claim CLAIMS[N_CLAIMS] = {
    [MISSED] = {"basins of three that 20 ps do not visit", "", 0.0, 0.0, N_BASINS - 1},
    [LAST] = {"time of the first visit to the last of them", "ps", 0.0, 20.0, 0.0},
};

static double torsion_degree(const double (*xyz)[3], size_t a, size_t b, size_t c, size_t d)
{
    return VARIABLE_TORSION.value((const size_t[4]){a, b, c, d}, xyz, NULL) * 180.0 / acos(-1.0);
}

static int butane_basin(const double (*xyz)[3])
{
    const double t = torsion_degree(xyz, 0, 1, 2, 3);
    return fabs(t) > 120.0 ? 0 : t > 0.0 ? 1 : 2;
}

static int dipeptide_basin(const double (*xyz)[3])
{
    const double phi = torsion_degree(xyz, 1, 3, 4, 6), psi = torsion_degree(xyz, 3, 4, 6, 8);
    if (phi > 0.0)
        return 2;
    return psi > 20.0 || psi < -130.0 ? 0 : 1;
}

/// Chairs have ring torsions of alternating sign, all far from zero.
static int cyclohexane_basin(const double (*xyz)[3])
{
    enum { RING = 6 };
    double least = 180.0;
    int sign = 0;
    bool alternates = true;
    for (size_t k = 0; k < RING; k++) {
        const double t = torsion_degree(xyz, k, (k + 1) % RING, (k + 2) % RING, (k + 3) % RING);
        const int turned = (t > 0.0) == (k % 2 == 0) ? 1 : -1;
        least = fmin(least, fabs(t));
        alternates = alternates && (k == 0 || turned == sign);
        sign = turned;
    }
    if (least < 20.0)
        return 2;
    return !alternates || least < 25.0 ? -1 : sign > 0 ? 0 : 1;
}

static const char *const MOLECULES[] = {"butane", "dipeptide", "cyclohexane"};
/// Which basin a geometry is in; -1: none.
static int (*const BASINS[])(const double (*xyz)[3]) = {butane_basin, dipeptide_basin,
                                                        cyclohexane_basin};
enum { N_MOLECULES = sizeof MOLECULES / sizeof MOLECULES[0] };

/// When the first visit to each basin began, ps; NAN: there was none.
static QmtStatus first_visits(QmtContext *ctx, Sample *sample, int (*basin_of)(const double (*)[3]),
                              double (*space)[3], double first[N_BASINS])
{
    const size_t n = sample->n_atoms;
    SampleFrame frame = {space, space + n, space + 2 * n, 0.0, 0.0};
    int before = -1, length = 0;
    for (int b = 0; b < N_BASINS; b++)
        first[b] = NAN;
    for (uint64_t f = 0; f < sample->n_frames; f++) {
        TRY(sample_frame(ctx, sample, f, &frame));
        const int basin = basin_of((const double(*)[3])frame.xyz);
        length = basin == before ? length + 1 : 1;
        before = basin;
        if (basin >= 0 && length == VISIT_FRAMES && isnan(first[basin]))
            first[basin] = 1e-3 * FRAME_FS * (double)(f + 1 - VISIT_FRAMES);
    }
    return QMT_OK;
}

static QmtStatus measure(QmtContext *ctx, const ProofRun *run, size_t subject, double *figure)
{
    const char *const settings[] = {"temperature_K=300",
                                    "friction_per_ps=5",
                                    "dt_fs=0.5",
                                    "random_seed=42",
                                    "nve_every_ps=0",
                                    "save_interval_steps=20",
                                    "bias.rmsd.atoms=heavy",
                                    "bias.rmsd.every_ps=0.2",
                                    "bias.rmsd.k_per_atom_kJ_mol=5.2",
                                    run->brief ? "equilibration_ps=0.1" : "equilibration_ps=1",
                                    run->brief ? "length_ps=0.5" : "length_ps=20",
                                    NULL};
    double first[N_BASINS], last = 0.0;
    Sample sample;
    QmtStatus status = sample_make(ctx, run, "basins", MOLECULES[subject], settings, &sample);
    double(*const space)[3] = calloc(3 * sample.n_atoms + 1, sizeof *space);
    if (status == QMT_OK && space == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "no memory for a frame");
    if (status == QMT_OK)
        status = first_visits(ctx, &sample, BASINS[subject], space, first);
    if (status == QMT_OK) {
        figure[MISSED] = 0.0;
        for (int b = 0; b < N_BASINS; b++) {
            figure[MISSED] += isnan(first[b]);
            last =
                fmax(last, isnan(first[b]) ? run->brief ? LENGTH_BRIEF_PS : LENGTH_PS : first[b]);
        }
        figure[LAST] = last;
    }
    free(space);
    sample_release(&sample);
    return status;
}

const Section PROOF_BASINS = {"basins", CLAIMS, N_CLAIMS, MOLECULES, N_MOLECULES, 1, measure};
