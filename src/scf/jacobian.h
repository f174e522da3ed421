#ifndef SCF_JACOBIAN_H
#define SCF_JACOBIAN_H

#include <stdbool.h>
#include <stddef.h>

#include "kernels/kernels.h"

/// A kept inverse Jacobian K ~ (1 - J)^-1 of the self-consistency map x_in -> x_out, J = dx_out/dx_in.
/// One step x + K F with F = x_out - x_in replaces several mixing cycles; Broyden's update
///
///     K += (-dx - K dF) (K^T dx)^T / (dx.K dF)
///
/// keeps it true while the molecule moves. Broyden, Math. Comp. 19, 577 (1965),
/// 10.1090/S0025-5718-1965-0198670-6.
///
/// K lives in memory of the caller: plain doubles, [0] tells whether it is set, then [n][n].

size_t jacobian_memory_size(size_t n);

/// K = alpha 1.
void jacobian_reset(size_t n, double alpha, double *memory);
static inline bool jacobian_is_set(const double *memory)
{
    return memory[0] != 0.0;
}
/// step = K f
void jacobian_apply(const Kernels *kernels, size_t n, const double *memory, const double *f,
                    double *step);
/// Broyden's update for a step dx that changed F by df; left alone if it would be ill-defined.
///
/// @param work  [2][n]
void jacobian_update(const Kernels *kernels, size_t n, double *memory, const double *dx,
                     const double *df, double *work);

#endif
