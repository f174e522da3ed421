#ifndef AUDIT_WORK_H
#define AUDIT_WORK_H

#include "audit/frame.h"
#include "audit/verdict.h"
#include "base/arena.h"

/// CHECK_WORK: Epot changes from frame to frame by the work of the forces.
///
/// Forces and positions of four frames give the work between the middle two; at both ends two frames do. Either is
/// exact on a quadratic surface, whatever the motion. What is left comes from its third derivatives.

enum { WORK_FRAMES = 4 };

/// How far the change of Epot up to a frame is off the work, and the part of the limit that is its own; kJ/mol.
typedef struct {
    double off, limit;
    uint64_t frame;
} WorkStep;

typedef struct {
    double *pos[WORK_FRAMES],
        *forces[WORK_FRAMES]; // [3 n_atoms] of the last frames, by number mod 4
    double epot[WORK_FRAMES], curvature[WORK_FRAMES],
        atom_way[WORK_FRAMES];   // likewise, the last two on the way to a frame
    WorkStep worst, furthest;    // the one that exceeds its limit most, the one that is off most
    double square;               // sum of dEpot^2
    double rounding;             // what the rounding of positions changes the work by, kJ/mol
    double time_before, step_ps; // of the first two frames
} Work;

void work_layout(Work *work, Arena *arena, const Check *check);
void work_add(const Check *check, Work *work, const CheckFrame *frame);
void work_report(Check *check, const Work *work);

#endif
