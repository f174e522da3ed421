// include/qmtraj/ipi.h
#include "qmtraj/ipi.h"

#include <stdlib.h>

#include "api/argument.h"
#include "api/qmt_engine.h"
#include "io/ipi.h"
#include "io/json.h"
#include "io/text.h"

enum { OPTIONS_FIRST_SIZE = 40, PORT_MAX = 65535 };
_Static_assert(sizeof(QmtIpiOptions) == OPTIONS_FIRST_SIZE, "it has not grown yet");

/// The engine behind the protocol.
typedef struct {
    Engine *engine;
    bool wants_extra;
    double dipole[3], *charges;
    char *text; ///< JSON of the last extra
} Driver;

void qmt_ipi_options_init(QmtIpiOptions *options, size_t struct_size)
{
    const QmtIpiOptions initial = {
        .struct_size = sizeof initial, .host = "localhost", .port = 31415, .patience_s = 10.0};
    if (options == NULL || struct_size < sizeof struct_size)
        return;
    memset(options, 0, struct_size);
    memcpy(options, &initial, struct_size < sizeof initial ? struct_size : sizeof initial);
    options->struct_size = struct_size;
}

static QmtStatus driver_evaluate(QmtContext *ctx, void *user, const double *xyz, double *energy,
                                 double *gradient)
{
    Driver *const driver = user;
    return engine_evaluate(
        ctx, driver->engine, (const double(*)[3])xyz,
        &(EngineResult){.energy = energy,
                        .gradient = (double(*)[3])gradient,
                        .dipole = driver->wants_extra ? driver->dipole : NULL,
                        .charges = driver->wants_extra ? driver->charges : NULL});
}

static cJSON *numbers_json(const double *values, size_t n)
{
    cJSON *const array = cJSON_CreateArray();
    for (size_t i = 0; i < n; i++) {
        char text[TEXT_DOUBLE_SIZE];
        text_format_double(values[i], text);
        cJSON_AddItemToArray(array, cJSON_CreateRaw(text));
    }
    return array;
}

static const char *driver_extra(void *user)
{
    Driver *const driver = user;
    cJSON_free(driver->text);
    json_begin();
    cJSON *const object = cJSON_CreateObject();
    cJSON_AddItemToObject(object, "dipole", numbers_json(driver->dipole, 3));
    cJSON_AddItemToObject(object, "charges",
                          numbers_json(driver->charges, driver->engine->n_atoms));
    driver->text = json_text(object, false);
    return driver->text;
}

static QmtStatus serve(QmtContext *ctx, const QmtIpiOptions *options, Driver *driver,
                       uint64_t *n_done)
{
    const size_t n_atoms = driver->engine->n_atoms;
    const IpiClient client = {.unix_path = options->unix_path,
                              .host = options->host,
                              .port = options->port,
                              .patience_s = options->patience_s,
                              .n_atoms = n_atoms,
                              .user = driver,
                              .evaluate = driver_evaluate,
                              .extra = driver->wants_extra ? driver_extra : NULL};
    driver->charges = malloc(n_atoms * sizeof *driver->charges);
    if (driver->charges == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu atoms", n_atoms);
    const locale_t before = text_enter_c_locale();
    const QmtStatus status = ipi_serve(ctx, &client, n_done);
    text_leave_c_locale(before);
    free(driver->charges);
    cJSON_free(driver->text);
    return status;
}

QmtStatus qmt_ipi_serve(QmtContext *ctx, QmtEngine *engine, const QmtIpiOptions *options,
                        uint64_t *n_done)
{
    QmtIpiOptions own = qmt_ipi_options_default();
    uint64_t served = 0;
    NEEDS(ctx, engine != NULL, "ipi: engine is NULL");
    if (options != NULL)
        TRY(struct_take(ctx, "QmtIpiOptions", options, OPTIONS_FIRST_SIZE, &own, sizeof own));
    NEEDS(ctx, own.unix_path != NULL || (own.host != NULL && own.port > 0 && own.port <= PORT_MAX),
          "ipi: options name no server: unix_path, or host and a port from 1 to %d", PORT_MAX);
    NEEDS(ctx, own.patience_s >= 0.0, "ipi: options.patience_s is %g", own.patience_s);
    NEEDS(ctx, !own.extras || engine->is_xtb,
          "ipi: a force function has no dipole and charges; leave extras 0");
    Driver driver = {.engine = engine->engine, .wants_extra = own.extras != 0};
    const QmtStatus status = serve(ctx, &own, &driver, &served);
    if (n_done != NULL)
        *n_done = served;
    return status;
}
