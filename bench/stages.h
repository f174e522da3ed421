#ifndef BENCH_STAGES_H
#define BENCH_STAGES_H

#include "engine/engine.h"

/// Where the time of a step goes. The linker puts a clock around the functions that are a stage
/// (stages.c), in the benchmark only.

/// Puts a clock around the evaluations of an engine.
void stages_watch(Engine *engine);

/// Throws away what was measured so far and makes room for n_steps; counting starts.
void stages_start(int n_steps);

/// What follows belongs to the next step.
void stages_next_step(void);

/// Stops counting and prints the stages as a member of a JSON object: tenth percentile over the steps
/// of the microseconds per step.
void stages_print(void);

#endif
