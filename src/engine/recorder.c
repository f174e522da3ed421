#include "engine/recorder.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    Engine base;
    double xyz[][3]; ///< [n_atoms] bohr
} Recorder;

static QmtStatus recorder_evaluate(QmtContext *ctx, Engine *engine, const double (*xyz)[3],
                                   const EngineResult *result)
{
    Recorder *const recorder = (Recorder *)engine;
    memcpy(recorder->xyz, xyz, engine->n_atoms * sizeof *xyz);
    return engine_evaluate(ctx, engine->inner, xyz, result);
}

static void recorder_destroy(Engine *engine)
{
    free(engine);
}

static const EngineType RECORDER = {
    .name = "recorder", .evaluate = recorder_evaluate, .destroy = recorder_destroy};

QmtStatus recorder_create(QmtContext *ctx, Engine *inner, Engine **engine)
{
    Recorder *const recorder =
        calloc(1, sizeof *recorder + inner->n_atoms * sizeof recorder->xyz[0]);
    if (recorder == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "recorder: no memory for %zu atoms", inner->n_atoms);
    recorder->base = (Engine){.type = &RECORDER, .n_atoms = inner->n_atoms, .inner = inner};
    *engine = &recorder->base;
    return QMT_OK;
}

const double (*recorder_geometry(const Engine *engine))[3]
{
    return (const double(*)[3])((const Recorder *)engine)->xyz;
}
