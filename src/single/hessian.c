#include "single/hessian.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/processes.h"

/// Displacements in steps and their weights in 1/(12 h), for five points and for three.
static const struct {
    double at, weight;
} STENCIL[] = {{1.0, 8.0}, {-1.0, -8.0}, {2.0, -1.0}, {-2.0, 1.0}},
  STENCIL_3[] = {{1.0, 6.0}, {-1.0, -6.0}};

/// What every row needs.
typedef struct {
    Engine *engine;
    const double (*xyz)[3];
    const HessianOptions *options;
    void *rest; ///< what the engine remembers of the geometry at rest
    double (*moved)[3];
    double *gradient; ///< [3 n_atoms] of a displaced geometry
    double *row;      ///< [3 n_atoms + 3] slopes of the gradient, then of the dipole
    HessianResult *result;
} Rows;

static QmtStatus displaced(QmtContext *ctx, Rows *rows, size_t i, double at, double weight)
{
    const size_t n_x = 3 * rows->engine->n_atoms;
    const double h = rows->options->step;
    double dipole[3] = {0.0};
    memcpy(rows->moved, rows->xyz, n_x * sizeof(double));
    (&rows->moved[0][0])[i] += at * h;
    engine_kept_load(rows->engine, rows->rest);
    const EngineResult result = {.gradient = (double(*)[3])rows->gradient,
                                 .dipole = rows->options->dipole ? dipole : NULL};
    TRY(engine_evaluate(ctx, rows->engine, (const double(*)[3])rows->moved, &result));
    for (size_t j = 0; j < n_x; j++)
        rows->row[j] += weight / (12.0 * h) * rows->gradient[j];
    for (size_t x = 0; x < 3; x++)
        rows->row[n_x + x] += weight / (12.0 * h) * dipole[x];
    return QMT_OK;
}

static QmtStatus row_make(QmtContext *ctx, void *user, size_t i, Bytes *bytes)
{
    Rows *const rows = user;
    const size_t n = 3 * rows->engine->n_atoms + 3;
    memset(rows->row, 0, n * sizeof *rows->row);
    for (int k = 0; k < rows->options->points - 1; k++)
        TRY(rows->options->points == 5
                ? displaced(ctx, rows, i, STENCIL[k].at, STENCIL[k].weight)
                : displaced(ctx, rows, i, STENCIL_3[k].at, STENCIL_3[k].weight));
    bytes_add(bytes, rows->row, n * sizeof *rows->row);
    return QMT_OK;
}

static QmtStatus row_take(QmtContext *ctx, void *user, size_t i, const Bytes *bytes)
{
    const Rows *const rows = user;
    const size_t n_x = 3 * rows->engine->n_atoms;
    (void)ctx;
    memcpy(rows->result->hessian + i * n_x, bytes->data, n_x * sizeof(double));
    if (rows->options->dipole)
        memcpy(rows->result->dipole_slopes + 3 * i, bytes->data + n_x * sizeof(double),
               3 * sizeof(double));
    return QMT_OK;
}

/// The mean of the two sides; returns their largest difference.
static double symmetrise(size_t n, double *matrix)
{
    double largest = 0.0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            double *const a = matrix + i * n + j, *const b = matrix + j * n + i;
            largest = fmax(largest, fabs(*a - *b));
            *a = *b = 0.5 * (*a + *b);
        }
    return largest;
}

static QmtStatus rows_make(QmtContext *ctx, Rows *rows)
{
    const size_t n_x = 3 * rows->engine->n_atoms;
    HessianResult *const result = rows->result;
    const EngineResult rest = {.energy = &result->energy,
                               .gradient = (double(*)[3])result->gradient,
                               .dipole = rows->options->dipole ? result->dipole : NULL,
                               .report = &result->report};
    engine_forget(rows->engine);
    TRY(engine_evaluate(ctx, rows->engine, rows->xyz, &rest));
    engine_kept_save(rows->engine, rows->rest);
    TRY(processes_map(ctx, n_x, rows->options->n_workers, row_make, row_take, rows));
    result->asymmetry = symmetrise(n_x, result->hessian);
    return QMT_OK;
}

QmtStatus hessian_by_differences(QmtContext *ctx, Engine *engine, const double (*xyz)[3],
                                 const HessianOptions *options, HessianResult *result)
{
    const size_t n_x = 3 * engine->n_atoms;
    Rows rows = {.engine = engine,
                 .xyz = xyz,
                 .options = options,
                 .rest = malloc(engine_kept_size(engine) + 1),
                 .moved = malloc(n_x * sizeof(double)),
                 .gradient = malloc(n_x * sizeof(double)),
                 .row = malloc((n_x + 3) * sizeof(double)),
                 .result = result};
    const QmtStatus status =
        rows.rest != NULL && rows.moved != NULL && rows.gradient != NULL && rows.row != NULL
            ? rows_make(ctx, &rows)
            : FAIL(ctx, QMT_ERR_MEMORY, "no memory for the Hessian of %zu atoms", engine->n_atoms);
    free(rows.rest);
    free(rows.moved);
    free(rows.gradient);
    free(rows.row);
    return status;
}
