#include "engine/callback.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    Engine face;
    QmtForceFunction function;
    void *user;
    double gradient[][3]; ///< [n_atoms], so that a failure leaves the caller's untouched
} Callback;

static QmtStatus callback_evaluate(QmtContext *ctx, Engine *engine, const double (*xyz)[3],
                                   const EngineResult *result)
{
    Callback *const callback = (Callback *)engine;
    const size_t n = engine->n_atoms;
    double energy = NAN;
    const int failed =
        callback->function(callback->user, n, &xyz[0][0], &energy, &callback->gradient[0][0]);
    if (failed != 0)
        return FAIL(ctx, QMT_ERR_CALLBACK, "force function: returned %d", failed);
    if (!isfinite(energy))
        return FAIL(ctx, QMT_ERR_CALLBACK, "force function: the energy is not a finite number");
    for (size_t a = 0; a < n; a++)
        for (int x = 0; x < 3; x++)
            if (!isfinite(callback->gradient[a][x]))
                return FAIL(ctx, QMT_ERR_CALLBACK,
                            "force function: the gradient of atom %zu is not a finite number",
                            a + 1);
    if (result->energy != NULL)
        *result->energy = energy;
    if (result->gradient != NULL)
        memcpy(result->gradient, callback->gradient, n * sizeof *callback->gradient);
    if (result->charges != NULL)
        memset(result->charges, 0, n * sizeof *result->charges);
    if (result->dipole != NULL)
        memset(result->dipole, 0, 3 * sizeof *result->dipole);
    if (result->report != NULL)
        *result->report = (EngineReport){0};
    return QMT_OK;
}

static void callback_destroy(Engine *engine)
{
    free(engine);
}

static const EngineType CALLBACK = {
    .name = "callback", .evaluate = callback_evaluate, .destroy = callback_destroy};

QmtStatus callback_engine_create(QmtContext *ctx, size_t n_atoms, QmtForceFunction function,
                                 void *user, Engine **engine)
{
    Callback *const callback = calloc(1, sizeof *callback + n_atoms * sizeof callback->gradient[0]);
    if (callback == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for a force function of %zu atoms", n_atoms);
    callback->face = (Engine){.type = &CALLBACK, .n_atoms = n_atoms};
    callback->function = function;
    callback->user = user;
    *engine = &callback->face;
    return QMT_OK;
}
