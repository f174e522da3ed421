#ifndef RUN_HOOKS_H
#define RUN_HOOKS_H

#include <stdbool.h>
#include <stdint.h>

/// What the surroundings of a trajectory may see and ask while it runs.

/// Where it stands. Plain bytes, so that it can go through a pipe.
typedef struct {
    int phase;       ///< of the caller's choice; MdPhase for trajectories
    int64_t step;    ///< steps done, of all phases
    int64_t n_steps; ///< steps in all
    double time_ps;  ///< within the phase
    double ms_per_step;
} RunProgress;

/// Longest sentence about a trajectory, with its end, in bytes.
enum { RUN_NOTE_SIZE = 1024 };

/// Each function may be NULL. They are called between two steps and must be short.
typedef struct {
    void *user;
    void (*progress)(void *user, const RunProgress *progress);
    bool (*should_stop)(void *user); ///< true: end with QMT_STOPPED after this step
} RunHooks;

#endif
