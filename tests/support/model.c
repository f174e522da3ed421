#include "support/model.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/vec3.h"

typedef struct {
    Engine base; // first: an Engine * is a ModelEngine *
    ModelOptions options;
    ModelBond *bonds;      // [n_bonds]
    double (*gradient)[3]; // [n_atoms], hartree/bohr, scratch
    int64_t *known;        // kept, with hysteresis: 1 if there are last positions
    double (*last)[3];     // [n_atoms] kept, likewise
    uint64_t evaluations;
    Arena arena;
} ModelEngine;

static void model_layout(ModelEngine *model)
{
    const size_t n = model->base.n_atoms;
    model->bonds = arena_bytes(&model->arena, model->options.n_bonds * sizeof *model->bonds);
    model->gradient = arena_vectors(&model->arena, n);
    if (model->options.hysteresis != 0.0) {
        model->known = arena_kept(&model->arena, sizeof *model->known);
        model->last = arena_kept(&model->arena, n * sizeof *model->last);
    }
    model->base.kept = arena_kept_since(&model->arena, 0);
}

static void add_springs(const ModelEngine *model, const double (*xyz)[3], double *energy)
{
    const double k = model->options.spring;
    for (size_t a = 0; a < model->base.n_atoms; a++) {
        *energy += 0.5 * k * vec3_dot(xyz[a], xyz[a]);
        vec3_add_scaled(k, xyz[a], model->gradient[a]);
    }
}

/// Energy and slope dE/dR of one bond of length r.
static double bond_energy(const ModelBond *bond, double r, double *slope)
{
    const double x = r - bond->r0;
    if (bond->depth < 0.0) {
        const double w2 = -8.0 * bond->depth / bond->k, y = x * x / w2 - 1.0;
        *slope = -4.0 * bond->depth * y * x / w2;
        return -bond->depth * y * y;
    }
    if (bond->depth == 0.0) {
        *slope = bond->k * x;
        return 0.5 * bond->k * x * x;
    }
    const double a = sqrt(bond->k / (2.0 * bond->depth));
    const double decay = exp(-a * x);
    *slope = 2.0 * bond->depth * a * (1.0 - decay) * decay;
    return bond->depth * (1.0 - decay) * (1.0 - decay);
}

static double lj_energy(const ModelOptions *options, double r, double *slope)
{
    const double s2 = options->lj_sigma * options->lj_sigma / (r * r);
    const double s6 = s2 * s2 * s2;
    *slope = -24.0 * options->lj_epsilon * (2.0 * s6 * s6 - s6) / r;
    return 4.0 * options->lj_epsilon * (s6 * s6 - s6);
}

/// Adds a pair's slope along the line from b to a. Fails if the line has no direction.
static QmtStatus add_pair(QmtContext *ctx, ModelEngine *model, const double (*xyz)[3], size_t a,
                          size_t b, const ModelBond *bond, double *energy)
{
    double d[3], slope;
    vec3_difference(xyz[a], xyz[b], d);
    const double r = vec3_norm(d);
    if (r == 0.0)
        return FAIL(ctx, QMT_ERR_INPUT, "model: atoms %zu and %zu are in the same place", a + 1,
                    b + 1);
    *energy += bond != NULL ? bond_energy(bond, r, &slope) : lj_energy(&model->options, r, &slope);
    vec3_add_scaled(slope / r, d, model->gradient[a]);
    vec3_add_scaled(-slope / r, d, model->gradient[b]);
    return QMT_OK;
}

static QmtStatus add_pairs(QmtContext *ctx, ModelEngine *model, const double (*xyz)[3],
                           double *energy)
{
    for (size_t i = 0; i < model->options.n_bonds; i++) {
        const ModelBond *bond = &model->bonds[i];
        TRY(add_pair(ctx, model, xyz, bond->a, bond->b, bond, energy));
    }
    if (model->options.lj_epsilon == 0.0)
        return QMT_OK;
    for (size_t a = 0; a < model->base.n_atoms; a++)
        for (size_t b = 0; b < a; b++)
            TRY(add_pair(ctx, model, xyz, a, b, NULL, energy));
    return QMT_OK;
}

/// The gradient lags behind as if the state had not quite followed the atoms.
static void add_hysteresis(ModelEngine *model, const double (*xyz)[3])
{
    const size_t n = model->base.n_atoms;
    if (*model->known)
        for (size_t a = 0; a < n; a++)
            for (int x = 0; x < 3; x++)
                model->gradient[a][x] +=
                    model->options.hysteresis * (xyz[a][x] - model->last[a][x]);
    *model->known = 1;
    memcpy(model->last, xyz, n * sizeof *xyz);
}

static QmtStatus model_evaluate(QmtContext *ctx, Engine *engine, const double (*xyz)[3],
                                const EngineResult *result)
{
    ModelEngine *model = (ModelEngine *)engine;
    const size_t n = engine->n_atoms;

    model->evaluations++;
    if (model->evaluations == model->options.fail_at)
        return FAIL(ctx, QMT_ERR_SCF, "model: evaluation %llu fails as asked",
                    (unsigned long long)model->evaluations);

    double energy = 0.0;
    memset(model->gradient, 0, n * sizeof *model->gradient);
    if (model->options.spring != 0.0)
        add_springs(model, xyz, &energy);
    TRY(add_pairs(ctx, model, xyz, &energy));
    if (model->options.hysteresis != 0.0)
        add_hysteresis(model, xyz);
    if (model->evaluations == model->options.nan_at)
        energy = NAN;

    if (result->energy != NULL)
        *result->energy = energy;
    if (result->gradient != NULL)
        memcpy(result->gradient, model->gradient, n * sizeof *model->gradient);
    if (result->charges != NULL)
        memset(result->charges, 0, n * sizeof *result->charges);
    if (result->dipole != NULL)
        memset(result->dipole, 0, 3 * sizeof *result->dipole);
    if (result->report != NULL)
        *result->report = (EngineReport){.scf_iterations = model->options.report_iterations};
    return QMT_OK;
}

static void model_destroy(Engine *engine)
{
    ModelEngine *model = (ModelEngine *)engine;
    arena_release(&model->arena);
    free(model);
}

static const EngineType MODEL_ENGINE = {
    .name = "model", .evaluate = model_evaluate, .destroy = model_destroy};

QmtStatus model_engine_create(QmtContext *ctx, size_t n_atoms, const ModelOptions *options,
                              Engine **engine)
{
    for (size_t i = 0; i < options->n_bonds; i++)
        assert(options->bonds[i].a < n_atoms && options->bonds[i].b < n_atoms);

    ModelEngine *model = calloc(1, sizeof *model);
    if (model == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "model: no memory for an engine");
    model->base = (Engine){.type = &MODEL_ENGINE, .n_atoms = n_atoms};
    model->options = *options;
    model_layout(model);
    const QmtStatus status = arena_reserve(ctx, &model->arena);
    if (status != QMT_OK) {
        free(model);
        return status;
    }
    model_layout(model);
    if (options->n_bonds > 0)
        memcpy(model->bonds, options->bonds, options->n_bonds * sizeof *model->bonds);
    model->options.bonds = NULL; // the caller's array may go
    *engine = &model->base;
    return QMT_OK;
}

uint64_t model_engine_evaluations(const Engine *engine)
{
    return ((const ModelEngine *)engine)->evaluations;
}

void model_engine_fail_in(Engine *engine, uint64_t n)
{
    ModelEngine *model = (ModelEngine *)engine;
    model->options.fail_at = n == 0 ? 0 : model->evaluations + n;
}
