// include/qmtraj/sample.h
#include "qmtraj/sample.h"

#include "api/argument.h"
#include "api/qmt_engine.h"
#include "api/qmt_hessian.h"
#include "api/qmt_single.h"
#include "single/mode_samples.h"

enum { OPTIONS_FIRST_SIZE = 48 };
_Static_assert(sizeof(QmtSampleOptions) == OPTIONS_FIRST_SIZE, "it has not grown yet");

static const QmtSampleOptions INITIAL = {.struct_size = sizeof INITIAL,
                                         .temperature_k = 300.0,
                                         .lowest_cm = 10.0,
                                         .seed = 42,
                                         .n_frames = 100,
                                         .n_workers = 1};

void qmt_sample_options_init(QmtSampleOptions *options, size_t struct_size)
{
    if (options == NULL || struct_size < sizeof struct_size)
        return;
    memset(options, 0, struct_size);
    memcpy(options, &INITIAL, struct_size < sizeof INITIAL ? struct_size : sizeof INITIAL);
    options->struct_size = struct_size;
}

QmtStatus qmt_sample_modes(QmtContext *ctx, QmtSingle *single, const QmtModes *modes, double energy,
                           const QmtSampleOptions *options, const char *path,
                           QmtSampleResult *result)
{
    QmtSampleOptions own = INITIAL;
    ModeSamplesResult made;
    NEEDS(ctx, single != NULL && modes != NULL && path != NULL,
          "sample: single, modes or path is NULL");
    if (options != NULL)
        TRY(struct_take(ctx, "QmtSampleOptions", options, OPTIONS_FIRST_SIZE, &own, sizeof own));
    NEEDS(ctx, modes->modes.n_atoms == single->structure.n_atoms,
          "sample: modes of %zu atoms, the molecule has %zu", modes->modes.n_atoms,
          single->structure.n_atoms);
    NEEDS(ctx, own.temperature_k > 0.0 && own.lowest_cm > 0.0, "sample: %g K, from %g cm-1 on",
          own.temperature_k, own.lowest_cm);
    NEEDS(ctx, own.n_frames >= 1 && own.n_workers >= 1, "sample: %zu frames, %d workers",
          own.n_frames, own.n_workers);
    const ModeSamplesOptions settings = {.sampling = {.temperature_k = own.temperature_k,
                                                      .quantum = !own.classical,
                                                      .lowest_cm = own.lowest_cm},
                                         .seed = own.seed,
                                         .n_frames = own.n_frames,
                                         .n_workers = (size_t)own.n_workers};
    TRY(mode_samples_write(ctx, path, &single->spec, single->engine->engine, &modes->modes,
                           single->masses, energy, &settings, &made));
    if (result != NULL)
        *result = (QmtSampleResult){.n_written = made.n_written,
                                    .n_failed = made.n_failed,
                                    .n_moving = made.n_moving,
                                    .mean_rise = made.mean};
    return QMT_OK;
}
