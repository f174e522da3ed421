#ifndef SCF_LOW_RANK_H
#define SCF_LOW_RANK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "kernels/kernels.h"

/// A square matrix that is one and a sum of few terms:
///
///     K = 1 + sum_k u_k v_k^T,   v_k.v_l = delta_kl,   k < n_terms <= n_max
///
/// A term that finds no room takes the place of the one with the smallest u_k, which is the error that
/// this makes in K; or is left out, if it is smaller itself.

/// n_max for n variables: the directions that matter grow with the molecule. With n/6 or n/12 terms and predicted cycles
/// (scf_prediction.c) C100H202, 3120 variables, takes 2.0 density builds a step, with n/24 2.3.
size_t low_rank_max(size_t n);

/// Terms that wait until so many are added at once: to read all others takes longer than to calculate.
enum { LOW_RANK_PENDING = 8 };

/// All in single precision: K only makes the next guess.
typedef struct {
    const Kernels *kernels;
    size_t n;
    size_t n_max;
    size_t ld, ldu;               ///< n and n_max, padded
    int64_t *n_terms, *n_pending; ///< kept
    float *u;                     ///< [n][ldu] kept, column k is u_k
    float *v;                     ///< [n_max][ld] kept
    float *pending_u, *pending_v; ///< [LOW_RANK_PENDING][ld] kept
    double *square;               ///< [n_max][n_max]
    double *inverse_work;         ///< [linalg_inverse_work(n_max)]
    int *iwork;                   ///< [n_max]
    float *product;               ///< [256][ldu]
    float *square_single;         ///< [n_max][ldu]
    float *x, *y;                 ///< [ld]
    float *coefficient;           ///< [ldu]
    float *turned;                ///< [ld][LOW_RANK_PENDING]
    float *shares;                ///< [ldu][LOW_RANK_PENDING]
    float *rest;                  ///< [LOW_RANK_PENDING][ld]
    double *sizes;                ///< [ldu] squares of the lengths of the u_k
} LowRank;

void low_rank_layout(LowRank *matrix, Arena *arena, size_t n);

/// Those that wait do not count.
static inline size_t low_rank_n_terms(const LowRank *matrix)
{
    return (size_t)*matrix->n_terms;
}

/// K = 1
void low_rank_reset(LowRank *matrix);

/// y = K x
void low_rank_apply(const LowRank *matrix, const double *x, double *y);

/// K += scale u v^T for a v of any length, except the part of v that is below 3 % of it outside the space
/// of the v_k.
void low_rank_add(LowRank *matrix, double scale, const double *u, const double *v);

/// The next direction in which a matrix J is to be probed: x without its parts along the v_k,
/// normalised. Returns false if little remains, or if n_max directions have been probed.
///
/// @param v  [n]
bool low_rank_direction(LowRank *matrix, const double *x, double *v);

/// Stores J v of a direction.
void low_rank_store(LowRank *matrix, const double *v, const double *jv);

/// From stored directions to K = (1 - J sum_k v_k v_k^T)^-1, the inverse of 1 - J for a J that acts in
/// their space only. K = 1 if this is singular.
void low_rank_invert(LowRank *matrix);

#endif
