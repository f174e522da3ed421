#ifndef SCF_BROYDEN_H
#define SCF_BROYDEN_H

#include <stdbool.h>

#include "base/arena.h"
#include "kernels/kernels.h"

/// Modified Broyden mixing from a cold start, the path that the reference program takes:
///
///     dF_m = (F_{m+1} - F_m)/|F_{m+1} - F_m|,  u_m = alpha dF_m + (x_{m+1} - x_m)/|F_{m+1} - F_m|
///     (w_m w_n dF_m.dF_n + 1e-4 delta_mn) g = w_m dF_m.F,   x + alpha F - sum_m w_m g_m u_m
///
/// with F = x_out - x_in and weights w_m = 0.01/|F_{m+1}| limited to [1, 1e5].
/// Johnson, Phys. Rev. B 38, 12807 (1988), 10.1103/PhysRevB.38.12807.
enum { BROYDEN_HISTORY = 24 };

typedef struct {
    const Kernels *kernels;
    size_t n;
    int n_stored;    ///< pairs in the history, the newest n_stored of all steps
    int n_steps;     ///< steps since broyden_start
    double alpha;    ///< linear step
    double *last_x;  ///< [n]
    double *last_f;  ///< [n]
    double *df;      ///< [BROYDEN_HISTORY][n]
    double *u;       ///< [BROYDEN_HISTORY][n]
    double *overlap; ///< [BROYDEN_HISTORY][BROYDEN_HISTORY] dF_m.dF_n
    double weight[BROYDEN_HISTORY];
} Broyden;

void broyden_layout(Broyden *broyden, Arena *arena, size_t n);
void broyden_start(Broyden *broyden, const Kernels *kernels, double alpha);

/// Next input from this one and its output. Returns false if the small linear system has no solution.
///
/// @param x  [n] input, becomes the next input
/// @param f  [n] output minus input
bool broyden_mix(Broyden *broyden, double *x, const double *f);

#endif
