#include "proof/sample_labels.h"

#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "engine/xtb.h"

/// Where the self-consistency ends when computed again; a step further and rounding stops it.
static const double TIGHTEST = 1e-12;

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct {
    double (*xyz)[3], (*velocity)[3], (*gradient)[3], (*again)[3]; // [n_atoms]
    double *differences;                                           // [n_frames * n_atoms * 3]
    Engine *engine;
    Arena arena;
} Labels;

static void labels_layout(Labels *labels, size_t n_atoms, size_t n_frames)
{
    labels->xyz = arena_vectors(&labels->arena, n_atoms);
    labels->velocity = arena_vectors(&labels->arena, n_atoms);
    labels->gradient = arena_vectors(&labels->arena, n_atoms);
    labels->again = arena_vectors(&labels->arena, n_atoms);
    labels->differences = arena_doubles(&labels->arena, n_frames * n_atoms * 3);
}

static QmtStatus compare(QmtContext *ctx, Sample *sample, size_t n_frames, Labels *labels,
                         LabelDifferences *found)
{
    const size_t n = sample->n_atoms;
    labels_layout(labels, n, n_frames);
    TRY(arena_reserve(ctx, &labels->arena));
    labels_layout(labels, n, n_frames);
    QmtEngineOptions options = run_engine_options(&sample->task);
    options.scf_tolerance = TIGHTEST;
    TRY(xtb_create(ctx, n, sample->task.structure->numbers, &options, &labels->engine));

    const RandomKey key = {.seed = 42};
    SampleFrame frame = {labels->xyz, labels->velocity, labels->gradient, 0.0, 0.0};
    size_t n_differences = 0;
    found->energy = 0.0;
    for (size_t k = 0; k < n_frames; k++) {
        double u[4], e = 0.0;
        random_uniforms(&key, k, 0, RANDOM_PRODUCTION, u);
        TRY(sample_frame(ctx, sample, (uint64_t)(u[0] * (double)sample->n_frames), &frame));
        engine_forget(labels->engine);
        const EngineResult result = {.energy = &e, .gradient = labels->again};
        TRY(engine_evaluate(ctx, labels->engine, (const double(*)[3])frame.xyz, &result));
        found->energy = fmax(found->energy, fabs(e - frame.potential));
        for (size_t a = 0; a < n; a++)
            for (int x = 0; x < 3; x++)
                labels->differences[n_differences++] =
                    fabs(labels->again[a][x] - frame.gradient[a][x]);
    }
    qsort(labels->differences, n_differences, sizeof *labels->differences, by_size);
    found->force = labels->differences[n_differences - 1];
    found->force_median = labels->differences[n_differences / 2];
    return QMT_OK;
}

QmtStatus sample_labels_compare(QmtContext *ctx, Sample *sample, size_t n_frames,
                                LabelDifferences *differences)
{
    Labels labels = {0};
    const QmtStatus status = compare(ctx, sample, n_frames, &labels, differences);
    engine_destroy(&labels.engine);
    arena_release(&labels.arena);
    return status;
}
