#ifndef MD_RELAX_H
#define MD_RELAX_H

#include "engine/engine.h"
#include "md/state.h"

/// Geometry optimisation: limited-memory BFGS with backtracking. Liu, Nocedal, Math. Program. 45, 503
/// (1989), 10.1007/BF01589116. No atom moves more than 0.2 bohr in a step, a step that raises the
/// energy is halved, and when that does not help the history is dropped. One evaluation per step, and
/// all memory is plain data, so that a relaxation can be interrupted anywhere.

enum { RELAX_HISTORY = 8 }; ///< pairs of moves and changes of the gradient

typedef enum {
    RELAX_GOING_ON,
    RELAX_CONVERGED, ///< no component of the gradient above the threshold
    RELAX_STUCK      ///< no step downhill lowers the energy: the engine's noise is reached
} RelaxVerdict;

/// The plain data of a relaxation.
typedef struct {
    int n_pairs;       ///< in the history
    int newest;        ///< slot of the newest pair
    int has_direction; ///< the direction belongs to the positions of now
    double scale;      ///< of the direction at the next trial
} RelaxMemory;

typedef struct {
    double threshold; ///< hartree/bohr
    RelaxMemory at;
    double (*direction)[3];             ///< [n_atoms] bohr
    double (*move[RELAX_HISTORY])[3];   ///< [n_atoms] bohr
    double (*change[RELAX_HISTORY])[3]; ///< [n_atoms] hartree/bohr
} Relax;

/// Claims the arrays.
void relax_layout(Relax *relax, Arena *arena, size_t n_atoms);

/// Largest component of a gradient [n][3].
double relax_largest_slope(size_t n, const double (*gradient)[3]);

/// One evaluation. now holds positions, gradient and energy and is replaced by a state of lower energy
/// if the trial was one; next is scratch. Fails as the engine fails, now untouched then.
QmtStatus relax_step(QmtContext *ctx, Engine *engine, Relax *relax, MdState *now, MdState *next,
                     EngineReport *report, RelaxVerdict *verdict);

#endif
