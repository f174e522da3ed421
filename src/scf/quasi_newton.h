#ifndef SCF_QUASI_NEWTON_H
#define SCF_QUASI_NEWTON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/kernels.h"
#include "scf/low_rank.h"
#include "scf/rank_updated_matrix.h"

/// A kept inverse Jacobian K ~ (1 - J)^-1 of the self-consistency map x_in -> x_out, J = dx_out/dx_in.
/// One step x + K F with F = x_out - x_in replaces several mixing cycles; Broyden's update
///
///     K += (-dx - K dF) dF^T / (dF.dF)
///
/// keeps it true while the molecule moves: the second update of Broyden, Math. Comp. 19, 577 (1965),
/// 10.1090/S0025-5718-1965-0198670-6. It needs one product with K; the first one needs two and took
/// more cycles along trajectories (glycine 2.57 against 2.38 a step, aspirin 2.71 against 2.58).
///
/// Few variables have the whole matrix K - 1, measured column by column. The K of many is one and a sum of few terms
/// (low_rank.h), measured along the errors of the guesses and what J makes of them, which is a Krylov space; what it
/// leaves is taken away by predicted cycles (scf_prediction.c).
enum {
    QUASI_NEWTON_UNSET,
    QUASI_NEWTON_LEARNT,    ///< one, and what Broyden's updates have taught it since
    QUASI_NEWTON_MEASURING, ///< the matrix holds what is measured of J so far, no K
    QUASI_NEWTON_MEASURED   ///< from differences of the map itself
};

/// Largest number of variables with the whole matrix, which contracts faster than the sum: 50 against 15
/// times a cycle (C20H42).
enum { QUASI_NEWTON_DENSE_MAX = 1500 };

typedef struct {
    int64_t quality; ///< one of those above
    int64_t columns; ///< measured so far
} QuasiNewtonKept;

typedef struct {
    const Kernels *kernels; ///< set by quasi_newton_setup()
    size_t n;
    QuasiNewtonKept *kept;
    bool dense;
    RankUpdatedMatrix whole; ///< K - 1 if dense
    LowRank low_rank;
    double *matrix;       ///< [n][n] if dense, scratch of the inversion
    double *inverse_work; ///< [n][n] if dense
    int *inverse_iwork;   ///< [n]
} QuasiNewton;

void quasi_newton_layout(QuasiNewton *newton, Arena *arena, size_t n);
void quasi_newton_setup(QuasiNewton *newton, const Kernels *kernels);

/// K = 1.
void quasi_newton_reset(QuasiNewton *newton);

/// One of the qualities above.
static inline int quasi_newton_quality(const QuasiNewton *newton)
{
    return (int)newton->kept->quality;
}

/// True if there is a K to step with.
static inline bool quasi_newton_usable(const QuasiNewton *newton)
{
    const int quality = quasi_newton_quality(newton);
    return quality == QUASI_NEWTON_LEARNT || quality == QUASI_NEWTON_MEASURED;
}

/// Next direction in which the caller shall measure J. The measurement, which the first call begins,
/// may take several geometries; K is lost meanwhile. Returns false if it is complete.
///
/// @param hint  [n] where J matters: an error of the guess, or J of the last direction
/// @param v     [n] of length 1
bool quasi_newton_probe(QuasiNewton *newton, const double *hint, double *v);

/// J v of that direction. After the last one K = (1 - J)^-1, or one if 1 - J is singular.
void quasi_newton_measured(QuasiNewton *newton, const double *v, const double *jv);

/// step = K f
void quasi_newton_apply(const QuasiNewton *newton, const double *f, double *step);

/// Broyden's update for a step dx that changed F by df.
///
/// @param work  [n]
void quasi_newton_update(QuasiNewton *newton, const double *dx, const double *df, double *work);

/// The same and the next step at once, if the last step was quasi_newton_apply() or this: step = K f with
/// the new K.
void quasi_newton_next_step(QuasiNewton *newton, const double *f, const double *df, double *step);

/// The same after a step that was not K F alone.
///
/// @param dx    [n] the step
/// @param kf    [n] K F before it; becomes K f with the new K
/// @param work  [n]
void quasi_newton_next(QuasiNewton *newton, const double *f, const double *dx, const double *df,
                       double *kf, double *work);

#endif
