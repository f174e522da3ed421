#ifndef DATASET_SHAPE_H
#define DATASET_SHAPE_H

#include "base/context.h"

/// Geometries of one molecule side by side in memory, ready to be compared.

typedef struct {
    size_t n_atoms, n, room;
    float (*xyz)[3]; ///< [room][n_atoms] about their centres
    float *radius;   ///< [room][n_atoms] distances from it
    double *square;  ///< [room] sums of the squares of the coordinates
} Shapes;

/// Bytes of one geometry.
size_t shapes_bytes(size_t n_atoms);
/// Room for n geometries. Fails with QMT_ERR_MEMORY.
QmtStatus shapes_create(QmtContext *ctx, size_t n_atoms, size_t n, Shapes *shapes);
/// Adds one; there must be room.
///
/// @param pos  [n_atoms][3]
void shapes_add(Shapes *shapes, const double (*pos)[3]);
void shapes_release(Shapes *shapes);

/// RMSD after superposition, in the unit of the positions.
double shapes_rmsd(const Shapes *a, size_t i, const Shapes *b, size_t j);
/// What it is never below, at a tenth of the cost.
double shapes_bound(const Shapes *a, size_t i, const Shapes *b, size_t j);

#endif
