#ifndef ANALYSIS_WORK_TEST_H
#define ANALYSIS_WORK_TEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/// Does the potential energy change by the work of the forces? Where it does not, the labels of neighbouring
/// instants do not belong to one surface, as when the SCF goes to another solution: the force is then about
/// the same and the energy is not.
///
/// Forces and positions of four points of a path give the work between the middle two: the integral of F dx/dt where
/// both are cubic in time; at its ends two points do. Either is exact on a quadratic surface, whatever the
/// motion. What is left comes from its third derivatives: a part of the work against the curvature,
/// sum |dF dx|/2, that grows with the way dx of an atom, here 30 nm^-1 of the longest (twice what is seen at
/// 3000 K; a Morse bond has some 10 nm^-1), and that four points resolve the better the closer they are, so
/// that it is no more than 0.3 at 1 fs and falls with the square of the step.

/// Beyond it nothing can be said.
static const double WORK_LONGEST_STEP_FS = 1.001;
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

/// How far the energy of a point, less that of the point before it, is off the work.
typedef struct {
    uint64_t point;
    double off;        ///< hartree
    double resolution; ///< hartree: what the quadrature may be off by
} WorkStep;

void work_test_layout(WorkTest *test, Arena *arena, size_t n_atoms);
/// Forgets all points.
void work_test_begin(WorkTest *test, double step_fs);
/// Takes the next point.
///
/// @param step  a step that can be told now: to point 1 when point 2 comes, to point k - 1 when point k comes
/// @return false if none can
bool work_test_add(WorkTest *test, const double (*xyz)[3], const double (*gradient)[3],
                   double energy, WorkStep *step);
/// The step to the last point of three or more: no further point tells what lies behind it.
WorkStep work_test_end(const WorkTest *test);
/// The root of the mean square of the changes of the energy so far; 0 of one point.
double work_test_rms(const WorkTest *test);
/// What a step may be off by, hartree; @p rms is that of the changes of the energy.
double work_step_limit(const WorkStep *step, double rms);

#endif
