// The public face of the engine, include/qmtraj/qmtraj.h.
#include <stdlib.h>

#include "engine/xtb.h"

struct QmtEngine {
    Engine *engine;
};

QmtStatus qmt_engine_create(QmtContext *ctx, size_t n_atoms, const int *numbers,
                            const QmtEngineOptions *options, QmtEngine **engine)
{
    QmtEngine *new_engine = calloc(1, sizeof *new_engine);
    if (new_engine == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "out of memory");
    const QmtStatus status = xtb_create(ctx, n_atoms, numbers, options, &new_engine->engine);
    if (status != QMT_OK) {
        free(new_engine);
        return status;
    }
    *engine = new_engine;
    return QMT_OK;
}

void qmt_engine_destroy(QmtEngine **engine)
{
    if (engine == NULL || *engine == NULL)
        return;
    engine_destroy(&(*engine)->engine);
    free(*engine);
    *engine = NULL;
}

QmtStatus qmt_engine_evaluate(QmtContext *ctx, QmtEngine *engine, const double (*xyz)[3],
                              double *energy, double (*gradient)[3], double *charges,
                              double dipole[3])
{
    const EngineResult result = {
        .energy = energy, .gradient = gradient, .charges = charges, .dipole = dipole};
    return engine_evaluate(ctx, engine->engine, xyz, &result);
}
