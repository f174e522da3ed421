#include "opt/minimise.h"

#include <math.h>
#include <string.h>

#include "opt/step.h"

static const double TRUST_BEGIN = 0.4, TRUST_LEAST = 1e-5, TRUST_MOST = 0.8; // bohr and radian
static const double NOISE = 1e-9; // hartree: a rise of this size is no rise
static const double ROUGH = 5e-4; // hartree/bohr
enum { FAILURES_MAX = 3, AGE_MAX = 40, REJECTED_AGAIN = 8, REJECTED_MAX = 24 };

/// A minimisation under way.
typedef struct {
    Engine *engine;
    const int *numbers;
    const MinimiseOptions *options;
    Internals internals;
    UpdatedHessian hessian;
    OptGeometry geometry[2], *now, *trial;
    StepWork work;
    Arena arena;
    double *projected; ///< [3 n_atoms] the gradient without what the frozen torsion holds
    double *change;    ///< [n]
    double trust;
    int described_at; ///< evaluations when the coordinates were found
    int rejected;     ///< trials in a row
    int failures;     ///< of the engine, in a row
    MinimiseResult *result;
} Minimisation;

static void layout(Minimisation *m)
{
    const size_t n_atoms = m->engine->n_atoms, n = m->internals.n;
    for (int k = 0; k < 2; k++)
        opt_geometry_layout(&m->geometry[k], &m->arena, n_atoms, n);
    updated_hessian_layout(&m->hessian, &m->arena, n);
    step_work_layout(&m->work, &m->arena, n_atoms, n);
    m->projected = arena_doubles(&m->arena, 3 * n_atoms);
    m->change = arena_doubles(&m->arena, n);
}

static void release(Minimisation *m)
{
    internals_release(&m->internals);
    arena_release(&m->arena);
}

/// Coordinates, arrays and model for the positions; nothing is known of energies yet.
static QmtStatus describe(QmtContext *ctx, Minimisation *m, const double (*xyz)[3])
{
    const size_t n_atoms = m->engine->n_atoms;
    TRY(internals_find(ctx, n_atoms, m->numbers, xyz, m->options->frozen, &m->internals));
    layout(m);
    TRY(arena_reserve(ctx, &m->arena));
    layout(m);
    m->now = &m->geometry[0];
    m->trial = &m->geometry[1];
    memcpy(m->now->xyz, xyz, n_atoms * sizeof *xyz);
    opt_geometry_describe(&m->internals, m->now);
    for (size_t i = 0; i < m->internals.n; i++)
        m->hessian.diagonal[i] = m->internals.items[i].force_constant;
    updated_hessian_reset(&m->hessian);
    m->described_at = m->result->evaluations;
    return QMT_OK;
}

static QmtStatus slope_fail(QmtContext *ctx)
{
    return FAIL(ctx, QMT_ERR_PHYSICS,
                "minimisation: the internal coordinates have become dependent");
}

static QmtStatus slope_first(QmtContext *ctx, Minimisation *m)
{
    return opt_geometry_slope(&m->internals, &m->hessian, &m->work, m->now) ? QMT_OK
                                                                            : slope_fail(ctx);
}

/// The same minimisation with the coordinates of where it is; what it learned is lost.
static QmtStatus describe_again(QmtContext *ctx, Minimisation *m)
{
    Minimisation next = {.engine = m->engine,
                         .numbers = m->numbers,
                         .options = m->options,
                         .trust = m->trust,
                         .rejected = m->rejected,
                         .result = m->result};
    QmtStatus status = describe(ctx, &next, (const double(*)[3])m->now->xyz);
    if (status == QMT_OK) {
        next.now->energy = m->now->energy;
        memcpy(next.now->gradient, m->now->gradient, m->engine->n_atoms * sizeof *m->now->gradient);
        status = slope_first(ctx, &next);
    }
    release(status == QMT_OK ? m : &next);
    if (status != QMT_OK)
        return status;
    const bool swapped = next.now == &next.geometry[1];
    *m = next;
    m->now = &m->geometry[swapped];
    m->trial = &m->geometry[!swapped];
    return QMT_OK;
}

static QmtStatus evaluate(QmtContext *ctx, Minimisation *m, OptGeometry *geometry)
{
    EngineReport report = {0};
    const EngineResult result = {
        .energy = &geometry->energy, .gradient = geometry->gradient, .report = &report};
    m->result->evaluations++;
    TRY(engine_evaluate(ctx, m->engine, (const double(*)[3])geometry->xyz, &result));
    if (report.scf_iterations > m->result->scf_iterations)
        m->result->scf_iterations = report.scf_iterations;
    if (report.recovery > m->result->recovery)
        m->result->recovery = report.recovery;
    return QMT_OK;
}

/// Takes the part along a direction out of the gradient that counts.
static void project_out(Minimisation *m, const double *direction)
{
    double along = 0.0, square = 0.0;
    for (size_t i = 0; i < m->work.n_x; i++) {
        along += direction[i] * m->projected[i];
        square += direction[i] * direction[i];
    }
    for (size_t i = 0; i < m->work.n_x && square > 0.0; i++)
        m->projected[i] -= along / square * direction[i];
}

/// The gradient that counts: without what holds a frozen torsion, and without net force and torque, which are zero but for
/// the grid of a solvent's surface, fixed in space.
static void gradient_project(Minimisation *m)
{
    memcpy(m->projected, m->now->gradient, m->work.n_x * sizeof *m->projected);
    if (m->options->frozen != NULL) {
        memset(m->change, 0, m->internals.n * sizeof *m->change);
        m->change[0] = 1.0;
        internals_back(&m->internals, (const double(*)[INTERNAL_ROW])m->now->rows, m->change,
                       m->work.back);
        project_out(m, m->work.back);
    }
    const size_t n_rigid =
        internals_rigid(&m->internals, (const double(*)[3])m->now->xyz, m->work.rigid);
    for (size_t r = 0; r < n_rigid; r++)
        project_out(m, m->work.rigid + r * m->work.n_x);
}

static bool converged(Minimisation *m)
{
    double largest = 0.0, square = 0.0;
    gradient_project(m);
    for (size_t i = 0; i < m->work.n_x; i++) {
        largest = fmax(largest, fabs(m->projected[i]));
        square += m->projected[i] * m->projected[i];
    }
    m->result->energy = m->now->energy;
    m->result->largest = largest;
    m->result->norm = sqrt(square);
    if (m->options->accepted != NULL)
        m->options->accepted(m->options->user, m->result->evaluations, m->now->energy, largest,
                             m->result->norm);
    return largest <= m->options->gradient;
}

static QmtStatus learn(QmtContext *ctx, Minimisation *m)
{
    const size_t n = m->internals.n;
    if (!opt_geometry_slope(&m->internals, &m->hessian, &m->work, m->trial))
        return slope_fail(ctx);
    internals_difference(&m->internals, m->trial->values, m->now->values, m->work.dq);
    for (size_t i = 0; i < n; i++)
        m->change[i] = m->trial->slope[i] - m->now->slope[i];
    updated_hessian_learn(&m->hessian, m->work.dq, m->change);
    return QMT_OK;
}

/// Takes the trial or not, and says how far the next one may go.
static bool accept(Minimisation *m, double length, double expected)
{
    const double change = m->trial->energy - m->now->energy;
    const double ratio = expected < 0.0 ? change / expected : 1.0;
    if (fabs(expected) < NOISE || (ratio > 0.75 && ratio < 1.5)) {
        if (length > 0.8 * m->trust)
            m->trust = fmin(2.0 * m->trust, TRUST_MOST);
    } else if (ratio < 0.25) {
        m->trust = fmax(0.5 * fmin(length, m->trust), TRUST_LEAST);
    }
    return change <= NOISE;
}

/// A trial that the engine refuses is taken back.
static QmtStatus evaluate_trial(QmtContext *ctx, Minimisation *m, double length, bool *done)
{
    const QmtStatus status = evaluate(ctx, m, m->trial);
    *done = status == QMT_OK;
    if (status == QMT_OK)
        m->failures = 0;
    else if ((status != QMT_ERR_SCF && status != QMT_ERR_INPUT) || ++m->failures > FAILURES_MAX)
        return status;
    else
        m->trust = 0.25 * fmin(length, m->trust);
    return QMT_OK;
}

/// The coordinates fit no more: an angle became straight, or after many steps other atoms are neighbours. Close to a
/// minimum what was learned is worth more.
static bool is_stale(const Minimisation *m)
{
    return (m->result->evaluations - m->described_at > AGE_MAX && m->result->largest > ROUGH) ||
           !internals_hold(&m->internals, (const double(*)[3])m->now->xyz);
}

static QmtStatus step(QmtContext *ctx, Minimisation *m)
{
    double length, expected;
    bool made, done;
    if (is_stale(m))
        TRY(describe_again(ctx, m));
    do {
        made = step_make(&m->internals, &m->hessian, &m->work, m->now, m->options->frozen != NULL,
                         m->trust, m->trial, &length, &expected);
        // Far away the coordinates contradict each other, and the step that fits them best may lead upwards.
        m->trust = made && expected > NOISE ? 0.5 * fmin(length, m->trust) : m->trust;
    } while (made && expected > NOISE && m->trust > TRUST_LEAST);
    if (!made)
        return m->hessian.n_pairs > 0 ? describe_again(ctx, m) : slope_fail(ctx);
    TRY(evaluate_trial(ctx, m, length, &done));
    if (!done)
        return QMT_OK;
    TRY(learn(ctx, m));
    if (!accept(m, length, expected))
        return ++m->rejected % REJECTED_AGAIN == 0 ? describe_again(ctx, m) : QMT_OK;
    OptGeometry *const before = m->now;
    m->now = m->trial;
    m->trial = before;
    m->rejected = 0;
    return QMT_OK;
}

static QmtStatus steps(QmtContext *ctx, Minimisation *m)
{
    TRY(evaluate(ctx, m, m->now));
    m->result->energy_before = m->now->energy;
    TRY(slope_first(ctx, m));
    while (!(m->result->converged = converged(m)) &&
           m->result->evaluations < m->options->evaluations_max && m->rejected < REJECTED_MAX)
        TRY(step(ctx, m));
    return QMT_OK;
}

/// Coordinates are not found where atoms coincide: what the engine says of such a geometry names them.
static QmtStatus start_fail(QmtContext *ctx, Engine *engine, const double (*xyz)[3])
{
    const Message found = context_keep(ctx);
    TRY(engine_evaluate(ctx, engine, xyz, &(EngineResult){0}));
    return context_restore(ctx, &found);
}

QmtStatus minimise(QmtContext *ctx, Engine *engine, const int *numbers,
                   const MinimiseOptions *options, double (*xyz)[3], double (*gradient)[3],
                   MinimiseResult *result)
{
    *result = (MinimiseResult){0};
    Minimisation m = {.engine = engine,
                      .numbers = numbers,
                      .options = options,
                      .trust = TRUST_BEGIN,
                      .result = result};
    QmtStatus status = describe(ctx, &m, (const double(*)[3])xyz);
    if (status == QMT_OK)
        status = steps(ctx, &m);
    else if (status == QMT_ERR_PHYSICS)
        status = start_fail(ctx, engine, (const double(*)[3])xyz);
    if (status == QMT_OK) {
        memcpy(xyz, m.now->xyz, engine->n_atoms * sizeof *xyz);
        if (gradient != NULL)
            memcpy(gradient, m.now->gradient, engine->n_atoms * sizeof *gradient);
    }
    release(&m);
    return status;
}
