#include <math.h>
#include <string.h>

#include "scf/scf_parts.h"

enum {
    // Pairs before anything is predicted.
    PREDICTION_PAIRS = 64,
    // Predicted cycles of a step. A third changes nothing: what the response misses is larger then.
    PREDICTED_CYCLES = 2
};

/// Of the first pair of a geometry; nothing is forgotten for the others. From 0.90 to 0.98 the second residual of water changes by a
/// quarter.
#define FORGETTING 0.95
/// Share of the last step in the means of errors.
#define NEWEST_SHARE 0.1

void scf_prediction_layout(Scf *scf, Arena *arena, const Basis *basis)
{
    ScfPrediction *prediction = &scf->prediction;
    const size_t n = scf->n_variables;
    prediction->on = !scf->quasi_newton.dense;
    if (!prediction->on)
        return;
    prediction->kept = arena_kept(arena, sizeof *prediction->kept);
    learnt_response_layout(&prediction->learnt, arena, basis, scf->multipoles);
    prediction->v = arena_doubles(arena, n);
    prediction->v_before = arena_doubles(arena, n);
    prediction->dv = arena_doubles(arena, n);
    prediction->x = arena_doubles(arena, n);
    prediction->f = arena_doubles(arena, n);
    prediction->step = arena_doubles(arena, n);
    prediction->kf = arena_doubles(arena, n);
    prediction->potentials = arena_doubles(arena, n + scf->n_atoms);
}

/// Potentials as the terms left them, [n_variables + n_atoms], for each variable: that of an atom acts on all of its shells.
static void fold(const Scf *scf, const double *potentials, double *v)
{
    const Basis *basis = scf->spec.hamiltonian->batches.basis;
    const double *atom = potentials + scf->n_variables;
    memcpy(v, potentials, scf->n_variables * sizeof *v);
    for (size_t a = 0; a < scf->n_atoms; a++)
        for (size_t s = basis->atom_shell[a]; s < basis->atom_shell[a + 1]; s++)
            v[s] += atom[a];
}

/// Potentials of some x into v; those of the last cycle stay.
static void potentials_of(const Geometry *geometry, Scf *scf, const double *x, double *v)
{
    scf_make_potentials(geometry, scf, x, scf->prediction.potentials);
    fold(scf, scf->prediction.potentials, v);
}

void scf_prediction_measure(const Geometry *geometry, Scf *scf, const double *x, bool first)
{
    ScfPrediction *prediction = &scf->prediction;
    if (!prediction->on)
        return;
    if (first) {
        learnt_response_begin(&prediction->learnt, geometry->xyz);
        *prediction->kept = (ScfPredictionKept){0.0, 0.0};
    }
    potentials_of(geometry, scf, x, prediction->v_before);
}

static void difference(size_t n, double scale, const double *a, const double *b, double *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = scale * (a[i] - b[i]);
}

void scf_prediction_measured(Scf *scf, double step, const double *jv)
{
    ScfPrediction *prediction = &scf->prediction;
    if (!prediction->on)
        return;
    fold(scf, scf->potential_memory, prediction->v);
    difference(scf->n_variables, 1.0 / step, prediction->v, prediction->v_before, prediction->dv);
    learnt_response_learn(&prediction->learnt, scf->spec.kernels, 1.0, prediction->dv, jv);
}

void scf_prediction_begin(Scf *scf, const double *kf)
{
    ScfPrediction *prediction = &scf->prediction;
    if (!prediction->on)
        return;
    prediction->rest = 0.0;
    fold(scf, scf->potential_memory, prediction->v);
    memcpy(prediction->kf, kf, scf->n_variables * sizeof *kf);
}

static bool knows(const Scf *scf)
{
    const ScfPrediction *prediction = &scf->prediction;
    return prediction->on && *prediction->learnt.n_pairs >= PREDICTION_PAIRS &&
           quasi_newton_quality(&scf->quasi_newton) == QUASI_NEWTON_MEASURED;
}

static double mean(double before, double now)
{
    return before > 0.0 ? before + NEWEST_SHARE * (now - before) : now;
}

/// From the cycle just done and the one before it.
static void learn(Scf *scf, const double *df, bool first)
{
    ScfPrediction *prediction = &scf->prediction;
    ScfPredictionKept *kept = prediction->kept;
    const size_t n = scf->n_variables;
    memcpy(prediction->v_before, prediction->v, n * sizeof(double));
    fold(scf, scf->potential_memory, prediction->v);
    difference(n, 1.0, prediction->v, prediction->v_before, prediction->dv);
    for (size_t i = 0; i < n; i++)
        prediction->x[i] = scf->dx[i] + df[i]; // x_out - x_out of the cycle before
    const double error =
        learnt_response_learn(&prediction->learnt, scf->spec.kernels, first ? FORGETTING : 1.0,
                              prediction->dv, prediction->x);
    // Of the first step, which is the largest.
    if (first && prediction->rest > 0.0 && isfinite(error)) {
        kept->error = mean(kept->error, error);
        kept->rest = mean(kept->rest, prediction->rest);
    }
}

void scf_prediction_next_step(Scf *scf, const double *df, int cycle)
{
    ScfPrediction *prediction = &scf->prediction;
    if (knows(scf))
        learn(scf, df, cycle == 1);
    quasi_newton_next(&scf->quasi_newton, scf->f, scf->dx, df, prediction->kf, prediction->step);
    memcpy(scf->dx, prediction->kf, scf->n_variables * sizeof *scf->dx);
}

/// The residual that a step dx is expected to leave, into f; returns its length.
static double predict(const Geometry *geometry, Scf *scf)
{
    ScfPrediction *prediction = &scf->prediction;
    const size_t n = scf->n_variables;
    for (size_t i = 0; i < n; i++) {
        prediction->x[i] = scf->x_in[i] + scf->dx[i];
        prediction->f[i] = scf->f[i] - scf->dx[i];
    }
    potentials_of(geometry, scf, prediction->x, prediction->dv);
    difference(n, 1.0, prediction->dv, prediction->v, prediction->dv);
    learnt_response_add(&prediction->learnt, prediction->dv, prediction->f);
    return sqrt(scf->spec.kernels->dot(n, prediction->f, prediction->f));
}

void scf_prediction_improve(const Geometry *geometry, Scf *scf)
{
    ScfPrediction *prediction = &scf->prediction;
    const size_t n = scf->n_variables;
    const Kernels *kernels = scf->spec.kernels;
    if (!knows(scf))
        return;
    // A prediction must at least see what the step is for.
    const double before = sqrt(kernels->dot(n, scf->f, scf->f));
    for (int i = 0; i < PREDICTED_CYCLES; i++) {
        const double rest = predict(geometry, scf);
        if (i == 0)
            prediction->rest = rest;
        if (!(rest < before) || prediction->kept->error > prediction->kept->rest)
            return;
        quasi_newton_apply(&scf->quasi_newton, prediction->f, prediction->step);
        kernels->axpy(n, 1.0, prediction->step, scf->dx);
    }
}
