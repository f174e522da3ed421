// include/qmtraj/opt.h
#include "qmtraj/opt.h"

#include "api/argument.h"
#include "api/qmt_engine.h"
#include "opt/minimise.h"

/// Sizes of the first version that had them.
enum { OPTIONS_FIRST_SIZE = 72, RESULT_FIRST_SIZE = 48 };
_Static_assert(sizeof(QmtOptOptions) == OPTIONS_FIRST_SIZE, "it has not grown yet");
_Static_assert(offsetof(QmtOptResult, scf_iterations) == RESULT_FIRST_SIZE, "it grew behind these");

static const QmtOptOptions INITIAL = {
    .struct_size = sizeof INITIAL, .gradient = 1e-5, .evaluations_max = 1000};

void qmt_opt_options_init(QmtOptOptions *options, size_t struct_size)
{
    if (options == NULL || struct_size < sizeof struct_size)
        return;
    memset(options, 0, struct_size);
    memcpy(options, &INITIAL, struct_size < sizeof INITIAL ? struct_size : sizeof INITIAL);
    options->struct_size = struct_size;
}

/// Four different atoms of the molecule.
static QmtStatus frozen_check(QmtContext *ctx, size_t n_atoms, const size_t frozen[4])
{
    for (int i = 0; i < 4; i++) {
        NEEDS(ctx, frozen[i] < n_atoms, "opt: atom %zu of the frozen torsion, the molecule has %zu",
              frozen[i] + 1, n_atoms);
        for (int j = 0; j < i; j++)
            NEEDS(ctx, frozen[i] != frozen[j], "opt: atom %zu is twice in the frozen torsion",
                  frozen[i] + 1);
    }
    return QMT_OK;
}

QmtStatus qmt_opt_minimise(QmtContext *ctx, QmtEngine *engine, double *xyz,
                           const QmtOptOptions *options, double *gradient, QmtOptResult *result)
{
    QmtOptOptions own = INITIAL;
    QmtOptResult made = qmt_opt_result_empty();
    MinimiseResult inner;
    NEEDS(ctx, engine != NULL && xyz != NULL, "opt: engine or xyz is NULL");
    if (options != NULL)
        TRY(struct_take(ctx, "QmtOptOptions", options, OPTIONS_FIRST_SIZE, &own, sizeof own));
    NEEDS(ctx, own.gradient > 0.0, "opt: a gradient of %g, more than 0 is expected", own.gradient);
    NEEDS(ctx, own.evaluations_max > 0, "opt: %d evaluations, at least 1 is expected",
          own.evaluations_max);
    if (own.has_frozen)
        TRY(frozen_check(ctx, engine->engine->n_atoms, own.frozen));
    TRY(coordinates_check(ctx, "opt", engine->engine->n_atoms, xyz));
    if (result != NULL)
        TRY(struct_give(ctx, "QmtOptResult", &made, sizeof made, RESULT_FIRST_SIZE, result));
    const MinimiseOptions settings = {.gradient = own.gradient,
                                      .evaluations_max = own.evaluations_max,
                                      .frozen = own.has_frozen ? own.frozen : NULL,
                                      .accepted = own.progress,
                                      .user = own.user};
    TRY(minimise(ctx, engine->engine, engine->numbers, &settings, (double(*)[3])xyz,
                 (double(*)[3])gradient, &inner));
    made.energy_before = inner.energy_before;
    made.energy = inner.energy;
    made.largest = inner.largest;
    made.norm = inner.norm;
    made.evaluations = inner.evaluations;
    made.converged = inner.converged;
    made.scf_iterations = inner.scf_iterations;
    made.recovery = inner.recovery;
    return result != NULL
               ? struct_give(ctx, "QmtOptResult", &made, sizeof made, RESULT_FIRST_SIZE, result)
               : QMT_OK;
}
