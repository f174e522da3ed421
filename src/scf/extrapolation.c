#include "scf/extrapolation.h"

#include <math.h>
#include <string.h>

/// memory = [points stored][newest slot][errors of the orders: 6][history: 6][n]
enum { N_POINTS = 0, NEWEST = 1, ERRORS = 2, HISTORY = ERRORS + EXTRAPOLATION_ORDERS };

static const double COEFFICIENT[EXTRAPOLATION_ORDERS][EXTRAPOLATION_ORDERS] = {
    {1.0},
    {2.0, -1.0},
    {3.0, -3.0, 1.0},
    {4.0, -6.0, 4.0, -1.0},
    {5.0, -10.0, 10.0, -5.0, 1.0},
    {6.0, -15.0, 20.0, -15.0, 6.0, -1.0},
};

size_t extrapolation_memory_size(size_t n)
{
    return HISTORY + EXTRAPOLATION_ORDERS * n;
}

/// The point stored `age` geometries ago.
static const double *point(size_t n, const double *memory, int age)
{
    const int slot = ((int)memory[NEWEST] - age + EXTRAPOLATION_ORDERS) % EXTRAPOLATION_ORDERS;
    return memory + HISTORY + (size_t)slot * n;
}

const double *extrapolation_newest(size_t n, const double *memory)
{
    return point(n, memory, 0);
}

static void extrapolate(size_t n, const double *memory, int order, double *guess)
{
    memset(guess, 0, n * sizeof *guess);
    for (int j = 0; j <= order; j++) {
        const double *x = point(n, memory, j), c = COEFFICIENT[order][j];
        for (size_t i = 0; i < n; i++)
            guess[i] += c * x[i];
    }
}

int extrapolation_guess(size_t n, const double *memory, double *guess)
{
    const int n_points = (int)memory[N_POINTS];
    if (n_points == 0)
        return 0;
    // An order without a record of its own is not tried: it has not been judged yet.
    int best = 0;
    for (int order = 1; order < n_points; order++)
        if (memory[ERRORS + order] > 0.0 && memory[ERRORS + order] < memory[ERRORS + best])
            best = order;
    extrapolate(n, memory, best, guess);
    return n_points;
}

void extrapolation_store(size_t n, double *memory, const double *x, double *scratch)
{
    const int n_points = (int)memory[N_POINTS];
    for (int order = 0; order < n_points; order++) {
        extrapolate(n, memory, order, scratch);
        double sum = 0.0;
        for (size_t i = 0; i < n; i++)
            sum += (scratch[i] - x[i]) * (scratch[i] - x[i]);
        const double error = sqrt(sum) + 1e-300, old = memory[ERRORS + order];
        // The record fades over some ten geometries, so that one lucky guess decides nothing.
        memory[ERRORS + order] = old > 0.0 ? 0.9 * old + 0.1 * error : error;
    }
    const int slot = n_points == 0 ? 0 : ((int)memory[NEWEST] + 1) % EXTRAPOLATION_ORDERS;
    memory[NEWEST] = slot;
    memcpy(memory + HISTORY + (size_t)slot * n, x, n * sizeof *x);
    if (n_points < EXTRAPOLATION_ORDERS)
        memory[N_POINTS] = n_points + 1;
}
