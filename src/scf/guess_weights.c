#include "scf/guess_weights.h"

#include <math.h>
#include <string.h>

#include "base/linalg.h"
#include "scf/extrapolation_order.h"

enum { TERMS = GUESS_WEIGHTS_TERMS };

enum {
    // The polynomial whose error is fitted: of D_0 .. D_6 the weights are so near to 1 that only their
    // deviation has digits enough.
    BASE = 7,
    // As many geometries in a row, then one in some: vibrations change slowly, and one geometry has as
    // many equations as variables.
    EVERY_ONE_UNTIL = 64,
    LEARN_EVERY = 8,
    SOLVE_EVERY = 2
};

/// What is learnt fades over some 500 lessons, a picosecond.
static const double FADING = 0.998;
/// Differences of neighbouring orders are nearly dependent; the normal matrix, scaled to a diagonal of
/// ones, is good to 1e-16. Between 1e-14 and 1e-10 nothing changes.
static const double RIDGE = 1e-12;

/// The weights from the normal equations; they stay what they were if those have no solution.
static bool solve(GuessWeights *weights)
{
    double matrix[TERMS * TERMS], solution[TERMS], scale[TERMS];
    for (int k = 0; k < TERMS; k++) {
        if (!(weights->normal[k][k] > 0.0))
            return false;
        scale[k] = 1.0 / sqrt(weights->normal[k][k]);
    }
    for (int k = 0; k < TERMS; k++) {
        for (int l = 0; l <= k; l++)
            matrix[k * TERMS + l] = matrix[l * TERMS + k] =
                weights->normal[k][l] * scale[k] * scale[l] + (k == l ? RIDGE : 0.0);
        solution[k] = weights->right[k] * scale[k];
    }
    if (!linalg_solve_positive(TERMS, matrix, TERMS, solution))
        return false;
    for (int k = 0; k < TERMS; k++)
        weights->weight[k] = (k < BASE ? 1.0 : 0.0) + solution[k] * scale[k];
    return true;
}

/// x less the guess with some weights, into work.
static void rest(const Kernels *kernels, size_t n, int terms, const double *weight, const double *d,
                 const double *x, double *work)
{
    kernels->combine(n, terms, weight, d, n, work);
    for (size_t i = 0; i < n; i++)
        work[i] = x[i] - work[i];
}

bool guess_weights_due(GuessWeights *weights)
{
    weights->offered++;
    return weights->learnt < EVERY_ONE_UNTIL || weights->offered % LEARN_EVERY == 0;
}

void guess_weights_learn(GuessWeights *weights, const Kernels *kernels, size_t n, const double *d,
                         const double *x, double *work)
{
    static const double ONES[BASE] = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
    if (weights->weight[0] > 0.0) {
        rest(kernels, n, TERMS, weights->weight, d, x, work);
        weights->error =
            extrapolation_order_mean(weights->error, sqrt(kernels->dot(n, work, work)) + 1e-300);
    }

    rest(kernels, n, BASE, ONES, d, x, work);
    double product[TERMS];
    for (int k = 0; k < TERMS; k++) {
        kernels->matvec((size_t)k + 1, n, d, n, d + (size_t)k * n, product);
        for (int l = 0; l <= k; l++) {
            double *element = &weights->normal[k][l];
            *element = FADING * *element + product[l];
        }
    }
    kernels->matvec(TERMS, n, d, n, work, product);
    for (int k = 0; k < TERMS; k++)
        weights->right[k] = FADING * weights->right[k] + product[k];
    weights->learnt++;
    if (weights->learnt >= TERMS && weights->learnt % SOLVE_EVERY == 0)
        solve(weights);
}
