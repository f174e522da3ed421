#ifndef SCF_RANK_UPDATED_MATRIX_H
#define SCF_RANK_UPDATED_MATRIX_H

#include <stdint.h>

#include "base/arena.h"
#include "kernels/kernels.h"

/// A matrix that is kept from geometry to geometry, applied at every cycle and changed by products of two
/// vectors. What it costs is the reading of its elements: they are in single precision, as a step that is
/// right to seven digits is as good as one that is right to sixteen, and changes wait until there are
/// several of them,
///
///     y = A x + sum_k u_k (v_k.x),   k < RANK_UPDATED_MATRIX_PENDING.
enum { RANK_UPDATED_MATRIX_PENDING = 8 };

typedef struct {
    const Kernels *kernels; ///< set by the caller
    size_t n_rows, n_columns;
    // Kept, in single precision and in rows padded to whole cache lines; zeros are the zero matrix.
    int64_t *n_pending;
    float *u, *v;    ///< [RANK_UPDATED_MATRIX_PENDING][n_rows], [..][n_columns] pending changes
    float *elements; ///< [n_rows][n_columns]
    // Scratch.
    float *x;       ///< [n_columns padded]
    float *y;       ///< [n_rows padded]
    float *changes; ///< [n_rows][RANK_UPDATED_MATRIX_PENDING]
} RankUpdatedMatrix;

void rank_updated_matrix_layout(RankUpdatedMatrix *matrix, Arena *arena, size_t n_rows,
                                size_t n_columns);

/// The zero matrix.
void rank_updated_matrix_clear(RankUpdatedMatrix *matrix);

/// A row to be written whole, [n_columns], of a matrix without pending changes.
float *rank_updated_matrix_row(const RankUpdatedMatrix *matrix, size_t i);

/// y = A x
///
/// @param x  [n_columns]
/// @param y  [n_rows] not x
void rank_updated_matrix_apply(const RankUpdatedMatrix *matrix, const double *x, double *y);

/// A += scale u v^T
///
/// @param u  [n_rows]
/// @param v  [n_columns] of any length above 0
void rank_updated_matrix_add(RankUpdatedMatrix *matrix, double scale, const double *u,
                             const double *v);

#endif
