#ifndef SCF_LOW_RANK_H
#define SCF_LOW_RANK_H

#include <stdbool.h>

#include "base/arena.h"
#include "kernels/kernels.h"

/// A square matrix that is one and a sum of few terms:
///
///     K = 1 + sum_k u_k v_k^T,   v_k.v_l = delta_kl,   k < n_terms <= LOW_RANK_MAX
///
/// A sum that has no more room is replaced by the LOW_RANK_KEPT largest terms of its singular value
/// decomposition, as in van de Rotten and Verduyn Lunel, A limited memory Broyden method to solve
/// high-dimensional systems of nonlinear equations, Mathematical Institute, University of Leiden
/// (2003).
///
/// It lives in memory of the caller: plain doubles, [0] n_terms, then the rows u [LOW_RANK_MAX][n] and
/// v [LOW_RANK_MAX][n].
enum { LOW_RANK_MAX = 320, LOW_RANK_KEPT = 192 };

typedef struct {
    const Kernels *kernels;
    size_t n;
    double *memory;
    double *gram;         ///< [LOW_RANK_MAX][LOW_RANK_MAX]
    double *inverse_work; ///< [LOW_RANK_MAX][LOW_RANK_MAX]
    double *rows;         ///< [LOW_RANK_KEPT][n]
    double *rest;         ///< [n]
    double *coefficient;  ///< [LOW_RANK_MAX]
    double *eigenvalue;   ///< [LOW_RANK_MAX]
    double *work;
    int *iwork;
} LowRank;

size_t low_rank_memory_size(size_t n);
void low_rank_layout(Arena *arena, size_t n, LowRank *matrix);

static inline size_t low_rank_n_terms(const LowRank *matrix)
{
    return (size_t)matrix->memory[0];
}

/// K = 1
void low_rank_reset(LowRank *matrix);

/// y = K x
void low_rank_apply(const LowRank *matrix, const double *x, double *y);

/// K += scale u v^T for a v of any length, except the part of v that is below 3 % of it outside the space
/// of the v_k.
void low_rank_add(LowRank *matrix, double scale, const double *u, const double *v);

/// The next direction in which a matrix J is to be probed: x without its parts along the v_k,
/// normalised. Returns false if little remains, or if LOW_RANK_KEPT directions have been probed.
///
/// @param v  [n]
bool low_rank_direction(LowRank *matrix, const double *x, double *v);

/// Stores J v of a direction.
void low_rank_store(LowRank *matrix, const double *v, const double *jv);

/// From stored directions to K = (1 - J sum_k v_k v_k^T)^-1, the inverse of 1 - J for a J that acts in
/// their space only: rows (1 - V J^T V^T)^-1 (J v). K = 1 if this is singular.
void low_rank_invert(LowRank *matrix);

#endif
