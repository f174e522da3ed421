#ifndef JOB_RUNNER_H
#define JOB_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/context.h"

/// Many pieces of work side by side, one process each. A worker that crashes takes nothing with it:
/// its end is seen by the parent, named with the signal, and the others go on. Workers send their
/// progress and their result through a pipe of their own; nothing else is shared, so what a worker
/// computes cannot depend on how many there are.

/// What a worker says while it runs. Plain bytes, smaller than PIPE_BUF, so that a message arrives
/// whole or not at all.
typedef struct {
    int phase;       ///< of the caller's choice
    int64_t step;    ///< steps done, of all phases
    int64_t n_steps; ///< steps in all
    double time_ps;  ///< within the phase
    double ms_per_step;
} RunnerProgress;

enum { RUNNER_NOTE_SIZE = 1024, RUNNER_RESULT_SIZE = 1024 };

/// The worker's end of its pipe.
typedef struct RunnerLink RunnerLink;

/// Sends progress; dropped if the parent is slow to read. Allocates nothing, does not block.
void runner_progress(RunnerLink *link, const RunnerProgress *progress);

/// Sends a sentence that the user should read.
void runner_note(RunnerLink *link, QmtLogLevel level, const char *sentence);

/// 0 for the first worker of a task, 1 for the one that follows a crash.
int runner_attempt(const RunnerLink *link);

/// True once the user asked to stop; the work should end with QMT_STOPPED soon.
bool runner_should_stop(const RunnerLink *link);

/// How a piece of work ended.
typedef struct {
    bool started;
    bool ended;
    QmtStatus status;               ///< of the work; QMT_ERR_PARTIAL if the worker crashed
    int signal;                     ///< that killed the worker, 0: it ended by itself
    char message[RUNNER_NOTE_SIZE]; ///< sentence of a failure, "" after success
    bool has_result;
    unsigned char result[RUNNER_RESULT_SIZE]; ///< what the work stored, plain bytes
} RunnerOutcome;

typedef struct {
    size_t n_tasks;
    const double *cost; ///< [n_tasks] any unit; the most expensive starts first
    size_t n_workers;   ///< processes at a time, >= 1
    double max_s;       ///< stop as after a signal when so many seconds have passed; 0: never
    void *user;

    /// Runs in the worker, with a context of its own. result [RUNNER_RESULT_SIZE] is zero before
    /// and goes to the outcome, also after a failure.
    QmtStatus (*work)(QmtContext *ctx, void *user, size_t task, RunnerLink *link, void *result);

    /// Run in the parent, each may be NULL.
    void (*on_start)(void *user, size_t task);
    void (*on_progress)(void *user, size_t task, const RunnerProgress *progress);
    void (*on_note)(void *user, size_t task, QmtLogLevel level, const char *sentence);
    void (*on_end)(void *user, size_t task, const RunnerOutcome *outcome);
    void (*on_stop)(void *user, int signal); ///< signal 0: the time is up
} RunnerJob;

/// Runs all tasks and waits for them. SIGINT, SIGTERM and SIGUSR1 make every worker stop after its
/// step and keep further tasks from starting; a second signal kills the workers at once. The former
/// handlers are in place again when this returns. A task whose worker crashes is given to a second one, which
/// is told so; if that crashes too, the task has failed.
///
/// @param outcomes  [n_tasks]
/// @param signal    the signal that asked to stop, 0 if none; may be NULL
/// @return QMT_OK if every task ended well; QMT_STOPPED if the user asked to stop (whatever else
///         happened); the status of the task if there is only one and it failed by itself;
///         QMT_ERR_PARTIAL if some failed or crashed; QMT_ERR_MEMORY or QMT_ERR_IO if no process
///         could be made at all.
QmtStatus runner_run(QmtContext *ctx, const RunnerJob *job, RunnerOutcome *outcomes, int *signal);

#endif
