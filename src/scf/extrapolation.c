#include "scf/extrapolation.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/// memory = [points stored][errors of the orders][differences: orders][n]
enum { N_POINTS = 0, ERRORS = 1, DIFFERENCES = ERRORS + EXTRAPOLATION_ORDERS_MAX };

size_t extrapolation_memory_size(size_t n, int orders)
{
    assert(orders >= 1 && orders <= EXTRAPOLATION_ORDERS_MAX);
    return DIFFERENCES + (size_t)orders * n;
}

double *extrapolation_difference(size_t n, double *memory, int k)
{
    return memory + DIFFERENCES + (size_t)k * n;
}

const double *extrapolation_newest(size_t n, const double *memory)
{
    (void)n;
    return memory + DIFFERENCES;
}

void extrapolation_clear(double *memory)
{
    memset(memory, 0, DIFFERENCES * sizeof *memory);
}

int extrapolation_points(const double *memory)
{
    return (int)memory[N_POINTS];
}

int extrapolation_order(const double *memory)
{
    // An order without a record is not tried: it has not been judged yet.
    int best = 0;
    for (int order = 1; order < (int)memory[N_POINTS]; order++)
        if (memory[ERRORS + order] > 0.0 && memory[ERRORS + order] < memory[ERRORS + best])
            best = order;
    return best;
}

void extrapolation_sum(size_t n, const double *memory, int order, double *guess)
{
    const double *d = memory + DIFFERENCES;
    memcpy(guess, d, n * sizeof *guess);
    for (int k = 1; k <= order; k++)
        for (size_t i = 0; i < n; i++)
            guess[i] += d[(size_t)k * n + i];
}

int extrapolation_guess(size_t n, const double *memory, double *guess)
{
    const int n_points = (int)memory[N_POINTS];
    if (n_points > 0)
        extrapolation_sum(n, memory, extrapolation_order(memory), guess);
    return n_points;
}

void extrapolation_store(size_t n, int orders, double *memory, const double *x)
{
    const int n_points = (int)memory[N_POINTS];
    double *d = memory + DIFFERENCES;
    double error[EXTRAPOLATION_ORDERS_MAX] = {0.0};
    for (size_t i = 0; i < n; i++) {
        double value = x[i];
        for (int k = 0; k < orders; k++) {
            const double before = d[(size_t)k * n + i];
            d[(size_t)k * n + i] = value;
            value -= before;
            error[k] += value * value;
        }
    }
    for (int order = 0; order < n_points; order++) {
        const double now = sqrt(error[order]) + 1e-300, old = memory[ERRORS + order];
        // The record fades over some ten geometries, so that one lucky guess decides nothing.
        memory[ERRORS + order] = old > 0.0 ? 0.9 * old + 0.1 * now : now;
    }
    if (n_points < orders)
        memory[N_POINTS] = n_points + 1;
}
