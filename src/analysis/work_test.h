#ifndef ANALYSIS_WORK_TEST_H
#define ANALYSIS_WORK_TEST_H

#include <stdint.h>

#include "base/arena.h"

/// Does the potential energy change by the work of the forces? Where it does not, the labels of neighbouring
/// instants do not belong to one surface, as when the SCF goes to another solution: the force is then about
/// the same and the energy is not.
///
/// Forces and positions of four instants give the work between the middle two: the integral of F dx/dt where
/// both are cubic in time; at the start two instants do. Either is exact on a quadratic surface, whatever the
/// motion. What is left comes from its third derivatives: a part of the work against the curvature,
/// sum |dF dx|/2, that grows with the way dx of an atom, here 30 nm^-1 of the longest (twice what is seen at
/// 3000 K; a Morse bond has some 10 nm^-1), and that four instants resolve the better the closer they are, so
/// that it is no more than 0.3 at 1 fs and falls with the square of the step. Beyond 1 fs nothing is said.

enum { WORK_POINTS = 4 };

/// The plain data.
typedef struct {
    uint64_t n_points;
    double energy[WORK_POINTS];    ///< hartree, by number of the point mod 4
    double curvature[WORK_POINTS]; ///< hartree, on the way to the point
    double way[WORK_POINTS];       ///< bohr, likewise
    double sum_squares;            ///< of the changes of the energy
} WorkRecord;

typedef struct {
    size_t n_atoms;
    double step_fs;
    WorkRecord at;
    double (*xyz[WORK_POINTS])[3];      ///< [n_atoms] bohr
    double (*gradient[WORK_POINTS])[3]; ///< [n_atoms] hartree/bohr
} WorkTest;

void work_test_layout(WorkTest *test, Arena *arena, size_t n_atoms);
/// Forgets all points.
void work_test_begin(WorkTest *test, double step_fs);
/// Takes the next point and judges the change of the energy to the one before it.
///
/// @param jump  hartree: by how much the energy left the work of the forces; 0: it did not
void work_test_add(WorkTest *test, const double (*xyz)[3], const double (*gradient)[3],
                   double energy, double *jump);

#endif
