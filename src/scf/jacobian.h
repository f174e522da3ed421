#ifndef SCF_JACOBIAN_H
#define SCF_JACOBIAN_H

#include <stdbool.h>
#include <stddef.h>

#include "kernels/kernels.h"

/// A kept inverse Jacobian K ~ (1 - J)^-1 of the self-consistency map x_in -> x_out, J = dx_out/dx_in.
/// One step x + K F with F = x_out - x_in replaces several mixing cycles; Broyden's update
///
///     K += (-dx - K dF) dF^T / (dF.dF)
///
/// keeps it true while the molecule moves: the second update of Broyden, Math. Comp. 19, 577 (1965),
/// 10.1090/S0025-5718-1965-0198670-6. It needs one product with K; the first one needs two and took
/// more cycles along trajectories (glycine 2.57 against 2.38 a step, aspirin 2.71 against 2.58).
///
/// K lives in memory of the caller: plain doubles, [0] its quality, [1] rows measured, then [n][n].
enum {
    JACOBIAN_UNSET,
    JACOBIAN_LEARNT,    ///< a multiple of one, and what Broyden's updates have taught it since
    JACOBIAN_MEASURING, ///< the memory holds rows of J, no K
    JACOBIAN_MEASURED   ///< from differences of the map itself
};

size_t jacobian_memory_size(size_t n);

/// K = alpha 1.
void jacobian_reset(size_t n, double alpha, double *memory);
/// One of the qualities above.
static inline int jacobian_quality(const double *memory)
{
    return (int)memory[0];
}

/// True if there is a K to step with.
static inline bool jacobian_usable(const double *memory)
{
    const int quality = jacobian_quality(memory);
    return quality == JACOBIAN_LEARNT || quality == JACOBIAN_MEASURED;
}

/// Begins a measurement, which may take several geometries: K is lost, the caller fills the rows from
/// jacobian_rows_measured() on with dx_out/dx_in[k], counts them with jacobian_row_done() and, when
/// there are n, calls jacobian_invert().
void jacobian_begin_measurement(double *memory);

static inline size_t jacobian_rows_measured(const double *memory)
{
    return (size_t)memory[1];
}

static inline void jacobian_row_done(double *memory)
{
    memory[1] += 1.0;
}

/// Row k as plain memory.
static inline double *jacobian_row(size_t n, double *memory, size_t k)
{
    return memory + 2 + k * n;
}

/// K = (1 - J)^-1 from rows k = dx_out/dx_in[k]. Back to alpha 1 if 1 - J is singular.
///
/// @param work   [n * n]
/// @param iwork  [n]
void jacobian_invert(size_t n, double alpha, double *memory, double *work, int *iwork);

/// step = K f
void jacobian_apply(const Kernels *kernels, size_t n, const double *memory, const double *f,
                    double *step);
/// Broyden's update for a step dx that changed F by df.
///
/// @param work  [n]
void jacobian_update(const Kernels *kernels, size_t n, double *memory, const double *dx,
                     const double *df, double *work);

/// The same and the next step at once, if the last step was jacobian_apply() or this: step = K f with
/// the new K.
void jacobian_next_step(const Kernels *kernels, size_t n, double *memory, const double *f,
                        const double *df, double *step);

#endif
