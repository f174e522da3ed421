/// Canonical velocity rescaling leaves vibrations where free motion has them. Anharmonic peaks move with the energy of their
/// vibration, so free motion has to have the same energies: its runs start from frames of the thermostat's, rotation and
/// all, and last as long as the pieces that they are compared with. On GFN2-xTB at 300 K.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/power_spectrum.h"
#include "proof/molecule_motion.h"
#include "proof/proof.h"

enum { FURTHEST, COMPARED, N_CLAIMS };
enum { PIECE = 2048, STRIDE = 4, N_PIECES = 48, N_PIECES_BRIEF = 2, N_POWER = PIECE / 2 + 1 };
#define STEP_FS 0.5
/// Distance of two points of a spectrum, /cm.
static const double POINT_CM = 1e15 / (PIECE * STRIDE * STEP_FS * 2.99792458e10);
/// Turning ends below LOWEST; a peak is the largest within WIDTH of it, and has some of the largest of all.
static const double LOWEST_CM = 250.0, WIDTH_CM = 40.0, LEAST = 0.05;

static const Claim CLAIMS[N_CLAIMS] = {
    [FURTHEST] = {"bussi at 300 K: a peak and that of free motion, furthest", "/cm", -INFINITY, 5.0,
                  40.0},
    [COMPARED] = {"peaks compared", "", 5.0, INFINITY, 0.0},
};

static const char *const MOLECULES[] = {"formic_acid", "chloromethane"};
enum { N_MOLECULES = sizeof MOLECULES / sizeof MOLECULES[0] };

/// Adds the spectrum of a piece of the sample, from frame `first` on.
static QmtStatus bath_add(QmtContext *ctx, Sample *sample, uint64_t first, MoleculeMotion *space,
                          PowerSpectrum *spectrum)
{
    SampleFrame frame = {space->next.xyz, space->next.velocity, space->next.gradient, 0.0, 0.0};
    for (uint64_t i = 0; i < PIECE; i++) {
        TRY(sample_frame(ctx, sample, first + i, &frame));
        power_spectrum_add(spectrum, frame.velocity[0]);
    }
    return QMT_OK;
}

/// Likewise of free motion from that frame.
static QmtStatus free_add(QmtContext *ctx, Sample *sample, uint64_t first, MoleculeMotion *motion,
                          PowerSpectrum *spectrum)
{
    TRY(molecule_motion_restart(ctx, sample, first, STEP_FS, motion));
    for (int i = 0; i < PIECE; i++) {
        power_spectrum_add(spectrum, motion->now.velocity[0]);
        for (int k = 0; k < STRIDE; k++)
            TRY(molecule_motion_step(ctx, motion));
    }
    return QMT_OK;
}

typedef QmtStatus PieceAdd(QmtContext *ctx, Sample *sample, uint64_t first, MoleculeMotion *motion,
                           PowerSpectrum *spectrum);

/// The spectrum of one piece comes to power.
static QmtStatus piece(QmtContext *ctx, Sample *sample, const double *weight, int k, PieceAdd *add,
                       MoleculeMotion *motion, double power[N_POWER])
{
    PowerSpectrum spectrum;
    TRY(power_spectrum_begin(ctx, PIECE, PIECE, 3 * sample->n_atoms, weight, &spectrum));
    const QmtStatus status = add(ctx, sample, (uint64_t)k * PIECE, motion, &spectrum);
    for (int i = 0; i < N_POWER; i++)
        power[i] += spectrum.power[i];
    power_spectrum_release(&spectrum);
    return status;
}

/// Centre of gravity of what lies within WIDTH of a point, /cm.
static double centroid(const double power[N_POWER], int point)
{
    const int width = (int)(WIDTH_CM / POINT_CM);
    double sum = 0.0, moment = 0.0;
    for (int i = point - width; i <= point + width; i++) {
        sum += power[i];
        moment += power[i] * i;
    }
    return moment / sum * POINT_CM;
}

static bool is_peak(const double power[N_POWER], int point, double least)
{
    const int width = (int)(WIDTH_CM / POINT_CM);
    bool largest = power[point] >= least;
    for (int i = point - width; i <= point + width && largest; i++)
        largest = power[i] <= power[point];
    return largest;
}

static void compare(const double bath[N_POWER], const double unbound[N_POWER], double *figure)
{
    const int lowest = (int)(LOWEST_CM / POINT_CM), end = N_POWER - (int)(WIDTH_CM / POINT_CM) - 1;
    double most = 0.0;
    for (int i = lowest; i < end; i++)
        most = fmax(most, unbound[i]);
    figure[FURTHEST] = figure[COMPARED] = 0.0;
    for (int i = lowest; i < end; i++) {
        if (!is_peak(unbound, i, LEAST * most))
            continue;
        figure[COMPARED] += 1.0;
        figure[FURTHEST] = fmax(figure[FURTHEST], fabs(centroid(bath, i) - centroid(unbound, i)));
    }
}

static QmtStatus spectra(QmtContext *ctx, Sample *sample, int n_pieces, MoleculeMotion *motion,
                         double *figure)
{
    double bath[N_POWER] = {0.0}, unbound[N_POWER] = {0.0};
    double *const weight = malloc(3 * sample->n_atoms * sizeof *weight);
    if (weight == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for weights");
    for (size_t i = 0; i < 3 * sample->n_atoms; i++)
        weight[i] = sample->mass[i / 3];
    QmtStatus status = molecule_motion_begin(ctx, sample, motion);
    for (int k = 0; k < n_pieces && status == QMT_OK; k++) {
        status = piece(ctx, sample, weight, k, bath_add, motion, bath);
        if (status == QMT_OK)
            status = piece(ctx, sample, weight, k, free_add, motion, unbound);
    }
    if (status == QMT_OK)
        compare(bath, unbound, figure);
    free(weight);
    return status;
}

static QmtStatus measure(QmtContext *ctx, const ProofRun *run, size_t subject, double *figure)
{
    const int n_pieces = run->brief ? N_PIECES_BRIEF : N_PIECES;
    char length[48];
    snprintf(length, sizeof length, "length_ps=%.3f", 1e-3 * PIECE * STRIDE * STEP_FS * n_pieces);
    const char *const settings[] = {"thermostat=bussi",
                                    "temperature_K=300",
                                    "dt_fs=0.5",
                                    "random_seed=42",
                                    "nve_every_ps=0",
                                    "save_interval_steps=4", // STRIDE
                                    run->brief ? "equilibration_ps=0.5" : "equilibration_ps=2",
                                    length,
                                    NULL};
    Sample sample;
    MoleculeMotion motion = {0};
    QmtStatus status = sample_make(ctx, run, "spectrum", MOLECULES[subject], settings, &sample);
    if (status == QMT_OK)
        status = spectra(ctx, &sample, n_pieces, &motion, figure);
    molecule_motion_end(&motion);
    sample_release(&sample);
    return status;
}

const Section PROOF_SPECTRUM = {"spectrum", CLAIMS, N_CLAIMS, MOLECULES, N_MOLECULES, 1, measure};
