/// The labels in the files: frames drawn at random and computed again from nothing, as tightly as the
/// self-consistency can be converged.

#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "base/units.h"
#include "engine/xtb.h"
#include "proof/sample.h"

enum { ENERGY, FORCE, FORCE_MEDIAN, FLOAT_ENERGY, FLOAT_FORCE, N_CLAIMS };

static const Claim CLAIMS[N_CLAIMS] = {
    [ENERGY] = {"energy of 200 frames computed again: largest |dE|", "hartree", -INFINITY, 1e-10,
                0.0},
    [FORCE] = {"forces of 200 frames computed again: largest |dF|", "hartree/bohr", -INFINITY, 2e-8,
               0.0},
    [FORCE_MEDIAN] = {"forces of 200 frames computed again: median |dF|", "hartree/bohr", -INFINITY,
                      1e-9, 0.0},
    [FLOAT_ENERGY] = {"the same from the float32 file: largest |dE|", "kJ/mol", -INFINITY, 1e-3,
                      0.0},
    [FLOAT_FORCE] = {"the same from the float32 file: largest |dF|", "kJ/mol/nm", -INFINITY, 0.05,
                     0.0},
};

/// Where the self-consistency ends when computed again; a step further and rounding stops it.
static const double TIGHTEST = 1e-12;

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct {
    double (*xyz)[3], (*velocity)[3], (*gradient)[3], (*again)[3]; // [n_atoms]
    double *differences;                                           // [n_looks * n_atoms * 3]
    Engine *engine;
    Arena arena;
} Labels;

static void labels_layout(Labels *labels, size_t n_atoms, size_t n_looks)
{
    labels->xyz = arena_vectors(&labels->arena, n_atoms);
    labels->velocity = arena_vectors(&labels->arena, n_atoms);
    labels->gradient = arena_vectors(&labels->arena, n_atoms);
    labels->again = arena_vectors(&labels->arena, n_atoms);
    labels->differences = arena_doubles(&labels->arena, n_looks * n_atoms * 3);
}

/// Largest and median difference of frames of a sample, atomic units.
static QmtStatus compare(QmtContext *ctx, Sample *sample, size_t n_looks, Labels *labels,
                         double *energy, double *force, double *median)
{
    const size_t n = sample->n_atoms;
    labels_layout(labels, n, n_looks);
    TRY(arena_reserve(ctx, &labels->arena));
    labels_layout(labels, n, n_looks);
    QmtEngineOptions options = run_engine_options(&sample->task);
    options.scf_tolerance = TIGHTEST;
    TRY(xtb_create(ctx, n, sample->task.structure->numbers, &options, &labels->engine));

    const RandomKey key = {.seed = 42};
    SampleFrame frame = {labels->xyz, labels->velocity, labels->gradient, 0.0, 0.0};
    size_t n_differences = 0;
    double worst = 0.0;
    for (size_t look = 0; look < n_looks; look++) {
        double u[4], e = 0.0;
        random_uniforms(&key, look, 0, RANDOM_PRODUCTION, u);
        TRY(sample_frame(ctx, sample, (uint64_t)(u[0] * (double)sample->n_frames), &frame));
        engine_forget(labels->engine);
        const EngineResult result = {.energy = &e, .gradient = labels->again};
        TRY(engine_evaluate(ctx, labels->engine, (const double(*)[3])frame.xyz, &result));
        worst = fmax(worst, fabs(e - frame.potential));
        for (size_t a = 0; a < n; a++)
            for (int x = 0; x < 3; x++)
                labels->differences[n_differences++] =
                    fabs(labels->again[a][x] - frame.gradient[a][x]);
    }
    qsort(labels->differences, n_differences, sizeof *labels->differences, by_size);
    *energy = worst;
    *force = labels->differences[n_differences - 1];
    *median = labels->differences[n_differences / 2];
    return QMT_OK;
}

static QmtStatus measure_file(QmtContext *ctx, const ProofRun *run, size_t subject,
                              const char *precision, double *energy, double *force, double *median)
{
    Sample sample;
    Labels labels = {0};
    QmtStatus status = sample_make_nve(ctx, run, PROOF_MOLECULES[subject], precision, &sample);
    if (status == QMT_OK)
        status = compare(ctx, &sample, run->brief ? 20 : 200, &labels, energy, force, median);
    engine_destroy(&labels.engine);
    arena_release(&labels.arena);
    sample_release(&sample);
    return status;
}

static QmtStatus measure(QmtContext *ctx, const ProofRun *run, size_t subject, double *figure)
{
    double energy, force, median;
    TRY(measure_file(ctx, run, subject, "float64", &figure[ENERGY], &figure[FORCE],
                     &figure[FORCE_MEDIAN]));
    TRY(measure_file(ctx, run, subject, "float32", &energy, &force, &median));
    figure[FLOAT_ENERGY] = energy * KJMOL_PER_HARTREE;
    figure[FLOAT_FORCE] = force * KJMOL_PER_HARTREE / NM_PER_BOHR;
    return QMT_OK;
}

const Section PROOF_LABELS = {"labels",          CLAIMS, N_CLAIMS, PROOF_MOLECULES,
                              PROOF_N_MOLECULES, 1,      measure};
