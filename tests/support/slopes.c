#include "support/slopes.h"

#include "support/check.h"

QmtEngine *slopes_engine(QmtContext *ctx, const char *method, const System *system)
{
    QmtEngineOptions options = qmt_engine_options_default();
    options.method = method;
    options.charge = system->charge;
    options.unpaired = system->unpaired;
    options.scf_tolerance = 1e-12;
    QmtEngine *engine = NULL;
    if (qmt_engine_create(ctx, system->n, system->numbers, &options, &engine) != QMT_OK)
        fail_msg("%s: %s", system->name, qmt_context_message(ctx));
    return engine;
}

double slopes_energy(QmtContext *ctx, const System *system, QmtEngine *engine, double (*xyz)[3],
                     double (*gradient)[3])
{
    double energy;
    QmtResult result = qmt_result_empty();
    result.energy = &energy;
    result.gradient = gradient != NULL ? &gradient[0][0] : NULL;
    if (qmt_engine_evaluate(ctx, engine, &xyz[0][0], NULL, &result) != QMT_OK)
        fail_msg("%s: %s", system->name, qmt_context_message(ctx));
    return energy;
}

double slopes_deviation(QmtContext *ctx, const char *method, const System *system)
{
    const double h = 1e-3;
    double xyz[SYSTEM_MAX_ATOMS][3], gradient[SYSTEM_MAX_ATOMS][3], worst = 0.0;
    QmtEngine *engine = slopes_engine(ctx, method, system);
    system_bohr(system, xyz);
    slopes_energy(ctx, system, engine, xyz, gradient);
    for (size_t a = 0; a < system->n; a++)
        for (int x = 0; x < 3; x++) {
            const double x0 = xyz[a][x];
            double e[5] = {0.0};
            for (int i = 0; i < 5; i++)
                if (i != 2) {
                    xyz[a][x] = x0 + (i - 2) * h;
                    e[i] = slopes_energy(ctx, system, engine, xyz, NULL);
                }
            xyz[a][x] = x0;
            const double slope = (e[0] - 8.0 * e[1] + 8.0 * e[3] - e[4]) / (12.0 * h);
            worst = fmax(worst, fabs(slope - gradient[a][x]));
        }
    qmt_engine_destroy(&engine);
    return worst;
}
