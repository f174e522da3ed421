#include <stdlib.h>
#include <string.h>

#include "base/vec3.h"
#include "bias/bias_parts.h"

static const BiasKind *const KINDS[] = {&BIAS_KIND_CONFINE, &BIAS_KIND_TORSION, &BIAS_KIND_DISTANCE,
                                        &BIAS_KIND_RMSD};
enum { N_KINDS = sizeof KINDS / sizeof KINDS[0] };

/// Never more than there is room for, whatever a damaged checkpoint says.
static uint64_t n_hills(const Bias *bias)
{
    return *bias->n_hills < bias->capacity ? *bias->n_hills : bias->capacity;
}

const Hill *bias_next_hill(const Bias *bias, const BiasKind *kind, size_t *i)
{
    while (*i < n_hills(bias)) {
        const Hill *const hill = bias_hill_at(bias, (*i)++);
        if (hill->kind >= 0 && hill->kind < N_KINDS && KINDS[hill->kind] == kind)
            return hill;
    }
    return NULL;
}

static uint64_t every(const BiasKind *kind, const BiasOptions *options)
{
    return kind->every != NULL && kind->is_on(options) ? kind->every(options) : 0;
}

static QmtStatus bias_evaluate(QmtContext *ctx, Engine *engine, const double (*xyz)[3],
                               const EngineResult *result)
{
    Bias *const bias = (Bias *)engine;
    const size_t n = engine->n_atoms;
    TRY(engine_evaluate(ctx, engine->inner, xyz, result));

    BiasSum sum = {.gradient = bias->gradient};
    memset(bias->gradient, 0, n * sizeof *bias->gradient);
    for (int k = 0; k < N_KINDS; k++)
        if (KINDS[k]->is_on(&bias->options))
            KINDS[k]->evaluate(bias, xyz, &sum);

    if (result->energy != NULL)
        *result->energy += sum.energy;
    if (result->gradient != NULL)
        for (size_t a = 0; a < n; a++)
            vec3_add_scaled(1.0, bias->gradient[a], result->gradient[a]);
    if (result->bias_energy != NULL)
        *result->bias_energy = sum.energy;
    if (result->bias_rate != NULL)
        *result->bias_rate = sum.rate;
    if (result->bias_gradient != NULL)
        memcpy(result->bias_gradient, bias->gradient, n * sizeof *bias->gradient);
    return QMT_OK;
}

static void bias_destroy(Engine *engine)
{
    Bias *const bias = (Bias *)engine;
    arena_release(&bias->arena);
    free(bias);
}

static const EngineType BIAS = {.name = "bias",
                                .kept_version = 1,
                                .kept_grows = true,
                                .evaluate = bias_evaluate,
                                .destroy = bias_destroy};

/// Room for the hills of all kinds, the one at step 0 included.
static void count_hills(Bias *bias)
{
    size_t n_place = 0;
    for (int k = 0; k < N_KINDS; k++) {
        const uint64_t steps = every(KINDS[k], &bias->options);
        if (steps == 0)
            continue;
        const size_t own = KINDS[k]->n_place(&bias->options);
        n_place = own > n_place ? own : n_place;
        bias->capacity += (size_t)(bias->options.n_steps / steps) + 1;
    }
    bias->hill_size = sizeof(Hill) + n_place * sizeof(double);
}

static void bias_layout(Bias *bias)
{
    const size_t n = bias->face.n_atoms, n_rmsd = bias->options.rmsd.n_atoms;
    bias->mass = arena_doubles(&bias->arena, n);
    bias->rmsd_atoms = arena_sizes(&bias->arena, n_rmsd);
    bias->gradient = arena_vectors(&bias->arena, n);
    bias->centred = arena_vectors(&bias->arena, n_rmsd);
    bias->n_hills = arena_kept(&bias->arena, sizeof *bias->n_hills);
    bias->hills = arena_kept(&bias->arena, bias->capacity * bias->hill_size);
    bias->face.kept = arena_kept_since(&bias->arena, 0);
}

QmtStatus bias_create(QmtContext *ctx, Engine *inner, const BiasOptions *options, Engine **engine)
{
    const size_t n = inner->n_atoms;
    Bias *const bias = calloc(1, sizeof *bias);
    if (bias == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "bias: no memory for %zu atoms", n);
    bias->face = (Engine){.type = &BIAS, .n_atoms = n, .inner = inner};
    bias->options = *options;
    count_hills(bias);
    bias_layout(bias);
    const QmtStatus status = arena_reserve(ctx, &bias->arena);
    if (status != QMT_OK) {
        free(bias);
        return status;
    }
    bias_layout(bias);
    memcpy(bias->mass, options->mass, n * sizeof *bias->mass);
    for (size_t a = 0; a < n; a++)
        bias->total_mass += bias->mass[a];
    if (options->rmsd.n_atoms > 0)
        memcpy(bias->rmsd_atoms, options->rmsd.atoms,
               options->rmsd.n_atoms * sizeof *bias->rmsd_atoms);
    bias->options.mass = bias->mass; // the caller's arrays may go
    bias->options.rmsd.atoms = bias->rmsd_atoms;
    *engine = &bias->face;
    return QMT_OK;
}

void bias_set_time(Engine *engine, double time)
{
    ((Bias *)engine)->time = time;
}

BiasChange bias_add_hills(Engine *engine, uint64_t step, const double (*xyz)[3])
{
    Bias *const bias = (Bias *)engine;
    BiasChange change = {0};
    for (int k = 0; k < N_KINDS; k++) {
        const uint64_t steps = every(KINDS[k], &bias->options);
        if (steps == 0 || step % steps != 0 || n_hills(bias) == bias->capacity)
            continue;
        Hill *const hill = (Hill *)(void *)(bias->hills + (size_t)*bias->n_hills * bias->hill_size);
        double energy = 0.0;
        hill->kind = k;
        hill->time = bias->time;
        change.rate += KINDS[k]->make_hill(bias, xyz, hill, &energy);
        change.energy += energy;
        ++*bias->n_hills;
    }
    return change;
}

size_t bias_n_hills(const Engine *engine)
{
    return (size_t) * ((const Bias *)engine)->n_hills;
}

BiasHill bias_hill(const Engine *engine, size_t i)
{
    const Hill *const hill = bias_hill_at((const Bias *)engine, i);
    const bool known = hill->kind >= 0 && hill->kind < N_KINDS;
    return (BiasHill){.kind = known ? KINDS[hill->kind]->name : "",
                      .variable = known ? KINDS[hill->kind]->variable : NULL,
                      .time = hill->time,
                      .height = hill->height,
                      .place = hill->place};
}
