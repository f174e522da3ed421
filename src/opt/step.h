#ifndef OPT_STEP_H
#define OPT_STEP_H

#include "opt/internals.h"
#include "opt/updated_hessian.h"

/// One step of a minimisation in redundant internal coordinates q. With B = dq/dx, the Hessian H of the coordinates and the
/// gradient g in Cartesians,
///
///     ( B^T (H + mu W) B + T ) dx = -g,     dq = B dx,     |dq|^2 = dq^T W dq <= trust^2,
///
/// where T, the projector on translations and rotations, makes the matrix definite, and mu >= 0 is as small as the trust
/// radius lets it be. The new positions are those whose coordinates are nearest to q + dq in the metric of the model
/// force constants D, so that a torsion moves atoms on arcs.

/// Coordinates and derivatives of one geometry.
typedef struct {
    double (*xyz)[3];             ///< [n_atoms] bohr
    double energy;                ///< hartree
    double (*gradient)[3];        ///< [n_atoms] hartree/bohr
    double *values;               ///< [n] of the coordinates
    double (*rows)[INTERNAL_ROW]; ///< [n] B
    double *slope; ///< [n] hartree per unit of the coordinate, with B^T slope = gradient
} OptGeometry;

typedef struct {
    size_t n_x;              ///< 3 n_atoms
    double *curvature;       ///< [n_x][n_x] B^T H B + T
    double *weights;         ///< [n_x][n_x] B^T W B
    double *matrix;          ///< [n_x][n_x] scratch of the solver
    double *rigid;           ///< [6][n_x]
    double *dx, *c, *back;   ///< [n_x]
    double *dq, *wanted, *u; ///< [n]
    double (*xyz)[3];        ///< [n_atoms] scratch
    double (*rows)[INTERNAL_ROW];
    double *values; ///< [n] scratch
} StepWork;

void opt_geometry_layout(OptGeometry *geometry, Arena *arena, size_t n_atoms, size_t n);
void step_work_layout(StepWork *work, Arena *arena, size_t n_atoms, size_t n);

/// Coordinates and B of the positions.
void opt_geometry_describe(const Internals *internals, OptGeometry *geometry);
/// The slope with B^T slope = gradient that is shortest in the metric of the model force constants. A redundant part that
/// is not zero would count with the change of B, and the Hessian would learn what is not there.
///
/// @return false if the equations cannot be solved
bool opt_geometry_slope(const Internals *internals, const UpdatedHessian *hessian, StepWork *work,
                        OptGeometry *geometry);

/// The positions of the next trial.
///
/// @param frozen    coordinate 0 does not change
/// @param trial     its positions, values and B are made
/// @param length    of the step that was made, in the norm of the trust radius
/// @param expected  change of the energy that the model expects, hartree
/// @return false if the equations cannot be solved
bool step_make(const Internals *internals, const UpdatedHessian *hessian, StepWork *work,
               const OptGeometry *now, bool frozen, double trust, OptGeometry *trial,
               double *length, double *expected);

#endif
